//! Checked ground: the only way to an area.

use geo::MultiPolygon;

use super::{BBox, area};

/// A set of polygons on CGCS2000 lon/lat (EPSG:4490) that passed the checks of this module.
///
/// Every vertex is finite and in range, every ring is closed and simple, holes lie in their shell,
/// parts do not overlap. Exterior rings run counter-clockwise, holes clockwise. Edges are straight
/// in lon/lat.
///
/// # Units
/// Degrees; longitude is `x`, latitude is `y`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    shape: MultiPolygon<f64>,
    bbox: Option<BBox>,
}

impl Ground {
    /// No ground at all: area 0.
    #[must_use]
    pub fn empty() -> Self {
        Self::trusted(MultiPolygon::new(Vec::new()))
    }

    /// Ground whose rings are known to be sound because this module made or checked them.
    pub(super) fn trusted(shape: MultiPolygon<f64>) -> Self {
        let bbox = BBox::of(&shape);
        Self { shape, bbox }
    }

    /// Ground read back from where checked ground was kept, or `None` when a vertex is not finite.
    ///
    /// # Assumptions
    /// The rings were checked before they were kept; only finiteness is looked at again.
    #[must_use]
    pub fn reread(shape: MultiPolygon<f64>) -> Option<Self> {
        use geo::CoordsIter;
        shape
            .coords_iter()
            .all(|c| c.x.is_finite() && c.y.is_finite())
            .then(|| Self::trusted(shape))
    }

    /// Whether there is no ground.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shape.0.is_empty()
    }

    /// The polygons: exteriors counter-clockwise, holes clockwise, degrees.
    #[must_use]
    pub fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }

    /// The bounding box, or `None` for empty ground.
    #[must_use]
    pub fn bbox(&self) -> Option<BBox> {
        self.bbox
    }

    /// The canonical area: exact on the CGCS2000 ellipsoid for edges straight in lon/lat.
    ///
    /// # Units
    /// Square metres.
    #[must_use]
    pub fn area_m2(&self) -> f64 {
        area::ellipsoid_area_m2(&self.shape)
    }
}
