//! Rings flattened into one list of vertices, as the checks walk them.

use std::cmp::Ordering;

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LineString, Polygon};

/// Which way three points turn, decided exactly.
pub(super) fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    RobustKernel::orient2d(a, b, c)
}

/// West before east, then south before north: the order in which a sweep meets points.
pub(super) fn sweep_order(a: Coord<f64>, b: Coord<f64>) -> Ordering {
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
}

/// A ring's place in the feature, and its span in the list of vertices.
#[derive(Clone, Copy, Debug)]
pub(super) struct RingSpan {
    /// First vertex.
    pub start: usize,
    /// One past the last vertex; the ring closes back to `start`.
    pub end: usize,
    /// The polygon it belongs to, counted from 0.
    pub polygon: usize,
    /// Its number within the polygon: 0 is the shell.
    pub number: usize,
}

impl RingSpan {
    pub fn is_shell(&self) -> bool {
        self.number == 0
    }
}

/// Open rings (no closing vertex, no consecutive duplicates) of one feature, in one list.
///
/// Edge `i` runs from vertex `i` to the next vertex of its ring.
#[derive(Debug, Default)]
pub(super) struct RingSet {
    pub points: Vec<Coord<f64>>,
    pub rings: Vec<RingSpan>,
    ring_of: Vec<usize>,
}

impl RingSet {
    /// Adds a ring; the caller has left out the closing vertex and consecutive duplicates.
    pub fn push(&mut self, polygon: usize, number: usize, open_ring: &[Coord<f64>]) {
        let start = self.points.len();
        // Adding 0.0 turns -0.0 into 0.0, so that equal points compare as equal.
        self.points.extend(open_ring.iter().map(|c| Coord {
            x: c.x + 0.0,
            y: c.y + 0.0,
        }));
        self.ring_of.resize(self.points.len(), self.rings.len());
        self.rings.push(RingSpan {
            start,
            end: self.points.len(),
            polygon,
            number,
        });
    }

    pub fn ring_of(&self, vertex: usize) -> usize {
        self.ring_of[vertex]
    }

    pub fn span_of(&self, vertex: usize) -> RingSpan {
        self.rings[self.ring_of[vertex]]
    }

    pub fn next(&self, vertex: usize) -> usize {
        let span = self.span_of(vertex);
        if vertex + 1 == span.end {
            span.start
        } else {
            vertex + 1
        }
    }

    pub fn previous(&self, vertex: usize) -> usize {
        let span = self.span_of(vertex);
        if vertex == span.start {
            span.end - 1
        } else {
            vertex - 1
        }
    }

    /// The ends of an edge, the one the sweep meets first first.
    pub fn ends(&self, edge: usize) -> (Coord<f64>, Coord<f64>) {
        let (a, b) = (self.points[edge], self.points[self.next(edge)]);
        if sweep_order(a, b).is_lt() {
            (a, b)
        } else {
            (b, a)
        }
    }

    /// Whether the edge runs in sweep order along its ring.
    pub fn runs_forward(&self, edge: usize) -> bool {
        sweep_order(self.points[edge], self.points[self.next(edge)]).is_lt()
    }

    /// Whether the two edges follow one another on their ring.
    pub fn are_consecutive(&self, a: usize, b: usize) -> bool {
        self.next(a) == b || self.next(b) == a
    }

    /// The vertex of the ring that a sweep meets first.
    pub fn first_vertex(&self, ring: usize) -> usize {
        let span = self.rings[ring];
        (span.start..span.end)
            .min_by(|a, b| sweep_order(self.points[*a], self.points[*b]))
            .unwrap_or(span.start)
    }

    /// Whether the ring runs counter-clockwise, read at its first vertex; exact for simple rings.
    pub fn is_counter_clockwise(&self, ring: usize) -> bool {
        let v = self.first_vertex(ring);
        let (before, after) = (self.points[self.previous(v)], self.points[self.next(v)]);
        turn(before, self.points[v], after) == Orientation::CounterClockwise
    }
}

/// The rings of a polygon, shell first.
pub(super) fn rings_of(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}
