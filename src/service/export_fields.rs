//! The columns of exports: their names for programs and their headings for people.

use serde_json::Value as Json;

use crate::domain::Day;
use crate::formats::layer::{Feature, Field, FieldKind, Layer, Value};
use crate::geometry::MultiPolygon;

/// Name, Chinese heading, English heading and kind of every column of ours. Where an import knows
/// the column (docs/IMPORT.md) the name is that of the import.
const COLUMNS: [(&str, &str, &str, FieldKind); 47] = [
    ("site_code", "矿山编号", "Site code", FieldKind::Text),
    ("name", "名称", "Name", FieldKind::Text),
    ("kind", "性质", "Kind", FieldKind::Text),
    ("category", "矿山类别", "Category", FieldKind::Text),
    ("township", "乡镇", "Township", FieldKind::Text),
    ("liable", "责任单位", "Responsible party", FieldKind::Text),
    (
        "licence_no",
        "采矿许可证号",
        "Licence number",
        FieldKind::Text,
    ),
    ("role", "界线类型", "Boundary role", FieldKind::Text),
    ("parcel_no", "图斑编号", "Parcel number", FieldKind::Text),
    ("place_type", "类型", "Place type", FieldKind::Text),
    ("stage", "阶段", "Stage", FieldKind::Integer),
    ("stage_name", "阶段名称", "Stage name", FieldKind::Text),
    (
        "to_stage",
        "退回阶段",
        "Falls back to stage",
        FieldKind::Integer,
    ),
    ("grade", "等级", "Grade", FieldKind::Integer),
    ("grade_name", "等级名称", "Grade name", FieldKind::Text),
    ("reason", "原因", "Reason", FieldKind::Text),
    ("valid_on", "日期", "Valid on", FieldKind::Date),
    ("valid_to", "截止", "Valid to", FieldKind::Date),
    ("area_m2", "面积", "Area", FieldKind::Area),
    (
        "footprint_m2",
        "损毁面积",
        "Footprint area",
        FieldKind::Area,
    ),
    ("recorded_at", "记录时间", "Recorded at", FieldKind::Text),
    ("face", "地块序号", "Face", FieldKind::Integer),
    ("key", "编号", "Key", FieldKind::Text),
    ("title", "标题", "Title", FieldKind::Text),
    ("item_no", "方案项", "Item", FieldKind::Integer),
    ("measure_no", "措施", "Measure", FieldKind::Integer),
    (
        "required_stage",
        "要求阶段",
        "Required stage",
        FieldKind::Integer,
    ),
    ("due_on", "期限", "Due on", FieldKind::Date),
    ("status", "状态", "Status", FieldKind::Text),
    ("obligation_m2", "应治理", "Ground owed", FieldKind::Area),
    ("done_m2", "已完成", "Done", FieldKind::Area),
    ("remaining_m2", "剩余", "Remaining", FieldKind::Area),
    (
        "rem_reported_m2",
        "剩余（自报）",
        "Remaining if reports count",
        FieldKind::Area,
    ),
    ("untreated_m2", "未治理", "Untreated", FieldKind::Area),
    ("clear_m2", "清理", "Cleared", FieldKind::Area),
    ("shape_m2", "整形", "Shaped", FieldKind::Area),
    (
        "cover_soil_m2",
        "覆土",
        "Covered with soil",
        FieldKind::Area,
    ),
    ("regreen_m2", "复绿", "Regreened", FieldKind::Area),
    ("maintain_m2", "管护", "Maintained", FieldKind::Area),
    ("released_m2", "销号", "Released", FieldKind::Area),
    (
        "double_claimed_m2",
        "重复申报",
        "Claimed twice",
        FieldKind::Area,
    ),
    ("outside_m2", "界外申报", "Claimed outside", FieldKind::Area),
    ("skipped_m2", "越级申报", "Stages skipped", FieldKind::Area),
    (
        "redisturbed_m2",
        "再次扰动",
        "Re-disturbed",
        FieldKind::Area,
    ),
    (
        "unclassified_m2",
        "死角（无图斑）",
        "Under no parcel",
        FieldKind::Area,
    ),
    (
        "stale_m2",
        "90天无记录",
        "No record for 90 days",
        FieldKind::Area,
    ),
    (
        "overlap_m2",
        "跨矿山重叠",
        "Counted in another site",
        FieldKind::Area,
    ),
];

/// The columns of these names.
pub(super) fn columns(names: &[&str], in_english: bool) -> Vec<Field> {
    names
        .iter()
        .filter_map(|name| COLUMNS.iter().find(|(known, ..)| known == name))
        .map(|(name, zh, en, kind)| Field::new(name, if in_english { en } else { zh }, *kind))
        .collect()
}

/// A layer while it is filled.
pub(super) struct Filling {
    layer: Layer,
    /// Columns of the source that were kept with each record, in the order of first sight.
    attributes: Vec<serde_json::Map<String, Json>>,
}

impl Filling {
    pub(super) fn new(name: &str, title: &str, fields: Vec<Field>, has_geometry: bool) -> Self {
        let layer = Layer {
            name: name.to_owned(),
            title: title.to_owned(),
            fields,
            features: Vec::new(),
            has_geometry,
        };
        Self {
            layer,
            attributes: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, shape: Option<&MultiPolygon<f64>>, values: Vec<Option<Value>>) {
        self.push_with(shape, values, serde_json::Map::new());
    }

    pub(super) fn push_with(
        &mut self,
        shape: Option<&MultiPolygon<f64>>,
        values: Vec<Option<Value>>,
        attributes: serde_json::Map<String, Json>,
    ) {
        // Ground that is not there is no geometry, rather than an empty one, which readers differ on.
        let shape = shape.filter(|shape| !shape.0.is_empty()).cloned();
        self.layer.features.push(Feature { shape, values });
        self.attributes.push(attributes);
    }

    /// The layer, with a text column for every kept column of the sources that is not one of ours.
    pub(super) fn finish(self) -> Layer {
        let Self {
            mut layer,
            attributes,
        } = self;
        let mut names: Vec<String> = Vec::new();
        for name in attributes.iter().flat_map(|of_record| of_record.keys()) {
            let is_ours = layer
                .fields
                .iter()
                .any(|field| field.name.eq_ignore_ascii_case(name));
            if !is_ours && !names.contains(name) {
                names.push(name.clone());
            }
        }
        for name in &names {
            layer
                .fields
                .push(Field::new(&column_name(name), name, FieldKind::Text));
        }
        for (feature, of_record) in layer.features.iter_mut().zip(&attributes) {
            feature.values.extend(
                names
                    .iter()
                    .map(|name| of_record.get(name).and_then(json_text)),
            );
        }
        layer
    }
}

/// Columns that GeoPackage and CSV make themselves get another name.
fn column_name(name: &str) -> String {
    let is_taken = ["fid", "geom", "wkt"]
        .iter()
        .any(|taken| name.eq_ignore_ascii_case(taken));
    if is_taken {
        format!("src_{name}")
    } else {
        name.to_owned()
    }
}

fn json_text(value: &Json) -> Option<Value> {
    match value {
        Json::Null => None,
        Json::String(content) => text(content),
        other => text(&other.to_string()),
    }
}

pub(super) fn text(content: &str) -> Option<Value> {
    (!content.is_empty()).then(|| Value::Text(content.to_owned()))
}

pub(super) fn optional(content: Option<&str>) -> Option<Value> {
    content.and_then(text)
}

pub(super) fn day(day: Option<Day>) -> Option<Value> {
    day.map(Value::Date)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a cell is optional, and rows are lists of cells"
)]
pub(super) fn area(area_m2: f64) -> Option<Value> {
    Some(Value::Number(area_m2))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a cell is optional, and rows are lists of cells"
)]
pub(super) fn integer(number: impl Into<i64>) -> Option<Value> {
    Some(Value::Integer(number.into()))
}
