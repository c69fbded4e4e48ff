//! A workbook for people: one sheet per layer, with title, unit, typed cells and who filled it in.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::WriteError;
use super::layer::{FieldKind, Layer, Value};
use super::write::{AreaUnit, Job, SheetFrame};
use super::write_staging::unwritable;
use crate::geometry::Finding;

/// The row of the headings; above it stand the title and the unit.
const HEADING_ROW: u32 = 2;
/// Most characters a cell holds.
///
/// # Source
/// Excel specifications and limits.
const CELL_CHARS: usize = 32_767;
/// Most characters a sheet's name holds, and those it must not hold (same source).
const SHEET_NAME_CHARS: usize = 31;
const NOT_IN_SHEET_NAMES: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// Writes all layers, one sheet each.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let mut workbook = Workbook::new();
    let looks = Looks::new(job.options.frame.area_unit);
    let mut findings = Vec::new();
    for layer in job.layers {
        let refused = |source| WriteError::Sheet {
            layer: layer.name.clone(),
            source,
        };
        let sheet = workbook.add_worksheet();
        let writer = SheetWriter {
            layer,
            frame: &job.options.frame,
            looks: &looks,
        };
        findings.extend(writer.fill(sheet).map_err(refused)?);
    }
    let file = File::create(path).map_err(unwritable(path))?;
    workbook
        .save_to_writer(BufWriter::new(file))
        .map_err(|source| match source {
            XlsxError::IoError(source) => unwritable(path)(source),
            source => WriteError::Sheet {
                layer: "xlsx".to_owned(),
                source,
            },
        })?;
    Ok(findings)
}

impl AreaUnit {
    const fn m2(self) -> f64 {
        match self {
            // 亩 is 10000/15 m² (statutory units).
            Self::Mu => 10_000.0 / 15.0,
            Self::Hectare => 10_000.0,
            Self::SquareMetre => 1.0,
        }
    }

    const fn name(self, in_english: bool) -> &'static str {
        match (self, in_english) {
            (Self::Mu, false) => "亩",
            (Self::Mu, true) => "mu",
            (Self::Hectare, false) => "公顷",
            (Self::Hectare, true) => "ha",
            (Self::SquareMetre, false) => "平方米",
            (Self::SquareMetre, true) => "m²",
        }
    }

    /// 亩 and m² with two decimals, hectares with four.
    const fn number_format(self) -> &'static str {
        match self {
            Self::Hectare => "#,##0.0000",
            Self::Mu | Self::SquareMetre => "#,##0.00",
        }
    }
}

struct Looks {
    title: Format,
    note: Format,
    heading: Format,
    text: Format,
    integer: Format,
    number: Format,
    area: Format,
    date: Format,
}

impl Looks {
    fn new(unit: AreaUnit) -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin);
        Self {
            title: Format::new()
                .set_bold()
                .set_font_size(16)
                .set_align(FormatAlign::Center),
            note: Format::new().set_align(FormatAlign::Left),
            heading: cell
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            // The text format keeps a typed "=1+1" or "001" as it is when a person edits the cell.
            text: cell.clone().set_num_format("@"),
            integer: cell.clone().set_num_format("0"),
            number: cell.clone().set_num_format("General"),
            area: cell.clone().set_num_format(unit.number_format()),
            date: cell.set_num_format("yyyy-mm-dd"),
        }
    }
}

struct SheetWriter<'a> {
    layer: &'a Layer,
    frame: &'a SheetFrame,
    looks: &'a Looks,
}

impl SheetWriter<'_> {
    fn fill(&self, sheet: &mut Worksheet) -> Result<Vec<Finding>, XlsxError> {
        let columns = u16::try_from(self.layer.fields.len())
            .map_err(|_too_many| XlsxError::RowColumnLimitError)?;
        let last = columns.saturating_sub(1);
        sheet.set_name(sheet_name(&self.layer.title))?;
        self.head(sheet, last)?;
        let mut findings = Vec::new();
        let mut row = HEADING_ROW;
        for (feature, number) in self.layer.features.iter().zip(1_u64..) {
            row += 1;
            for ((field, value), column) in feature.cells(self.layer).zip(0..) {
                let was_cut = self.cell(sheet, row, column, field.kind, value)?;
                if was_cut {
                    let finding = Finding::warning("export.text_cut").of_feature(number);
                    findings.push(finding.with("field", &field.name).with("limit", CELL_CHARS));
                }
            }
        }
        sheet.autofilter(HEADING_ROW, 0, row, last)?;
        sheet.set_freeze_panes(HEADING_ROW + 1, 0)?;
        self.foot(sheet, row + 2)?;
        self.widths(sheet)?;
        Ok(findings)
    }

    fn head(&self, sheet: &mut Worksheet, last: u16) -> Result<(), XlsxError> {
        if last > 0 {
            sheet.merge_range(0, 0, 0, last, &self.layer.title, &self.looks.title)?;
        } else {
            sheet.write_string_with_format(0, 0, &self.layer.title, &self.looks.title)?;
        }
        let unit = self.frame.area_unit.name(self.frame.in_english);
        let note = if self.frame.in_english {
            format!("Area unit: {unit}")
        } else {
            format!("面积单位：{unit}")
        };
        sheet.write_string_with_format(1, 0, note, &self.looks.note)?;
        for (field, column) in self.layer.fields.iter().zip(0..) {
            sheet.write_string_with_format(
                HEADING_ROW,
                column,
                &field.heading,
                &self.looks.heading,
            )?;
        }
        Ok(())
    }

    /// Writes a cell; a text is always a string cell, so nothing becomes a formula. Says whether the
    /// text had to be cut.
    fn cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        kind: FieldKind,
        value: Option<&Value>,
    ) -> Result<bool, XlsxError> {
        match (value, kind) {
            (None, _) => {
                sheet.write_blank(row, column, &self.looks.text)?;
            }
            (Some(Value::Number(area_m2)), FieldKind::Area) => {
                let area = area_m2 / self.frame.area_unit.m2();
                sheet.write_number_with_format(row, column, area, &self.looks.area)?;
            }
            (Some(Value::Number(number)), _) => {
                sheet.write_number_with_format(row, column, *number, &self.looks.number)?;
            }
            (Some(Value::Integer(number)), _) if number.unsigned_abs() < 1 << 53 => {
                #[expect(clippy::cast_precision_loss, reason = "below 2^53 as just checked")]
                let number = *number as f64;
                sheet.write_number_with_format(row, column, number, &self.looks.integer)?;
            }
            (Some(Value::Date(day)), _) => self.date_cell(sheet, row, column, *day)?,
            (Some(text), _) => {
                let text = text.to_text();
                let cut: String = text.chars().take(CELL_CHARS).collect();
                let was_cut = cut.len() < text.len();
                sheet.write_string_with_format(row, column, cut, &self.looks.text)?;
                return Ok(was_cut);
            }
        }
        Ok(false)
    }

    /// A date cell, or text for days that Excel's calendar, which begins in 1900, does not have.
    fn date_cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        day: NaiveDate,
    ) -> Result<(), XlsxError> {
        let date = u16::try_from(day.year()).ok().and_then(|year| {
            let month = u8::try_from(day.month()).ok()?;
            let of_month = u8::try_from(day.day()).ok()?;
            ExcelDateTime::from_ymd(year, month, of_month).ok()
        });
        if let Some(date) = date {
            sheet.write_datetime_with_format(row, column, date, &self.looks.date)?;
        } else {
            sheet.write_string_with_format(row, column, day.to_string(), &self.looks.text)?;
        }
        Ok(())
    }

    /// 填报单位, 填报人, 审核人, 日期.
    fn foot(&self, sheet: &mut Worksheet, row: u32) -> Result<(), XlsxError> {
        let frame = self.frame;
        let on = frame.on.map(|day| day.to_string()).unwrap_or_default();
        let labels = if frame.in_english {
            ["Reported by: ", "Filled in by: ", "Reviewed by: ", "Date: "]
        } else {
            ["填报单位：", "填报人：", "审核人：", "日期："]
        };
        let texts = [
            &frame.reported_by,
            &frame.filled_by,
            &frame.reviewed_by,
            &on,
        ];
        for ((label, text), column) in labels.into_iter().zip(texts).zip(0..) {
            let note = format!("{label}{text}");
            sheet.write_string_with_format(row, column * 2, note, &self.looks.note)?;
        }
        Ok(())
    }

    /// As wide as the heading and the first rows need; a Chinese character takes two places.
    fn widths(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        for ((place, field), column) in self.layer.fields.iter().enumerate().zip(0..) {
            let values = self.layer.features.iter().take(200);
            let widest = values
                .filter_map(|feature| feature.values.get(place)?.as_ref())
                .map(|value| match value {
                    Value::Number(_) => 12,
                    other => unicode_width::UnicodeWidthStr::width(other.to_text().as_str()),
                })
                .chain([unicode_width::UnicodeWidthStr::width(
                    field.heading.as_str(),
                )])
                .max()
                .unwrap_or(8);
            let width = u8::try_from(widest.clamp(8, 40) + 2).unwrap_or(42);
            sheet.set_column_width(column, width)?;
        }
        Ok(())
    }
}

fn sheet_name(title: &str) -> String {
    let name: String = title
        .chars()
        .filter(|c| !NOT_IN_SHEET_NAMES.contains(c))
        .take(SHEET_NAME_CHARS)
        .collect();
    // A name must not begin or end with an apostrophe, nor be empty.
    let name = name.trim_matches('\'').trim().to_owned();
    if name.is_empty() {
        "1".to_owned()
    } else {
        name
    }
}
