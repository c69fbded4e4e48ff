//! Ground as `GeoJSON` in lon/lat degrees.

use serde::Serialize;
use utoipa::ToSchema;

use crate::geometry::{BBox, Ground};

/// A `GeoJSON` `MultiPolygon`: polygons of rings of positions, lon and lat in degrees.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MultiPolygon)]
pub(in crate::http) struct MultiPolygonWire {
    /// Always `MultiPolygon`.
    #[serde(rename = "type")]
    #[schema(example = "MultiPolygon")]
    kind: &'static str,
    /// Exterior rings run counter-clockwise, holes clockwise; each ring is closed.
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

impl From<&Ground> for MultiPolygonWire {
    fn from(ground: &Ground) -> Self {
        let ring = |ring: &crate::geometry::LineString<f64>| {
            ring.coords().map(|c| [c.x, c.y]).collect::<Vec<_>>()
        };
        let polygons = ground.shape().0.iter().map(|polygon| {
            std::iter::once(polygon.exterior())
                .chain(polygon.interiors())
                .map(ring)
                .collect()
        });
        Self {
            kind: "MultiPolygon",
            coordinates: polygons.collect(),
        }
    }
}

/// A box as west, south, east, north in degrees.
pub(in crate::http) fn bbox_wire(bbox: BBox) -> [f64; 4] {
    [bbox.west, bbox.south, bbox.east, bbox.north]
}
