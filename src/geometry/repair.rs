//! A proposal for rings that are no ground: what a surveyor most likely meant.
//!
//! Each ring is taken as the ground it runs around at least once; shells are joined, holes are
//! joined and taken out, and a hole wholly outside its shell is a part of its own. This is what GEOS
//! calls the structure method, and the areas agree with it (bow-tie 50, hole over the shell 85,
//! overlapping holes 72, overlapping loop 112, ring traced twice 100). It differs in that corners
//! come to lie on the overlay's decimal grid (1e-10 degrees for anything up to 20 km, finer than a
//! tenth of a millimetre).

use geo::{Coord, LineString, MultiPolygon, Polygon};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_shape::int::shape::IntShapes;

use super::overlay::Grid;
use super::ring_set::{RingSet, rings_of};
use super::simplicity::survey;
use super::{BBox, Ground, area};

/// Sound ground proposed in place of what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// The ground proposed.
    pub ground: Ground,
    /// Shells less holes of what came, read off naively in m²; `None` when that is no number.
    pub before_m2: Option<f64>,
    /// Canonical area of the proposal in m².
    pub after_m2: f64,
}

/// Most comparisons spent on finding out how often the edges cross.
const MOST_COMPARISONS: usize = 20_000_000;
/// Most crossings a proposal is made for: beyond this the input is noise, not a survey.
const MOST_CROSSINGS: usize = 100_000;
/// Most work, in vertices looked at, spent on telling holes inside from holes outside.
const MOST_HOLE_WORK: usize = 20_000_000;

/// Sound ground for finite rings in lon/lat, or `None` when nothing is left or it costs too much.
pub(super) fn propose(polygons: &[Vec<&[Coord<f64>]>]) -> Option<Repair> {
    let rings: Vec<Vec<Vec<Coord<f64>>>> = polygons
        .iter()
        .map(|rings| rings.iter().map(|ring| closed(ring)).collect())
        .collect();
    if !crossings_are_few(&rings) {
        return None;
    }
    let as_came = MultiPolygon::new(
        rings
            .iter()
            .filter_map(|rings| {
                let mut rings = rings.iter().cloned().map(LineString);
                rings
                    .next()
                    .map(|shell| Polygon::new(shell, rings.collect()))
            })
            .collect(),
    );
    let before_m2 = Some(area::ellipsoid_area_m2(&as_came)).filter(|m2| m2.is_finite());
    let ground = sound(&as_came)?;
    let after_m2 = ground.area_m2();
    (after_m2 > 0.0).then_some(Repair {
        ground,
        before_m2,
        after_m2,
    })
}

/// Consecutive equal points taken as one; the ring is open, its ends are neighbours too.
pub(super) fn distinct(open_ring: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut points = open_ring.to_vec();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
}

fn closed(ring: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut points = ring.to_vec();
    if points.first() != points.last() {
        points.extend(points.first().copied());
    }
    points
}

/// Restructures until the result is simple on its own coordinates; rounding may ask for a second go.
fn sound(shape: &MultiPolygon<f64>) -> Option<Ground> {
    let mut shape = restructured(shape)?;
    for _ in 0..3 {
        if is_sound(&shape) {
            return Some(Ground::trusted(shape));
        }
        shape = restructured(&shape)?;
    }
    None
}

fn is_sound(shape: &MultiPolygon<f64>) -> bool {
    let mut rings = RingSet::default();
    for (polygon, part) in shape.0.iter().enumerate() {
        for (number, ring) in rings_of(part).enumerate() {
            let points = distinct(&ring.0);
            if points.len() < 3 {
                return false;
            }
            rings.push(polygon, number, &points);
        }
    }
    survey(&rings, 1).flaws.is_empty()
}

fn restructured(shape: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    let grid = Grid::covering(BBox::of_all_rings(shape)?);
    let mut parts = IntShapes::new();
    for polygon in &shape.0 {
        let mut rings = rings_of(polygon).map(|ring| run_around(&grid, ring));
        let shell = rings.next().unwrap_or_default();
        let (holes, outside) = sorted(&shell, rings.collect());
        parts.extend(overlay(&shell, &holes, OverlayRule::Difference));
        parts.extend(outside);
    }
    let mut joined = Overlay::new_custom(
        0,
        IntOverlayOptions {
            ogc: true,
            ..keep_all()
        },
        Solver::default(),
    );
    joined.add_shapes(&parts, ShapeType::Subject);
    let shapes = joined.overlay(OverlayRule::Subject, FillRule::NonZero);
    (!shapes.is_empty()).then(|| grid.lift(&shapes))
}

/// Corners where rings meet stay in both, so that they still meet after rounding.
fn keep_all() -> IntOverlayOptions {
    IntOverlayOptions::keep_all_points()
}

/// The ground the ring runs around at least once, in either direction.
fn run_around(grid: &Grid, ring: &LineString<f64>) -> IntShapes {
    let mut overlay = Overlay::new_custom(ring.0.len(), keep_all(), Solver::default());
    overlay.add_contour(&grid.snap_ring(ring), ShapeType::Subject);
    overlay.overlay(OverlayRule::Subject, FillRule::NonZero)
}

fn overlay(subject: &IntShapes, clip: &IntShapes, rule: OverlayRule) -> IntShapes {
    Overlay::with_shapes_options(subject, clip, keep_all(), Solver::default())
        .overlay(rule, FillRule::NonZero)
}

/// Holes that take something out of the shell, and those that lie outside it.
fn sorted(shell: &IntShapes, rings: Vec<IntShapes>) -> (IntShapes, IntShapes) {
    let shell_points: usize = shell.iter().flatten().map(Vec::len).sum();
    let can_ask = shell_points.saturating_mul(rings.len()) <= MOST_HOLE_WORK;
    let (mut holes, mut outside) = (IntShapes::new(), IntShapes::new());
    for ring in rings {
        let is_outside = can_ask && overlay(shell, &ring, OverlayRule::Intersect).is_empty();
        if is_outside {
            outside.extend(ring);
        } else {
            holes.extend(ring);
        }
    }
    (holes, outside)
}

/// Whether the edges cross seldom enough for a proposal, found out at bounded cost.
fn crossings_are_few(rings: &[Vec<Vec<Coord<f64>>>]) -> bool {
    let mut edges: Vec<(Coord<f64>, Coord<f64>)> = rings
        .iter()
        .flatten()
        .flat_map(|ring| ring.windows(2).map(|pair| (pair[0], pair[1])))
        .map(|(a, b)| if a.x <= b.x { (a, b) } else { (b, a) })
        .collect();
    edges.sort_unstable_by(|a, b| a.0.x.total_cmp(&b.0.x));
    let (mut compared, mut crossed) = (0, 0);
    for (k, a) in edges.iter().enumerate() {
        for b in edges.iter().skip(k + 1).take_while(|b| b.0.x <= a.1.x) {
            compared += 1;
            crossed += usize::from(may_cross(*a, *b));
            if compared > MOST_COMPARISONS || crossed > MOST_CROSSINGS {
                return false;
            }
        }
    }
    true
}

fn may_cross(a: (Coord<f64>, Coord<f64>), b: (Coord<f64>, Coord<f64>)) -> bool {
    let side = |line: (Coord<f64>, Coord<f64>), p: Coord<f64>| {
        let (u, v) = (line.1 - line.0, p - line.0);
        u.x * v.y - u.y * v.x
    };
    side(a, b.0) * side(a, b.1) < 0.0 && side(b, a.0) * side(b, a.1) < 0.0
}
