//! The county as the server holds it in memory: one consistent revision.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::ServiceError;
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
    /// For each site, by place, the places of the sites of lower code that may overlap it.
    lower: HashMap<usize, Vec<usize>>,
    places: HashMap<String, usize>,
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
        let sites = snapshot
            .sites()?
            .into_iter()
            .map(|site| {
                let timeline = timelines.remove(&site.id).unwrap_or_default();
                Arc::new(SiteState {
                    synthetic: synthetic.contains(&site.id),
                    timeline,
                    site,
                    mosaic: OnceLock::new(),
                })
            })
            .collect();
        Self::of(snapshot, sites)
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
        let mut sites: Vec<Arc<SiteState>> =
            self.sites.iter().filter(|s| !changed.contains(&s.site.id)).cloned().collect();
        let synthetic = snapshot.synthetic_sites()?;
        for id in changed {
            let Some(site) = snapshot.site(id)? else { continue };
            sites.push(Arc::new(SiteState {
                synthetic: synthetic.contains(&id),
                timeline: snapshot.timeline(id)?.unwrap_or_default(),
                site,
                mosaic: OnceLock::new(),
            }));
        }
        sites.sort_by(|a, b| a.site.code.cmp(&b.site.code));
        Self::of(snapshot, sites)
    }

    fn of(snapshot: &Snapshot<'_>, sites: Vec<Arc<SiteState>>) -> Result<Self, StoreError> {
        let all: Vec<&Site> = sites.iter().map(|state| &state.site).collect();
        // Sites are in the order of their codes, so a lower place is a lower code.
        let mut lower = neighbours(&all);
        for (place, others) in &mut lower {
            others.retain(|other| other < place);
            others.sort_unstable();
        }
        let places =
            sites.iter().enumerate().map(|(place, s)| (s.site.code.clone(), place)).collect();
        Ok(Self {
            revision: snapshot.revision()?,
            recorded_until: snapshot.recorded_until()?,
            obligations: snapshot.obligations()?,
            areas: snapshot.reference_areas()?,
            sites,
            lower,
            places,
        })
    }

    /// The place of a site in [`County::sites`] by its code.
    #[must_use]
    pub fn place_of(&self, code: &str) -> Option<usize> {
        self.places.get(code).copied()
    }

    /// The site of a code.
    #[must_use]
    pub fn site(&self, code: &str) -> Option<&Arc<SiteState>> {
        self.place_of(code).and_then(|place| self.sites.get(place))
    }

    /// The sites of lower code that may overlap the one at a place.
    #[must_use]
    pub fn lower_sites(&self, place: usize) -> Vec<&Site> {
        self.lower
            .get(&place)
            .into_iter()
            .flatten()
            .filter_map(|other| self.sites.get(*other))
            .map(|state| &state.site)
            .collect()
    }

    /// The faces of the site at a place; cut on first use and kept with this revision.
    #[must_use]
    pub fn mosaic(&self, place: usize) -> Option<&Mosaic> {
        let state = self.sites.get(place)?;
        Some(state.mosaic.get_or_init(|| {
            Mosaic::new(&state.site, &self.lower_sites(place), &self.obligations)
        }))
    }

    /// All sites with their figures as known now.
    #[must_use]
    pub fn accounts(&self) -> Vec<SiteAccount<'_>> {
        self.sites
            .iter()
            .map(|s| SiteAccount { site: &s.site, timeline: &s.timeline })
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
        Self { store, current: RwLock::new(None) }
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
        let held = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        let fresh = self.store.read(|snapshot| match held {
            Some(county) if county.revision == snapshot.revision()? => Ok(county),
            Some(county) => county.after(snapshot).map(Arc::new),
            None => County::load(snapshot).map(Arc::new),
        })?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have read a later revision meanwhile.
        if current.as_ref().is_none_or(|held| held.revision < fresh.revision) {
            *current = Some(Arc::clone(&fresh));
        }
        Ok(fresh)
    }
}

