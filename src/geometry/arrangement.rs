//! The arrangement of overlapping ground: the pieces that differ in which layers cover them.
//!
//! Every figure of a site is a sum over these faces: a face is cut once, measured once, and its
//! history is then a matter of dates and stages only. Buckets are disjoint and add up because faces
//! do.

use std::collections::HashMap;

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::Overlay;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::rect::IntRect;
use i_overlay::i_shape::int::shape::IntShapes;

use super::Ground;
use super::overlay::{Grid, joined_bbox};

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

struct Piece {
    shapes: IntShapes,
    bounds: IntRect,
    layers: Vec<usize>,
}

/// Cuts the ground of all layers into faces; together they are the union of the layers.
///
/// No two faces have the same set of layers, no two faces overlap, and none is dropped however
/// small.
///
/// # Assumptions
/// All layers lie within some degrees of one another: the grid is as fine as their joint box allows.
#[must_use]
pub fn arrange(layers: &[&Ground]) -> Vec<Face> {
    let Some(bbox) = joined_bbox(layers) else {
        return Vec::new();
    };
    let grid = Grid::covering(bbox);
    let mut cut = Cut::default();
    for (layer, ground) in layers.iter().enumerate() {
        cut.add(layer, grid.snap(ground.shape()));
    }
    cut.pieces
        .into_iter()
        .map(|piece| {
            let ground = Ground::trusted(grid.lift(&piece.shapes));
            let area_m2 = ground.area_m2();
            Face {
                ground,
                area_m2,
                layers: piece.layers,
            }
        })
        .collect()
}

#[derive(Default)]
struct Cut {
    pieces: Vec<Piece>,
    covered: IntShapes,
    /// First layer that came with these very shapes: claims often repeat a parcel's outline.
    seen: HashMap<IntShapes, usize>,
}

impl Cut {
    fn add(&mut self, layer: usize, shapes: IntShapes) {
        if let Some(&twin) = self.seen.get(&shapes) {
            for piece in self
                .pieces
                .iter_mut()
                .filter(|p| p.layers.binary_search(&twin).is_ok())
            {
                piece.layers.push(layer);
            }
            return;
        }
        let Some(bounds) = bounds_of(&shapes) else {
            return;
        };
        self.split_by(layer, &shapes, &bounds);
        let [_, fresh] = split(&shapes, &self.covered);
        if let Some(piece) = piece_of(fresh, vec![layer]) {
            self.pieces.push(piece);
            self.covered = Overlay::with_shapes(&self.covered, &shapes)
                .overlay(OverlayRule::Union, FillRule::NonZero);
        }
        self.seen.insert(shapes, layer);
    }

    fn split_by(&mut self, layer: usize, shapes: &IntShapes, bounds: &IntRect) {
        let mut pieces = Vec::with_capacity(self.pieces.len() + 2);
        for mut piece in self.pieces.drain(..) {
            if !piece.bounds.is_intersect_border_include(bounds) {
                pieces.push(piece);
                continue;
            }
            let [inside, outside] = split(&piece.shapes, shapes);
            if outside.is_empty() {
                piece.layers.push(layer);
                pieces.push(piece);
            } else if inside.is_empty() {
                pieces.push(piece);
            } else {
                pieces.extend(piece_of(outside, piece.layers.clone()));
                piece.layers.push(layer);
                pieces.extend(piece_of(inside, piece.layers));
            }
        }
        self.pieces = pieces;
    }
}

/// The parts of `subject` inside and outside `clip`, from one pass over their edges.
fn split(subject: &IntShapes, clip: &IntShapes) -> [IntShapes; 2] {
    let mut overlay = Overlay::with_shapes(subject, clip);
    let mut buffer = overlay.boolean_buffer.take().unwrap_or_default();
    let Some(graph) = overlay.build_graph_view(FillRule::NonZero) else {
        return [IntShapes::new(), IntShapes::new()];
    };
    [OverlayRule::Intersect, OverlayRule::Difference]
        .map(|rule| graph.extract_shapes(rule, &mut buffer))
}

fn piece_of(shapes: IntShapes, layers: Vec<usize>) -> Option<Piece> {
    let bounds = bounds_of(&shapes)?;
    Some(Piece {
        shapes,
        bounds,
        layers,
    })
}

fn bounds_of(shapes: &IntShapes) -> Option<IntRect> {
    IntRect::with_iter(shapes.iter().filter_map(|shape| shape.first()).flatten())
}
