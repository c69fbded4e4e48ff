//! GeoJSON, one feature a line.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use geo::{LineString, MultiPolygon};
use serde_json::{Map, Number, Value as Json, json};

use super::WriteError;
use super::crs::{STORED_EPSG, WGS84_EPSG};
use super::layer::{Feature, Layer, Value};
use super::write::Job;
use super::write_staging::unwritable;
use crate::geometry::Finding;

/// Writes the one layer.
///
/// Coordinates are as they are stored: `serde_json` prints the shortest decimal that is read back
/// as the same number. RFC 7946 knows no other system than longitude and latitude; any other is
/// named in the `crs` member of the older GeoJSON 2008, which GDAL and QGIS read.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let mut file = BufWriter::new(File::create(path).map_err(unwritable(path))?);
    write_to(job, &mut file)
        .and_then(|()| file.flush())
        .map_err(unwritable(path))?;
    Ok(Vec::new())
}

fn write_to(job: &Job<'_>, file: &mut impl Write) -> std::io::Result<()> {
    let Some(layer) = job.layers.first() else {
        return Ok(());
    };
    write!(
        file,
        r#"{{"type":"FeatureCollection","name":{}"#,
        json!(layer.name)
    )?;
    if !matches!(job.epsg(), STORED_EPSG | WGS84_EPSG) {
        let name = format!("urn:ogc:def:crs:EPSG::{}", job.epsg());
        let crs = json!({"type": "name", "properties": {"name": name}});
        write!(file, r#","crs":{crs}"#)?;
    }
    write!(file, r#","features":["#)?;
    for (place, feature) in layer.features.iter().enumerate() {
        file.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *file, &json_of(layer, feature))?;
    }
    file.write_all(b"\n]}\n")
}

fn json_of(layer: &Layer, feature: &Feature) -> Json {
    let properties: Map<String, Json> = feature
        .cells(layer)
        .map(|(field, value)| (field.name.clone(), value.map_or(Json::Null, json_of_value)))
        .collect();
    let geometry = feature.shape.as_ref().map_or(Json::Null, geometry_of);
    json!({"type": "Feature", "properties": properties, "geometry": geometry})
}

fn json_of_value(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::Integer(number) => Json::from(*number),
        Value::Number(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Date(day) => Json::String(day.to_string()),
    }
}

fn geometry_of(shape: &MultiPolygon<f64>) -> Json {
    let ring = |ring: &LineString<f64>| -> Json {
        ring.0.iter().map(|c| Json::from(vec![c.x, c.y])).collect()
    };
    let parts: Vec<Json> = shape
        .iter()
        .map(|part| {
            std::iter::once(part.exterior())
                .chain(part.interiors())
                .map(ring)
                .collect()
        })
        .collect();
    json!({"type": "MultiPolygon", "coordinates": parts})
}
