//! Everything the map draws, found by place and cut into tiles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use geo::Coord;
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::face_id;
use super::tile_shapes::{ShapeByZoom, SiteOnMap, SiteShapes};
use super::tiles::TileLayer;
use crate::domain::RecordId;
use crate::formats::mvt::{Tag, VectorLayer, encode_tile};
use crate::geometry::tile::{TILE_BUFFER_UNITS, TILE_UNITS, unit_square};
use crate::geometry::{BBox, TileId};

/// Most bytes of the polygons of a tile before compression; the largest shapes come first, so what
/// is left out is what can hardly be seen. With the points a tile stays under 500 KB.
const POLYGON_BUDGET_BYTES: usize = 320_000;
/// Most bytes of the points of a tile.
const POINT_BUDGET_BYTES: usize = 150_000;
/// From this many sites in a tile on, only the properties that many of them share are written.
const BRIEF_FROM: usize = 2_000;
/// Polygons with a longer side below this many tile units are left to their point.
const LEAST_UNITS: f64 = 1.0;
/// Up to this zoom one point is drawn per cell of this many tile units, half a pixel of a map
/// whose tiles are 512 pixels wide.
const CELL_ZOOM: u8 = 12;
const CELL_UNITS: i32 = 4;

type Entry = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// One piece of the map: the footprint (0), a parcel or a face of a site, by their places.
#[derive(Clone, Copy, Debug)]
struct Piece {
    site: u32,
    number: u32,
    /// The longer side of its box in degrees.
    extent: f64,
}

/// The pieces of one layer, the largest first, and where they are.
#[derive(Debug, Default)]
struct Pieces {
    pieces: Vec<Piece>,
    tree: RTree<Entry>,
}

/// All sites as the map draws them, at one revision.
#[derive(Debug, Default)]
pub struct TileIndex {
    revision: i64,
    sites: Vec<Arc<SiteShapes>>,
    footprints: Pieces,
    parcels: Pieces,
    faces: Pieces,
    /// Label points of sites, by the place of the site.
    labels: RTree<GeomWithData<[f64; 2], u32>>,
}

impl TileIndex {
    /// Makes the shapes of all sites anew.
    #[must_use]
    pub fn new(revision: i64, sites: &[SiteOnMap]) -> Self {
        let shapes = sites
            .par_iter()
            .map(|site| Arc::new(SiteShapes::of(site)))
            .collect();
        Self::of_shapes(revision, shapes)
    }

    /// The index after some sites changed: `changed` are drawn anew, `gone` no more, all others are
    /// kept as they are.
    #[must_use]
    pub fn updated(&self, revision: i64, changed: &[SiteOnMap], gone: &[RecordId]) -> Self {
        let mut fresh: HashMap<RecordId, Arc<SiteShapes>> = changed
            .par_iter()
            .map(|site| (site.id, Arc::new(SiteShapes::of(site))))
            .collect();
        let gone: HashSet<RecordId> = gone.iter().copied().collect();
        let mut sites: Vec<Arc<SiteShapes>> = self
            .sites
            .iter()
            .filter(|site| !gone.contains(&site.id))
            .map(|site| fresh.remove(&site.id).unwrap_or_else(|| Arc::clone(site)))
            .collect();
        sites.extend(fresh.into_values());
        Self::of_shapes(revision, sites)
    }

    fn of_shapes(revision: i64, mut sites: Vec<Arc<SiteShapes>>) -> Self {
        sites.sort_by_key(|site| site.id);
        let labels = sites
            .iter()
            .zip(0..)
            .filter_map(|(site, place)| {
                Some(GeomWithData::new([site.label?.x, site.label?.y], place))
            })
            .collect();
        Self {
            revision,
            footprints: Pieces::of(&sites, |site| vec![&site.footprint]),
            parcels: Pieces::of(&sites, |site| {
                site.parcels.iter().map(|p| &p.shape).collect()
            }),
            faces: Pieces::of(&sites, |site| site.faces.iter().collect()),
            labels: RTree::bulk_load(labels),
            sites,
        }
    }

    /// The revision of the ledger that is drawn.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The box of everything drawn, or `None` when nothing is.
    #[must_use]
    pub fn bbox(&self) -> Option<BBox> {
        self.sites
            .iter()
            .filter_map(|site| site.bbox())
            .reduce(BBox::joined)
    }

    /// The boxes of all that is drawn otherwise in the other index.
    pub(super) fn changes_since(&self, before: &Self) -> Vec<BBox> {
        let by_id = |index: &Self| -> HashMap<RecordId, Arc<SiteShapes>> {
            index
                .sites
                .iter()
                .map(|site| (site.id, Arc::clone(site)))
                .collect()
        };
        let (old, new) = (by_id(before), by_id(self));
        let is_same = |id: &RecordId| match (old.get(id), new.get(id)) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            _ => false,
        };
        old.values()
            .chain(new.values())
            .filter(|site| !is_same(&site.id))
            .filter_map(|site| site.bbox())
            .collect()
    }

    /// The bytes of a tile, not compressed; `None` when there is nothing in it.
    pub(super) fn encode(&self, layer: TileLayer, tile: TileId) -> Option<Vec<u8>> {
        if tile.z() < layer.least_zoom() {
            return None;
        }
        match layer {
            TileLayer::Sites => encode_tile(&[self.site_polygons(tile), self.site_points(tile)]),
            TileLayer::Parcels => {
                let draw = |layer: &mut VectorLayer, site: &SiteShapes, number: usize| {
                    let Some(parcel) = site.parcels.get(number) else {
                        return;
                    };
                    let Ok(id) = u64::try_from(parcel.id) else {
                        return;
                    };
                    let tags = [
                        ("parcel_no", Tag::Text(&parcel.parcel_no)),
                        ("place_type", Tag::Text(parcel.place_type.code())),
                        ("site_code", Tag::Text(&site.code)),
                    ];
                    layer.add_polygons(id, &parcel.shape.on_tile(tile), &tags);
                };
                encode_tile(&[self.polygons("parcels", &self.parcels, tile, draw)])
            }
            TileLayer::Stages => {
                let draw = |layer: &mut VectorLayer, site: &SiteShapes, number: usize| {
                    let Some(face) = site.faces.get(number) else {
                        return;
                    };
                    let id = face_id(site.id, number);
                    layer.add_polygons(id, &face.on_tile(tile), &[("site", Tag::Integer(site.id))]);
                };
                encode_tile(&[self.polygons("stages", &self.faces, tile, draw)])
            }
        }
    }

    fn site_polygons(&self, tile: TileId) -> VectorLayer {
        let is_brief = self.footprints.within(tile.buffered_bbox()).len() >= BRIEF_FROM;
        let draw = |layer: &mut VectorLayer, site: &SiteShapes, _number| {
            let Ok(id) = u64::try_from(site.id) else {
                return;
            };
            layer.add_polygons(
                id,
                &site.footprint.on_tile(tile),
                &site_tags(site, is_brief),
            );
        };
        self.polygons("sites", &self.footprints, tile, draw)
    }

    fn polygons(
        &self,
        name: &'static str,
        pieces: &Pieces,
        tile: TileId,
        draw: impl Fn(&mut VectorLayer, &SiteShapes, usize),
    ) -> VectorLayer {
        let least_degrees =
            LEAST_UNITS * 360.0 / f64::from(1_u32 << tile.z()) / f64::from(TILE_UNITS);
        let mut layer = VectorLayer::new(name);
        for piece in pieces.within(tile.buffered_bbox()) {
            let Some(site) = self.sites.get(piece.site as usize) else {
                continue;
            };
            if piece.extent < least_degrees {
                // Sorted by size: all that follow are smaller.
                break;
            }
            draw(&mut layer, site, piece.number as usize);
            if layer.size_bytes() > POLYGON_BUDGET_BYTES {
                break;
            }
        }
        layer
    }

    /// Label points, of the largest footprints first.
    fn site_points(&self, tile: TileId) -> VectorLayer {
        let box_ = tile.buffered_bbox();
        let envelope = AABB::from_corners([box_.west, box_.south], [box_.east, box_.north]);
        let mut places: Vec<u32> = self
            .labels
            .locate_in_envelope(&envelope)
            .map(|label| label.data)
            .collect();
        let is_brief = places.len() >= BRIEF_FROM;
        let extent = |place: &u32| {
            self.sites
                .get(*place as usize)
                .map_or(0.0, |site| site.footprint.extent())
        };
        places.sort_by(|a, b| extent(b).total_cmp(&extent(a)).then(a.cmp(b)));
        let mut taken = HashSet::new();
        let mut layer = VectorLayer::new("site_points");
        for site in places
            .iter()
            .filter_map(|place| self.sites.get(*place as usize))
        {
            let (Some(label), Ok(id)) = (site.label, u64::try_from(site.id)) else {
                continue;
            };
            let Some(point) = point_on_tile(tile, label) else {
                continue;
            };
            let is_free =
                tile.z() > CELL_ZOOM || taken.insert(point.map(|v| v.div_euclid(CELL_UNITS)));
            if is_free {
                layer.add_point(id, point, &site_tags(site, is_brief));
            }
            if layer.size_bytes() > POINT_BUDGET_BYTES {
                break;
            }
        }
        layer
    }
}

impl Pieces {
    fn of<'s>(
        sites: &'s [Arc<SiteShapes>],
        shapes: impl Fn(&'s SiteShapes) -> Vec<&'s ShapeByZoom>,
    ) -> Self {
        let mut found: Vec<(Piece, BBox)> = Vec::new();
        for (site, place) in sites.iter().zip(0..) {
            for (shape, number) in shapes(site).into_iter().zip(0..) {
                let Some(bbox) = shape.bbox else { continue };
                let piece = Piece {
                    site: place,
                    number,
                    extent: shape.extent(),
                };
                found.push((piece, bbox));
            }
        }
        found.sort_by(|(a, _), (b, _)| b.extent.total_cmp(&a.extent));
        let entries = found
            .iter()
            .zip(0..)
            .map(|((_, b), place)| {
                let corners = Rectangle::from_corners([b.west, b.south], [b.east, b.north]);
                GeomWithData::new(corners, place)
            })
            .collect();
        let pieces = found.iter().map(|(piece, _)| *piece).collect();
        Self {
            pieces,
            tree: RTree::bulk_load(entries),
        }
    }

    /// The pieces whose box touches this one, the largest first.
    fn within(&self, bbox: BBox) -> Vec<Piece> {
        let envelope = AABB::from_corners([bbox.west, bbox.south], [bbox.east, bbox.north]);
        let found = self.tree.locate_in_envelope_intersecting(&envelope);
        let mut places: Vec<u32> = found.map(|entry| entry.data).collect();
        places.sort_unstable();
        places
            .iter()
            .filter_map(|place| self.pieces.get(*place as usize).copied())
            .collect()
    }
}

fn site_tags(site: &SiteShapes, is_brief: bool) -> Vec<(&'static str, Tag<'_>)> {
    let mut tags = vec![("kind", Tag::Text(site.kind.code()))];
    tags.extend(
        site.category
            .map(|category| ("category", Tag::Text(category.code()))),
    );
    if !is_brief {
        tags.push(("code", Tag::Text(&site.code)));
        tags.push(("name", Tag::Text(&site.name)));
    }
    tags.extend(
        site.township
            .as_deref()
            .map(|township| ("township", Tag::Text(township))),
    );
    tags
}

/// A position in tile units, or `None` beyond the tile's buffer.
fn point_on_tile(tile: TileId, position: Coord<f64>) -> Option<[i32; 2]> {
    let on_map = unit_square(position.x, position.y);
    let tiles = f64::from(1_u32 << tile.z());
    let units =
        |on_map: f64, first: u32| (on_map * tiles - f64::from(first)) * f64::from(TILE_UNITS);
    let reach = -TILE_BUFFER_UNITS..=TILE_UNITS + TILE_BUFFER_UNITS;
    let whole = |units: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, and is then out of reach"
        )]
        let whole = units.round() as i32;
        reach.contains(&whole).then_some(whole)
    };
    Some([
        whole(units(on_map.x, tile.x()))?,
        whole(units(on_map.y, tile.y()))?,
    ])
}
