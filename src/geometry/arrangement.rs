//! The arrangement of overlapping ground: the pieces that differ in which layers cover them.
//!
//! Every figure of a site is a sum over these faces: a face is cut once, measured once, and its
//! history is then a matter of dates and stages only. Buckets are disjoint and add up because faces
//! do: they share their borders to the last digit, and each edge is measured once for both its sides.

use super::cells::{Bound, Cell, cells};
use super::noding::noded;
use super::overlay::{Grid, joined_bbox};
use super::{Ground, area, pairwise};

/// A piece of ground covered by exactly the same layers everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// The ground; one or more parts.
    pub ground: Ground,
    /// Its canonical area in m².
    pub area_m2: f64,
    /// Indices of the layers that cover it, ascending.
    pub layers: Vec<usize>,
}

impl Face {
    /// Whether the layer covers this face.
    #[must_use]
    pub fn is_under(&self, layer: usize) -> bool {
        self.layers.binary_search(&layer).is_ok()
    }
}

/// Cuts the ground of all layers into faces; together they are the union of the layers.
///
/// No two faces have the same set of layers, no two faces overlap, and none is dropped however
/// small. Faces come in the order of their layers.
///
/// # Assumptions
/// All layers lie within some degrees of one another: the grid is as fine as their joint box allows.
#[must_use]
pub fn arrange(layers: &[&Ground]) -> Vec<Face> {
    let Some(bbox) = joined_bbox(layers) else {
        return Vec::new();
    };
    let grid = Grid::covering(bbox);
    let Some(edges) = noded(&grid.edges(layers)) else {
        return pairwise::arrange(layers, &grid);
    };
    let (bounds, cells) = cells(edges, |layers| layers);
    faces(&grid, &bounds, cells)
}

fn faces(grid: &Grid, bounds: &[Bound], cells: Vec<Cell>) -> Vec<Face> {
    // One origin for all edges: it cancels around every ring, and the numbers stay small.
    let Some(origin) = bounds.first().map(|edge| grid.lifted(edge.a)) else {
        return Vec::new();
    };
    let measured: Vec<f64> = bounds
        .iter()
        .map(|edge| area::edge_m2(grid.lifted(edge.a), grid.lifted(edge.b), origin))
        .collect();
    let signed = |(edge, forward): (usize, bool)| {
        if forward {
            measured[edge]
        } else {
            -measured[edge]
        }
    };
    cells
        .into_iter()
        .map(|cell| Face {
            area_m2: cell
                .border
                .iter()
                .copied()
                .map(signed)
                .sum::<f64>()
                .max(0.0),
            ground: Ground::trusted(grid.lift(&cell.shapes)),
            layers: cell.layers,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Coord, LineString, MultiPolygon, Polygon};

    /// Rings around points on a circle, some through one another's corners.
    fn patches() -> Vec<Ground> {
        let ring = |k: i32| -> LineString<f64> {
            let (x, y) = (
                113.25 + f64::from(k % 3) * 4e-4,
                32.0 + f64::from(k / 3) * 4e-4,
            );
            (0..24)
                .map(|j| f64::from(j) / 24.0 * std::f64::consts::TAU)
                .map(|t| Coord {
                    x: x + 4e-4 * t.cos(),
                    y: y + 4e-4 * t.sin(),
                })
                .collect()
        };
        (0..9)
            .map(|k| Ground::trusted(MultiPolygon::new(vec![Polygon::new(ring(k), Vec::new())])))
            .collect()
    }

    #[test]
    fn one_pass_and_layer_by_layer_give_the_same_faces() {
        let patches = patches();
        let layers: Vec<&Ground> = patches.iter().collect();
        let grid = Grid::covering(joined_bbox(&layers).unwrap());
        let (once, by_layer) = (arrange(&layers), pairwise::arrange(&layers, &grid));
        // Specks of a few grid units differ: each layer's cut rounds anew.
        let large = |faces: Vec<Face>| -> Vec<(Vec<usize>, f64)> {
            let kept = faces.into_iter().filter(|face| face.area_m2 > 0.01);
            kept.map(|face| (face.layers, face.area_m2)).collect()
        };
        let (once, by_layer) = (large(once), large(by_layer));
        assert!(once.len() > 20, "{}", once.len());
        assert_eq!(once.len(), by_layer.len());
        for (one, other) in once.iter().zip(&by_layer) {
            assert_eq!(one.0, other.0);
            assert!((one.1 - other.1).abs() < 1e-3, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_ring_touching_itself_comes_out_as_shell_and_hole() {
        // Two squares joined at a corner inside a larger one leave a hole that touches the shell.
        let square = |x: f64, y: f64, side: f64| {
            let ring = [(0., 0.), (1., 0.), (1., 1.), (0., 1.)].map(|(u, v)| Coord {
                x: 113.25 + (x + u * side) * 1e-4,
                y: 32.0 + (y + v * side) * 1e-4,
            });
            Ground::trusted(MultiPolygon::new(vec![Polygon::new(
                LineString(ring.to_vec()),
                Vec::new(),
            )]))
        };
        let corner = Polygon::new(
            [(0., 0.), (4., 3.), (3., 4.)]
                .map(|(u, v)| Coord {
                    x: 113.25 + u * 1e-4,
                    y: 32.0 + v * 1e-4,
                })
                .to_vec()
                .into(),
            Vec::new(),
        );
        let (whole, cut) = (
            square(0., 0., 10.),
            Ground::trusted(MultiPolygon::new(vec![corner])),
        );
        let faces = arrange(&[&whole, &cut]);
        assert_eq!(faces.len(), 2);
        assert_eq!(faces[0].layers, [0]);
        let rest = &faces[0].ground.shape().0;
        assert_eq!((rest.len(), rest[0].interiors().len()), (1, 1));
        assert!(
            super::super::check(faces[0].ground.shape(), &super::super::Limits::default())
                .ground
                .is_some()
        );
    }
}
