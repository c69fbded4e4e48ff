//! The cells between edges that meet at their ends only, and which layers cover each.
//!
//! A doubly connected edge list: every edge is two half-edges, one to a side; half-edges chained
//! around the cell on their left make its rings. Crossing an edge changes the cover by what the edge
//! bounds, so one look per connected piece tells the cover of all its cells.

use std::collections::HashMap;

use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::{IntContour, IntShapes};

use super::noding::{LayerEdge, grid_order, turn};

/// All the ground of one group: under exactly one set of layers, or in an overlay.
#[derive(Debug)]
pub(super) struct Cell {
    /// The layers, ascending, or the name its group was given; never empty.
    pub layers: Vec<usize>,
    /// Shells counter-clockwise, each followed by its holes.
    pub shapes: IntShapes,
    /// Its border: edges, by number, and whether they run from `a` to `b` around it.
    pub border: Vec<(usize, bool)>,
}

/// An edge with what it bounds: layers, and by how much the cover rises from its right to its left.
#[derive(Debug)]
pub(super) struct Bound {
    pub a: IntPoint,
    pub b: IntPoint,
    rises: Vec<(usize, i32)>,
}

/// The cells, and the edges between them.
///
/// `group` names the cell that ground under a set of layers belongs to: the set itself for an
/// arrangement; for an overlay the same name for all that is in, and the empty one for the rest.
pub(super) fn cells(
    edges: Vec<LayerEdge>,
    group: impl Fn(Vec<usize>) -> Vec<usize>,
) -> (Vec<Bound>, Vec<Cell>) {
    let bounds = merged(edges);
    let mut net = Net::of(&bounds);
    let all: Vec<bool> = vec![true; bounds.len()];
    let cycles = net.cycles(&all);
    let covers = net.covers(&cycles, group);
    let cover_of = |half: usize| covers[cycles.of_half[half]];
    // An edge within one cell bounds nothing: an overlay's inner border, or what rounding left behind.
    let divides: Vec<bool> = (0..bounds.len())
        .map(|edge| cover_of(2 * edge) != cover_of(2 * edge + 1))
        .collect();
    let cover_of_half: Vec<usize> = (0..2 * bounds.len()).map(cover_of).collect();
    let cycles = if divides.contains(&false) {
        net.cycles(&divides)
    } else {
        cycles
    };
    let cells = net.cells(&cycles, &cover_of_half);
    drop(net);
    (bounds, cells)
}

/// Edges between the same points taken together; those that cancel out are left out.
fn merged(mut edges: Vec<LayerEdge>) -> Vec<Bound> {
    edges.sort_unstable_by(|p, q| {
        grid_order(p.a, q.a)
            .then_with(|| grid_order(p.b, q.b))
            .then(p.layer.cmp(&q.layer))
    });
    edges
        .chunk_by(|p, q| p.a == q.a && p.b == q.b)
        .filter_map(|same| {
            let first = same.first()?;
            let rises: Vec<(usize, i32)> = same
                .chunk_by(|p, q| p.layer == q.layer)
                .filter_map(|own| Some((own.first()?.layer, own.iter().map(|e| e.direction).sum())))
                .filter(|(_, rise)| *rise != 0)
                .collect();
            (!rises.is_empty()).then_some(Bound {
                a: first.a,
                b: first.b,
                rises,
            })
        })
        .collect()
}

/// Half-edge `2e` runs along edge `e` from `a` to `b`, half-edge `2e + 1` back.
struct Net<'a> {
    bounds: &'a [Bound],
    /// The vertex each half-edge leaves.
    origin: Vec<usize>,
    points: Vec<IntPoint>,
    /// Half-edges by the vertex they leave, counter-clockwise from just east of south.
    around: Vec<usize>,
    /// Where each vertex begins in `around`; one more at the end.
    first: Vec<usize>,
    /// Groups by number; 0 is what is left out.
    sets: Vec<Vec<usize>>,
}

/// Rings of half-edges with their cell on the left.
struct Cycles {
    /// The cycle of each half-edge; `NONE` when it takes no part.
    of_half: Vec<usize>,
    /// A half-edge of each cycle.
    start: Vec<usize>,
    /// The half-edge that follows.
    next: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl<'a> Net<'a> {
    fn of(bounds: &'a [Bound]) -> Self {
        let mut points: Vec<IntPoint> = bounds.iter().flat_map(|e| [e.a, e.b]).collect();
        points.sort_unstable_by(|p, q| grid_order(*p, *q));
        points.dedup();
        let vertex = |p: IntPoint| points.partition_point(|q| grid_order(*q, p).is_lt());
        let origin: Vec<usize> = bounds
            .iter()
            .flat_map(|e| [vertex(e.a), vertex(e.b)])
            .collect();
        let mut around: Vec<usize> = (0..origin.len()).collect();
        let end = |half: usize| points[origin[half ^ 1]];
        around.sort_unstable_by(|p, q| {
            let (from, to) = (origin[*p], origin[*q]);
            // Even half-edges run in sweep order, so they leave eastward, odd ones westward.
            from.cmp(&to)
                .then((p % 2).cmp(&(q % 2)))
                .then_with(|| 0.cmp(&turn(points[from], end(*p), end(*q))))
        });
        let mut first = vec![0; points.len() + 1];
        for half in &around {
            first[origin[*half] + 1] += 1;
        }
        for vertex in 1..first.len() {
            first[vertex] += first[vertex - 1];
        }
        Self {
            bounds,
            origin,
            points,
            around,
            first,
            sets: vec![Vec::new()],
        }
    }

    /// Chains the half-edges of the edges that take part.
    fn cycles(&self, takes_part: &[bool]) -> Cycles {
        let mut next = vec![NONE; self.origin.len()];
        for span in self.first.windows(2) {
            let leaving = self.around[span[0]..span[1]]
                .iter()
                .filter(|half| takes_part[**half / 2]);
            let mut before = leaving.clone().next_back().copied();
            for &half in leaving {
                // Who arrives against `half` turns off clockwise, and so keeps its cell on the left.
                next[half ^ 1] = before.unwrap_or(half);
                before = Some(half);
            }
        }
        let mut cycles = Cycles {
            of_half: vec![NONE; next.len()],
            start: Vec::new(),
            next,
        };
        for half in 0..cycles.next.len() {
            if cycles.next[half] == NONE || cycles.of_half[half] != NONE {
                continue;
            }
            let mut at = half;
            while cycles.of_half[at] == NONE {
                cycles.of_half[at] = cycles.start.len();
                at = cycles.next[at];
            }
            cycles.start.push(half);
        }
        cycles
    }

    /// The number of the group on the left of each cycle.
    fn covers(&mut self, cycles: &Cycles, group: impl Fn(Vec<usize>) -> Vec<usize>) -> Vec<usize> {
        let mut windings: Vec<Option<Winding>> = vec![None; cycles.start.len()];
        let mut waiting = Vec::new();
        // Vertices come in sweep order: an unseen one is the western end of an unseen piece.
        for vertex in 0..self.points.len() {
            let leaving = &self.around[self.first[vertex]..self.first[vertex + 1]];
            let Some(cycle) = leaving.last().map(|half| cycles.of_half[*half]) else {
                continue;
            };
            if windings[cycle].is_none() {
                windings[cycle] = Some(self.winding_west_of(self.points[vertex]));
                waiting.push(cycle);
            }
            while let Some(cycle) = waiting.pop() {
                let own = windings[cycle].take().unwrap_or_default();
                for half in around_cycle(cycles, cycles.start[cycle]) {
                    let beyond = cycles.of_half[half ^ 1];
                    if windings[beyond].is_none() && beyond != cycle {
                        windings[beyond] = Some(self.crossed(&own, half));
                        waiting.push(beyond);
                    }
                }
                windings[cycle] = Some(own);
            }
        }
        let mut numbers: HashMap<Vec<usize>, usize> = HashMap::from([(Vec::new(), 0)]);
        let mut number = |winding: Option<Winding>| {
            // Ground either is under a layer or is not; rounding can wind a speck twice or back.
            let layers = winding
                .unwrap_or_default()
                .into_iter()
                .map(|(layer, _)| layer)
                .collect();
            *numbers.entry(group(layers)).or_insert_with_key(|layers| {
                self.sets.push(layers.clone());
                self.sets.len() - 1
            })
        };
        windings.into_iter().map(&mut number).collect()
    }

    /// The winding on the right of a half-edge from that on its left.
    fn crossed(&self, left: &[(usize, i32)], half: usize) -> Winding {
        let mut right = left.to_vec();
        wind(
            &mut right,
            &self.bounds[half / 2].rises,
            if half.is_multiple_of(2) { -1 } else { 1 },
        );
        right
    }

    /// The winding just west of a point that no edge reaches from the west.
    fn winding_west_of(&self, p: IntPoint) -> Winding {
        let mut winding = Winding::new();
        // Edges come in the order of their western ends.
        for bound in self.bounds.iter().take_while(|e| e.a.x < p.x) {
            if bound.b.x >= p.x && turn(bound.a, bound.b, p) > 0 {
                wind(&mut winding, &bound.rises, 1);
            }
        }
        winding
    }

    fn cells(&self, cycles: &Cycles, cover_of_half: &[usize]) -> Vec<Cell> {
        let mut rings: Vec<Vec<IntContour>> = vec![Vec::new(); self.sets.len()];
        let mut borders: Vec<Vec<(usize, bool)>> = vec![Vec::new(); self.sets.len()];
        let mut pinched = Pinches::new(self.points.len());
        for &start in &cycles.start {
            let cover = cover_of_half[start];
            if cover == 0 {
                continue;
            }
            let halves = || around_cycle(cycles, start);
            borders[cover].extend(halves().map(|half| (half / 2, half.is_multiple_of(2))));
            pinched.split(
                halves().map(|half| self.origin[half]),
                &self.points,
                &mut rings[cover],
            );
        }
        let mut cells: Vec<Cell> = self
            .sets
            .iter()
            .zip(rings.into_iter().zip(borders))
            .map(|(layers, (rings, border))| Cell {
                layers: layers.clone(),
                shapes: nested(rings),
                border,
            })
            .filter(|cell| !cell.shapes.is_empty())
            .collect();
        cells.sort_unstable_by(|p, q| p.layers.cmp(&q.layers));
        cells
    }
}

/// How often each layer runs around a place; layers ascending, none with 0.
type Winding = Vec<(usize, i32)>;

fn wind(winding: &mut Winding, rises: &[(usize, i32)], sign: i32) {
    for (layer, rise) in rises {
        match winding.binary_search_by_key(layer, |(layer, _)| *layer) {
            Ok(at) if winding[at].1 + sign * rise == 0 => {
                winding.remove(at);
            }
            Ok(at) => winding[at].1 += sign * rise,
            Err(at) => winding.insert(at, (*layer, sign * rise)),
        }
    }
}

fn around_cycle(cycles: &Cycles, start: usize) -> impl Iterator<Item = usize> + '_ {
    let after = move |half: &usize| Some(cycles.next[*half]).filter(|next| *next != start);
    std::iter::successors(Some(start), after)
}

/// Splits cycles that come back to a vertex into rings that do not.
struct Pinches {
    /// Where each vertex stands on the path, if it does.
    at: Vec<usize>,
    path: Vec<usize>,
}

impl Pinches {
    fn new(vertices: usize) -> Self {
        Self {
            at: vec![NONE; vertices],
            path: Vec::new(),
        }
    }

    fn split(
        &mut self,
        cycle: impl Iterator<Item = usize>,
        points: &[IntPoint],
        rings: &mut Vec<IntContour>,
    ) {
        for vertex in cycle {
            if let Some(begin) = Some(self.at[vertex]).filter(|at| *at != NONE) {
                self.cut(begin, points, rings);
            }
            self.at[vertex] = self.path.len();
            self.path.push(vertex);
        }
        self.cut(0, points, rings);
    }

    fn cut(&mut self, begin: usize, points: &[IntPoint], rings: &mut Vec<IntContour>) {
        let loose: Vec<usize> = self.path.drain(begin..).collect();
        for vertex in &loose {
            self.at[*vertex] = NONE;
        }
        if loose.len() > 2 {
            rings.push(loose.into_iter().map(|vertex| points[vertex]).collect());
        }
    }
}

/// Shells with the holes that lie in them.
fn nested(rings: Vec<IntContour>) -> IntShapes {
    let measured = rings.into_iter().map(|ring| (doubled_area(&ring), ring));
    let (mut shells, holes): (Vec<_>, Vec<_>) = measured
        .filter(|(area, _)| *area != 0)
        .partition(|(area, _)| *area > 0);
    if holes.is_empty() {
        return shells.into_iter().map(|(_, shell)| vec![shell]).collect();
    }
    // Smallest first, so that a hole finds the shell directly around it.
    shells.sort_by_key(|(area, _)| *area);
    let mut shapes: IntShapes = shells.into_iter().map(|(_, shell)| vec![shell]).collect();
    for (_, hole) in holes {
        let mut around =
            (0..shapes.len()).filter(|k| shapes[*k].first().is_some_and(|s| holds(s, &hole)));
        if let Some(shape) = around.next() {
            shapes[shape].push(hole);
        }
    }
    shapes
}

fn doubled_area(ring: &[IntPoint]) -> i128 {
    let Some(first) = ring.first() else { return 0 };
    ring.windows(2)
        .map(|pair| i128::from(turn(*first, pair[0], pair[1])))
        .sum()
}

/// Whether a ring that crosses the shell nowhere lies inside it; they may touch.
fn holds(shell: &[IntPoint], ring: &[IntPoint]) -> bool {
    ring.iter()
        .map(|p| side_of_ring(shell, *p))
        .find(|side| *side != 0)
        .is_none_or(|side| side > 0)
}

/// 1 inside, −1 outside, 0 on the ring.
fn side_of_ring(ring: &[IntPoint], p: IntPoint) -> i32 {
    let mut inside = false;
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let side = turn(*a, *b, p);
        let in_box = p.x >= a.x.min(b.x)
            && p.x <= a.x.max(b.x)
            && p.y >= a.y.min(b.y)
            && p.y <= a.y.max(b.y);
        if side == 0 && in_box {
            return 0;
        }
        if (a.y <= p.y) != (b.y <= p.y) && (side > 0) == (b.y > a.y) {
            inside = !inside;
        }
    }
    if inside { 1 } else { -1 }
}
