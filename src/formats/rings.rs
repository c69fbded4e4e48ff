//! Loose rings sorted into outlines and holes by containment.

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::{Coord, LineString};
use rstar::{AABB, RTree, RTreeObject};

use super::source::RawShape;

/// Most vertex tests one sorting may cost (about a second): nested rings multiply.
const MOST_TESTS: usize = 200_000_000;

/// One outline and the holes in it, as indices of the rings that were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nested {
    /// The outline.
    pub(super) shell: usize,
    /// The holes in it.
    pub(super) holes: Vec<usize>,
}

/// Rings too many and too nested to be sorted in reasonable time.
#[derive(Debug)]
pub(super) struct TooNested;

struct Boxed {
    index: usize,
    low: [f64; 2],
    high: [f64; 2],
    area: f64,
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

/// Sorts rings: inside an even number of others is an outline, inside an odd number a hole of the
/// smallest one around it. Winding does not matter. Outlines keep the order of the rings.
///
/// # Assumptions
/// Rings that cross each other are sorted by their first vertex off the other's edge; the check
/// of the geometry reports the crossing. Rings with a coordinate that is not finite are outlines.
pub(super) fn nest(rings: &[LineString<f64>]) -> Result<Vec<Nested>, TooNested> {
    if rings.len() < 2 {
        return Ok(rings
            .iter()
            .enumerate()
            .map(|(shell, _)| Nested {
                shell,
                holes: Vec::new(),
            })
            .collect());
    }
    let boxes: Vec<Boxed> = rings
        .iter()
        .enumerate()
        .filter_map(|(index, ring)| boxed(index, ring))
        .collect();
    let areas: Vec<f64> = {
        let mut areas = vec![0.0; rings.len()];
        for boxed in &boxes {
            if let Some(area) = areas.get_mut(boxed.index) {
                *area = boxed.area;
            }
        }
        areas
    };
    let tree = RTree::bulk_load(boxes);
    let mut tests = 0_usize;
    let mut around: Vec<Vec<usize>> = Vec::with_capacity(rings.len());
    for (index, ring) in rings.iter().enumerate() {
        around.push(containers(index, ring, rings, &areas, &tree, &mut tests)?);
    }
    let mut nested: Vec<Nested> = around
        .iter()
        .enumerate()
        .filter(|(_, around)| around.len() % 2 == 0)
        .map(|(shell, _)| Nested {
            shell,
            holes: Vec::new(),
        })
        .collect();
    for (index, around) in around
        .iter()
        .enumerate()
        .filter(|(_, around)| around.len() % 2 == 1)
    {
        let area_of = |ring: &usize| areas.get(*ring).copied().unwrap_or(f64::INFINITY);
        let smallest = around
            .iter()
            .min_by(|a, b| area_of(a).total_cmp(&area_of(b)));
        if let Some(owner) = nested
            .iter_mut()
            .find(|nested| Some(&nested.shell) == smallest)
        {
            owner.holes.push(index);
        } else {
            nested.push(Nested {
                shell: index,
                holes: Vec::new(),
            });
        }
    }
    Ok(nested)
}

/// The polygons of sorted rings.
pub(super) fn polygons(nested: &[Nested], rings: &[LineString<f64>]) -> RawShape {
    let ring = |index: &usize| {
        rings
            .get(*index)
            .cloned()
            .unwrap_or_else(|| LineString::new(Vec::new()))
    };
    nested
        .iter()
        .map(|part| {
            std::iter::once(&part.shell)
                .chain(&part.holes)
                .map(ring)
                .collect()
        })
        .collect()
}

fn boxed(index: usize, ring: &LineString<f64>) -> Option<Boxed> {
    let first = *ring.0.first()?;
    let (mut low, mut high) = ([first.x, first.y], [first.x, first.y]);
    let mut doubled = 0.0;
    for line in ring.lines() {
        if !(line.end.x.is_finite() && line.end.y.is_finite()) {
            return None;
        }
        low = [low[0].min(line.end.x), low[1].min(line.end.y)];
        high = [high[0].max(line.end.x), high[1].max(line.end.y)];
        // Relative to the first vertex: zone-prefixed eastings squared lose the centimetres.
        let (start, end) = (line.start - first, line.end - first);
        doubled += start.x * end.y - end.x * start.y;
    }
    (first.x.is_finite() && first.y.is_finite()).then_some(Boxed {
        index,
        low,
        high,
        area: doubled.abs() / 2.0,
    })
}

fn containers(
    index: usize,
    ring: &LineString<f64>,
    rings: &[LineString<f64>],
    areas: &[f64],
    tree: &RTree<Boxed>,
    tests: &mut usize,
) -> Result<Vec<usize>, TooNested> {
    let (Some(own), Some(own_area)) = (boxed(index, ring), areas.get(index)) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for other in tree.locate_in_envelope_intersecting(&own.envelope()) {
        let holds_box = other.low[0] <= own.low[0]
            && other.low[1] <= own.low[1]
            && own.high[0] <= other.high[0]
            && own.high[1] <= other.high[1];
        if other.index == index || !holds_box || other.area <= *own_area {
            continue;
        }
        // An open ring holds nothing; the check of the geometry says that it is open.
        let Some(outer) = rings.get(other.index).filter(|outer| outer.is_closed()) else {
            continue;
        };
        if is_inside(ring, outer, tests)? {
            found.push(other.index);
        }
    }
    Ok(found)
}

/// Whether a ring lies in another: decided by its first vertex, then edge middle, off the edge.
fn is_inside(
    inner: &LineString<f64>,
    outer: &LineString<f64>,
    tests: &mut usize,
) -> Result<bool, TooNested> {
    let middles = inner.lines().map(|line| Coord {
        x: line.start.x.midpoint(line.end.x),
        y: line.start.y.midpoint(line.end.y),
    });
    for probe in inner.coords().copied().chain(middles) {
        *tests += outer.0.len();
        if *tests > MOST_TESTS {
            return Err(TooNested);
        }
        match coord_pos_relative_to_ring(probe, outer) {
            CoordPos::Inside => return Ok(true),
            CoordPos::Outside => return Ok(false),
            CoordPos::OnBoundary => {}
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
        LineString::from(vec![
            (x, y),
            (x + side, y),
            (x + side, y + side),
            (x, y + side),
            (x, y),
        ])
    }

    #[test]
    fn a_ring_in_a_hole_is_a_part_of_its_own() {
        let rings = [
            square(2.0, 2.0, 2.0),
            square(0.0, 0.0, 10.0),
            square(1.0, 1.0, 5.0),
            square(20.0, 0.0, 3.0),
        ];
        let nested = nest(&rings).unwrap();
        let expected = [
            Nested {
                shell: 0,
                holes: vec![],
            },
            Nested {
                shell: 1,
                holes: vec![2],
            },
            Nested {
                shell: 3,
                holes: vec![],
            },
        ];
        assert_eq!(nested, expected);
    }

    #[test]
    fn a_hole_that_touches_its_outline_is_still_a_hole() {
        // Its first vertex lies on the outline; the second decides.
        let outline = square(38_416_500.0, 3_534_600.0, 100.0);
        let hole = LineString::from(vec![
            (38_416_500.0, 3_534_650.0),
            (38_416_520.0, 3_534_640.0),
            (38_416_520.0, 3_534_660.0),
            (38_416_500.0, 3_534_650.0),
        ]);
        assert_eq!(
            nest(&[outline, hole]).unwrap(),
            [Nested {
                shell: 0,
                holes: vec![1]
            }]
        );
    }

    #[test]
    fn the_same_ring_twice_is_two_parts() {
        let twice = [square(0.0, 0.0, 1.0), square(0.0, 0.0, 1.0)];
        assert_eq!(nest(&twice).unwrap().len(), 2);
    }

    #[test]
    fn neighbours_that_share_an_edge_are_two_parts() {
        let rings = [square(0.0, 0.0, 4.0), square(4.0, 0.0, 2.0)];
        assert_eq!(nest(&rings).unwrap().len(), 2);
    }
}
