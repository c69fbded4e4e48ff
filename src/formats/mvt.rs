//! Mapbox Vector Tiles: layers of polygons and points with integer ids.
//!
//! # Source
//! Mapbox Vector Tile Specification 2.1 and the Protocol Buffers encoding; see
//! `docs/decisions/` for why no crate is used.

use std::collections::HashMap;

use crate::geometry::TileRing;
use crate::geometry::tile::TILE_UNITS;

/// The media type of a tile.
pub const MEDIA_TYPE: &str = "application/vnd.mapbox-vector-tile";

/// The value of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag<'t> {
    /// Text.
    Text(&'t str),
    /// A whole number.
    Integer(i64),
}

/// One layer of a tile while it is filled.
#[derive(Clone, Debug)]
pub struct VectorLayer {
    name: &'static str,
    features: Vec<u8>,
    count: usize,
    keys: Vec<&'static str>,
    /// Encoded values in order of first use, and where each is.
    values: Vec<u8>,
    places: HashMap<Vec<u8>, u64>,
}

/// Wire types of Protocol Buffers.
const VARINT: u64 = 0;
const BYTES: u64 = 2;
/// Geometry types (specification 4.3.4).
const POINT: u64 = 1;
const POLYGON: u64 = 3;
/// Geometry commands (specification 4.3.1).
const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

impl VectorLayer {
    /// An empty layer.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            features: Vec::new(),
            count: 0,
            keys: Vec::new(),
            values: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// How many features it holds.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// About how many bytes it takes in the tile.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.features.len() + self.values.len()
    }

    /// Adds polygons as one feature; nothing when no ring encloses anything.
    ///
    /// # Assumptions
    /// In tile units with `y` to the south; shells turn clockwise as drawn and holes the other way
    /// (specification 4.3.3.3), each shell before its holes, rings without their closing point.
    pub fn add_polygons(
        &mut self,
        id: u64,
        polygons: &[Vec<TileRing>],
        tags: &[(&'static str, Tag<'_>)],
    ) {
        let mut pen = Pen::default();
        for ring in polygons.iter().flatten() {
            pen.draw_ring(ring);
        }
        if !pen.commands.is_empty() {
            self.add(id, POLYGON, &pen.commands, tags);
        }
    }

    /// Adds a point, in tile units.
    pub fn add_point(&mut self, id: u64, point: [i32; 2], tags: &[(&'static str, Tag<'_>)]) {
        let mut pen = Pen::default();
        pen.command(MOVE_TO, 1);
        pen.go(point);
        self.add(id, POINT, &pen.commands, tags);
    }

    fn add(&mut self, id: u64, shape: u64, commands: &[u8], tags: &[(&'static str, Tag<'_>)]) {
        let mut pairs = Vec::with_capacity(tags.len() * 3);
        for (key, tag) in tags {
            let key = self.place_of_key(key);
            let value = self.place_of_value(*tag);
            push_varint(&mut pairs, key);
            push_varint(&mut pairs, value);
        }
        let mut feature = Vec::with_capacity(commands.len() + pairs.len() + 24);
        push_number(&mut feature, 1, id);
        push_bytes(&mut feature, 2, &pairs);
        push_number(&mut feature, 3, shape);
        push_bytes(&mut feature, 4, commands);
        push_bytes(&mut self.features, 2, &feature);
        self.count += 1;
    }

    fn place_of_key(&mut self, key: &'static str) -> u64 {
        let place = self
            .keys
            .iter()
            .position(|known| *known == key)
            .unwrap_or_else(|| {
                self.keys.push(key);
                self.keys.len() - 1
            });
        place as u64
    }

    fn place_of_value(&mut self, tag: Tag<'_>) -> u64 {
        let mut value = Vec::with_capacity(16);
        match tag {
            Tag::Text(text) => push_bytes(&mut value, 1, text.as_bytes()),
            // Field 4 is an int64: a negative number is its two's complement.
            Tag::Integer(number) => push_number(&mut value, 4, number.cast_unsigned()),
        }
        if let Some(place) = self.places.get(&value) {
            return *place;
        }
        push_bytes(&mut self.values, 4, &value);
        let place = self.places.len() as u64;
        self.places.insert(value, place);
        place
    }

    fn encode(&self, tile: &mut Vec<u8>) {
        let mut layer = Vec::with_capacity(self.features.len() + self.values.len() + 256);
        push_number(&mut layer, 15, 2);
        push_bytes(&mut layer, 1, self.name.as_bytes());
        layer.extend_from_slice(&self.features);
        for key in &self.keys {
            push_bytes(&mut layer, 3, key.as_bytes());
        }
        layer.extend_from_slice(&self.values);
        push_number(&mut layer, 5, u64::from(TILE_UNITS.unsigned_abs()));
        push_bytes(tile, 3, &layer);
    }
}

/// The tile of those layers that hold anything; `None` when none does.
#[must_use]
pub fn encode_tile(layers: &[VectorLayer]) -> Option<Vec<u8>> {
    let mut tile = Vec::new();
    for layer in layers.iter().filter(|layer| layer.count > 0) {
        layer.encode(&mut tile);
    }
    (!tile.is_empty()).then_some(tile)
}

/// Draws in steps from the last point, as the format has it; the point stays across rings.
#[derive(Default)]
struct Pen {
    commands: Vec<u8>,
    at: [i32; 2],
}

impl Pen {
    fn draw_ring(&mut self, ring: &[[i32; 2]]) {
        let [first, rest @ ..] = ring else { return };
        if rest.len() < 2 {
            return;
        }
        self.command(MOVE_TO, 1);
        self.go(*first);
        self.command(LINE_TO, rest.len() as u64);
        for point in rest {
            self.go(*point);
        }
        self.command(CLOSE_PATH, 1);
    }

    fn command(&mut self, command: u64, times: u64) {
        push_varint(&mut self.commands, command | times << 3);
    }

    fn go(&mut self, [x, y]: [i32; 2]) {
        let [from_x, from_y] = std::mem::replace(&mut self.at, [x, y]);
        push_varint(&mut self.commands, zigzag(x.wrapping_sub(from_x)));
        push_varint(&mut self.commands, zigzag(y.wrapping_sub(from_y)));
    }
}

/// Small numbers of either sign become small numbers (specification 4.3.2).
fn zigzag(step: i32) -> u64 {
    u64::from(((step << 1) ^ (step >> 31)).cast_unsigned())
}

fn push_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(low_seven_bits(number) | 0x80);
        number >>= 7;
    }
    bytes.push(low_seven_bits(number));
}

fn low_seven_bits(number: u64) -> u8 {
    (number & 0x7f) as u8
}

fn push_number(bytes: &mut Vec<u8>, field: u64, number: u64) {
    push_varint(bytes, field << 3 | VARINT);
    push_varint(bytes, number);
}

fn push_bytes(bytes: &mut Vec<u8>, field: u64, content: &[u8]) {
    push_varint(bytes, field << 3 | BYTES);
    push_varint(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polygon_of_the_specification_has_its_bytes() {
        // Specification 4.3.5, polygon: (3, 6), (8, 12), (20, 34) is [9 6 12 18 10 12 24 44 15].
        let mut pen = Pen::default();
        pen.draw_ring(&[[3, 6], [8, 12], [20, 34]]);
        assert_eq!(pen.commands, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
    }

    #[test]
    fn a_ring_that_begins_where_the_last_one_ended_still_moves_there() {
        let mut pen = Pen::default();
        pen.draw_ring(&[[0, 0], [4, 0], [4, 4]]);
        let so_far = pen.commands.len();
        pen.draw_ring(&[[4, 4], [8, 4], [8, 8]]);
        assert_eq!(pen.commands[so_far..so_far + 3], [9, 0, 0]);
    }

    #[test]
    fn equal_values_are_kept_once_and_ids_beyond_32_bits_survive() {
        let mut layer = VectorLayer::new("stages");
        let ring = vec![vec![[0, 0], [4, 0], [4, 4]]];
        layer.add_polygons(
            1 << 40,
            &[ring[0].clone()].map(|r| vec![r]),
            &[("site", Tag::Integer(-7))],
        );
        let before = layer.values.len();
        layer.add_polygons(2, &[ring], &[("site", Tag::Integer(-7))]);
        assert_eq!(layer.values.len(), before);
        assert_eq!(layer.count(), 2);
        // Field 1 of the feature: 2^40 as a varint is five bytes of continuation and 0x20.
        let id = [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        assert!(layer.features.windows(id.len()).any(|bytes| bytes == id));
    }

    #[test]
    fn nothing_encloses_nothing() {
        let mut layer = VectorLayer::new("sites");
        layer.add_polygons(1, &[vec![vec![[0, 0], [1, 1]]]], &[]);
        assert_eq!(layer.count(), 0);
        assert_eq!(encode_tile(&[layer]), None);
    }
}
