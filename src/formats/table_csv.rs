//! CSV tables, with a WKT column or as a plain ledger.

use std::path::Path;

use gdal::vector::Geometry;

use super::collector::{Collector, Shape};
use super::engine;
use super::limits;
use super::source::{Format, ReadError, ReadOptions, Source, SourceCrs};
use super::text_encoding;
use super::wkb::{self, Broken};

/// Names under which a WKT column is known, in lower case.
const WKT_COLUMNS: [&str; 8] = [
    "wkt", "geom", "geometry", "the_geom", "wkt_geom", "shape", "几何", "图形",
];

/// Reads a CSV table; rows without a WKT column come without geometry.
///
/// # Errors
/// Tables without header or rows, broken quoting, and limits.
pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    let (text, encoding) = text_encoding::decode_file(path, options.encoding.as_deref(), "CSV")?;
    let mut table = csv::ReaderBuilder::new()
        .delimiter(delimiter_of(&text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = table.headers().map_err(|error| malformed(&error))?.clone();
    if header.len() > limits::COLUMNS {
        return Err(ReadError::TooManyColumns {
            limit: limits::COLUMNS,
        });
    }
    let wkt_at = header
        .iter()
        .position(|name| WKT_COLUMNS.contains(&name.to_lowercase().as_str()))
        .or_else(|| header_of_shapes(&text, delimiter_of(&text)));
    let mut collector = Collector::default();
    for record in table.records() {
        let record = record.map_err(|error| malformed(&error))?;
        let attributes: Vec<(String, String)> = header
            .iter()
            .zip(record.iter())
            .enumerate()
            .filter(|(index, (_, value))| Some(*index) != wkt_at && !value.is_empty())
            .map(|(_, (name, value))| (name.to_owned(), value.to_owned()))
            .collect();
        match wkt_at {
            Some(index) => {
                let shape = shape_of(record.get(index).unwrap_or_default(), &mut collector)?;
                collector.add(shape, attributes)?;
            }
            None if attributes.is_empty() => {}
            None => {
                collector.add_row(attributes)?;
            }
        }
    }
    if collector.is_empty() {
        return Err(ReadError::Empty);
    }
    let (features, findings) = collector.finish();
    let layers = vec![
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    // WKT says nothing about its system, and a bureau's WKT is as often plane as lon/lat.
    let crs = SourceCrs::nowhere();
    Ok(Source {
        format: Format::Csv,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

fn malformed(error: &csv::Error) -> ReadError {
    ReadError::Malformed {
        format: "CSV",
        detail: error.to_string(),
    }
}

/// Tab or semicolon when the header has more of them than commas.
fn delimiter_of(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: char| header.matches(mark).count();
    [(b';', ';'), (b'\t', '\t')]
        .into_iter()
        .find(|(_, mark)| count(*mark) > count(','))
        .map_or(b',', |(byte, _)| byte)
}

/// The column whose first value begins like WKT polygons do.
fn header_of_shapes(text: &str, delimiter: u8) -> Option<usize> {
    let mut table = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let first = table.records().next()?.ok()?;
    first.iter().position(|value| {
        let upper = value.trim_start().to_ascii_uppercase();
        ["POLYGON", "MULTIPOLYGON", "CURVEPOLYGON", "MULTISURFACE"]
            .iter()
            .any(|kind| upper.starts_with(kind))
    })
}

/// A WKT value as a shape: depth and vertices are counted before anything is built.
fn shape_of(text: &str, collector: &mut Collector) -> Result<Shape, ReadError> {
    if text.is_empty() {
        return Ok(Shape::Missing);
    }
    let vertices = text.bytes().filter(|byte| *byte == b',').count() + 1;
    if vertices > limits::FEATURE_VERTICES {
        collector.count_vertices(vertices)?;
        return Ok(Shape::TooBig { vertices, rings: 0 });
    }
    let depth = text.bytes().try_fold(0_usize, |depth, byte| match byte {
        b'(' if depth >= limits::NESTING => None,
        b'(' => Some(depth + 1),
        b')' => Some(depth.saturating_sub(1)),
        _ => Some(depth),
    });
    if depth.is_none() {
        return Ok(Shape::Malformed(
            "the brackets are nested too deep".to_owned(),
        ));
    }
    engine::start();
    // PostGIS writes the system in front; here the user says it.
    let plain = text
        .split_once(';')
        .filter(|(srid, _)| srid.starts_with("SRID="))
        .map_or(text, |(_, wkt)| wkt);
    let decoded = Geometry::from_wkt(plain)
        .and_then(|geometry| geometry.iso_wkb())
        .map_err(|refusal| refusal.to_string())
        .and_then(|bytes| wkb::read(&bytes).map_err(|Broken| "no geometry".to_owned()));
    match decoded {
        Ok(shapes) => collector.shape_of(shapes),
        Err(detail) => Ok(Shape::Malformed(detail)),
    }
}
