//! The arrangement one layer after the other, through the overlay library.
//!
//! Slower than one pass over all edges on a site's ground, but its work stays in bounds on shapes
//! that defeat the pass: tens of thousands of edges side by side. Pieces are cut again for each
//! layer, so neighbours may come to differ by a grid unit.

use std::collections::HashMap;

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::Overlay;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::rect::IntRect;
use i_overlay::i_shape::int::shape::IntShapes;

use super::overlay::Grid;
use super::{Face, Ground};

struct Piece {
    shapes: IntShapes,
    bounds: IntRect,
    layers: Vec<usize>,
}

/// The faces of the layers on the grid.
pub(super) fn arrange(layers: &[&Ground], grid: &Grid) -> Vec<Face> {
    let mut cut = Cut::default();
    for (layer, ground) in layers.iter().enumerate() {
        cut.add(layer, grid.snap(ground.shape()));
    }
    let mut faces: Vec<Face> = cut
        .pieces
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
        .collect();
    faces.sort_unstable_by(|a, b| a.layers.cmp(&b.layers));
    faces
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
