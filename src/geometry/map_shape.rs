//! Ground as the map draws it: Mercator integers, simplified levels, and the rings of a tile.
//!
//! Nothing here is ever measured; areas come from [`Ground`] alone.

use geo::Coord;
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::i_float::int::point::IntPoint;

use super::Ground;
use super::ring_set::rings_of;
use super::tile::{TILE_BUFFER_UNITS, TILE_UNITS, TileId, unit_square};

/// A ring of tile units (or map units), its closing point left out.
pub type TileRing = Vec<[i32; 2]>;

/// The side of the map in map units: 2³², so a unit is 1 cm at the equator and 8 mm at 32° north.
const MAP_UNITS: f64 = 4_294_967_296.0;
/// Zoom at which a map unit is a tile unit: 2³² = 2²⁰ tiles of 2¹².
const UNIT_ZOOM: i32 = 20;

/// Ground in Mercator map units, kept in memory to be cut into tiles.
#[derive(Clone, Debug, PartialEq)]
pub struct MapShape {
    polygons: Vec<Vec<TileRing>>,
    /// West, north, east, south in map units, `y` pointing south.
    bounds: [i32; 4],
}

impl MapShape {
    /// The ground on the map, every vertex kept.
    #[must_use]
    pub fn of(ground: &Ground) -> Self {
        let polygons = ground
            .shape()
            .0
            .iter()
            .map(|polygon| {
                rings_of(polygon)
                    .map(|ring| {
                        let open = ring.0.len().saturating_sub(1);
                        ring.0.iter().take(open).map(|c| map_units(*c)).collect()
                    })
                    .collect()
            })
            .collect();
        Self::from_polygons(polygons)
    }

    fn from_polygons(polygons: Vec<Vec<TileRing>>) -> Self {
        let mut bounds = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
        for [x, y] in polygons.iter().filter_map(|rings| rings.first()).flatten() {
            bounds = [
                bounds[0].min(*x),
                bounds[1].min(*y),
                bounds[2].max(*x),
                bounds[3].max(*y),
            ];
        }
        Self { polygons, bounds }
    }

    /// Whether anything is left to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.polygons.is_empty()
    }

    /// Vertices held.
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.polygons.iter().flatten().map(Vec::len).sum()
    }

    /// The shape for a zoom: no vertex moved further than `tile_units` of that zoom.
    ///
    /// Made from the whole shape and not from its piece in a tile, so that neighbouring tiles agree.
    #[must_use]
    pub fn simplified(&self, z: u8, tile_units: f64) -> Self {
        let tolerance = tile_units * 2_f64.powi(UNIT_ZOOM - i32::from(z));
        let polygons = self
            .polygons
            .iter()
            .filter_map(|rings| {
                let mut kept = rings
                    .iter()
                    .map(|ring| simplified_ring(ring, tolerance))
                    .map(|ring| (ring.len() >= 3).then_some(ring));
                let shell = kept.next().flatten()?;
                Some(std::iter::once(shell).chain(kept.flatten()).collect())
            })
            .collect();
        Self::from_polygons(polygons)
    }

    /// Whether the shape reaches into the tile or its buffer.
    #[must_use]
    pub fn reaches(&self, tile: TileId) -> bool {
        let frame = Frame::of(tile);
        let [west, north, east, south] = self.bounds;
        if west > east {
            return false;
        }
        let (low, high) = (frame.at([west, north]), frame.at([east, south]));
        low.x <= Frame::HIGH && high.x >= Frame::LOW && low.y <= Frame::HIGH && high.y >= Frame::LOW
    }

    /// The polygons of the shape in a tile and its buffer, in tile units from the north-west corner.
    ///
    /// Rings are simple and do not cross; shells have a positive area by the surveyor's formula with
    /// `y` pointing south and holes a negative one (Mapbox Vector Tile 2.1, 4.3.4.4); rings under one
    /// square unit are left out.
    #[must_use]
    pub fn on_tile(&self, tile: TileId) -> Vec<Vec<TileRing>> {
        if !self.reaches(tile) {
            return Vec::new();
        }
        let frame = Frame::of(tile);
        let mut overlay = Overlay::new(self.vertices());
        for ring in self.polygons.iter().flatten() {
            let placed: Vec<Coord<f64>> = ring.iter().map(|p| frame.at(*p)).collect();
            let points = clipped(placed).into_iter().map(whole);
            overlay.add_path_iter(points, ShapeType::Subject);
        }
        // One pass over whole units joins what rounding made touch and uncrosses what it crossed.
        // Shells run clockwise once `y` points south; a hole that simplification pushed out of its
        // shell runs the other way and is dropped.
        overlay
            .overlay(OverlayRule::Subject, FillRule::Negative)
            .into_iter()
            .filter_map(|shape| {
                let mut rings = shape.into_iter().map(|contour| {
                    let ring: TileRing = contour.into_iter().map(|p| [p.x, p.y]).collect();
                    (doubled_area(&ring).abs() >= 2).then_some(ring)
                });
                let shell = rings.next().flatten()?;
                Some(std::iter::once(shell).chain(rings.flatten()).collect())
            })
            .collect()
    }
}

/// Places map units in a tile's own units.
struct Frame {
    scale: f64,
    west: f64,
    north: f64,
}

impl Frame {
    const LOW: f64 = -(TILE_BUFFER_UNITS as f64);
    const HIGH: f64 = (TILE_UNITS + TILE_BUFFER_UNITS) as f64;

    fn of(tile: TileId) -> Self {
        let units = f64::from(TILE_UNITS);
        Self {
            scale: 2_f64.powi(i32::from(tile.z()) - UNIT_ZOOM),
            west: f64::from(tile.x()) * units,
            north: f64::from(tile.y()) * units,
        }
    }

    fn at(&self, [x, y]: [i32; 2]) -> Coord<f64> {
        Coord {
            x: (f64::from(x) + MAP_UNITS / 2.0) * self.scale - self.west,
            y: (f64::from(y) + MAP_UNITS / 2.0) * self.scale - self.north,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float-to-integer cast saturates at the edge"
)]
fn map_units(c: Coord<f64>) -> [i32; 2] {
    let p = unit_square(c.x, c.y);
    [
        ((p.x - 0.5) * MAP_UNITS).round() as i32,
        ((p.y - 0.5) * MAP_UNITS).round() as i32,
    ]
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clipped to the tile and its buffer"
)]
fn whole(c: Coord<f64>) -> IntPoint {
    IntPoint::new(c.x.round() as i32, c.y.round() as i32)
}

/// Twice the area by the surveyor's formula; positive for shells with `y` pointing south.
fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1]))
        .sum()
}

/// The ring within the tile and its buffer, by Sutherland and Hodgman: one side after the other.
///
/// A ring that leaves and comes back is joined along the side, which the overlay takes apart again.
fn clipped(mut ring: Vec<Coord<f64>>) -> Vec<Coord<f64>> {
    type Along = fn(&Coord<f64>) -> f64;
    let (x, y): (Along, Along) = (|c| c.x, |c| c.y);
    for (along, limit, sign) in [
        (x, Frame::LOW, 1.0),
        (x, Frame::HIGH, -1.0),
        (y, Frame::LOW, 1.0),
        (y, Frame::HIGH, -1.0),
    ] {
        let depth = |c: &Coord<f64>| (along(c) - limit) * sign;
        if ring.iter().all(|c| depth(c) >= 0.0) {
            continue;
        }
        let mut kept = Vec::with_capacity(ring.len() + 4);
        let before = ring.iter().cycle().skip(ring.len().saturating_sub(1));
        for (a, b) in before.zip(&ring) {
            let (at_a, at_b) = (depth(a), depth(b));
            if (at_a < 0.0) != (at_b < 0.0) {
                kept.push(*a + (*b - *a) * (at_a / (at_a - at_b)));
            }
            if at_b >= 0.0 {
                kept.push(*b);
            }
        }
        ring = kept;
    }
    ring
}

/// Douglas and Peucker's simplification of a closed ring, in bounded time.
fn simplified_ring(ring: &[[i32; 2]], tolerance: f64) -> TileRing {
    // The worst case is quadratic, so long rings are done in runs of this many vertices.
    const RUN: usize = 2048;
    let far = farthest_from_first(ring);
    let mut keep = vec![false; ring.len()];
    for anchor in (0..ring.len()).step_by(RUN).chain([far]) {
        if let Some(flag) = keep.get_mut(anchor) {
            *flag = true;
        }
    }
    let anchors: Vec<usize> = (0..ring.len())
        .filter(|k| keep[*k])
        .chain([ring.len()])
        .collect();
    let point = |k: usize| ring[k % ring.len()].map(f64::from);
    let mut spans: Vec<(usize, usize)> = anchors.windows(2).map(|w| (w[0], w[1])).collect();
    while let Some((from, to)) = spans.pop() {
        let worst = (from + 1..to)
            .map(|k| (k, distance2_to_segment(point(k), point(from), point(to))))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((k, distance2)) = worst
            && distance2 > tolerance * tolerance
        {
            keep[k] = true;
            spans.extend([(from, k), (k, to)]);
        }
    }
    let kept = ring
        .iter()
        .zip(keep)
        .filter_map(|(p, keep)| keep.then_some(*p));
    kept.collect()
}

fn farthest_from_first(ring: &[[i32; 2]]) -> usize {
    let Some(first) = ring.first() else { return 0 };
    let distance2 = |p: &[i32; 2]| {
        let (dx, dy) = (
            i64::from(p[0]) - i64::from(first[0]),
            i64::from(p[1]) - i64::from(first[1]),
        );
        i128::from(dx) * i128::from(dx) + i128::from(dy) * i128::from(dy)
    };
    (0..ring.len())
        .max_by_key(|k| distance2(&ring[*k]))
        .unwrap_or(0)
}

fn distance2_to_segment(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (ex, ey) = (p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
    ex * ex + ey * ey
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Limits, check};
    use geo::{LineString, MultiPolygon, Polygon};

    fn ground(rings: &[Vec<(f64, f64)>]) -> Ground {
        let mut rings = rings
            .iter()
            .map(|ring| LineString(ring.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()));
        let shell = rings.next().unwrap();
        let shape = MultiPolygon::new(vec![Polygon::new(shell, rings.collect())]);
        check(&shape, &Limits::default()).ground.unwrap()
    }

    fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Vec<(f64, f64)> {
        vec![(west, south), (east, south), (east, north), (west, north)]
    }

    fn in_tile(tile: TileId, fx: f64, fy: f64) -> (f64, f64) {
        let b = tile.bbox();
        (
            b.west + (b.east - b.west) * fx,
            b.south + (b.north - b.south) * fy,
        )
    }

    fn middle_tile() -> TileId {
        TileId::holding(113.25, 32.0, 14).unwrap()
    }

    #[test]
    fn a_shell_is_positive_and_its_hole_negative() {
        let tile = middle_tile();
        let ((w, s), (e, n)) = (in_tile(tile, 0.25, 0.25), in_tile(tile, 0.75, 0.75));
        let ((hw, hs), (he, hn)) = (in_tile(tile, 0.4, 0.4), in_tile(tile, 0.6, 0.6));
        let shape = MapShape::of(&ground(&[rectangle(w, s, e, n), rectangle(hw, hs, he, hn)]));
        let polygons = shape.on_tile(tile);
        assert_eq!(polygons.len(), 1);
        let areas: Vec<i64> = polygons[0]
            .iter()
            .map(|ring| doubled_area(ring) / 2)
            .collect();
        assert_eq!(areas.len(), 2);
        assert!((areas[0] - 2048 * 2048).abs() < 10_000, "{areas:?}");
        assert!((areas[1] + 819 * 819).abs() < 5_000, "{areas:?}");
    }

    #[test]
    fn ground_around_the_tile_fills_it_to_its_buffer() {
        let tile = middle_tile();
        let shape = MapShape::of(&ground(&[rectangle(113.0, 31.8, 113.5, 32.2)]));
        let mut ring = shape.on_tile(tile).remove(0).remove(0);
        ring.sort_unstable();
        assert_eq!(ring, [[-64, -64], [-64, 4160], [4160, -64], [4160, 4160]]);
        let elsewhere = TileId::holding(114.0, 32.0, 14).unwrap();
        assert_eq!(shape.on_tile(elsewhere), Vec::<Vec<TileRing>>::new());
        assert!(!shape.reaches(elsewhere));
    }

    #[test]
    fn a_ring_that_leaves_the_tile_twice_comes_back_as_two() {
        let tile = middle_tile();
        // A U lying on its side: its back is east of the tile, its arms reach in.
        let path = [
            (0.5, 0.2),
            (1.5, 0.2),
            (1.5, 0.8),
            (0.5, 0.8),
            (0.5, 0.6),
            (1.3, 0.6),
            (1.3, 0.4),
            (0.5, 0.4),
        ];
        let ring = path.iter().map(|(x, y)| in_tile(tile, *x, *y)).collect();
        let polygons = MapShape::of(&ground(&[ring])).on_tile(tile);
        assert_eq!(polygons.len(), 2);
        assert!(
            polygons
                .iter()
                .all(|rings| rings.len() == 1 && rings[0].len() == 4)
        );
    }

    #[test]
    fn specks_are_left_out_and_deep_tiles_do_not_overflow() {
        let speck = MapShape::of(&ground(&[rectangle(113.25, 32.0, 113.2501, 32.0001)]));
        assert_eq!(
            speck.on_tile(TileId::holding(113.25, 32.0, 5).unwrap()),
            Vec::<Vec<TileRing>>::new()
        );
        let county = MapShape::of(&ground(&[rectangle(112.0, 31.0, 114.0, 33.0)]));
        let deep = TileId::holding(113.25, 32.0, 22).unwrap();
        assert_eq!(county.on_tile(deep).len(), 1);
    }

    #[test]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "corners of the tile lie on the map"
    )]
    fn a_hole_pushed_over_its_shell_only_takes_away() {
        let tile = middle_tile();
        let frame = Frame::of(tile);
        let at = |x: f64, y: f64| {
            let unit =
                |v: f64, origin: f64| ((v + origin) / frame.scale - MAP_UNITS / 2.0).round() as i32;
            [unit(x, frame.west), unit(y, frame.north)]
        };
        // Clockwise as seen with `y` pointing south is counter-clockwise on the ground.
        let shell = vec![at(0., 1000.), at(1000., 1000.), at(1000., 0.), at(0., 0.)];
        let hole = vec![
            at(900., 400.),
            at(900., 600.),
            at(1100., 600.),
            at(1100., 400.),
        ];
        let hole: TileRing = hole.into_iter().rev().collect();
        let polygons = MapShape::from_polygons(vec![vec![shell, hole]]).on_tile(tile);
        let areas: Vec<i64> = polygons
            .iter()
            .flatten()
            .map(|ring| doubled_area(ring) / 2)
            .collect();
        assert_eq!(areas, [1_000_000 - 100 * 200]);
    }

    #[test]
    fn simplified_rings_keep_within_the_tolerance() {
        let circle: Vec<(f64, f64)> = (0..5000)
            .map(|k| f64::from(k) / 5000.0 * std::f64::consts::TAU)
            .map(|t| (113.25 + 0.01 * t.cos(), 32.0 + 0.01 * t.sin()))
            .collect();
        let whole = MapShape::of(&ground(&[circle]));
        let simple = whole.simplified(12, 1.0);
        assert!(simple.vertices() < 120, "{}", simple.vertices());
        let ring = &simple.polygons[0][0];
        let tolerance = 2_f64.powi(UNIT_ZOOM - 12);
        for p in whole.polygons.iter().flatten().flatten() {
            let nearest = (0..ring.len())
                .map(|k| {
                    (
                        ring[k].map(f64::from),
                        ring[(k + 1) % ring.len()].map(f64::from),
                    )
                })
                .map(|(a, b)| distance2_to_segment(p.map(f64::from), a, b))
                .fold(f64::MAX, f64::min);
            assert!(nearest.sqrt() <= tolerance * 1.001);
        }
    }
}
