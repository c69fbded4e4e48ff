//! Union, intersection and difference on lon/lat, on one fixed decimal grid.
//!
//! The overlay library works on integers. Instead of a grid that floats with each pair of inputs we
//! give it a decimal one (1e-10 degrees, about 0.01 mm, for anything up to 20 km), so that pieces cut
//! at different times share their corners exactly and the same question has the same answer.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::Overlay;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::{IntContour, IntShapes};

use super::{BBox, Ground};

/// Largest coordinate given to the overlay: its own adapter stays within 2^30 as well.
const GRID_REACH: f64 = 1_073_741_823.0;

/// A decimal integer grid around a place: `units_per_degree` cells to a degree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    units_per_degree: f64,
    origin: (f64, f64),
}

impl Grid {
    /// The finest decimal grid whose integers reach over the box.
    pub(super) fn covering(bbox: BBox) -> Self {
        let half = f64::max(bbox.east - bbox.west, bbox.north - bbox.south) / 2.0 + 0.001;
        let mut units_per_degree = 1e10;
        while half * units_per_degree > GRID_REACH {
            units_per_degree /= 10.0;
        }
        // The origin is a whole number of units (4 decimals), so grids of one fineness coincide.
        let origin_of = |low: f64, high: f64| {
            (f64::midpoint(low, high) * 1e4).round() * (units_per_degree / 1e4)
        };
        Self {
            units_per_degree,
            origin: (
                origin_of(bbox.west, bbox.east),
                origin_of(bbox.south, bbox.north),
            ),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the grid covers the box: within 2^30"
    )]
    fn snapped(&self, c: Coord<f64>) -> IntPoint {
        IntPoint::new(
            (c.x * self.units_per_degree - self.origin.0).round() as i32,
            (c.y * self.units_per_degree - self.origin.1).round() as i32,
        )
    }

    pub(super) fn lifted(&self, p: IntPoint) -> Coord<f64> {
        Coord {
            x: (self.origin.0 + f64::from(p.x)) / self.units_per_degree,
            y: (self.origin.1 + f64::from(p.y)) / self.units_per_degree,
        }
    }

    pub(super) fn snap(&self, shape: &MultiPolygon<f64>) -> IntShapes {
        shape
            .0
            .iter()
            .map(|polygon| {
                std::iter::once(polygon.exterior())
                    .chain(polygon.interiors())
                    .map(|ring| self.snap_ring(ring))
                    .collect()
            })
            .collect()
    }

    pub(super) fn snap_ring(&self, ring: &LineString<f64>) -> IntContour {
        let open = ring.0.len().saturating_sub(1);
        ring.0.iter().take(open).map(|c| self.snapped(*c)).collect()
    }

    pub(super) fn lift(&self, shapes: &IntShapes) -> MultiPolygon<f64> {
        shapes
            .iter()
            .filter_map(|shape| {
                let mut rings = shape.iter().map(|contour| self.lift_ring(contour));
                rings
                    .next()
                    .map(|exterior| Polygon::new(exterior, rings.collect()))
            })
            .collect()
    }

    fn lift_ring(&self, contour: &IntContour) -> LineString<f64> {
        let mut coords: Vec<_> = contour.iter().map(|p| self.lifted(*p)).collect();
        coords.extend(coords.first().copied());
        LineString(coords)
    }
}

/// The ground in any of the given ones.
#[must_use]
pub fn union(grounds: &[&Ground]) -> Ground {
    let Some(bbox) = joined_bbox(grounds) else {
        return Ground::empty();
    };
    let grid = Grid::covering(bbox);
    let subject: IntShapes = grounds.iter().flat_map(|g| grid.snap(g.shape())).collect();
    let shapes =
        Overlay::with_shapes(&subject, &[]).overlay(OverlayRule::Subject, FillRule::NonZero);
    Ground::trusted(grid.lift(&shapes))
}

/// The ground in both.
#[must_use]
pub fn intersection(a: &Ground, b: &Ground) -> Ground {
    let (Some(of_a), Some(of_b)) = (a.bbox(), b.bbox()) else {
        return Ground::empty();
    };
    if of_a.touches(&of_b) {
        overlaid(a, b, OverlayRule::Intersect)
    } else {
        Ground::empty()
    }
}

/// The ground in `a` that is not in `b`.
#[must_use]
pub fn difference(a: &Ground, b: &Ground) -> Ground {
    let (Some(of_a), Some(of_b)) = (a.bbox(), b.bbox()) else {
        return a.clone();
    };
    if of_a.touches(&of_b) {
        overlaid(a, b, OverlayRule::Difference)
    } else {
        a.clone()
    }
}

fn overlaid(a: &Ground, b: &Ground, rule: OverlayRule) -> Ground {
    let Some(bbox) = joined_bbox(&[a, b]) else {
        return Ground::empty();
    };
    let grid = Grid::covering(bbox);
    let shapes = Overlay::with_shapes(&grid.snap(a.shape()), &grid.snap(b.shape()))
        .overlay(rule, FillRule::NonZero);
    Ground::trusted(grid.lift(&shapes))
}

pub(super) fn joined_bbox(grounds: &[&Ground]) -> Option<BBox> {
    grounds.iter().filter_map(|g| g.bbox()).reduce(BBox::joined)
}
