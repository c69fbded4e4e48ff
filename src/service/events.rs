//! What was recorded of sites, one by one: claims, disturbances, exemptions, boundaries, parcels.

use super::{County, ServiceError};
use crate::domain::{BoundaryRole, Grade, PlaceType};
use crate::domain::{Day, Instant, Known, RecordId, Site, Stage};
use crate::geometry::{BBox, Ground};
use crate::store::{RecordKind, Snapshot, Store};

/// Which records to list.
#[derive(Clone, Debug, Default)]
pub struct RecordFilter {
    /// Only of the site with this code.
    pub site: Option<String>,
    /// Only of these kinds; empty for all that have ground of their own.
    pub kinds: Vec<RecordKind>,
    /// Only those whose box touches this one.
    pub bbox: Option<BBox>,
}

/// Where a page of records ended: the site's code, and the record within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// The site's code.
    pub site_code: String,
    /// The record's kind.
    pub kind: RecordKind,
    /// The record's number.
    pub id: RecordId,
}

/// A record of a site.
#[derive(Clone, Debug)]
pub struct SiteRecord<'c> {
    /// Its kind.
    pub kind: RecordKind,
    /// Its number among its kind.
    pub id: RecordId,
    /// The site's code.
    pub site_code: &'c str,
    /// The day it happened, or from which it is in force; `None` is from the beginning.
    pub valid_on: Option<Day>,
    /// The last day in force.
    pub valid_to: Option<Day>,
    /// When it was known.
    pub known: Known,
    /// Its ground.
    pub ground: &'c Ground,
    /// What only its kind has.
    pub facts: RecordFacts<'c>,
    /// Columns of the source without a place of their own.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// The reason given with it.
    pub reason: Option<String>,
    /// `revoked` or `superseded`.
    pub ended_because: Option<String>,
}

/// What only one kind of record has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RecordFacts<'c> {
    /// The stage claimed, and the claim's grade as known now.
    Claim(Stage, Grade),
    /// The stage the ground fell to.
    Disturbance(Stage),
    /// Nothing more: its reason says it.
    Exemption,
    /// What it bounds.
    Boundary(BoundaryRole),
    /// Parcel number and place type.
    Parcel(&'c str, PlaceType),
}

/// A page of records.
#[derive(Clone, Debug)]
pub struct RecordPage<'c> {
    /// The records, by site code and then by day.
    pub records: Vec<SiteRecord<'c>>,
    /// Where the next page begins after.
    pub next: Option<RecordPlace>,
}

/// Up to `limit` records after a place, by site code, then by day, kind and number. Revoked and
/// superseded ones are listed too.
///
/// # Errors
/// [`ServiceError::NotFound`] for an unknown site, [`ServiceError::Invalid`] for a place that was
/// never given out, or when the store fails.
pub fn record_page<'c>(
    county: &'c County,
    store: &Store,
    filter: &RecordFilter,
    after: Option<&RecordPlace>,
    limit: usize,
) -> Result<RecordPage<'c>, ServiceError> {
    let sites = match &filter.site {
        None => 0..county.sites.len(),
        Some(code) => {
            let place = county
                .place_of(code)
                .ok_or_else(|| ServiceError::NotFound {
                    what: "site",
                    key: code.clone(),
                })?;
            place..place + 1
        }
    };
    let mut records: Vec<SiteRecord<'c>> = Vec::new();
    let mut is_more = false;
    for state in county.sites.get(sites).unwrap_or_default() {
        let site = &state.site;
        if after.is_some_and(|after| site.code < after.site_code) {
            continue;
        }
        let mut of_site = records_of(site, county.recorded_until);
        of_site.retain(|record| filter.lets(record));
        of_site.sort_by_key(|r| (r.valid_on, kind_order(r.kind), r.id));
        let begin = match after.filter(|after| site.code == after.site_code) {
            None => 0,
            Some(after) => place_after(&of_site, after)?,
        };
        records.extend(of_site.into_iter().skip(begin));
        if records.len() > limit {
            records.truncate(limit);
            is_more = true;
            break;
        }
    }
    store.read(|snapshot| {
        records
            .iter_mut()
            .try_for_each(|record| fill_details(snapshot, record))
    })?;
    let next = records.last().filter(|_| is_more).map(|r| RecordPlace {
        site_code: r.site_code.to_owned(),
        kind: r.kind,
        id: r.id,
    });
    Ok(RecordPage { records, next })
}

fn place_after(records: &[SiteRecord<'_>], after: &RecordPlace) -> Result<usize, ServiceError> {
    let place = records
        .iter()
        .position(|r| (r.kind, r.id) == (after.kind, after.id));
    place.map(|place| place + 1).ok_or_else(|| {
        ServiceError::invalid("query.cursor_invalid", "the page before ended elsewhere")
    })
}

impl RecordFilter {
    fn lets(&self, record: &SiteRecord<'_>) -> bool {
        let in_box = |bbox: &BBox| record.ground.bbox().is_some_and(|b| b.touches(bbox));
        (self.kinds.is_empty() || self.kinds.contains(&record.kind))
            && self.bbox.as_ref().is_none_or(in_box)
    }
}

fn kind_order(kind: RecordKind) -> usize {
    RecordKind::ALL
        .iter()
        .position(|k| *k == kind)
        .unwrap_or_default()
}

fn records_of(site: &Site, known_at: Instant) -> Vec<SiteRecord<'_>> {
    let record = |kind, id, known, ground, facts| SiteRecord {
        kind,
        id,
        site_code: &site.code,
        valid_on: None,
        valid_to: None,
        known,
        ground,
        facts,
        attributes: serde_json::Map::new(),
        reason: None,
        ended_because: None,
    };
    let boundaries = site.boundaries.iter().map(|b| SiteRecord {
        valid_on: b.in_force.from,
        valid_to: b.in_force.to,
        ..record(
            RecordKind::Boundary,
            b.id,
            b.known,
            &b.ground,
            RecordFacts::Boundary(b.role),
        )
    });
    let parcels = site.parcels.iter().map(|p| {
        let facts = RecordFacts::Parcel(&p.parcel_no, p.place_type);
        SiteRecord {
            valid_on: p.in_force.from,
            valid_to: p.in_force.to,
            ..record(RecordKind::Parcel, p.id, p.known, &p.ground, facts)
        }
    });
    let claims = site.claims.iter().map(|c| {
        let facts = RecordFacts::Claim(c.stage, c.grade_at(known_at));
        SiteRecord {
            valid_on: Some(c.valid_on),
            ..record(RecordKind::Claim, c.id, c.known, &c.ground, facts)
        }
    });
    let disturbances = site.disturbances.iter().map(|d| {
        let facts = RecordFacts::Disturbance(d.to_stage);
        SiteRecord {
            valid_on: Some(d.valid_on),
            ..record(RecordKind::Disturbance, d.id, d.known, &d.ground, facts)
        }
    });
    let exemptions = site.exemptions.iter().map(|x| SiteRecord {
        valid_on: x.in_force.from,
        valid_to: x.in_force.to,
        ..record(
            RecordKind::Exemption,
            x.id,
            x.known,
            &x.ground,
            RecordFacts::Exemption,
        )
    });
    boundaries
        .chain(parcels)
        .chain(claims)
        .chain(disturbances)
        .chain(exemptions)
        .collect()
}

fn fill_details(snapshot: &Snapshot<'_>, record: &mut SiteRecord<'_>) -> Result<(), ServiceError> {
    let Some(details) = snapshot.details(record.kind, record.id)? else {
        return Ok(());
    };
    record.attributes = details.attributes;
    record.reason = details.reason;
    record.ended_because = details.ended_because.map(|(why, _reason)| why);
    Ok(())
}
