//! CSV for spreadsheets and programs: UTF-8 with a byte order mark, geometry as WKT.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use geo::{LineString, MultiPolygon};

use super::WriteError;
use super::layer::{Feature, Layer, Value};
use super::write::Job;
use super::write_staging::unwritable;
use crate::geometry::Finding;

/// The column that holds the geometry.
pub const WKT_COLUMN: &str = "wkt";

/// Without it, spreadsheets take UTF-8 for the code page of the machine and show rubbish.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Writes the one layer.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let mut file = BufWriter::new(File::create(path).map_err(unwritable(path))?);
    write_to(job, &mut file)
        .and_then(|()| file.flush())
        .map_err(unwritable(path))?;
    Ok(Vec::new())
}

fn write_to(job: &Job<'_>, file: &mut impl std::io::Write) -> std::io::Result<()> {
    let Some(layer) = job.layers.first() else {
        return Ok(());
    };
    file.write_all(BYTE_ORDER_MARK)?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(file);
    let wkt_heading = layer.has_geometry.then(|| WKT_COLUMN.to_owned());
    csv.write_record(
        layer
            .fields
            .iter()
            .map(|field| guarded(&field.name))
            .chain(wkt_heading),
    )?;
    for feature in &layer.features {
        csv.write_record(record(layer, feature))?;
    }
    csv.flush()
}

fn record(layer: &Layer, feature: &Feature) -> Vec<String> {
    let mut record: Vec<String> = feature
        .cells(layer)
        .map(|(_, value)| match value {
            None => String::new(),
            Some(Value::Text(text)) => guarded(text),
            Some(other) => other.to_text(),
        })
        .collect();
    if layer.has_geometry {
        record.push(feature.shape.as_ref().map_or_else(String::new, wkt));
    }
    record
}

/// The text with a quote before it where a spreadsheet would take it for a formula.
///
/// A plain negative number is no formula and stays as it is.
fn guarded(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    let is_number = text.strip_prefix('-').is_some_and(|digits| {
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
    });
    if is_formula && !is_number {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn wkt(shape: &MultiPolygon<f64>) -> String {
    if shape.0.is_empty() {
        return "MULTIPOLYGON EMPTY".to_owned();
    }
    let parts: Vec<String> = shape
        .iter()
        .map(|part| {
            let rings: Vec<String> = std::iter::once(part.exterior())
                .chain(part.interiors())
                .map(wkt_ring)
                .collect();
            format!("({})", rings.join(","))
        })
        .collect();
    format!("MULTIPOLYGON ({})", parts.join(","))
}

fn wkt_ring(ring: &LineString<f64>) -> String {
    let mut text = String::with_capacity(ring.0.len() * 40);
    for (place, c) in ring.0.iter().enumerate() {
        let comma = if place == 0 { "(" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{} {}", c.x, c.y);
    }
    text.push(')');
    text
}
