//! The bureau's coordinate text (报盘 txt): a header, then each plot with its boundary points.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use geo::{CoordsIter, LineString};

use super::WriteError;
use super::crs::CrsChoice;
use super::layer::{Feature, Layer, Value};
use super::text_out::{encode, encoding_of};
use super::write::Job;
use super::write_staging::unwritable;
use crate::geometry::Finding;

/// Columns that give a plot its number, the first one that holds something.
const NUMBER: [&str; 3] = ["parcel_no", "site_code", "name"];
/// Columns that give a plot its name.
const NAME: [&str; 2] = ["name", "site_code"];
/// Columns that say what the ground is used as.
const USE: [&str; 6] = [
    "stage_name",
    "stage",
    "place_type",
    "reason",
    "role",
    "category",
];
/// The column of the canonical area.
const AREA: &str = "area_m2";

/// A Gauss-Krüger zone as the header states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Zone {
    /// 几度分带: 3 or 6.
    degrees: u32,
    /// 带号.
    number: u32,
}

impl Zone {
    /// The zone of an EPSG code of CGCS2000 / Gauss-Krüger, with or without zone prefix.
    ///
    /// # Source
    /// EPSG:4491–4501 and 4502–4512 are the 6° zones 13 to 23, 4513–4533 and 4534–4554 the 3° zones
    /// 25 to 45; the first of each pair has the zone before the easting.
    fn of_epsg(code: u32) -> Option<Self> {
        let zone = |degrees, number| Some(Self { degrees, number });
        match code {
            4491..=4501 => zone(6, code - 4491 + 13),
            4502..=4512 => zone(6, code - 4502 + 13),
            4513..=4533 => zone(3, code - 4513 + 25),
            4534..=4554 => zone(3, code - 4534 + 25),
            _ => None,
        }
    }
}

/// The system the text is written in: the one asked for, or the 3° zone of the ground with its
/// number before the easting, which says by itself where it is.
pub(super) fn system_of(
    layers: &[Layer],
    asked: Option<&CrsChoice>,
) -> Result<CrsChoice, WriteError> {
    match asked {
        Some(CrsChoice::Epsg(code)) if Zone::of_epsg(*code).is_some() => Ok(CrsChoice::Epsg(*code)),
        Some(other) => Err(WriteError::CrsNotOffered {
            format: "txt",
            crs: other.to_string(),
            cure: "take a CGCS2000 Gauss-Krüger zone, EPSG:4491 to EPSG:4554 (here 4547 or 4526)",
        }),
        None => Ok(CrsChoice::Epsg(three_degree_system_at(middle_longitude(
            layers,
        )))),
    }
}

fn middle_longitude(layers: &[Layer]) -> f64 {
    let shapes = layers
        .iter()
        .flat_map(|l| &l.features)
        .filter_map(|f| f.shape.as_ref());
    let (west, east) = shapes
        .flat_map(CoordsIter::coords_iter)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(w, e), c| {
            (w.min(c.x), e.max(c.x))
        });
    f64::midpoint(west, east)
}

/// The zone-prefixed 3° system whose central meridian is nearest; of no ground, that of 114°E.
fn three_degree_system_at(lon: f64) -> u32 {
    (25..=45_u32)
        .min_by(|a, b| {
            let distance = |zone: u32| (f64::from(zone) * 3.0 - lon).abs();
            distance(*a).total_cmp(&distance(*b))
        })
        .filter(|_| lon.is_finite())
        .map_or(4526, |zone| 4513 + zone - 25)
}

/// Writes the one layer.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let Some(layer) = job.layers.first() else {
        return Ok(Vec::new());
    };
    let text = text_of(layer, job.epsg());
    let (encoding, findings) = encoding_of([text.as_str()], job.options.encoding);
    fs::write(path, encode(&text, encoding)).map_err(unwritable(path))?;
    Ok(findings)
}

fn text_of(layer: &Layer, epsg: u32) -> String {
    let mut text = header(epsg);
    for feature in &layer.features {
        push_plot(&mut text, layer, feature);
    }
    text
}

fn header(epsg: u32) -> String {
    let Zone { degrees, number } = Zone::of_epsg(epsg).unwrap_or(Zone {
        degrees: 3,
        number: 38,
    });
    [
        "[属性描述]".to_owned(),
        "坐标系=2000国家大地坐标系".to_owned(),
        format!("几度分带={degrees}"),
        "投影类型=高斯克吕格".to_owned(),
        "计量单位=米".to_owned(),
        format!("带号={number}"),
        "精度=0.001".to_owned(),
        "转换参数=,,,,,,".to_owned(),
        "[地块坐标]".to_owned(),
    ]
    .join("\r\n")
        + "\r\n"
}

/// One plot: its line, then its points; an outer ring after the first is another part, and whether a
/// ring is a hole is told by what contains it.
fn push_plot(text: &mut String, layer: &Layer, feature: &Feature) {
    let Some(shape) = &feature.shape else { return };
    let rings: Vec<&LineString<f64>> = shape
        .iter()
        .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()))
        .collect();
    let points: usize = rings.iter().map(|ring| ring.0.len()).sum();
    let area_ha = match layer.value(feature, AREA) {
        Some(Value::Number(area_m2)) => format!("{:.4}", area_m2 / 10_000.0),
        _ => String::new(),
    };
    let fields = [
        points.to_string(),
        area_ha,
        first_of(layer, feature, &NUMBER),
        first_of(layer, feature, &NAME),
        "面".to_owned(),
        String::new(),
        first_of(layer, feature, &USE),
        String::new(),
        "@".to_owned(),
    ];
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
    let mut number = 1;
    for (place, ring) in (1..).zip(rings) {
        push_ring(text, ring, place, &mut number);
    }
}

/// X is the northing and Y the easting, as surveyors have it; the last point closes the ring under
/// the number of its first.
fn push_ring(text: &mut String, ring: &LineString<f64>, place: usize, number: &mut usize) {
    let first = *number;
    let last = ring.0.len().saturating_sub(1);
    for (index, c) in ring.0.iter().enumerate() {
        let shown = if index == last { first } else { *number };
        // Writing to a string cannot fail.
        let _ = write!(text, "J{shown},{place},{:.3},{:.3}\r\n", c.y, c.x);
        if index != last {
            *number += 1;
        }
    }
}

/// The first of these columns that holds something, without what would break the line.
fn first_of(layer: &Layer, feature: &Feature, columns: &[&str]) -> String {
    columns
        .iter()
        .filter_map(|column| layer.value(feature, column))
        .map(Value::to_text)
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default()
        .replace(',', "，")
        .replace(char::is_control, " ")
}
