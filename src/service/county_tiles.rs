//! The tiles of the county as it is now: drawn again, site by site, when the ledger or the day moves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::tiles::{TileJson, TileLayer, TileResponse, Tiles};
use super::{County, SiteOnMap, SiteState};
use crate::domain::{Day, RecordId};
use crate::geometry::TileId;

/// Tiles of outlines and of faces. Faces cost the arrangement of every event of the county, so they
/// are cut when a map first asks for them.
#[derive(Debug)]
pub struct CountyTiles {
    outlines: Half,
    faces: Half,
}

#[derive(Debug)]
struct Half {
    tiles: Tiles,
    drawn: Mutex<Drawn>,
}

/// For which ledger and day the index of a half was made.
#[derive(Debug, Default)]
struct Drawn {
    revision: Option<i64>,
    day: Option<Day>,
    states: HashMap<RecordId, Arc<SiteState>>,
}

impl CountyTiles {
    /// No tiles yet; keeps up to `cache_bytes` of compressed bodies.
    #[must_use]
    pub fn new(cache_bytes: usize) -> Self {
        let half = || Half {
            tiles: Tiles::new(cache_bytes / 2),
            drawn: Mutex::default(),
        };
        Self {
            outlines: half(),
            faces: half(),
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
        let half = match layer {
            TileLayer::Sites | TileLayer::Parcels => {
                // A parcel or a footprint may come into force with the day.
                self.outlines.refresh(county, Some(day), |place| {
                    let site = &county.sites.get(place)?.site;
                    Some(SiteOnMap::outlines(site, day, county.recorded_until))
                });
                &self.outlines
            }
            TileLayer::Stages => {
                self.faces.refresh(county, None, |place| {
                    let site = &county.sites.get(place)?.site;
                    Some(SiteOnMap::faces(site, county.mosaic(place)?))
                });
                &self.faces
            }
        };
        half.tiles.tile(layer, tile)
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
        let (half, day) = match layer {
            TileLayer::Sites | TileLayer::Parcels => (&self.outlines, Some(day)),
            TileLayer::Stages => (&self.faces, None),
        };
        let drawn = half.drawn.try_lock().ok()?;
        let holds = drawn.revision == Some(county.revision) && drawn.day == day;
        holds.then(|| half.tiles.kept(layer, tile)).flatten()
    }

    /// What a map needs to know before it asks for tiles of a layer below `base`.
    #[must_use]
    pub fn tile_json(&self, county: &County, layer: TileLayer, base: &str) -> TileJson {
        let boxes = county
            .sites
            .iter()
            .flat_map(|state| state.site.boundaries.iter().filter_map(|b| b.ground.bbox()));
        let bounds = boxes.reduce(crate::geometry::BBox::joined);
        TileJson {
            bounds,
            ..self.outlines.tiles.tile_json(layer, base)
        }
    }
}

impl Half {
    fn refresh(
        &self,
        county: &County,
        day: Option<Day>,
        draw: impl Fn(usize) -> Option<SiteOnMap> + Sync,
    ) {
        // Held while drawing, so that a burst of requests after a change draws once.
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ahead = drawn
            .revision
            .is_some_and(|revision| revision > county.revision);
        if is_ahead || (drawn.revision == Some(county.revision) && drawn.day == day) {
            return;
        }
        let is_same = |state: &Arc<SiteState>| {
            drawn.day == day
                && drawn
                    .states
                    .get(&state.site.id)
                    .is_some_and(|known| Arc::ptr_eq(known, state))
        };
        let changed: Vec<SiteOnMap> = county
            .sites
            .par_iter()
            .enumerate()
            .filter(|(_, state)| !is_same(state))
            .filter_map(|(place, _)| draw(place))
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
        let index = self.tiles.index().updated(county.revision, &changed, &gone);
        self.tiles.replace(Arc::new(index));
        *drawn = Drawn {
            revision: Some(county.revision),
            day,
            states,
        };
    }
}
