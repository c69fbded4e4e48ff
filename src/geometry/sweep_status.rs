//! The edges under a sweep line, from south to north: a treap whose members know their neighbours.
//!
//! Not a `BTreeSet`: an edge is taken out by its number, with no comparison, and an order made
//! inconsistent by crossing edges can cost answers but never a panic or an endless loop.

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    up: u32,
    lower: u32,
    upper: u32,
    /// Neighbours in the order, kept beside the tree.
    south: u32,
    north: u32,
    is_in: bool,
}

const OUTSIDE: Node = Node {
    up: NONE,
    lower: NONE,
    upper: NONE,
    south: NONE,
    north: NONE,
    is_in: false,
};

/// Where a new edge or a point lies relative to one already under the sweep line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    North,
    South,
    /// Neither: the search ends here.
    On,
}

/// Edges, by number, ordered from south to north.
#[derive(Debug)]
pub(super) struct SweepStatus {
    root: u32,
    nodes: Vec<Node>,
}

impl SweepStatus {
    /// An empty status for edges numbered below `edges`.
    pub fn new(edges: usize) -> Self {
        Self {
            root: NONE,
            nodes: vec![OUTSIDE; edges],
        }
    }

    /// The edge at which `side` answers `On`, if the search comes upon one.
    pub fn find(&self, mut side: impl FnMut(usize) -> Side) -> Option<usize> {
        let mut at = self.root;
        while at != NONE {
            let node = self.nodes[at as usize];
            at = match side(at as usize) {
                Side::North => node.upper,
                Side::South => node.lower,
                Side::On => return Some(at as usize),
            };
        }
        None
    }

    /// Puts an edge in its place, or gives the edge on which it lies.
    pub fn insert(
        &mut self,
        edge: usize,
        mut side: impl FnMut(usize) -> Side,
    ) -> Result<(), usize> {
        let (mut up, mut south, mut north, mut at) = (NONE, NONE, NONE, self.root);
        while at != NONE {
            up = at;
            at = match side(at as usize) {
                Side::North => {
                    south = at;
                    self.nodes[at as usize].upper
                }
                Side::South => {
                    north = at;
                    self.nodes[at as usize].lower
                }
                Side::On => return Err(at as usize),
            };
        }
        let new = number_of(edge);
        self.nodes[edge] = Node {
            up,
            south,
            north,
            is_in: true,
            ..OUTSIDE
        };
        if up == NONE {
            self.root = new;
        } else if up == south {
            self.nodes[up as usize].upper = new;
        } else {
            self.nodes[up as usize].lower = new;
        }
        self.link(south, new);
        self.link(new, north);
        while self.nodes[edge].up != NONE && priority(self.nodes[edge].up) < priority(new) {
            self.lift(new);
        }
        Ok(())
    }

    /// Takes an edge out; nothing happens when it is not in.
    pub fn remove(&mut self, edge: usize) {
        if !self.nodes[edge].is_in {
            return;
        }
        loop {
            let Node { lower, upper, .. } = self.nodes[edge];
            match (lower, upper) {
                (NONE, NONE) => break,
                (child, NONE) | (NONE, child) => self.lift(child),
                (a, b) => self.lift(if priority(a) < priority(b) { b } else { a }),
            }
        }
        let Node {
            up, south, north, ..
        } = self.nodes[edge];
        self.replace_child(up, number_of(edge), NONE);
        if south != NONE {
            self.nodes[south as usize].north = north;
        }
        if north != NONE {
            self.nodes[north as usize].south = south;
        }
        self.nodes[edge] = OUTSIDE;
    }

    /// The next edge to the south.
    pub fn south_of(&self, edge: usize) -> Option<usize> {
        known(self.nodes[edge].south)
    }

    /// The next edge to the north.
    pub fn north_of(&self, edge: usize) -> Option<usize> {
        known(self.nodes[edge].north)
    }

    fn link(&mut self, south: u32, north: u32) {
        if south != NONE {
            self.nodes[south as usize].north = north;
        }
        if north != NONE {
            self.nodes[north as usize].south = south;
        }
    }

    fn replace_child(&mut self, parent: u32, old: u32, new: u32) {
        if parent == NONE {
            self.root = new;
        } else if self.nodes[parent as usize].lower == old {
            self.nodes[parent as usize].lower = new;
        } else {
            self.nodes[parent as usize].upper = new;
        }
    }

    /// Rotates a node above its parent.
    fn lift(&mut self, node: u32) {
        let parent = self.nodes[node as usize].up;
        let grand = self.nodes[parent as usize].up;
        let moved = if self.nodes[parent as usize].lower == node {
            let moved = self.nodes[node as usize].upper;
            self.nodes[node as usize].upper = parent;
            self.nodes[parent as usize].lower = moved;
            moved
        } else {
            let moved = self.nodes[node as usize].lower;
            self.nodes[node as usize].lower = parent;
            self.nodes[parent as usize].upper = moved;
            moved
        };
        if moved != NONE {
            self.nodes[moved as usize].up = parent;
        }
        self.replace_child(grand, parent, node);
        self.nodes[node as usize].up = grand;
        self.nodes[parent as usize].up = node;
    }
}

fn known(edge: u32) -> Option<usize> {
    (edge != NONE).then_some(edge as usize)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "edges are capped far below u32::MAX"
)]
fn number_of(edge: usize) -> u32 {
    edge as u32
}

/// A fixed scramble of the number (splitmix64's finaliser): the same input gives the same tree.
fn priority(edge: u32) -> u64 {
    let mut z = u64::from(edge).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(status: &SweepStatus, lowest: usize) -> Vec<usize> {
        std::iter::successors(Some(lowest), |e| status.north_of(*e)).collect()
    }

    fn put(status: &mut SweepStatus, edge: usize) -> Result<(), usize> {
        status.insert(edge, |other| match edge.cmp(&other) {
            std::cmp::Ordering::Less => Side::South,
            std::cmp::Ordering::Equal => Side::On,
            std::cmp::Ordering::Greater => Side::North,
        })
    }

    #[test]
    fn neighbours_stay_in_order_through_inserts_and_removals() {
        let mut status = SweepStatus::new(100);
        for k in 0..100 {
            assert_eq!(put(&mut status, (k * 37) % 100), Ok(()));
        }
        assert_eq!(order(&status, 0), (0..100).collect::<Vec<_>>());
        assert_eq!(put(&mut status, 50), Err(50));
        for k in (1..100).step_by(2) {
            status.remove(k);
        }
        assert_eq!(order(&status, 0), (0..100).step_by(2).collect::<Vec<_>>());
        assert_eq!(status.south_of(0), None);
        assert_eq!(status.south_of(4), Some(2));
    }

    #[test]
    fn a_sorted_sequence_does_not_make_a_deep_tree() {
        let mut status = SweepStatus::new(100_000);
        let mut looks = 0_u64;
        for k in 0..100_000 {
            let placed = status.insert(k, |_| {
                looks += 1;
                Side::North
            });
            assert_eq!(placed, Ok(()));
        }
        // A balanced tree looks 17 times, a list 50,000 times, on average.
        assert!(looks < 100_000 * 60, "{looks}");
    }
}
