//! Edges split into short ones, straight in lon/lat: what the checks of the area are made on.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::Ground;

/// The same ground with every edge split, straight in lon/lat, to at most `step_m` metres.
///
/// For comparisons only: what is stored keeps its surveyed vertices.
#[must_use]
pub fn densified(ground: &Ground, step_m: f64) -> Ground {
    let ring = |ring: &LineString<f64>| densified_ring(ring, step_m);
    let polygon = |polygon: &Polygon<f64>| {
        Polygon::new(
            ring(polygon.exterior()),
            polygon.interiors().iter().map(ring).collect(),
        )
    };
    Ground::trusted(MultiPolygon::new(
        ground.shape().0.iter().map(polygon).collect(),
    ))
}

pub(super) fn densified_ring(ring: &LineString<f64>, step_m: f64) -> LineString<f64> {
    // A degree of longitude on the equator; a longer one does not exist, so no piece is too long.
    const METRES_PER_DEGREE: f64 = 111_700.0;
    let mut coords: Vec<Coord<f64>> = ring.0.first().copied().into_iter().collect();
    for edge in ring.lines() {
        let along = edge.delta();
        let pieces = (along.x.hypot(along.y) * METRES_PER_DEGREE / step_m)
            .ceil()
            .max(1.0);
        let mut k = 1.0;
        while k < pieces {
            coords.push(edge.start + along * (k / pieces));
            k += 1.0;
        }
        coords.push(edge.end);
    }
    LineString(coords)
}
