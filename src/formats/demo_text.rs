//! The demo county's embedded GeoJSON: our own files, read without a detour over the disk.

use geo::MultiPolygon;
use geojson::Feature;
use serde_json::{Map, Value};

use crate::domain::Day;

/// A feature of the demo's inputs, EPSG:4490.
#[derive(Clone, Debug)]
pub struct DemoFeature {
    /// Its polygons as they came.
    pub shape: MultiPolygon<f64>,
    /// Its properties.
    pub properties: Map<String, Value>,
}

impl DemoFeature {
    /// A property as text, if it is text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        self.properties
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    }

    /// A property as a day, if it is one.
    #[must_use]
    pub fn day(&self, key: &str) -> Option<Day> {
        self.text(key).and_then(|text| text.parse().ok())
    }
}

/// Reads a feature collection of polygons.
///
/// # Errors
/// What is wrong, in words; the files are ours, so this is a fault of the build.
pub fn read_features(text: &str) -> Result<Vec<DemoFeature>, String> {
    // The collections carry notes of their own beside the features, so only those are read strictly.
    let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let features = file
        .get("features")
        .and_then(Value::as_array)
        .ok_or("no features")?;
    features
        .iter()
        .map(|value| {
            let feature = serde_json::from_value::<Feature>(value.clone())
                .map_err(|error| error.to_string())?;
            let geometry = feature.geometry.ok_or("a feature has no geometry")?;
            let shape = match geo::Geometry::<f64>::try_from(geometry) {
                Ok(geo::Geometry::Polygon(polygon)) => MultiPolygon(vec![polygon]),
                Ok(geo::Geometry::MultiPolygon(shape)) => shape,
                Ok(_) => return Err("a feature is no polygon".to_owned()),
                Err(error) => return Err(error.to_string()),
            };
            Ok(DemoFeature {
                shape,
                properties: feature.properties.unwrap_or_default(),
            })
        })
        .collect()
}
