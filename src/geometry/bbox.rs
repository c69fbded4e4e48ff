//! Bounding boxes in degrees.

use geo::{Coord, MultiPolygon};

/// A box west, south, east, north in degrees; never crosses the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BBox {
    /// Least longitude, degrees.
    pub west: f64,
    /// Least latitude, degrees.
    pub south: f64,
    /// Greatest longitude, degrees.
    pub east: f64,
    /// Greatest latitude, degrees.
    pub north: f64,
}

impl BBox {
    /// The box of all vertices, or `None` when there are none.
    #[must_use]
    pub fn of(shape: &MultiPolygon<f64>) -> Option<Self> {
        shape
            .0
            .iter()
            .flat_map(|polygon| polygon.exterior().coords())
            .fold(None, |bbox, c| Some(Self::grown(bbox, *c)))
    }

    /// The box of all vertices, also those of rings that stick out of their shell.
    pub(super) fn of_all_rings(shape: &MultiPolygon<f64>) -> Option<Self> {
        use geo::CoordsIter;
        shape
            .coords_iter()
            .fold(None, |bbox, c| Some(Self::grown(bbox, c)))
    }

    fn grown(bbox: Option<Self>, c: Coord<f64>) -> Self {
        bbox.map_or(
            Self {
                west: c.x,
                south: c.y,
                east: c.x,
                north: c.y,
            },
            |b| Self {
                west: b.west.min(c.x),
                south: b.south.min(c.y),
                east: b.east.max(c.x),
                north: b.north.max(c.y),
            },
        )
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// Whether the two boxes share at least a point.
    #[must_use]
    pub fn touches(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// Whether the point lies in the box or on its edge.
    #[must_use]
    pub fn holds(&self, lon: f64, lat: f64) -> bool {
        (self.west..=self.east).contains(&lon) && (self.south..=self.north).contains(&lat)
    }

    /// The box widened by `margin` degrees on every side.
    #[must_use]
    pub fn widened(self, margin: f64) -> Self {
        Self {
            west: self.west - margin,
            south: self.south - margin,
            east: self.east + margin,
            north: self.north + margin,
        }
    }
}
