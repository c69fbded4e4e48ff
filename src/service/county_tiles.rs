//! The tiles of the county as it is now: drawn again, site by site, when the ledger or the day moves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::face_tiles::FaceTiles;
use super::tiles::{TileJson, TileLayer, TileResponse, Tiles};
use super::{County, SiteOnMap, SiteState};
use crate::domain::{Day, RecordId};
use crate::geometry::{BBox, TileId};

/// Tiles of outlines and of faces. Faces cost the arrangement of every event of a site, so they are
/// cut when a map first comes near.
#[derive(Debug)]
pub struct CountyTiles {
    outlines: Tiles,
    drawn: Mutex<Drawn>,
    faces: FaceTiles,
}

/// For which ledger and day the outlines were drawn.
#[derive(Debug, Default)]
struct Drawn {
    at: Option<(i64, Day)>,
    states: HashMap<RecordId, Arc<SiteState>>,
}

impl CountyTiles {
    /// No tiles yet; keeps up to `cache_bytes` of compressed bodies.
    #[must_use]
    pub fn new(cache_bytes: usize) -> Self {
        Self {
            outlines: Tiles::new(cache_bytes / 2),
            drawn: Mutex::default(),
            faces: FaceTiles::new(cache_bytes / 2),
        }
    }

    /// A tile of the county on a day; `None` when nothing is in it.
    ///
    /// The first call after a change draws the changed sites: computing, no waiting on anybody.
    #[must_use]
    pub fn tile(
        &self,
        county: &County,
        day: Day,
        layer: TileLayer,
        tile: TileId,
    ) -> Option<TileResponse> {
        if tile.z() < layer.least_zoom() {
            return None;
        }
        if layer == TileLayer::Stages {
            return self.faces.tile(county, tile);
        }
        self.refresh(county, day);
        self.outlines.tile(layer, tile)
    }

    /// A tile that is kept and still holds, or that nothing is in it. Never waits or draws: `None`
    /// when it must be asked for with [`CountyTiles::tile`].
    #[must_use]
    pub fn kept(
        &self,
        county: &County,
        day: Day,
        layer: TileLayer,
        tile: TileId,
    ) -> Option<Option<TileResponse>> {
        if layer == TileLayer::Stages {
            return self.faces.kept(county, tile);
        }
        let drawn = self.drawn.try_lock().ok()?;
        let holds = drawn.at == Some((county.revision, day));
        holds.then(|| self.outlines.kept(layer, tile)).flatten()
    }

    /// What a map needs to know before it asks for tiles of a layer below `base`.
    #[must_use]
    pub fn tile_json(&self, county: &County, layer: TileLayer, base: &str) -> TileJson {
        let bounds = county
            .sites
            .iter()
            .filter_map(|state| state.reach())
            .reduce(BBox::joined);
        TileJson {
            bounds,
            ..self.outlines.tile_json(layer, base)
        }
    }

    fn refresh(&self, county: &County, day: Day) {
        // Held while drawing, so that a burst of requests after a change draws once.
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ahead = drawn
            .at
            .is_some_and(|(revision, _)| revision > county.revision);
        if is_ahead || drawn.at == Some((county.revision, day)) {
            return;
        }
        // A parcel or a footprint may come into force with the day.
        let is_same_day = drawn.at.is_some_and(|(_, before)| before == day);
        let changed: Vec<SiteOnMap> = county
            .sites
            .par_iter()
            .filter(|state| {
                let known = drawn.states.get(&state.site.id);
                !(is_same_day && known.is_some_and(|known| Arc::ptr_eq(known, state)))
            })
            .map(|state| SiteOnMap::outlines(&state.site, day, county.recorded_until))
            .collect();
        let states: HashMap<RecordId, Arc<SiteState>> = county
            .sites
            .iter()
            .map(|state| (state.site.id, Arc::clone(state)))
            .collect();
        let gone: Vec<RecordId> = drawn
            .states
            .keys()
            .filter(|id| !states.contains_key(id))
            .copied()
            .collect();
        let index = self
            .outlines
            .index()
            .updated(county.revision, &changed, &gone);
        self.outlines.replace(Arc::new(index));
        *drawn = Drawn {
            at: Some((county.revision, day)),
            states,
        };
    }
}

impl SiteState {
    /// The box of everything that may be drawn of the site, whatever the day.
    pub(super) fn reach(&self) -> Option<BBox> {
        let site = &self.site;
        let boundaries = site.boundaries.iter().map(|b| &b.ground);
        let claims = site.claims.iter().map(|c| &c.ground);
        let disturbances = site.disturbances.iter().map(|d| &d.ground);
        let parcels = site.parcels.iter().map(|p| &p.ground);
        boundaries
            .chain(claims)
            .chain(disturbances)
            .chain(parcels)
            .filter_map(crate::geometry::Ground::bbox)
            .reduce(BBox::joined)
    }
}
