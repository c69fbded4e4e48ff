//! What the map draws of a site: plain values, and their shapes at the detail each zoom needs.

use geo::Coord;

use crate::domain::{
    BoundaryRole, Category, Day, Instant, Mosaic, PlaceType, RecordId, Site, SiteKind, in_force_at,
};
use crate::geometry::{BBox, Ground, MapShape, TileId, TileRing, label_point, union};

/// What the map needs to know of a site, as of one day.
#[derive(Clone, Debug)]
pub struct SiteOnMap {
    /// Its number in the store.
    pub id: RecordId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// Why it must be restored.
    pub category: Option<Category>,
    /// The township it lies in.
    pub township: Option<String>,
    /// Its footprint, EPSG:4490.
    pub footprint: Ground,
    /// Its parcels in force.
    pub parcels: Vec<ParcelOnMap>,
    /// Every face of its mosaic, in the mosaic's order; empty where only outlines are drawn.
    pub faces: Vec<Ground>,
}

/// What the map needs to know of a parcel.
#[derive(Clone, Debug)]
pub struct ParcelOnMap {
    /// Its number in the store.
    pub id: RecordId,
    /// 图斑编号.
    pub parcel_no: String,
    /// What it is.
    pub place_type: PlaceType,
    /// Its ground, EPSG:4490.
    pub ground: Ground,
}

impl SiteOnMap {
    /// A site's footprint and parcels on a day as known at a moment, without its faces.
    #[must_use]
    pub fn outlines(site: &Site, day: Day, known_at: Instant) -> Self {
        let terms = site.terms_at(day, known_at);
        let parcels = site
            .parcels
            .iter()
            .filter(|p| p.known.is_known(known_at) && p.in_force.holds(day))
            .map(|p| ParcelOnMap {
                id: p.id,
                parcel_no: p.parcel_no.clone(),
                place_type: p.place_type,
                ground: p.ground.clone(),
            })
            .collect();
        Self {
            id: site.id,
            code: site.code.clone(),
            name: terms.map_or_else(|| site.code.clone(), |t| t.name.clone()),
            kind: site.kind,
            category: terms.and_then(|t| t.category),
            township: terms.and_then(|t| t.township.clone()),
            footprint: footprint_on(site, day, known_at),
            parcels,
            faces: Vec::new(),
        }
    }

    /// A site's faces alone.
    #[must_use]
    pub fn faces(site: &Site, mosaic: &Mosaic) -> Self {
        Self {
            id: site.id,
            code: site.code.clone(),
            name: site.code.clone(),
            kind: site.kind,
            category: None,
            township: None,
            footprint: Ground::empty(),
            parcels: Vec::new(),
            faces: mosaic
                .faces()
                .iter()
                .map(|face| face.ground.clone())
                .collect(),
        }
    }
}

/// The footprint F(t): the boundary in force and all ground broken up to the day.
#[must_use]
pub fn footprint_on(site: &Site, day: Day, known_at: Instant) -> Ground {
    let footprints: Vec<_> = site
        .boundaries
        .iter()
        .filter(|b| b.role == BoundaryRole::Footprint)
        .cloned()
        .collect();
    let in_force = in_force_at(&footprints, day, known_at).and_then(|place| footprints.get(place));
    let broken = site
        .disturbances
        .iter()
        .filter(|d| d.breaks_ground() && d.known.is_known(known_at) && d.valid_on <= day)
        .map(|d| &d.ground);
    let grounds: Vec<&Ground> = in_force
        .map(|b| &b.ground)
        .into_iter()
        .chain(broken)
        .collect();
    match grounds.as_slice() {
        // One version as it was surveyed: an overlay would move its vertices in the last digit.
        [only] => (*only).clone(),
        several => union(several),
    }
}

/// A site's shapes ready to be cut into tiles.
#[derive(Clone, Debug)]
pub(super) struct SiteShapes {
    pub(super) id: RecordId,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: SiteKind,
    pub(super) category: Option<Category>,
    pub(super) township: Option<String>,
    pub(super) label: Option<Coord<f64>>,
    pub(super) footprint: ShapeByZoom,
    pub(super) parcels: Vec<ParcelShape>,
    pub(super) faces: Vec<ShapeByZoom>,
}

#[derive(Clone, Debug)]
pub(super) struct ParcelShape {
    pub(super) id: RecordId,
    pub(super) parcel_no: String,
    pub(super) place_type: PlaceType,
    pub(super) shape: ShapeByZoom,
}

impl SiteShapes {
    pub(super) fn of(site: &SiteOnMap) -> Self {
        let parcels = site
            .parcels
            .iter()
            .map(|parcel| ParcelShape {
                id: parcel.id,
                parcel_no: parcel.parcel_no.clone(),
                place_type: parcel.place_type,
                shape: ShapeByZoom::of(&parcel.ground),
            })
            .collect();
        Self {
            id: site.id,
            code: site.code.clone(),
            name: site.name.clone(),
            kind: site.kind,
            category: site.category,
            township: site.township.clone(),
            label: label_point(&site.footprint),
            footprint: ShapeByZoom::of(&site.footprint),
            parcels,
            faces: site.faces.iter().map(ShapeByZoom::of).collect(),
        }
    }

    /// The box of everything that is drawn of the site.
    pub(super) fn bbox(&self) -> Option<BBox> {
        let parcels = self.parcels.iter().map(|parcel| &parcel.shape);
        std::iter::once(&self.footprint)
            .chain(parcels)
            .chain(&self.faces)
            .filter_map(|shape| shape.bbox)
            .reduce(BBox::joined)
    }
}

/// A shape at falling detail: each level serves the zooms up to its own.
#[derive(Clone, Debug)]
pub(super) struct ShapeByZoom {
    pub(super) bbox: Option<BBox>,
    whole: MapShape,
    /// Simplified shapes, the coarsest first, with the deepest zoom each is fit for.
    levels: Vec<(u8, MapShape)>,
}

/// Deepest zooms of the simplified levels; deeper ones draw every vertex.
const LEVELS: [u8; 4] = [15, 13, 11, 9];
/// How far a vertex may lie from where it was, in tile units of the level's zoom. With half a unit
/// of rounding on each axis it stays within one unit.
const TOLERANCE_UNITS: f64 = 0.25;
/// A level is kept when it has at most this share of the vertices of the finer one.
const WORTH_KEEPING: f64 = 0.75;

impl ShapeByZoom {
    fn of(ground: &Ground) -> Self {
        let whole = MapShape::of(ground);
        let mut levels: Vec<(u8, MapShape)> = Vec::new();
        for zoom in LEVELS {
            let finer = levels.last().map_or(&whole, |(_, shape)| shape);
            // From the whole shape each time, so that errors do not add up.
            let shape = whole.simplified(zoom, TOLERANCE_UNITS);
            #[expect(clippy::cast_precision_loss, reason = "vertex counts are small")]
            let left = shape.vertices() as f64 / finer.vertices().max(1) as f64;
            if left <= WORTH_KEEPING {
                levels.push((zoom, shape));
            }
        }
        levels.reverse();
        Self {
            bbox: ground.bbox(),
            whole,
            levels,
        }
    }

    /// The shape's polygons in a tile, in tile units.
    pub(super) fn on_tile(&self, tile: TileId) -> Vec<Vec<TileRing>> {
        self.levels
            .iter()
            .find(|(zoom, _)| tile.z() <= *zoom)
            .map_or(&self.whole, |(_, shape)| shape)
            .on_tile(tile)
    }

    /// The longer side of its box in degrees.
    pub(super) fn extent(&self) -> f64 {
        self.bbox
            .map_or(0.0, |b| f64::max(b.east - b.west, b.north - b.south))
    }
}
