//! GeoPackage, any number of layers.

use std::path::Path;

use super::WriteError;
use super::layer::Layer;
use super::write::Job;
use super::write_ogr::{Column, OgrTarget, ogr_type};
use crate::geometry::Finding;

/// Writes all layers to a new file.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let target = OgrTarget {
        format: "gpkg",
        driver: "GPKG",
        crs: job.crs,
        in_transactions: true,
    };
    let mut dataset = target.create(path)?;
    for layer in job.layers {
        let identifier = format!("IDENTIFIER={}", layer.title);
        let options = ["FID=fid", "GEOMETRY_NAME=geom", &identifier];
        let options = if layer.has_geometry {
            &options
        } else {
            &options[2..]
        };
        target.add(
            &mut dataset,
            layer,
            &columns_of(layer),
            options,
            |_, text| text.to_owned(),
        )?;
    }
    target.close(dataset)?;
    Ok(Vec::new())
}

fn columns_of(layer: &Layer) -> Vec<Column> {
    layer
        .fields
        .iter()
        .map(|field| Column {
            name: field.name.clone(),
            kind: ogr_type(field.kind),
            width: None,
        })
        .collect()
}
