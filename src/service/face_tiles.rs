//! Tiles of faces, cut site by site where a map looks.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::tiles::{TileLayer, TileResponse, Tiles};
use super::{County, SiteOnMap, SiteState};
use crate::domain::RecordId;
use crate::geometry::{BBox, TileId};

/// Most sites whose faces are cut for one tile, the largest first: more could not be told apart in
/// it, nor would their faces fit.
const SITES_PER_TILE: usize = 2_000;

/// The tiles, and which sites are in them.
#[derive(Debug)]
pub(super) struct FaceTiles {
    tiles: Tiles,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    revision: Option<i64>,
    states: HashMap<RecordId, Arc<SiteState>>,
    /// Sites whose faces were cut.
    cut: HashSet<RecordId>,
    /// The reach of every site, by its place in the county.
    places: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl FaceTiles {
    pub(super) fn new(cache_bytes: usize) -> Self {
        Self {
            tiles: Tiles::new(cache_bytes),
            seen: Mutex::default(),
        }
    }

    pub(super) fn tile(&self, county: &County, tile: TileId) -> Option<TileResponse> {
        {
            // Held while cutting, so that a burst of requests for one place cuts it once.
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen
                .revision
                .is_none_or(|revision| revision < county.revision)
            {
                self.follow(&mut seen, county);
            }
            // A county older than what is drawn was read before a change that has been seen since.
            if seen.revision == Some(county.revision) {
                self.cut_around(&mut seen, county, tile);
            }
        }
        self.tiles.tile(TileLayer::Stages, tile)
    }

    /// A tile that is kept and still holds; never waits or draws.
    #[expect(clippy::option_option, reason = "that a tile is empty is kept, too")]
    pub(super) fn kept(&self, county: &County, tile: TileId) -> Option<Option<TileResponse>> {
        let seen = self.seen.try_lock().ok()?;
        let holds = seen.revision == Some(county.revision);
        holds
            .then(|| self.tiles.kept(TileLayer::Stages, tile))
            .flatten()
    }

    /// Forgets the faces of sites that changed, and every tile they touched or touch now.
    fn follow(&self, seen: &mut Seen, county: &County) {
        let states: HashMap<RecordId, Arc<SiteState>> = county
            .sites
            .iter()
            .map(|state| (state.site.id, Arc::clone(state)))
            .collect();
        let is_same = |id: &RecordId| match (seen.states.get(id), states.get(id)) {
            (Some(before), Some(now)) => Arc::ptr_eq(before, now),
            _ => false,
        };
        let stale: Vec<RecordId> = seen.cut.iter().filter(|id| !is_same(id)).copied().collect();
        let changed: Vec<BBox> = states
            .values()
            .filter(|state| !is_same(&state.site.id))
            .filter_map(|state| state.reach())
            .collect();
        self.tiles.replace(Arc::new(self.tiles.index().updated(
            county.revision,
            &[],
            &stale,
        )));
        self.tiles.forget(&changed);
        for id in &stale {
            seen.cut.remove(id);
        }
        let places = county
            .sites
            .iter()
            .enumerate()
            .filter_map(|(place, state)| {
                let b = state.reach()?;
                let corners = Rectangle::from_corners([b.west, b.south], [b.east, b.north]);
                Some(GeomWithData::new(corners, place))
            });
        seen.places = RTree::bulk_load(places.collect());
        seen.states = states;
        seen.revision = Some(county.revision);
    }

    fn cut_around(&self, seen: &mut Seen, county: &County, tile: TileId) {
        let shown = tile.buffered_bbox();
        let envelope = AABB::from_corners([shown.west, shown.south], [shown.east, shown.north]);
        let mut near: Vec<(f64, usize)> = seen
            .places
            .locate_in_envelope_intersecting(&envelope)
            .map(|found| {
                let (low, high) = (found.geom().lower(), found.geom().upper());
                (f64::max(high[0] - low[0], high[1] - low[1]), found.data)
            })
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(SITES_PER_TILE);
        let fresh: Vec<SiteOnMap> = near
            .into_par_iter()
            .filter_map(|(_, place)| {
                let site = &county.sites.get(place)?.site;
                if seen.cut.contains(&site.id) {
                    return None;
                }
                Some(SiteOnMap::faces(site, county.mosaic(place)?))
            })
            .collect();
        if fresh.is_empty() {
            return;
        }
        seen.cut.extend(fresh.iter().map(|site| site.id));
        self.tiles.replace(Arc::new(self.tiles.index().updated(
            county.revision,
            &fresh,
            &[],
        )));
    }
}
