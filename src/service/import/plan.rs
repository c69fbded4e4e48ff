//! What an import would write, step by step, decided before anything is written.

use std::collections::{BTreeMap, HashMap};

use super::Target;
use super::locate::{Boxes, Sites};
use super::rows::{Outcome, Row};
use crate::domain::{BoundaryRole, Day, Grade, Instant, RecordId, Stage};
use crate::geometry::{Finding, Ground};
use crate::store::{
    NewBoundary, NewClaim, NewDisturbance, NewExemption, NewGrade, NewParcel, NewReferenceArea,
    NewSite, NewTerms, ReferenceArea,
};

/// A site that is in the ledger, or one that this import adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SiteRef {
    /// In the ledger, by its number.
    Known(RecordId),
    /// Added by this import, by its code.
    New(String),
}

/// One row to be written.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A new site.
    Site(NewSite),
    /// Names and parties.
    Terms(SiteRef, NewTerms),
    /// A boundary version.
    Boundary(SiteRef, NewBoundary),
    /// A parcel, in place of another one when that is given.
    Parcel {
        site: RecordId,
        parcel: NewParcel,
        replaces: Option<RecordId>,
    },
    /// A claim.
    Claim(RecordId, NewClaim),
    /// A known claim's higher grade.
    Grade {
        claim: RecordId,
        from: Grade,
        grade: NewGrade,
    },
    /// A disturbance.
    Disturbance(RecordId, NewDisturbance),
    /// An exemption.
    Exemption(RecordId, NewExemption),
    /// A county outline or township, in place of others.
    Area {
        area: NewReferenceArea,
        replaces: Vec<RecordId>,
    },
}

/// Decides over the rows of one file, one after the other.
pub(super) struct Planner {
    /// The ledger's sites.
    pub(super) sites: Sites,
    /// The ledger's reference areas.
    pub(super) areas: Vec<ReferenceArea>,
    /// The day of the import in Shanghai.
    pub(super) today: Day,
    /// The moment of the import.
    pub(super) now: Instant,
    /// Who imports.
    pub(super) person: String,
    /// Reasons already given for disturbances and exemptions are details; see `plan_events`.
    pub(super) steps: Vec<Step>,
    /// Sites this file has brought or named so far.
    pub(super) of_file: BTreeMap<String, FileSite>,
    /// Footprints this file has brought so far.
    pub(super) new_footprints: Boxes<(String, Ground)>,
    /// Events this file has brought so far, by what must agree for two to be one.
    pub(super) events: HashMap<EventKey, Vec<Ground>>,
    /// Parcel numbers this file has brought so far.
    pub(super) parcels: std::collections::HashSet<(usize, String, Option<Day>)>,
    /// Ground of the features taken, m².
    pub(super) area_m2: f64,
}

/// What two events must share to be the same, beside their ground.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum EventKey {
    /// Site, stage, day.
    Claim(usize, Stage, Day),
    /// Site, stage fallen back to, day.
    Disturbance(usize, Stage, Day),
    /// Site, reason's code, first day.
    Exemption(usize, &'static str, Option<Day>),
}

/// What a file has said of a site so far.
#[derive(Clone, Debug, Default)]
pub(super) struct FileSite {
    /// Roles and first days of its boundaries.
    pub(super) boundaries: Vec<(BoundaryRole, Option<Day>)>,
    /// Whether its terms were planned.
    pub(super) has_terms: bool,
}

/// How many features became what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) skipped: u64,
    pub(super) rejected: u64,
}

impl Planner {
    /// Decides over all rows and counts what becomes of them.
    pub(super) fn plan(&mut self, target: Target, rows: &mut [Row]) -> Counts {
        let mut counts = Counts::default();
        for row in rows {
            if target == Target::Sites {
                row.take_without_ground();
            }
            let outcome = if row.is_rejected() {
                Outcome::Rejected
            } else {
                self.plan_row(target, row)
            };
            // A finding may have come up while the steps were made.
            let outcome = if row.is_rejected() {
                Outcome::Rejected
            } else {
                outcome
            };
            let count = match outcome {
                Outcome::Added => &mut counts.added,
                Outcome::Changed => &mut counts.changed,
                Outcome::Skipped => &mut counts.skipped,
                Outcome::Rejected => &mut counts.rejected,
            };
            *count += 1;
            if matches!(outcome, Outcome::Added | Outcome::Changed) {
                self.area_m2 += row.ground.as_ref().map_or(0.0, Ground::area_m2);
            }
        }
        counts
    }

    fn plan_row(&mut self, target: Target, row: &mut Row) -> Outcome {
        let planned = self.steps.len();
        let outcome = match target {
            Target::Sites => self.plan_site(row),
            Target::Boundaries => self.plan_boundary(row),
            Target::Parcels => self.plan_parcel(row),
            Target::Claims => self.plan_claim(row),
            Target::Disturbances => self.plan_disturbance(row),
            Target::Exemptions => self.plan_exemption(row),
            Target::County | Target::Townships => self.plan_area(target, row),
        };
        if row.is_rejected() {
            // Nothing of a rejected feature is written.
            self.steps.truncate(planned);
        }
        outcome.unwrap_or(Outcome::Rejected)
    }

    /// The ground of a feature; a row that needs one and has none is rejected.
    pub(super) fn ground(row: &mut Row) -> Option<Ground> {
        if row.ground.is_none() {
            row.find(Finding::error("geometry.missing"));
        }
        row.ground.clone()
    }

    /// A day that is not in the future.
    pub(super) fn past_day(
        &self,
        row: &mut Row,
        read: Result<Option<Day>, Finding>,
    ) -> Option<Day> {
        let day = row.take(read)?;
        if day > self.today {
            row.find(Finding::error("date.in_future").with("value", day));
            return None;
        }
        Some(day)
    }
}
