//! Writing to the ledger: every write leaves the kept figures right.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::ServiceError;
use super::neighbours::{ground_bbox, neighbours};
use crate::domain::{Instant, Mosaic, Obligation, RecordId, Site, Timeline};
use crate::store::{Actor, Change, Snapshot, Store, StoreError, WriteTx};

/// Above this many touched sites the whole county is read once instead of site by site.
const FEW_SITES: usize = 64;

/// Writes one transaction and computes anew the figures of every site it touched, and of the sites
/// of higher code that overlap them.
///
/// # Errors
/// What `work` refuses, or that the store failed; nothing is written then.
pub fn write<T: Send + 'static>(
    store: &Store,
    actor: &Actor,
    work: impl FnOnce(&WriteTx<'_>) -> Result<(T, Change), ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    store.write(actor, move |tx| {
        let outcome = work(tx)?;
        refresh(tx)?;
        Ok(outcome)
    })
}

/// What becomes of a transaction that was tried out.
pub(super) enum Trial<T> {
    /// It is committed with its change record.
    Keep(T, Change),
    /// It is undone; only the value is kept.
    Undo(T),
}

/// How a tried transaction ends when it is not committed.
enum NotKept<T> {
    Undone(T),
    Failed(ServiceError),
}

impl<T> From<StoreError> for NotKept<T> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Carries work out in a write transaction and commits or undoes it as the work says, so that a dry
/// run sees exactly what a commit would.
///
/// `work` is given the function that computes the figures anew, to call once its records are in.
///
/// # Errors
/// What `work` refuses, or that the store failed; nothing is written then.
pub(super) fn try_out<T: Send + 'static>(
    store: &Store,
    actor: &Actor,
    work: impl FnOnce(
        &WriteTx<'_>,
        fn(&WriteTx<'_>) -> Result<(), StoreError>,
    ) -> Result<Trial<T>, ServiceError>
    + Send
    + 'static,
) -> Result<T, ServiceError> {
    let tried = store.write(actor, move |tx| match work(tx, refresh) {
        Ok(Trial::Keep(value, change)) => Ok((value, change)),
        Ok(Trial::Undo(value)) => Err(NotKept::Undone(value)),
        Err(error) => Err(NotKept::Failed(error)),
    });
    match tried {
        Ok(value) | Err(NotKept::Undone(value)) => Ok(value),
        Err(NotKept::Failed(error)) => Err(error),
    }
}

fn refresh(tx: &WriteTx<'_>) -> Result<(), StoreError> {
    let touched = tx.touched()?;
    if touched.obligations || touched.sites.len() > FEW_SITES {
        let only = (!touched.obligations).then_some(&touched.sites);
        return refresh_county(tx, only);
    }
    let snapshot = tx.snapshot();
    let obligations = snapshot.obligations()?;
    let mut affected = BTreeSet::new();
    for id in touched.sites {
        affected.insert(id);
        let Some(site) = snapshot.site(id)? else {
            continue;
        };
        affected.extend(overlapping(&snapshot, &site, |other| *other > site.code)?);
    }
    for id in affected {
        let Some(site) = snapshot.site(id)? else {
            continue;
        };
        let lower = overlapping(&snapshot, &site, |other| *other < site.code)?
            .into_iter()
            .filter_map(|id| snapshot.site(id).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        let lower: Vec<&Site> = lower.iter().collect();
        tx.put_timeline(&timeline(&site, &lower, &obligations, tx.now()))?;
    }
    Ok(())
}

/// Sites whose ground may overlap this one and whose code passes.
pub(super) fn overlapping(
    snapshot: &Snapshot<'_>,
    site: &Site,
    passes: impl Fn(&String) -> bool,
) -> Result<Vec<RecordId>, StoreError> {
    let Some(bbox) = ground_bbox(site) else {
        return Ok(Vec::new());
    };
    let touching = snapshot.sites_touching(bbox)?;
    let codes = snapshot.site_codes(&touching)?;
    Ok(codes
        .into_iter()
        .filter(|(id, code)| *id != site.id && passes(code))
        .map(|(id, _)| id)
        .collect())
}

fn timeline(site: &Site, lower: &[&Site], obligations: &[Obligation], now: Instant) -> Timeline {
    let mosaic = Mosaic::new(site, lower, obligations);
    Timeline::new(site, &mosaic, obligations, now)
}

/// Computes anew the figures of many sites, in parallel; of all when `only` is `None`.
pub(super) fn refresh_county(
    tx: &WriteTx<'_>,
    only: Option<&BTreeSet<RecordId>>,
) -> Result<(), StoreError> {
    let snapshot = tx.snapshot();
    let obligations = snapshot.obligations()?;
    let sites = snapshot.sites()?;
    for timeline in timelines(&sites, &obligations, tx.now(), only) {
        tx.put_timeline(&timeline)?;
    }
    Ok(())
}

/// The figures of sites as known at a moment, computed from the polygons; of all sites when `only`
/// is `None`, else of those and of the sites of higher code that overlap them.
pub(super) fn timelines(
    sites: &[Site],
    obligations: &[Obligation],
    known_at: Instant,
    only: Option<&BTreeSet<RecordId>>,
) -> Vec<Timeline> {
    let all: Vec<&Site> = sites.iter().collect();
    let near = neighbours(&all);
    let lower_of = |place: usize, site: &Site| -> Vec<&Site> {
        near.get(&place)
            .into_iter()
            .flatten()
            .filter_map(|other| all.get(*other).copied())
            .filter(|other| other.code < site.code)
            .collect()
    };
    sites
        .par_iter()
        .enumerate()
        .filter_map(|(place, site)| {
            let lower = lower_of(place, site);
            let is_asked = only.is_none_or(|only| {
                only.contains(&site.id) || lower.iter().any(|other| only.contains(&other.id))
            });
            is_asked.then(|| timeline(site, &lower, obligations, known_at))
        })
        .collect()
}
