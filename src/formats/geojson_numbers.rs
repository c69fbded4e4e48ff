//! The nested number arrays of GeoJSON, read as a stream with the limits held on the way.

use std::fmt;

use geo::Coord;
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::geojson_text::State;
use super::limits;

/// Nested arrays of numbers, as deep as GeoJSON goes.
#[derive(Debug)]
pub(super) enum Nest {
    Number(f64),
    Position(Coord<f64>),
    Positions(Vec<Coord<f64>>),
    Rings(Vec<Vec<Coord<f64>>>),
    Parts(Vec<Vec<Vec<Coord<f64>>>>),
    /// An array without anything in it.
    Nothing,
    /// Something that is no position, or arrays of unequal depth.
    Wrong,
}

impl Nest {
    /// An array that begins with this.
    fn begun(first: Self) -> Self {
        match first {
            Self::Position(position) => Self::Positions(vec![position]),
            Self::Positions(ring) => Self::Rings(vec![ring]),
            Self::Rings(part) => Self::Parts(vec![part]),
            Self::Nothing => Self::Nothing,
            Self::Number(_) | Self::Parts(_) | Self::Wrong => Self::Wrong,
        }
    }

    fn with(mut self, next: Self) -> Self {
        match (&mut self, next) {
            (Self::Positions(ring), Self::Position(position)) => ring.push(position),
            (Self::Rings(part), Self::Positions(ring)) => part.push(ring),
            (Self::Parts(parts), Self::Rings(part)) => parts.push(part),
            (Self::Nothing, next) => return Self::begun(next),
            (_, Self::Nothing) => {}
            _ => return Self::Wrong,
        }
        self
    }
}

/// Reads a `coordinates` member.
pub(super) struct Numbers<'s>(pub(super) &'s mut State);

impl<'de> DeserializeSeed<'de> for Numbers<'_> {
    type Value = Nest;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Nest, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Numbers<'_> {
    type Value = Nest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of numbers")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Nest, E> {
        Ok(Nest::Number(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a coordinate beyond 2^53 is out of range anyway"
    )]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Nest, E> {
        Ok(Nest::Number(value as f64))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a coordinate beyond 2^53 is out of range anyway"
    )]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Nest, E> {
        Ok(Nest::Number(value as f64))
    }

    fn visit_unit<E: Error>(self) -> Result<Nest, E> {
        Ok(Nest::Wrong)
    }

    fn visit_bool<E: Error>(self, _value: bool) -> Result<Nest, E> {
        Ok(Nest::Wrong)
    }

    fn visit_str<E: Error>(self, _value: &str) -> Result<Nest, E> {
        Ok(Nest::Wrong)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nest, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Nest::Wrong)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Nest, A::Error> {
        let state = self.0;
        let mut nest = match seq.next_element_seed(Numbers(state))? {
            None => return Ok(Nest::Nothing),
            Some(Nest::Number(x)) => return position(x, seq, state),
            Some(first) => Nest::begun(first),
        };
        while let Some(next) = seq.next_element_seed(Numbers(state))? {
            if matches!(nest, Nest::Wrong) || state.feature_vertices > limits::FEATURE_VERTICES {
                continue;
            }
            nest = nest.with(next);
        }
        if matches!(nest, Nest::Positions(_)) {
            state.feature_rings += 1;
        }
        Ok(nest)
    }
}

/// The rest of a position whose first number was read.
fn position<'de, A: SeqAccess<'de>>(
    x: f64,
    mut seq: A,
    state: &mut State,
) -> Result<Nest, A::Error> {
    let Some(Nest::Number(y)) = seq.next_element_seed(Numbers(state))? else {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        return Ok(Nest::Wrong);
    };
    while seq.next_element::<IgnoredAny>()?.is_some() {
        state.feature_has_z = true;
    }
    state.feature_vertices += 1;
    if let Err(limit) = state.collector.count_vertices(1) {
        return Err(state.over(limit));
    }
    Ok(Nest::Position(Coord { x, y }))
}
