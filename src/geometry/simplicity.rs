//! Whether rings are simple and do not cross, and which ring lies in which: one plane sweep.
//!
//! Shamos and Hoey's sweep (1976): edges under a line that moves east are kept in order from south
//! to north, and only neighbours are compared. Each edge enters and leaves once, so the work is
//! O(n log n) whatever the shape: a comb or a zigzag of edges that run the whole length costs no
//! more than a circle, because no edge is ever held against more than its neighbours and one path
//! down the tree. Orientation is decided exactly, so touching and crossing are told apart.
//!
//! After a crossing one of the two edges is taken out and the sweep goes on, up to `most_flaws`:
//! what is reported is always verified on the edges themselves.

use geo::Coord;
use geo::algorithm::kernels::Orientation;

use super::ring_set::{RingSet, sweep_order, turn};
use super::sweep_status::{Side, SweepStatus};

/// How two edges of a feature meet where they must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meeting {
    /// They cross.
    Crosses,
    /// They run along one another.
    SharesEdge,
    /// A ring comes back to a point of its own.
    Touches,
}

impl Meeting {
    /// The word a message is built from.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crosses => "crosses",
            Self::SharesEdge => "shares_edge",
            Self::Touches => "touches",
        }
    }
}

/// Something that makes rings no polygon. Rings are numbers in the [`RingSet`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Flaw {
    /// The ring goes out to this vertex and back the way it came.
    Spike { ring: usize, at: Coord<f64> },
    /// Two rings, or one ring and itself, meet where they must not.
    Meets {
        rings: (usize, usize),
        at: Coord<f64>,
        meeting: Meeting,
    },
    /// Rings of one polygon touch so that its inside falls apart.
    CutsInside { ring: usize, at: Coord<f64> },
}

/// What the sweep found.
#[derive(Debug)]
pub(super) struct Survey {
    pub flaws: Vec<Flaw>,
    /// The ring directly around each ring; meaningful only without flaws.
    pub around: Vec<Option<usize>>,
    /// Which way each ring runs.
    pub counter_clockwise: Vec<bool>,
    /// Edge comparisons made: the measure of work.
    #[cfg_attr(not(test), expect(dead_code, reason = "the scaling tests read it"))]
    pub comparisons: u64,
}

/// Sweeps over the rings; stops after `most_flaws` flaws.
pub(super) fn survey(rings: &RingSet, most_flaws: usize) -> Survey {
    let mut sweep = Sweep::over(rings, most_flaws);
    sweep.look_for_spikes();
    sweep.run();
    let counter_clockwise: Vec<bool> = (0..rings.rings.len())
        .map(|ring| rings.is_counter_clockwise(ring))
        .collect();
    let around = sweep.rings_around(&counter_clockwise);
    Survey {
        flaws: sweep.flaws,
        around,
        counter_clockwise,
        comparisons: sweep.comparisons,
    }
}

struct Sweep<'a> {
    rings: &'a RingSet,
    status: SweepStatus,
    flaws: Vec<Flaw>,
    most_flaws: usize,
    /// Flaws met, repeats included: the bound on how long a hopeless shape is looked at.
    met: usize,
    /// The edge directly south of each ring's first vertex.
    south_of_ring: Vec<Option<usize>>,
    /// Union-find over rings that touch, for polygons whose inside falls apart.
    touching: Vec<usize>,
    comparisons: u64,
}

impl<'a> Sweep<'a> {
    fn over(rings: &'a RingSet, most_flaws: usize) -> Self {
        Self {
            rings,
            status: SweepStatus::new(rings.points.len()),
            flaws: Vec::new(),
            most_flaws,
            met: 0,
            south_of_ring: vec![None; rings.rings.len()],
            touching: (0..rings.rings.len()).collect(),
            comparisons: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.met >= self.most_flaws
    }

    fn report(&mut self, flaw: Flaw) {
        if !self.is_full() && !self.flaws.contains(&flaw) {
            self.flaws.push(flaw);
        }
        self.met += 1;
    }

    fn look_for_spikes(&mut self) {
        let rings = self.rings;
        for v in 0..rings.points.len() {
            let (p, before, after) = (
                rings.points[v],
                rings.points[rings.previous(v)],
                rings.points[rings.next(v)],
            );
            let same_side = sweep_order(before, p) == sweep_order(after, p);
            if same_side && turn(before, p, after) == Orientation::Collinear {
                self.report(Flaw::Spike {
                    ring: rings.ring_of(v),
                    at: p,
                });
            }
        }
    }

    fn run(&mut self) {
        let rings = self.rings;
        let first_vertices: Vec<usize> = (0..rings.rings.len())
            .map(|ring| rings.first_vertex(ring))
            .collect();
        let mut order: Vec<usize> = (0..rings.points.len()).collect();
        order.sort_unstable_by(|a, b| {
            sweep_order(rings.points[*a], rings.points[*b]).then(a.cmp(b))
        });
        for here in order.chunk_by(|a, b| rings.points[*a] == rings.points[*b]) {
            if self.is_full() {
                return;
            }
            self.pass(here, &first_vertices);
        }
    }

    /// Moves the sweep line over one point, at which the vertices `here` lie.
    fn pass(&mut self, here: &[usize], first_vertices: &[usize]) {
        let rings = self.rings;
        let Some(p) = here.first().map(|v| rings.points[*v]) else {
            return;
        };
        let edges = || here.iter().flat_map(|v| [rings.previous(*v), *v]);
        for edge in edges().filter(|e| rings.ends(*e).1 == p) {
            let (south, north) = (self.status.south_of(edge), self.status.north_of(edge));
            self.status.remove(edge);
            self.compare(south, north);
        }
        let through = self.edge_through(p);
        if here.len() > 1 || through.is_some() {
            self.meet(p, here, through);
        }
        for edge in edges().filter(|e| rings.ends(*e).0 == p) {
            self.enter(edge);
        }
        for &v in here
            .iter()
            .filter(|v| first_vertices[rings.ring_of(**v)] == **v)
        {
            self.south_of_ring[rings.ring_of(v)] = self.south_of_vertex(v);
        }
    }

    fn edge_through(&mut self, p: Coord<f64>) -> Option<usize> {
        let (rings, comparisons) = (self.rings, &mut self.comparisons);
        self.status.find(|other| {
            *comparisons += 1;
            let (west, east) = rings.ends(other);
            side_of(turn(west, east, p))
        })
    }

    fn enter(&mut self, edge: usize) {
        let (rings, comparisons) = (self.rings, &mut self.comparisons);
        let (p, q) = rings.ends(edge);
        let placed = self.status.insert(edge, |other| {
            *comparisons += 1;
            let (west, east) = rings.ends(other);
            match side_of(turn(west, east, p)) {
                Side::On => side_of(turn(west, east, q)),
                side => side,
            }
        });
        match placed {
            // A fold back on the edge before it is a spike, found already.
            Err(other) if rings.are_consecutive(edge, other) => {}
            Err(other) => self.report(Flaw::Meets {
                rings: (rings.ring_of(other), rings.ring_of(edge)),
                at: p,
                meeting: Meeting::SharesEdge,
            }),
            Ok(()) => {
                self.compare(self.status.south_of(edge), Some(edge));
                self.compare(Some(edge), self.status.north_of(edge));
            }
        }
    }

    /// Reports a crossing of two neighbours, and goes on without the second.
    fn compare(&mut self, a: Option<usize>, b: Option<usize>) {
        let (Some(a), Some(b)) = (a, b) else { return };
        self.comparisons += 1;
        let (ends_a, ends_b) = (self.rings.ends(a), self.rings.ends(b));
        if !crosses(ends_a, ends_b) {
            return;
        }
        self.report(Flaw::Meets {
            rings: (self.rings.ring_of(a), self.rings.ring_of(b)),
            at: crossing_of(ends_a, ends_b),
            meeting: Meeting::Crosses,
        });
        let (south, north) = (self.status.south_of(b), self.status.north_of(b));
        self.status.remove(b);
        if !self.is_full() {
            self.compare(south, north);
        }
    }

    /// Judges a point at which several vertices lie, or a vertex lies on an edge.
    fn meet(&mut self, p: Coord<f64>, here: &[usize], through: Option<usize>) {
        let rings = self.rings;
        let mut visitors: Vec<usize> = here.iter().map(|v| rings.ring_of(*v)).collect();
        visitors.extend(through.map(|edge| rings.ring_of(edge)));
        visitors.sort_unstable();
        let repeated = visitors.windows(2).find(|pair| pair[0] == pair[1]);
        if let Some(ring) = repeated.and_then(|pair| pair.first()) {
            let meeting = Meeting::Touches;
            self.report(Flaw::Meets {
                rings: (*ring, *ring),
                at: p,
                meeting,
            });
            return;
        }
        let mut arms: Vec<(Coord<f64>, usize)> = here
            .iter()
            .flat_map(|v| [rings.previous(*v), rings.next(*v)].map(|w| (rings.points[w], *v)))
            .map(|(end, v)| (end, rings.ring_of(v)))
            .collect();
        if let Some(edge) = through {
            let (west, east) = rings.ends(edge);
            arms.extend([(west, rings.ring_of(edge)), (east, rings.ring_of(edge))]);
        }
        if let Some(crossing) = interleaved(p, arms) {
            self.report(Flaw::Meets {
                rings: crossing,
                at: p,
                meeting: Meeting::Crosses,
            });
        } else {
            self.join(p, &visitors);
        }
    }

    /// Notes that rings touch; two ways round between rings of one polygon cut its inside.
    fn join(&mut self, p: Coord<f64>, visitors: &[usize]) {
        let rings = self.rings;
        let same_polygon =
            |a: &usize, b: &usize| rings.rings[*a].polygon == rings.rings[*b].polygon;
        for siblings in visitors.chunk_by(same_polygon) {
            let Some((&first, others)) = siblings.split_first() else {
                continue;
            };
            for &other in others {
                let (a, b) = (self.root_of(first), self.root_of(other));
                if a == b {
                    self.report(Flaw::CutsInside { ring: other, at: p });
                } else {
                    self.touching[b] = a;
                }
            }
        }
    }

    fn root_of(&mut self, mut ring: usize) -> usize {
        while self.touching[ring] != ring {
            // Halving the path keeps later searches short.
            self.touching[ring] = self.touching[self.touching[ring]];
            ring = self.touching[ring];
        }
        ring
    }

    /// The edge south of a ring's first vertex, below both edges that leave it.
    fn south_of_vertex(&self, v: usize) -> Option<usize> {
        let rings = self.rings;
        let (back, on) = (rings.previous(v), v);
        let (before, after) = (rings.points[back], rings.points[rings.next(v)]);
        let lower = if turn(rings.points[v], before, after) == Orientation::CounterClockwise {
            back
        } else {
            on
        };
        self.status.south_of(lower)
    }

    /// The ring directly around each ring, from the edge south of its first vertex.
    fn rings_around(&self, counter_clockwise: &[bool]) -> Vec<Option<usize>> {
        let mut order: Vec<usize> = (0..self.rings.rings.len()).collect();
        let first = |ring: &usize| self.rings.points[self.rings.first_vertex(*ring)];
        order.sort_by_cached_key(|ring| SweepKey(first(ring)));
        let mut known: Vec<Option<Option<usize>>> = vec![None; order.len()];
        for ring in order {
            let mut chain = vec![ring];
            let mut answer = None;
            // Rings that begin at one point may refer to one another; a chain never comes back.
            while let Some(&last) = chain.last() {
                if chain.len() > known.len() {
                    break;
                }
                let Some(edge) = self.south_of_ring[last] else {
                    break;
                };
                let neighbour = self.rings.ring_of(edge);
                if self.rings.runs_forward(edge) == counter_clockwise[neighbour] {
                    answer = Some(neighbour);
                    break;
                }
                if let Some(around) = known[neighbour] {
                    answer = around;
                    break;
                }
                chain.push(neighbour);
            }
            for link in chain {
                known[link] = Some(answer);
            }
        }
        known.into_iter().map(Option::flatten).collect()
    }
}

/// Points in sweep order, as a key.
#[derive(Clone, Copy, PartialEq)]
struct SweepKey(Coord<f64>);

impl Eq for SweepKey {}

impl PartialOrd for SweepKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SweepKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        sweep_order(self.0, other.0)
    }
}

fn side_of(turn: Orientation) -> Side {
    match turn {
        Orientation::CounterClockwise => Side::North,
        Orientation::Clockwise => Side::South,
        Orientation::Collinear => Side::On,
    }
}

type Ends = (Coord<f64>, Coord<f64>);

/// Whether two edges cross at a point inside both.
fn crosses(a: Ends, b: Ends) -> bool {
    let splits = |line: Ends, other: Ends| {
        matches!(
            (turn(line.0, line.1, other.0), turn(line.0, line.1, other.1)),
            (Orientation::CounterClockwise, Orientation::Clockwise)
                | (Orientation::Clockwise, Orientation::CounterClockwise)
        )
    };
    splits(a, b) && splits(b, a)
}

fn crossing_of(a: Ends, b: Ends) -> Coord<f64> {
    let (along_a, along_b, between) = (a.1 - a.0, b.1 - b.0, b.0 - a.0);
    let cross = |u: Coord<f64>, v: Coord<f64>| u.x * v.y - u.y * v.x;
    let t = cross(between, along_b) / cross(along_a, along_b);
    // Edges that cross at a rounding error of parallel give no number; their end is near enough.
    if t.is_finite() {
        a.0 + along_a * t.clamp(0.0, 1.0)
    } else {
        b.0
    }
}

/// Two rings whose arms at `p` alternate, so that they cross there.
///
/// Arms that leave in the same direction share an edge, which the sweep finds by itself.
fn interleaved(p: Coord<f64>, mut arms: Vec<(Coord<f64>, usize)>) -> Option<(usize, usize)> {
    let half = |end: Coord<f64>| sweep_order(end, p);
    arms.sort_by(|(a, _), (b, _)| {
        half(*b).cmp(&half(*a)).then_with(|| match turn(p, *a, *b) {
            Orientation::CounterClockwise => std::cmp::Ordering::Less,
            Orientation::Clockwise => std::cmp::Ordering::Greater,
            Orientation::Collinear => std::cmp::Ordering::Equal,
        })
    });
    let overlap = arms.windows(2).any(|pair| {
        let (a, b) = (pair[0].0, pair[1].0);
        half(a) == half(b) && turn(p, a, b) == Orientation::Collinear
    });
    if overlap {
        return None;
    }
    let mut open: Vec<usize> = Vec::with_capacity(arms.len());
    for (_, ring) in arms {
        if open.last() == Some(&ring) {
            open.pop();
        } else {
            open.push(ring);
        }
    }
    match open.as_slice() {
        [a, b, ..] => Some((*a, *b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn c(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    /// Counts 0, 1, 2… as the numbers a shape is drawn from.
    fn steps(n: u32) -> impl Iterator<Item = f64> {
        (0..n).map(f64::from)
    }

    fn star(n: u32) -> Vec<Coord<f64>> {
        steps(n)
            .map(|k| {
                (
                    k / f64::from(n) * TAU,
                    if k % 2.0 == 0.0 { 1.0 } else { 1e-3 },
                )
            })
            .map(|(t, r)| c(r * t.cos(), r * t.sin()))
            .collect()
    }

    /// Teeth as long as the whole, one beside the other: every tooth overlaps every other in y.
    fn comb(n: u32) -> Vec<Coord<f64>> {
        let mut ring: Vec<_> = steps(n - 2)
            .map(|k| c(k, if k % 4.0 < 2.0 { 1.0 } else { f64::from(n) }))
            .collect();
        ring.extend([c(f64::from(n), 0.0), c(0.0, 0.0)]);
        ring
    }

    /// A comb on its side: all its teeth are under the sweep line at once.
    fn lying_comb(n: u32) -> Vec<Coord<f64>> {
        comb(n).into_iter().rev().map(|p| c(p.y, p.x)).collect()
    }

    /// Slanting edges that all run the whole length, there and back.
    fn zigzag(n: u32) -> Vec<Coord<f64>> {
        let mut ring: Vec<_> = steps(n - 2)
            .map(|k| {
                if k % 2.0 == 0.0 {
                    c(k, k)
                } else {
                    c(1e6 + k, k)
                }
            })
            .collect();
        ring.extend([c(3e6, f64::from(n)), c(3e6, -1.0)]);
        ring
    }

    fn spiral(n: u32) -> Vec<Coord<f64>> {
        let arm = |inner: f64| {
            let half = n / 2;
            steps(half)
                .map(move |k| (k / f64::from(half) * 50.0 * TAU, inner))
                .map(|(t, inner)| {
                    let r = 1.0 + t / TAU - inner;
                    c(r * t.cos(), r * t.sin())
                })
        };
        let mut ring: Vec<_> = arm(0.0).collect();
        ring.extend(arm(0.4).collect::<Vec<_>>().into_iter().rev());
        ring
    }

    fn surveyed(ring: &[Coord<f64>]) -> Survey {
        let mut rings = RingSet::default();
        rings.push(0, 0, ring);
        survey(&rings, 20)
    }

    #[test]
    fn work_grows_as_n_log_n_for_every_shape() {
        for shape in [star, comb, lying_comb, zigzag, spiral] {
            let [small, large] = [20_000, 200_000].map(|n| {
                let survey = surveyed(&shape(n));
                assert_eq!(survey.flaws, []);
                survey.comparisons
            });
            // A quadratic check would do a hundred times the work for ten times the vertices.
            assert!(large < small * 14, "{small} then {large}");
            assert!(large < 200_000 * 150, "{large}");
        }
    }

    #[test]
    fn a_hopeless_tangle_is_given_up_early() {
        // Every edge of this star polygon crosses nearly every other.
        let tangle: Vec<_> = steps(20_001)
            .map(|k| k * 10_000.0 % 20_001.0 / 20_001.0 * TAU)
            .map(|t| c(t.cos(), t.sin()))
            .collect();
        let survey = surveyed(&tangle);
        assert!(!survey.flaws.is_empty());
        assert!(survey.comparisons < 20_001 * 150, "{}", survey.comparisons);
    }

    #[test]
    fn edges_through_one_point_neither_hang_nor_overflow() {
        let spokes: Vec<_> = steps(20_000)
            .map(|k| {
                let t = k / 20_000.0 * TAU / 2.0 + if k % 2.0 == 0.0 { 0.0 } else { TAU / 2.0 };
                c(t.cos(), t.sin())
            })
            .collect();
        assert!(!surveyed(&spokes).flaws.is_empty());
    }
}
