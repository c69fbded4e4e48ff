//! KML through LIBKML: one folder per layer, every field as extended data.

use std::path::Path;

use gdal::vector::OGRFieldType;

use super::WriteError;
use super::layer::{FieldKind, Layer};
use super::write::Job;
use super::write_ogr::{Column, OgrTarget};
use crate::geometry::Finding;

/// Writes all layers to a new file.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let target = OgrTarget {
        format: "kml",
        driver: "LIBKML",
        crs: job.crs,
        in_transactions: false,
    };
    let mut dataset = target.create(path)?;
    for layer in job.layers {
        target.add(&mut dataset, layer, &columns_of(layer), &[], |_, text| {
            // XML 1.0 has no control characters but tab and line ends.
            text.replace(
                |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'),
                " ",
            )
        })?;
    }
    target.close(dataset)?;
    Ok(Vec::new())
}

fn columns_of(layer: &Layer) -> Vec<Column> {
    let kind = |kind| match kind {
        // KML's schema knows no days and no whole numbers beyond 32 bits: both go as text, unharmed.
        FieldKind::Text | FieldKind::Date | FieldKind::Integer => OGRFieldType::OFTString,
        FieldKind::Number | FieldKind::Area => OGRFieldType::OFTReal,
    };
    layer
        .fields
        .iter()
        .map(|field| Column {
            name: field.name.clone(),
            kind: kind(field.kind),
            width: None,
        })
        .collect()
}
