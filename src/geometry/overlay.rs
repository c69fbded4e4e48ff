//! Union, intersection and difference on lon/lat, on one fixed decimal grid.
//!
//! Everything is cut on integers. Instead of a grid that floats with each pair of inputs it is a
//! decimal one (1e-10 degrees, about 0.01 mm, for anything up to 20 km), so that pieces cut at
//! different times share their corners exactly and the same question has the same answer. Surveyed
//! ground is never rewritten on it; only what is cut from it is.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::{IntContour, IntShapes};

use super::cells::cells;
use super::noding::{LayerEdge, noded};
use super::ring_set::rings_of;
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

    /// The edges of all rings, each with the number of its ground.
    pub(super) fn edges(&self, grounds: &[&Ground]) -> Vec<LayerEdge> {
        let mut edges = Vec::new();
        for (layer, ground) in grounds.iter().enumerate() {
            for ring in ground.shape().0.iter().flat_map(rings_of) {
                let snapped: IntContour = ring.0.iter().map(|c| self.snapped(*c)).collect();
                let pairs = snapped.windows(2);
                edges.extend(pairs.filter_map(|pair| LayerEdge::new(pair[0], pair[1], layer)));
            }
        }
        edges
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
    match grounds {
        [one] => (*one).clone(),
        _ => overlaid(grounds, |layers| !layers.is_empty(), OverlayRule::Union),
    }
}

/// The ground in both.
#[must_use]
pub fn intersection(a: &Ground, b: &Ground) -> Ground {
    let (Some(of_a), Some(of_b)) = (a.bbox(), b.bbox()) else {
        return Ground::empty();
    };
    if !of_a.touches(&of_b) {
        return Ground::empty();
    }
    overlaid(&[a, b], |layers| layers.len() == 2, OverlayRule::Intersect)
}

/// The ground in `a` that is not in `b`.
#[must_use]
pub fn difference(a: &Ground, b: &Ground) -> Ground {
    let (Some(of_a), Some(of_b)) = (a.bbox(), b.bbox()) else {
        return a.clone();
    };
    if !of_a.touches(&of_b) {
        return a.clone();
    }
    overlaid(&[a, b], |layers| layers == [0], OverlayRule::Difference)
}

/// The ground under sets of layers that are in; `rule` says the same to the overlay library.
fn overlaid(grounds: &[&Ground], is_in: impl Fn(&[usize]) -> bool, rule: OverlayRule) -> Ground {
    let Some(bbox) = joined_bbox(grounds) else {
        return Ground::empty();
    };
    let grid = Grid::covering(bbox);
    let shapes = if let Some(edges) = noded(&grid.edges(grounds)) {
        let group = |layers: Vec<usize>| if is_in(&layers) { vec![0] } else { Vec::new() };
        let (_, cells) = cells(edges, group);
        cells.into_iter().flat_map(|cell| cell.shapes).collect()
    } else {
        through_library(&grid, grounds, rule)
    };
    Ground::trusted(grid.lift(&shapes))
}

/// For shapes of so many edges side by side that one pass costs too much.
fn through_library(grid: &Grid, grounds: &[&Ground], rule: OverlayRule) -> IntShapes {
    let options = IntOverlayOptions {
        ogc: true,
        ..IntOverlayOptions::keep_output_points()
    };
    let mut overlay = Overlay::new_custom(0, options, Solver::default());
    for (number, ground) in grounds.iter().enumerate() {
        let shape_type = if number == 0 {
            ShapeType::Subject
        } else {
            ShapeType::Clip
        };
        overlay.add_shapes(&grid.snap(ground.shape()), shape_type);
    }
    overlay.overlay(rule, FillRule::NonZero)
}

pub(super) fn joined_bbox(grounds: &[&Ground]) -> Option<BBox> {
    grounds.iter().filter_map(|g| g.bbox()).reduce(BBox::joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_gives_the_same_areas_as_the_one_pass() {
        let circle = |lon: f64| {
            let ring = (0..90).map(|k| f64::from(k) * 4.0_f64.to_radians());
            let ring = ring.map(|t| Coord {
                x: lon + 0.002 * t.cos(),
                y: 32.0 + 0.002 * t.sin(),
            });
            Ground::trusted(MultiPolygon::new(vec![Polygon::new(
                ring.collect(),
                Vec::new(),
            )]))
        };
        let (a, b) = (circle(113.25), circle(113.2513));
        let grid = Grid::covering(joined_bbox(&[&a, &b]).unwrap());
        for (rule, own) in [
            (OverlayRule::Union, union(&[&a, &b])),
            (OverlayRule::Intersect, intersection(&a, &b)),
            (OverlayRule::Difference, difference(&a, &b)),
        ] {
            let theirs = Ground::trusted(grid.lift(&through_library(&grid, &[&a, &b], rule)));
            assert!((own.area_m2() - theirs.area_m2()).abs() < 1e-3, "{rule:?}");
            assert!(own.area_m2() > 1000.0);
        }
    }
}
