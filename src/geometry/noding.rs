//! Edges of many layers split where they meet, on the overlay's integer grid.
//!
//! A crossing is rounded to the grid, which moves both edges by up to half a unit (5 µm on the
//! ground); edges moved may then meet others, so rounds go on until nothing meets any more. Edges
//! that nearly coincide (records cut along one oblique line, each rounded for itself) would shed ever
//! new specks that way, so from the third round on a crossing close to an end is taken to be that
//! end, in a reach that doubles with each round.

use std::cmp::Ordering;

use i_overlay::i_float::int::point::IntPoint;

/// An edge between grid points in sweep order, with the layer it bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LayerEdge {
    /// The western (or southern) end.
    pub a: IntPoint,
    /// The eastern (or northern) end.
    pub b: IntPoint,
    /// The layer whose ring runs here.
    pub layer: usize,
    /// +1 when the ring runs from `a` to `b`, −1 when it runs back.
    pub direction: i32,
    /// Whether rounding moved it since it was last compared with all others.
    moved: bool,
}

impl LayerEdge {
    /// The edge of a ring from one point to another, or `None` when they are the same.
    pub fn new(from: IntPoint, to: IntPoint, layer: usize) -> Option<Self> {
        Self::oriented(from, to, layer, 1)
    }

    fn oriented(from: IntPoint, to: IntPoint, layer: usize, direction: i32) -> Option<Self> {
        match grid_order(from, to) {
            Ordering::Less => Some(Self {
                a: from,
                b: to,
                layer,
                direction,
                moved: true,
            }),
            Ordering::Equal => None,
            Ordering::Greater => Some(Self {
                a: to,
                b: from,
                layer,
                direction: -direction,
                moved: true,
            }),
        }
    }

    /// The edge with its axes exchanged.
    fn transposed(&self) -> Option<Self> {
        let swapped = |p: IntPoint| IntPoint::new(p.y, p.x);
        Self::oriented(swapped(self.a), swapped(self.b), self.layer, self.direction)
    }

    fn south(&self) -> i32 {
        self.a.y.min(self.b.y)
    }

    fn north(&self) -> i32 {
        self.a.y.max(self.b.y)
    }
}

/// West before east, then south before north.
pub(super) fn grid_order(a: IntPoint, b: IntPoint) -> Ordering {
    // One number for both coordinates: this comparison is most of what sorting edges costs.
    let rank = |p: IntPoint| (i64::from(p.x) << 32) + i64::from(p.y);
    rank(a).cmp(&rank(b))
}

/// Twice the signed area of the triangle; positive when `c` lies left of `a` to `b`.
///
/// Grid coordinates stay within 2³⁰, so no product or sum leaves an `i64`.
pub(super) fn turn(a: IntPoint, b: IntPoint, c: IntPoint) -> i64 {
    let across = |p: i32, q: i32| i64::from(q) - i64::from(p);
    across(a.x, b.x) * across(a.y, c.y) - across(a.y, b.y) * across(a.x, c.x)
}

/// Most pairs of edges compared: above this the caller takes a way that scales better.
const MOST_PAIRS: usize = 30_000_000;
/// Most rounds of splitting; two are the rule, flat fans of long edges take some dozens.
const MOST_ROUNDS: usize = 64;
/// Rounds in which a crossing is placed where it is; two are enough where nothing nearly coincides.
const EXACT_ROUNDS: usize = 2;
/// Furthest a crossing is moved to an end, grid units: 0.6 mm at the finest grid, below the 1 mm
/// within which two geometries count as the same.
const MOST_REACH: i64 = 64;

/// Splits edges until they meet at their ends only, or `None` when that costs too much.
///
/// Edges that all lie side by side along one axis, like the teeth of a comb, are compared along the
/// other.
pub(super) fn noded(edges: &[LayerEdge]) -> Option<Vec<LayerEdge>> {
    if let Some(noded) = noded_from_the_west(edges.to_vec()) {
        return Some(noded);
    }
    noded_from_the_west(edges.iter().filter_map(LayerEdge::transposed).collect())
        .map(|noded| noded.iter().filter_map(LayerEdge::transposed).collect())
}

fn noded_from_the_west(mut edges: Vec<LayerEdge>) -> Option<Vec<LayerEdge>> {
    let mut pairs = 0;
    for round in 0..MOST_ROUNDS {
        let reach = reach_of(round);
        edges.sort_unstable_by(|p, q| grid_order(p.a, q.a));
        let mut cuts = cuts_between(&edges, reach, &mut pairs)?;
        if cuts.is_empty() {
            return Some(edges);
        }
        edges = cut_up(&edges, &mut cuts);
    }
    None
}

/// How near to an end a crossing is taken to be that end, grid units.
fn reach_of(round: usize) -> i64 {
    match round.checked_sub(EXACT_ROUNDS) {
        None => 0,
        Some(later) => (1i64 << later.min(62)).min(MOST_REACH),
    }
}

/// A point at which an edge, by number, is to be split.
type Cut = (usize, IntPoint);

/// The cuts of one round; edges come in the order of their western ends.
fn cuts_between(edges: &[LayerEdge], reach: i64, pairs: &mut usize) -> Option<Vec<Cut>> {
    let moved: Vec<usize> = (0..edges.len()).filter(|k| edges[*k].moved).collect();
    let mut cuts = Vec::new();
    for (number, edge) in edges.iter().enumerate() {
        // Two edges that stayed as they were have been compared before.
        if edge.moved {
            cut_with_others(
                (number, edge),
                edges.iter().enumerate().skip(number + 1),
                reach,
                pairs,
                &mut cuts,
            );
        } else {
            let later = moved.partition_point(|k| *k <= number);
            let others = moved[later..].iter().map(|k| (*k, &edges[*k]));
            cut_with_others((number, edge), others, reach, pairs, &mut cuts);
        }
        if *pairs > MOST_PAIRS {
            return None;
        }
    }
    Some(cuts)
}

fn cut_with_others<'a>(
    edge: (usize, &LayerEdge),
    others: impl Iterator<Item = (usize, &'a LayerEdge)>,
    reach: i64,
    pairs: &mut usize,
    cuts: &mut Vec<Cut>,
) {
    let (south, north) = (edge.1.south(), edge.1.north());
    for other in others.take_while(|(_, other)| other.a.x <= edge.1.b.x) {
        *pairs += 1;
        if other.1.south() <= north && other.1.north() >= south {
            cut_where_they_meet(edge, other, reach, cuts);
        }
    }
}

fn cut_where_they_meet(
    one: (usize, &LayerEdge),
    two: (usize, &LayerEdge),
    reach: i64,
    cuts: &mut Vec<Cut>,
) {
    let offsets =
        |of: &LayerEdge, from: &LayerEdge| (turn(from.a, from.b, of.a), turn(from.a, from.b, of.b));
    let on_one_side = |(a, b): (i64, i64)| a.signum() * b.signum() > 0;
    let two_off_one = offsets(two.1, one.1);
    if on_one_side(two_off_one) {
        return;
    }
    let one_off_two = offsets(one.1, two.1);
    if on_one_side(one_off_two) {
        return;
    }
    let is_clear = |(a, b): (i64, i64)| a != 0 && b != 0;
    if is_clear(two_off_one) && is_clear(one_off_two) {
        let before = cuts.len();
        for (edge, other, off) in [(one, two, two_off_one), (two, one, one_off_two)] {
            for (off, end) in [(off.0, other.1.a), (off.1, other.1.b)] {
                if is_along(edge.1, off) && is_within(edge.1, end) {
                    cuts.push((edge.0, end));
                }
            }
        }
        // Edges along one another share their ends from now on and need no crossing between them.
        if cuts.len() > before {
            return;
        }
        let place = taken_to_an_end(crossing(two.1, two_off_one), [one.1, two.1], reach);
        cuts.extend([(one.0, place), (two.0, place)]);
        return;
    }
    // An end on the other edge, or edges along one another: split at the ends, nothing moves.
    for (edge, other, off) in [(one, two, two_off_one), (two, one, one_off_two)] {
        for (off, end) in [(off.0, other.1.a), (off.1, other.1.b)] {
            if off == 0 && is_within(edge.1, end) {
                cuts.push((edge.0, end));
            }
        }
    }
}

/// The nearest end of the two edges within reach of a place, or the place.
fn taken_to_an_end(place: IntPoint, edges: [&LayerEdge; 2], reach: i64) -> IntPoint {
    let off = |p: IntPoint| {
        let (x, y) = (
            i64::from(p.x) - i64::from(place.x),
            i64::from(p.y) - i64::from(place.y),
        );
        x.abs().max(y.abs())
    };
    let ends = edges.into_iter().flat_map(|edge| [edge.a, edge.b]);
    ends.filter(|end| off(*end) <= reach)
        .min_by_key(|end| off(*end))
        .unwrap_or(place)
}

/// Whether a point so far off the line of an edge (as [`turn`] gives it) lies all but on it.
#[expect(
    clippy::cast_precision_loss,
    reason = "compared with a length, far coarser than what is lost"
)]
fn is_along(edge: &LayerEdge, off: i64) -> bool {
    /// Two ends of records cut along one line, each rounded by half a unit, part by less than this.
    const NEAR_UNITS: f64 = 2.0;
    let (dx, dy) = (
        f64::from(edge.b.x) - f64::from(edge.a.x),
        f64::from(edge.b.y) - f64::from(edge.a.y),
    );
    (off as f64).abs() <= NEAR_UNITS * dx.hypot(dy)
}

fn is_within(edge: &LayerEdge, p: IntPoint) -> bool {
    grid_order(edge.a, p).is_lt() && grid_order(p, edge.b).is_lt()
}

/// The grid point nearest to where the edge crosses a line that its ends lie so far off.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the quotient is within the edge; its error is far below a grid unit"
)]
fn crossing(edge: &LayerEdge, off: (i64, i64)) -> IntPoint {
    let share = off.0 as f64 / (off.0 as f64 - off.1 as f64);
    let between =
        |p: i32, q: i32| (f64::from(p) + share * (f64::from(q) - f64::from(p))).round() as i32;
    IntPoint::new(between(edge.a.x, edge.b.x), between(edge.a.y, edge.b.y))
}

fn cut_up(edges: &[LayerEdge], cuts: &mut [Cut]) -> Vec<LayerEdge> {
    // Along its edge: the axis on which the edge is longer tells the order, the other breaks ties.
    cuts.sort_unstable_by_key(|(number, p)| {
        let edge = &edges[*number];
        let across = |from: i32, to: i32| i64::from(to) - i64::from(from);
        let (dx, dy) = (across(edge.a.x, edge.b.x), across(edge.a.y, edge.b.y));
        let (x, y) = (
            across(edge.a.x, p.x) * dx.signum(),
            across(edge.a.y, p.y) * dy.signum(),
        );
        (*number, if dx.abs() >= dy.abs() { (x, y) } else { (y, x) })
    });
    let mut pieces = Vec::with_capacity(edges.len() + cuts.len());
    let mut waiting = &*cuts;
    for (number, edge) in edges.iter().enumerate() {
        let own = waiting.partition_point(|(k, _)| *k <= number);
        let (here, later) = waiting.split_at(own);
        waiting = later;
        if here.is_empty() {
            pieces.push(LayerEdge {
                moved: false,
                ..*edge
            });
            continue;
        }
        let exact = here.iter().all(|(_, p)| turn(edge.a, edge.b, *p) == 0);
        let mut from = edge.a;
        for p in here.iter().map(|(_, p)| *p).chain([edge.b]) {
            let piece = LayerEdge::oriented(from, p, edge.layer, edge.direction);
            pieces.extend(piece.map(|piece| LayerEdge {
                moved: !exact,
                ..piece
            }));
            from = p;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: (i32, i32), b: (i32, i32)) -> LayerEdge {
        LayerEdge::new(IntPoint::new(a.0, a.1), IntPoint::new(b.0, b.1), 0).unwrap()
    }

    fn ends(edges: &[LayerEdge]) -> Vec<((i32, i32), (i32, i32))> {
        let mut ends: Vec<_> = edges
            .iter()
            .map(|e| ((e.a.x, e.a.y), (e.b.x, e.b.y)))
            .collect();
        ends.sort_unstable();
        ends
    }

    #[test]
    fn a_crossing_makes_four_of_two() {
        let noded = noded(&[edge((0, 0), (10, 10)), edge((0, 10), (10, 0))]).unwrap();
        let expected = [
            ((0, 0), (5, 5)),
            ((0, 10), (5, 5)),
            ((5, 5), (10, 0)),
            ((5, 5), (10, 10)),
        ];
        assert_eq!(ends(&noded), expected);
    }

    #[test]
    fn edges_along_one_another_share_their_middle() {
        let noded = noded(&[edge((0, 0), (9, 3)), edge((3, 1), (12, 4))]).unwrap();
        let expected = [
            ((0, 0), (3, 1)),
            ((3, 1), (9, 3)),
            ((3, 1), (9, 3)),
            ((9, 3), (12, 4)),
        ];
        assert_eq!(ends(&noded), expected);
    }

    #[test]
    fn rounding_leaves_no_crossing_behind() {
        // Flat edges that cross between grid points, again and again after rounding.
        let fan: Vec<LayerEdge> = (0..40).map(|k| edge((0, k), (1000 + k, 40 - k))).collect();
        let noded = noded(&fan).unwrap();
        for s in &noded {
            for t in &noded {
                let strictly = |a: i64, b: i64| a.signum() * b.signum() < 0;
                let crosses = strictly(turn(s.a, s.b, t.a), turn(s.a, s.b, t.b))
                    && strictly(turn(t.a, t.b, s.a), turn(t.a, t.b, s.b));
                assert!(!crosses, "{s:?} {t:?}");
            }
        }
    }

    #[test]
    fn teeth_side_by_side_are_compared_along_the_other_axis() {
        // 20,000 edges under one another make 200 million pairs from the west, none from the south.
        let mut teeth: Vec<LayerEdge> = (0..20_000)
            .map(|k| edge((0, 2 * k), (1000, 2 * k)))
            .collect();
        teeth.push(edge((500, -1), (500, 11)));
        let noded = noded(&teeth).unwrap();
        assert_eq!(noded.len(), 20_001 + 2 * 6);
        assert!(
            noded
                .iter()
                .all(|e| grid_order(e.a, e.b).is_lt() && e.direction == 1)
        );
    }

    #[test]
    fn the_farthest_corners_do_not_overflow() {
        let far = 1 << 30;
        let noded = noded(&[
            edge((-far, -far), (far, far)),
            edge((-far, far), (far, -far)),
        ]);
        assert_eq!(noded.unwrap().len(), 4);
    }
}
