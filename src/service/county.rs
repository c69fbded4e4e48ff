//! The county as the server holds it in memory: one consistent revision.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::ServiceError;
use super::ledger::overlapping;
use super::neighbours::neighbours;
use crate::domain::{Instant, Mosaic, Obligation, RecordId, Site, SiteAccount, Timeline};
use crate::store::{ReferenceArea, Snapshot, Store, StoreError};

/// A site with its figures as known now.
#[derive(Debug)]
pub struct SiteState {
    /// The site and everything recorded of it.
    pub site: Site,
    /// Whether it is made up.
    pub synthetic: bool,
    /// Its figures as known now, as kept with the data.
    pub timeline: Timeline,
    /// Numbers of the sites of lower code that may overlap it.
    lower: Vec<RecordId>,
    mosaic: OnceLock<Mosaic>,
}

/// One revision of the county.
#[derive(Debug)]
pub struct County {
    /// The number of the last change.
    pub revision: i64,
    /// When the last change was recorded: questions at or after it are about what we know now.
    pub recorded_until: Instant,
    /// All sites by code, bytewise.
    pub sites: Vec<Arc<SiteState>>,
    /// All obligations.
    pub obligations: Vec<Obligation>,
    /// County outline and townships.
    pub areas: Vec<ReferenceArea>,
    /// Places in `sites` by the site's number.
    places: HashMap<RecordId, usize>,
}

impl County {
    /// Reads the county from a snapshot.
    ///
    /// # Errors
    /// When the store fails.
    pub fn load(snapshot: &Snapshot<'_>) -> Result<Self, StoreError> {
        let timelines = snapshot.timelines()?;
        let mut timelines: HashMap<RecordId, Timeline> =
            timelines.into_iter().map(|t| (t.site_id, t)).collect();
        let synthetic = snapshot.synthetic_sites()?;
        let sites = snapshot.sites()?;
        let all: Vec<&Site> = sites.iter().collect();
        let near = neighbours(&all);
        let lower_of = |place: usize| -> Vec<RecordId> {
            let others = near.get(&place).into_iter().flatten();
            // Sites come in the order of their codes, so a lower place is a lower code.
            let lower = others.filter(|other| **other < place);
            lower
                .filter_map(|other| sites.get(*other))
                .map(|site| site.id)
                .collect()
        };
        let lower: Vec<Vec<RecordId>> = (0..sites.len()).map(lower_of).collect();
        let states = sites
            .into_iter()
            .zip(lower)
            .map(|(site, lower)| {
                Arc::new(SiteState {
                    synthetic: synthetic.contains(&site.id),
                    timeline: timelines.remove(&site.id).unwrap_or_default(),
                    site,
                    lower,
                    mosaic: OnceLock::new(),
                })
            })
            .collect();
        Self::of(snapshot, states)
    }

    /// The county after later changes: sites that did not change are shared with this one.
    ///
    /// # Errors
    /// When the store fails.
    fn after(&self, snapshot: &Snapshot<'_>) -> Result<Self, StoreError> {
        const MANY_SITES: usize = 1000;
        let changed = snapshot.sites_refreshed_after(self.revision)?;
        if changed.len() > MANY_SITES {
            return Self::load(snapshot);
        }
        let mut sites: Vec<Arc<SiteState>> = self
            .sites
            .iter()
            .filter(|s| !changed.contains(&s.site.id))
            .cloned()
            .collect();
        for id in changed {
            let Some(site) = snapshot.site(id)? else {
                continue;
            };
            let lower = overlapping(snapshot, &site, |other| *other < site.code)?;
            sites.push(Arc::new(SiteState {
                synthetic: snapshot.is_synthetic(id)?,
                timeline: snapshot.timeline(id)?.unwrap_or_default(),
                site,
                lower,
                mosaic: OnceLock::new(),
            }));
        }
        // Nearly sorted already: only the changed ones stand at the end.
        sites.sort_by(|a, b| a.site.code.cmp(&b.site.code));
        Self::of(snapshot, sites)
    }

    fn of(snapshot: &Snapshot<'_>, sites: Vec<Arc<SiteState>>) -> Result<Self, StoreError> {
        let places = sites
            .iter()
            .enumerate()
            .map(|(place, s)| (s.site.id, place))
            .collect();
        Ok(Self {
            revision: snapshot.revision()?,
            recorded_until: snapshot.recorded_until()?,
            obligations: snapshot.obligations()?,
            areas: snapshot.reference_areas()?,
            sites,
            places,
        })
    }

    /// The place of a site in [`County::sites`] by its code.
    #[must_use]
    pub fn place_of(&self, code: &str) -> Option<usize> {
        self.sites
            .binary_search_by(|state| state.site.code.as_str().cmp(code))
            .ok()
    }

    /// The site of a code.
    #[must_use]
    pub fn site(&self, code: &str) -> Option<&Arc<SiteState>> {
        self.place_of(code).and_then(|place| self.sites.get(place))
    }

    /// The sites of lower code that may overlap the one at a place.
    #[must_use]
    pub fn lower_sites(&self, place: usize) -> Vec<&Site> {
        let lower = self.sites.get(place).map_or(&[][..], |state| &state.lower);
        lower
            .iter()
            .filter_map(|id| self.places.get(id))
            .filter_map(|other| self.sites.get(*other))
            .map(|state| &state.site)
            .collect()
    }

    /// The faces of the site at a place; cut on first use and kept with this revision.
    #[must_use]
    pub fn mosaic(&self, place: usize) -> Option<&Mosaic> {
        let state = self.sites.get(place)?;
        Some(
            state.mosaic.get_or_init(|| {
                Mosaic::new(&state.site, &self.lower_sites(place), &self.obligations)
            }),
        )
    }

    /// All sites with their figures as known now.
    #[must_use]
    pub fn accounts(&self) -> Vec<SiteAccount<'_>> {
        self.sites
            .iter()
            .map(|s| SiteAccount {
                site: &s.site,
                timeline: &s.timeline,
            })
            .collect()
    }

    /// Whether any site is made up.
    #[must_use]
    pub fn has_synthetic_sites(&self) -> bool {
        self.sites.iter().any(|s| s.synthetic)
    }
}

/// The county of a store, read again when the store has changed.
pub struct CountyCache {
    store: Store,
    current: RwLock<Option<Arc<County>>>,
}

impl CountyCache {
    /// An empty cache of a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            current: RwLock::new(None),
        }
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The county as it is now.
    ///
    /// # Errors
    /// When the store fails.
    pub fn current(&self) -> Result<Arc<County>, ServiceError> {
        let held = self
            .current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let fresh = self.store.read(|snapshot| match held {
            Some(county) if county.revision == snapshot.revision()? => Ok(county),
            Some(county) => county.after(snapshot).map(Arc::new),
            None => County::load(snapshot).map(Arc::new),
        })?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have read a later revision meanwhile.
        if current
            .as_ref()
            .is_none_or(|held| held.revision < fresh.revision)
        {
            *current = Some(Arc::clone(&fresh));
        }
        Ok(fresh)
    }
}
