//! GeoJSON read as a stream: bare geometries, features, collections, and arrays of features.
//!
//! The parser stores no vertex beyond the limit of its feature and stops at the limit of the
//! import; nothing in the file can make it open another file or an address.

use std::fmt;
use std::io::Read;

use geo::{Coord, LineString};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::collector::{Collector, Shape};
use super::crs::{self, Reading};
use super::crs_identify;
use super::geojson_numbers::{Nest, Numbers};
use super::limits;
use super::source::{CrsOrigin, RawShape, ReadError, SourceCrs};
use crate::geometry::Finding;

/// What a GeoJSON text held.
pub(super) struct Text {
    /// The features.
    pub(super) collector: Collector,
    /// The coordinate system: the `crs` member, else WGS 84 by the format's rule.
    pub(super) crs: SourceCrs,
    /// Findings about the whole.
    pub(super) findings: Vec<Finding>,
}

/// Reads a GeoJSON text.
///
/// # Errors
/// Text that is not JSON or not GeoJSON, nested too deep, or beyond a limit.
pub(super) fn read(input: impl Read) -> Result<Text, ReadError> {
    let mut state = State::default();
    let mut parser = serde_json::Deserializer::from_reader(input);
    let seed = Node {
        state: &mut state,
        place: Place::Top,
    };
    let parsed = seed
        .deserialize(&mut parser)
        .and_then(|node| parser.end().map(|()| node));
    if let Some(limit) = state.limit.take() {
        return Err(limit);
    }
    let top = parsed.map_err(|error| refusal(&error))?;
    if !top.is_collection {
        let Some(kind) = top.kind.clone() else {
            return Err(not_geojson("no member \"type\""));
        };
        if kind == "Feature" || is_geometry(&kind) {
            state.add(top)?;
        } else if kind != "FeatureCollection" {
            return Err(not_geojson(&format!("\"type\" is \"{kind}\"")));
        }
    }
    if state.collector.is_empty() {
        return Err(ReadError::Empty);
    }
    let crs = state.crs.take().unwrap_or_else(|| SourceCrs {
        reading: Some(Reading::epsg(crs::WGS84_EPSG)),
        origin: CrsOrigin::FormatDefault,
        stated: None,
    });
    Ok(Text {
        collector: state.collector,
        crs,
        findings: state.findings,
    })
}

fn not_geojson(detail: &str) -> ReadError {
    ReadError::Malformed {
        format: "GeoJSON",
        detail: detail.to_owned(),
    }
}

fn refusal(error: &serde_json::Error) -> ReadError {
    let detail = error.to_string();
    if detail.starts_with("recursion limit exceeded") {
        ReadError::TooDeep { format: "JSON" }
    } else if error.is_eof() {
        ReadError::Truncated {
            format: "JSON",
            detail,
        }
    } else {
        ReadError::Malformed {
            format: "JSON",
            detail,
        }
    }
}

fn is_geometry(kind: &str) -> bool {
    matches!(
        kind,
        "Point"
            | "MultiPoint"
            | "LineString"
            | "MultiLineString"
            | "Polygon"
            | "MultiPolygon"
            | "GeometryCollection"
    )
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct State {
    pub(super) collector: Collector,
    crs: Option<SourceCrs>,
    findings: Vec<Finding>,
    /// A limit that was hit; serde can only carry a text out of the parser.
    limit: Option<ReadError>,
    /// Vertices and rings of the feature that is being read.
    pub(super) feature_vertices: usize,
    pub(super) feature_rings: usize,
    pub(super) feature_has_z: bool,
}

impl State {
    /// The error that carries a limit out of the parser.
    pub(super) fn over<E: Error>(&mut self, limit: ReadError) -> E {
        let error = E::custom(&limit);
        self.limit = Some(limit);
        error
    }

    /// Adds a feature or a bare geometry.
    fn add(&mut self, node: Parts) -> Result<(), ReadError> {
        let (vertices, rings) = (self.feature_vertices, self.feature_rings);
        (self.feature_vertices, self.feature_rings) = (0, 0);
        if std::mem::take(&mut self.feature_has_z) {
            self.collector.note_z();
        }
        let is_feature = node.kind.as_deref() == Some("Feature");
        let Parts {
            mut attributes,
            geometry,
            own,
            id,
            ..
        } = node;
        let shape = if vertices > limits::FEATURE_VERTICES || rings > limits::FEATURE_RINGS {
            Shape::TooBig { vertices, rings }
        } else if is_feature {
            geometry.unwrap_or(Geometry::Missing).into_shape()
        } else {
            own.into_shape()
        };
        if let Some(id) = id
            && !attributes.iter().any(|(name, _)| name == "id")
        {
            attributes.push(("id".to_owned(), id));
        }
        self.collector.add(shape, attributes).map(|_number| ())
    }
}

/// What one geometry object held.
#[derive(Debug, Default)]
enum Geometry {
    #[default]
    Missing,
    Area(RawShape),
    /// Points and lines.
    NotArea,
    Malformed(String),
}

impl Geometry {
    fn into_shape(self) -> Shape {
        match self {
            Self::Missing => Shape::Missing,
            Self::Area(polygons) if polygons.is_empty() => Shape::Missing,
            Self::Area(polygons) => Shape::Area(polygons),
            Self::NotArea => Shape::NotArea,
            Self::Malformed(detail) => Shape::Malformed(detail),
        }
    }

    /// A collection's members as one: their polygons, and nothing when one of them is malformed.
    fn joined(members: Vec<Self>) -> Self {
        let mut polygons = Vec::new();
        let mut seen_other = false;
        for member in members {
            match member {
                Self::Area(more) => polygons.extend(more),
                Self::NotArea => seen_other = true,
                Self::Missing => {}
                Self::Malformed(detail) => return Self::Malformed(detail),
            }
        }
        if polygons.is_empty() && seen_other {
            Self::NotArea
        } else {
            Self::Area(polygons)
        }
    }
}

/// The members of one JSON object that GeoJSON gives a meaning, in any order.
#[derive(Debug, Default)]
struct Parts {
    kind: Option<String>,
    is_collection: bool,
    geometry: Option<Geometry>,
    /// The object's own geometry, when it is one.
    own: Geometry,
    attributes: Vec<(String, String)>,
    id: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Feature,
    Geometry,
}

/// Reads one object: the top, a feature or a geometry.
struct Node<'s> {
    state: &'s mut State,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Parts;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parts, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_unit<E: Error>(self) -> Result<Parts, E> {
        Ok(Parts::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Parts, A::Error> {
        if self.place != Place::Top {
            return Err(A::Error::custom("an array where an object should be"));
        }
        Features(self.state).visit_seq(seq)?;
        Ok(Parts {
            is_collection: true,
            ..Parts::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
        let mut parts = Parts::default();
        let mut numbers = None;
        let mut members = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => parts.kind = map.next_value::<Value>()?.as_str().map(str::to_owned),
                "features" if self.place == Place::Top => {
                    map.next_value_seed(Features(self.state))?;
                    parts.is_collection = true;
                }
                "geometry" if self.place != Place::Geometry => {
                    let node = Node {
                        state: self.state,
                        place: Place::Geometry,
                    };
                    let inner = map.next_value_seed(node)?;
                    parts.geometry = Some(inner.own);
                }
                "geometries" => {
                    members = Some(map.next_value_seed(Members(self.state))?);
                }
                "coordinates" => numbers = Some(map.next_value_seed(Numbers(self.state))?),
                "properties" => parts.attributes = attributes(map.next_value()?),
                "id" => parts.id = text_of(map.next_value()?),
                "crs" if self.place == Place::Top => {
                    let stated: Value = map.next_value()?;
                    read_crs(&stated, self.state);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let kind = parts.kind.as_deref().unwrap_or_default();
        parts.own = match (kind, numbers, members) {
            ("GeometryCollection", _, Some(members)) => Geometry::joined(members),
            ("Feature" | "FeatureCollection", ..) => Geometry::Missing,
            (kind, numbers, _) if is_geometry(kind) => area_of(kind, numbers),
            ("", None, None) => Geometry::Missing,
            (other, ..) => Geometry::Malformed(format!("\"type\" is \"{other}\"")),
        };
        Ok(parts)
    }
}

/// Reads an array of features, adding each as it ends.
struct Features<'s>(&'s mut State);

impl<'de> DeserializeSeed<'de> for Features<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(parts) = seq.next_element_seed(Node {
            state: self.0,
            place: Place::Feature,
        })? {
            if let Err(limit) = self.0.add(parts) {
                return Err(self.0.over(limit));
            }
        }
        Ok(())
    }
}

/// Reads the members of a geometry collection.
struct Members<'s>(&'s mut State);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<Geometry>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Geometry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of geometries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(parts) = seq.next_element_seed(Node {
            state: self.0,
            place: Place::Geometry,
        })? {
            members.push(parts.own);
        }
        Ok(members)
    }
}

fn area_of(kind: &str, numbers: Option<Nest>) -> Geometry {
    match (kind, numbers) {
        (_, None | Some(Nest::Nothing)) => Geometry::Missing,
        ("Polygon", Some(Nest::Rings(rings))) => Geometry::Area(vec![polygon(rings)]),
        ("MultiPolygon", Some(Nest::Parts(parts))) => {
            Geometry::Area(parts.into_iter().map(polygon).collect())
        }
        ("Polygon" | "MultiPolygon", Some(_)) | (_, Some(Nest::Wrong)) => {
            Geometry::Malformed(format!("the coordinates are not those of a {kind}"))
        }
        _ => Geometry::NotArea,
    }
}

fn polygon(rings: Vec<Vec<Coord<f64>>>) -> Vec<LineString<f64>> {
    rings.into_iter().map(LineString::new).collect()
}

fn attributes(properties: Value) -> Vec<(String, String)> {
    let Value::Object(members) = properties else {
        return Vec::new();
    };
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name, text_of(value)?)))
        .collect()
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.trim().is_empty()).then_some(text),
        other => Some(other.to_string()),
    }
}

/// The `crs` member of the GeoJSON of 2008: a name is used, a link is never followed.
fn read_crs(stated: &Value, state: &mut State) {
    let name = stated.pointer("/properties/name").and_then(Value::as_str);
    let code = stated.pointer("/properties/code").and_then(Value::as_u64);
    let text = name
        .map(str::to_owned)
        .or_else(|| code.map(|code| format!("EPSG:{code}")));
    match text {
        Some(text) => {
            let reading = text
                .parse()
                .ok()
                .or_else(|| crs_identify::identify_text(&text).map(Reading::of));
            state.crs = Some(SourceCrs {
                reading,
                origin: CrsOrigin::Header,
                stated: Some(text),
            });
        }
        None if stated.is_null() => {}
        None => {
            state
                .findings
                .push(Finding::warning("crs.link_not_followed"));
            state.crs = Some(SourceCrs::nowhere());
        }
    }
}
