//! Features gathered while a file streams by, with the limits held on the way.

use super::limits;
use super::source::{RawFeature, RawShape, ReadError};
use super::wkb::Shapes;
use crate::geometry::Finding;

/// What a feature's geometry turned out to be.
#[derive(Debug)]
pub(super) enum Shape {
    /// Polygons.
    Area(RawShape),
    /// There is no geometry, or an empty one.
    Missing,
    /// Points or lines only.
    NotArea,
    /// More vertices or rings than one feature may have; they were counted, not kept.
    TooBig {
        /// How many vertices there were.
        vertices: usize,
        /// How many rings there were.
        rings: usize,
    },
    /// The geometry breaks its format's rules.
    Malformed(String),
}

/// Gathers features and counts what they hold.
#[derive(Debug, Default)]
pub(super) struct Collector {
    features: Vec<RawFeature>,
    vertices: usize,
    with_z: u64,
    with_curves: u64,
    with_ignored_parts: u64,
}

impl Collector {
    /// Counts vertices against the import's limit.
    pub(super) fn count_vertices(&mut self, vertices: usize) -> Result<(), ReadError> {
        self.vertices = self.vertices.saturating_add(vertices);
        if self.vertices > limits::IMPORT_VERTICES {
            return Err(ReadError::TooManyVertices {
                limit: limits::IMPORT_VERTICES,
            });
        }
        Ok(())
    }

    /// Remembers that a feature had heights.
    pub(super) fn note_z(&mut self) {
        self.with_z += 1;
    }

    /// The shape of a decoded geometry, its vertices counted and its heights and arcs noted.
    pub(super) fn shape_of(&mut self, shapes: Shapes) -> Result<Shape, ReadError> {
        self.count_vertices(shapes.vertices)?;
        self.with_z += u64::from(shapes.has_z);
        self.with_curves += u64::from(shapes.has_curves);
        let beside = shapes.others + shapes.lines.len();
        if shapes.vertices > limits::FEATURE_VERTICES || shapes.rings > limits::FEATURE_RINGS {
            return Ok(Shape::TooBig {
                vertices: shapes.vertices,
                rings: shapes.rings,
            });
        }
        Ok(match shapes.into_area() {
            Some(area) => {
                self.with_ignored_parts += u64::from(beside > 0);
                Shape::Area(area)
            }
            None if beside > 0 => Shape::NotArea,
            None => Shape::Missing,
        })
    }

    /// Adds a feature under the next number and returns that number.
    pub(super) fn add(
        &mut self,
        shape: Shape,
        attributes: Vec<(String, String)>,
    ) -> Result<u64, ReadError> {
        if self.features.len() >= limits::IMPORT_FEATURES {
            return Err(ReadError::TooManyFeatures {
                limit: limits::IMPORT_FEATURES,
            });
        }
        if attributes.len() > limits::COLUMNS {
            return Err(ReadError::TooManyColumns {
                limit: limits::COLUMNS,
            });
        }
        let number = u64::try_from(self.features.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let (shape, finding) = match shape {
            Shape::Area(area) => (Some(area), None),
            Shape::Missing => (None, Some(Finding::error("geometry.missing"))),
            Shape::NotArea => (None, Some(Finding::error("geometry.not_polygon"))),
            Shape::TooBig { vertices, .. } if vertices > limits::FEATURE_VERTICES => {
                let finding = Finding::error("geometry.too_many_vertices")
                    .with("vertices", vertices)
                    .with("limit", limits::FEATURE_VERTICES);
                (None, Some(finding))
            }
            Shape::TooBig { rings, .. } => {
                let finding = Finding::error("geometry.too_many_rings")
                    .with("rings", rings)
                    .with("limit", limits::FEATURE_RINGS);
                (None, Some(finding))
            }
            Shape::Malformed(detail) => (
                None,
                Some(Finding::error("geometry.malformed").with("detail", detail)),
            ),
        };
        let findings = finding
            .map(|finding| finding.of_feature(number))
            .into_iter()
            .collect();
        self.features.push(RawFeature {
            number,
            shape,
            attributes,
            findings,
        });
        Ok(number)
    }

    /// Adds a row that has no geometry because its format has none.
    pub(super) fn add_row(&mut self, attributes: Vec<(String, String)>) -> Result<u64, ReadError> {
        let number = self.add(Shape::Missing, attributes)?;
        if let Some(row) = self.features.last_mut() {
            row.findings.clear();
        }
        Ok(number)
    }

    /// Leaves attributes of these names away.
    pub(super) fn drop_attributes(&mut self, names: &[&str]) {
        for feature in &mut self.features {
            feature
                .attributes
                .retain(|(name, _)| !names.contains(&name.as_str()));
        }
    }

    /// Whether nothing was added yet.
    pub(super) fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The feature added last.
    pub(super) fn last(&mut self) -> Option<&mut RawFeature> {
        self.features.last_mut()
    }

    /// The features, and one notice for each kind of thing that was left away.
    pub(super) fn finish(self) -> (Vec<RawFeature>, Vec<Finding>) {
        let notices = [
            ("geometry.z_dropped", self.with_z),
            ("geometry.curves_linearised", self.with_curves),
            ("geometry.parts_ignored", self.with_ignored_parts),
        ];
        let findings = notices
            .into_iter()
            .filter(|(_, features)| *features > 0)
            .map(|(code, features)| Finding::notice(code).with("features", features))
            .collect();
        (self.features, findings)
    }
}
