//! Parcels, claims, disturbances and exemptions.

use super::plan::{EventKey, Planner, Step};
use super::rows::{Outcome, Row};
use super::same::is_same;
use super::words;
use crate::domain::{Day, ExemptionReason, Grade, InForce, Parcel, PlaceType, Stage};
use crate::geometry::{Finding, Ground, difference};
use crate::store::{NewClaim, NewDisturbance, NewExemption, NewGrade, NewParcel};

/// Ground outside the footprint below this is an edge drawn twice, m² (docs/ACCOUNTING.md).
const OUTSIDE_M2: f64 = 1.0;

/// Standard columns that only claims have, kept as attributes under their names.
const CLAIM_DETAILS: [&str; 8] = [
    "parcel_no",
    "soil_cm",
    "trees",
    "shrubs",
    "grass",
    "survival_pct",
    "cover_pct",
    "reason",
];

impl Planner {
    /// A parcel: new, or known with another ground or type.
    pub(super) fn plan_parcel(&mut self, row: &mut Row) -> Option<Outcome> {
        let number = row.values.text("parcel_no").map(str::to_owned);
        let number = row.require("parcel_no", Ok(number))?;
        let place_type = row.take(words::word(&row.values, "place_type", PlaceType::named));
        let from = self.past_day(row, words::day(&row.values, "valid_on"));
        let to = row.take(words::day(&row.values, "valid_to"));
        let place = self.sites.of(row)?;
        if row.is_rejected() {
            return None;
        }
        let site = self.sites.all.get(place)?;
        let site_id = site.id;
        let known = parcel_of(&site.parcels, &number, self.today, self.now).cloned();
        // A ledger row has no ground of its own and speaks of the parcel that is known.
        let ground = match (row.ground.clone(), &known) {
            (Some(ground), _) => ground,
            (None, Some(known)) => known.ground.clone(),
            (None, None) => Self::ground(row)?,
        };
        if !self.parcels.insert((place, number.clone(), from)) {
            row.find(Finding::error("parcel.twice").with("parcel_no", &number));
            return None;
        }
        let type_kept = known.as_ref().map(|known| known.place_type);
        if place_type.is_none() && type_kept.is_none() {
            row.find(
                Finding::warning("parcel.type_missing").with("place_type", PlaceType::Other.code()),
            );
        }
        let parcel = NewParcel {
            parcel_no: number,
            place_type: place_type.or(type_kept).unwrap_or(PlaceType::Other),
            ground,
            in_force: InForce { from, to },
            origin: row.origin(0, &["reason"]),
        };
        let is_recorded = |version: &Parcel| {
            version.parcel_no == parcel.parcel_no
                && version.known.is_known(self.now)
                && version.place_type == parcel.place_type
                && (from.is_none() || version.in_force.from == from)
                && is_same(&version.ground, &parcel.ground)
        };
        if self.sites.all.get(place)?.parcels.iter().any(is_recorded) {
            return Some(Outcome::Skipped);
        }
        let Some(known) = known else {
            self.steps.push(Step::Parcel {
                site: site_id,
                parcel,
                replaces: None,
            });
            return Some(Outcome::Added);
        };
        self.plan_next_parcel(site_id, &known, parcel);
        Some(Outcome::Changed)
    }

    /// The version in force ends the day before the next begins; without a later day it is replaced.
    fn plan_next_parcel(&mut self, site: i64, known: &Parcel, mut next: NewParcel) {
        let begins = next.in_force.from;
        if let (Some(from), Some(own)) = (begins, known.in_force.from)
            && from < own
        {
            // An earlier version lasts until the known one begins.
            next.in_force.to = next.in_force.to.or(own.pred_opt());
            self.steps.push(Step::Parcel {
                site,
                parcel: next,
                replaces: None,
            });
            return;
        }
        if let Some(from) = begins.filter(|from| known.in_force.from < Some(*from)) {
            let before = NewParcel {
                parcel_no: known.parcel_no.clone(),
                place_type: known.place_type,
                ground: known.ground.clone(),
                in_force: InForce {
                    from: known.in_force.from,
                    to: from.pred_opt(),
                },
                origin: next.origin.clone(),
            };
            self.steps.push(Step::Parcel {
                site,
                parcel: before,
                replaces: Some(known.id),
            });
            self.steps.push(Step::Parcel {
                site,
                parcel: next,
                replaces: None,
            });
        } else {
            next.in_force.from = next.in_force.from.or(known.in_force.from);
            self.steps.push(Step::Parcel {
                site,
                parcel: next,
                replaces: Some(known.id),
            });
        }
    }

    /// A claim: new, recorded already, or recorded with a lower grade.
    pub(super) fn plan_claim(&mut self, row: &mut Row) -> Option<Outcome> {
        let stage = row.require("stage", words::word(&row.values, "stage", Stage::named));
        let grade = row.take(words::word(&row.values, "grade", Grade::named));
        let day = self.event_day(row);
        let place = self.sites.of(row)?;
        let ground = self.claimed_ground(row, place, day)?;
        let (stage, day) = (stage?, day?);
        let grade = grade.unwrap_or(Grade::Reported);
        if stage == Stage::Untreated {
            row.find(Finding::error("claim.stage_untreated"));
        }
        if stage == Stage::Released && grade < Grade::Accepted {
            row.find(Finding::error("claim.release_not_accepted").with("grade", grade.code()));
        }
        if row.is_rejected() {
            return None;
        }
        let site = self.sites.all.get(place)?;
        let site_id = site.id;
        let person = row
            .values
            .text("claimant")
            .unwrap_or(&self.person)
            .to_owned();
        let same = site.claims.iter().find(|claim| {
            claim.stage == stage
                && claim.valid_on == day
                && claim.known.is_known(self.now)
                && is_same(&claim.ground, &ground)
        });
        if let Some(same) = same {
            let (claim, from) = (same.id, same.grade_at(self.now));
            if grade <= from {
                return Some(Outcome::Skipped);
            }
            let reason = row.values.text("reason").map(str::to_owned);
            let grade = NewGrade {
                grade,
                person,
                reason,
            };
            self.steps.push(Step::Grade { claim, from, grade });
            return Some(Outcome::Changed);
        }
        if self.is_twice_in_file(EventKey::Claim(place, stage, day), &ground) {
            return Some(Outcome::Skipped);
        }
        self.find_outside(row, place, &ground);
        let claim = NewClaim {
            ground,
            stage,
            valid_on: day,
            grade: NewGrade {
                grade,
                person,
                reason: None,
            },
            origin: row.origin(0, &CLAIM_DETAILS),
        };
        self.steps.push(Step::Claim(site_id, claim));
        Some(Outcome::Added)
    }

    /// The ground of a claim: its own, or that of the parcel a ledger row names.
    fn claimed_ground(&self, row: &mut Row, place: usize, day: Option<Day>) -> Option<Ground> {
        if row.ground.is_some() {
            return row.ground.clone();
        }
        let Some(number) = row.values.text("parcel_no").map(str::to_owned) else {
            row.find(Finding::error("ledger.no_ground"));
            return None;
        };
        let site = self.sites.all.get(place)?;
        let day = day.unwrap_or(self.today);
        let parcel = parcel_of(&site.parcels, &number, day, self.now);
        if parcel.is_none() {
            row.find(Finding::error("parcel.unknown").with("parcel_no", &number));
        }
        let ground = parcel.map(|parcel| parcel.ground.clone());
        row.ground.clone_from(&ground);
        ground
    }

    /// A disturbance: new, or recorded already.
    pub(super) fn plan_disturbance(&mut self, row: &mut Row) -> Option<Outcome> {
        let to_stage = row.take(words::word(&row.values, "to_stage", Stage::named));
        let day = self.event_day(row);
        let place = self.sites.of(row)?;
        let ground = Self::ground(row)?;
        let day = day?;
        if row.is_rejected() {
            return None;
        }
        let to_stage = to_stage.unwrap_or(Stage::Untreated);
        let site = self.sites.all.get(place)?;
        let site_id = site.id;
        let is_recorded = site.disturbances.iter().any(|known| {
            known.to_stage == to_stage
                && known.valid_on == day
                && known.known.is_known(self.now)
                && is_same(&known.ground, &ground)
        });
        if is_recorded
            || self.is_twice_in_file(EventKey::Disturbance(place, to_stage, day), &ground)
        {
            return Some(Outcome::Skipped);
        }
        let disturbance = NewDisturbance {
            ground,
            to_stage,
            valid_on: day,
            reason: row.values.text("reason").map(str::to_owned),
            origin: row.origin(0, &["parcel_no"]),
        };
        self.steps.push(Step::Disturbance(site_id, disturbance));
        Some(Outcome::Added)
    }

    /// An exemption: new, or recorded already.
    pub(super) fn plan_exemption(&mut self, row: &mut Row) -> Option<Outcome> {
        let from = self.past_day(row, words::day(&row.values, "valid_on"));
        let to = row.take(words::day(&row.values, "valid_to"));
        let place = self.sites.of(row)?;
        let ground = Self::ground(row)?;
        let words = row.values.text("reason").map(str::to_owned);
        let words = row.require("reason", Ok(words))?;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            row.find(Finding::error("date.ends_before_it_begins"));
        }
        if row.is_rejected() {
            return None;
        }
        if from.is_none() {
            row.find(Finding::warning("exemption.no_first_day"));
        }
        let named = ExemptionReason::named(&words);
        if named.is_none() {
            row.find(Finding::notice("exemption.other_reason").with("value", &words));
        }
        let reason = named.unwrap_or(ExemptionReason::Other);
        let site = self.sites.all.get(place)?;
        let site_id = site.id;
        let is_recorded = site.exemptions.iter().any(|known| {
            known.reason == reason
                && known.in_force == InForce { from, to }
                && known.known.is_known(self.now)
                && is_same(&known.ground, &ground)
        });
        if is_recorded
            || self.is_twice_in_file(EventKey::Exemption(place, reason.code(), from), &ground)
        {
            return Some(Outcome::Skipped);
        }
        // The words stay with the record when they are not of the vocabulary.
        let kept: &[&str] = if named.is_none() {
            &["reason", "parcel_no"]
        } else {
            &["parcel_no"]
        };
        let exemption = NewExemption {
            ground,
            reason,
            in_force: InForce { from, to },
            origin: row.origin(0, kept),
        };
        self.steps.push(Step::Exemption(site_id, exemption));
        Some(Outcome::Added)
    }

    /// The day of an event, which has to be there and not in the future.
    fn event_day(&self, row: &mut Row) -> Option<Day> {
        let day = row.require("valid_on", words::day(&row.values, "valid_on"))?;
        self.past_day(row, Ok(Some(day)))
    }

    /// Whether this file has brought the same event before; remembers it when not.
    fn is_twice_in_file(&mut self, key: EventKey, ground: &Ground) -> bool {
        let before = self.events.entry(key).or_default();
        let is_twice = before.iter().any(|other| is_same(other, ground));
        if !is_twice {
            before.push(ground.clone());
        }
        is_twice
    }

    fn find_outside(&mut self, row: &mut Row, place: usize, ground: &Ground) {
        let outside_m2 = difference(ground, &self.sites.footprint(place)).area_m2();
        if outside_m2 >= OUTSIDE_M2 {
            row.find(
                Finding::warning("claim.outside_footprint")
                    .with("area_m2", format!("{outside_m2:.1}")),
            );
        }
    }
}

/// The version of a numbered parcel in force on a day, else the one recorded last.
fn parcel_of<'p>(
    parcels: &'p [Parcel],
    number: &str,
    day: Day,
    now: crate::domain::Instant,
) -> Option<&'p Parcel> {
    let known = || {
        parcels
            .iter()
            .filter(|p| p.parcel_no == number && p.known.is_known(now))
    };
    known()
        .rfind(|parcel| parcel.in_force.holds(day))
        .or_else(|| known().next_back())
}
