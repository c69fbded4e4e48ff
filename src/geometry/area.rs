//! Areas on the CGCS2000 ellipsoid: the canonical integral and the two figures it is held to.

use std::sync::LazyLock;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use geographiclib_rs::{Geodesic, PolygonArea, Winding};

use super::Ground;
use super::densify::densified_ring;

/// Semi-major axis of CGCS2000 in metres.
// Source: GB/T 18522-2020 and EPSG ellipsoid 1024.
pub const CGCS2000_SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of CGCS2000.
// Source: GB/T 18522-2020 and EPSG ellipsoid 1024 (inverse flattening 298.257222101).
pub const CGCS2000_FLATTENING: f64 = 1.0 / 298.257_222_101;

/// First eccentricity squared.
const E2: f64 = CGCS2000_FLATTENING * (2.0 - CGCS2000_FLATTENING);

/// Nodes of the 3-point Gauss-Legendre rule on [-1, 1]: 0 and ∓ sqrt(3/5).
const GAUSS_NODES: [f64; 3] = [-0.774_596_669_241_483_4, 0.0, 0.774_596_669_241_483_4];
/// Its weights for a mean value.
const GAUSS_WEIGHTS: [f64; 3] = [5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0];

/// The exact ellipsoid area of polygons whose edges are straight in lon/lat, in m².
///
/// Per edge ∫ (L − L₀) dS with dS = a²(1−e²) cos B / (1 − e² sin² B)² dB; L₀ is the ring's first
/// longitude, which keeps the numbers small and cancels over a closed ring.
///
/// # Source
/// The integral of which 国土调查办发〔2008〕32号 is the trapezoid series.
pub(super) fn ellipsoid_area_m2(shape: &MultiPolygon<f64>) -> f64 {
    over_rings(shape, ellipsoid_ring_m2)
}

/// The same of one polygon.
pub(super) fn ellipsoid_polygon_m2(polygon: &Polygon<f64>) -> f64 {
    over_polygon(polygon, ellipsoid_ring_m2)
}

/// The area by the national trapezoid series on the surveyed vertices (界址点), in m².
///
/// Per edge the trapezoid between the two parallels, ΔL = (L₁ + L₂)/2 − L₀, series A–E. It differs
/// from the canonical area by up to 1e-5 for edges of some hundred metres, because it means another
/// edge; it is shown so that the bureau's other software can be reconciled.
///
/// # Source
/// 国土调查办发〔2008〕32号, 图斑椭球面积计算公式.
#[must_use]
pub fn national_series_area_m2(ground: &Ground) -> f64 {
    over_rings(ground.shape(), national_ring_m2)
}

/// The area by Karney's geodesics on the vertices as they are, CGCS2000, in m².
///
/// # Source
/// C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), through `geographiclib-rs`.
#[must_use]
pub fn karney_area_m2(ground: &Ground) -> f64 {
    over_rings(ground.shape(), karney_ring_m2)
}

/// Karney's area after every edge is split, straight in lon/lat, to at most `step_m` metres, in m².
///
/// The check of the canonical area: as edges shorten both mean the same edge.
#[must_use]
pub fn karney_area_on_densified_edges_m2(ground: &Ground, step_m: f64) -> f64 {
    over_rings(ground.shape(), |ring| {
        karney_ring_m2(&densified_ring(ring, step_m))
    })
}

/// Shells less holes, whatever their winding; never negative.
fn over_rings(shape: &MultiPolygon<f64>, ring_m2: impl Fn(&LineString<f64>) -> f64) -> f64 {
    let total: f64 = shape
        .0
        .iter()
        .map(|polygon| over_polygon(polygon, &ring_m2))
        .sum();
    total.max(0.0)
}

fn over_polygon(polygon: &Polygon<f64>, ring_m2: impl Fn(&LineString<f64>) -> f64) -> f64 {
    let holes: f64 = polygon
        .interiors()
        .iter()
        .map(|hole| ring_m2(hole).abs())
        .sum();
    ring_m2(polygon.exterior()).abs() - holes
}

/// Signed: counter-clockwise rings are positive.
pub(super) fn ellipsoid_ring_m2(ring: &LineString<f64>) -> f64 {
    let Some(first) = ring.0.first() else {
        return 0.0;
    };
    ring.lines()
        .map(|edge| edge_m2(edge.start, edge.end, *first))
        .sum()
}

/// An edge's share of the area west of its ring, measured from the origin's meridian, in m².
///
/// a²(1−e²) ∫ (L − L₀) cos B / (1 − e² sin² B)² dB along the edge.
pub(super) fn edge_m2(start: Coord<f64>, end: Coord<f64>, origin: Coord<f64>) -> f64 {
    const SCALE: f64 = CGCS2000_SEMI_MAJOR_M * CGCS2000_SEMI_MAJOR_M * (1.0 - E2);
    let half_height = ((end.y - start.y) / 2.0).to_radians();
    let mid_lon = (f64::midpoint(start.x, end.x) - origin.x).to_radians();
    let half_width = ((end.x - start.x) / 2.0).to_radians();
    let (sin, cos) = f64::midpoint(start.y, end.y).to_radians().sin_cos();
    let sum: f64 = GAUSS_NODES
        .iter()
        .zip(GAUSS_WEIGHTS)
        .map(|(node, weight)| {
            let (sin_step, cos_step) = sin_cos_of_step(node * half_height);
            let (sin, cos) = (
                sin * cos_step + cos * sin_step,
                cos * cos_step - sin * sin_step,
            );
            let w = 1.0 - E2 * sin * sin;
            weight * (mid_lon + node * half_width) * cos / (w * w)
        })
        .sum();
    // Counter-clockwise rings run north on their east side, so the sign comes out positive.
    SCALE * sum * 2.0 * half_height
}

/// Sine and cosine; by the first terms of their series for the short steps edges are made of.
fn sin_cos_of_step(step: f64) -> (f64, f64) {
    // Below 1e-3 (6 km of latitude) the terms left out are under 1e-17 of a unit.
    if step.abs() > 1e-3 {
        return step.sin_cos();
    }
    let step2 = step * step;
    (
        step * (1.0 - step2 / 6.0 * (1.0 - step2 / 20.0)),
        1.0 - step2 / 2.0 * (1.0 - step2 / 12.0),
    )
}

fn national_ring_m2(ring: &LineString<f64>) -> f64 {
    let Some(first) = ring.0.first() else {
        return 0.0;
    };
    ring.lines()
        .map(|edge| national_trapezoid_m2(edge.start, edge.end, *first))
        .sum()
}

fn national_trapezoid_m2(start: Coord<f64>, end: Coord<f64>, origin: Coord<f64>) -> f64 {
    const E4: f64 = E2 * E2;
    const E6: f64 = E4 * E2;
    const E8: f64 = E6 * E2;
    // Coefficients A to E of 国土调查办发〔2008〕32号, with alternating signs folded in.
    const SERIES: [f64; 5] = [
        1.0 + 3.0 / 6.0 * E2 + 30.0 / 80.0 * E4 + 35.0 / 112.0 * E6 + 630.0 / 2304.0 * E8,
        -(1.0 / 6.0 * E2 + 15.0 / 80.0 * E4 + 21.0 / 112.0 * E6 + 420.0 / 2304.0 * E8),
        3.0 / 80.0 * E4 + 7.0 / 112.0 * E6 + 180.0 / 2304.0 * E8,
        -(1.0 / 112.0 * E6 + 45.0 / 2304.0 * E8),
        5.0 / 2304.0 * E8,
    ];
    let semi_minor = CGCS2000_SEMI_MAJOR_M * (1.0 - CGCS2000_FLATTENING);
    let delta_l = ((start.x - origin.x + end.x - origin.x) / 2.0).to_radians();
    let delta_b = (end.y - start.y).to_radians();
    let mid_b = f64::midpoint(start.y, end.y).to_radians();
    let sum: f64 = SERIES
        .iter()
        .zip([1.0, 3.0, 5.0, 7.0, 9.0])
        .map(|(coefficient, k)| coefficient * (k / 2.0 * delta_b).sin() * (k * mid_b).cos())
        .sum();
    2.0 * semi_minor * semi_minor * delta_l * sum
}

static CGCS2000: LazyLock<Geodesic> =
    LazyLock::new(|| Geodesic::new(CGCS2000_SEMI_MAJOR_M, CGCS2000_FLATTENING));

fn karney_ring_m2(ring: &LineString<f64>) -> f64 {
    let mut polygon = PolygonArea::new(&CGCS2000, Winding::CounterClockwise);
    let open = ring.0.len().saturating_sub(1);
    for c in ring.0.iter().take(open) {
        polygon.add_point(c.y, c.x);
    }
    let (_, area_m2, _) = polygon.compute(true);
    area_m2
}
