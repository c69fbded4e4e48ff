//! What must hold between two histories, one of which was changed in one way.

use proptest::prelude::*;
use qingshan::domain::{Claim, Grade, GradeRecord, Instant, Known, Site, Stage};
use qingshan::geometry::{Ground, difference, intersection};

use super::history::{
    County, LAST_MOMENT, Pen, any_day, any_moment, claim_spec, disturbance_spec, half_plane,
    history, history_of, instant,
};
use super::invariants::rows;
use super::measure::{TOLERANCE_M2, differences, thousand};
use super::oracle::Moment;

/// Long after everything was recorded.
fn now() -> Instant {
    instant(LAST_MOMENT + 8)
}

/// All rows that differ, with the figures that do.
fn changes(before: &County, before_at: Moment, after: &County, after_at: Moment) -> Vec<String> {
    let before = rows(before, before_at);
    let after = rows(after, after_at);
    let mut changes = vec![];
    for (code, subject, by_grade) in &before {
        let found = after.iter().find(|(c, s, _)| c == code && s == subject);
        let Some((_, _, other)) = found else {
            changes.push(format!("{code} {subject:?} is gone"));
            continue;
        };
        for ((grade, a), b) in Grade::ALL.iter().zip(by_grade).zip(other) {
            let different = differences(a, b);
            if !different.is_empty() {
                changes.push(format!("{code} {subject:?} {grade:?}: {different:?}"));
            }
        }
    }
    changes
}

fn split(ground: &Ground, half: &Ground) -> Vec<Ground> {
    let pieces = [intersection(ground, half), difference(ground, half)];
    pieces
        .into_iter()
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Every record of its list once per piece of its ground, with numbers in the same order.
macro_rules! in_pieces {
    ($records:expr, $half:expr) => {
        $records
            .iter()
            .flat_map(|record| {
                (0..)
                    .zip(split(&record.ground, $half))
                    .map(|(piece, ground)| {
                        let mut copy = record.clone();
                        copy.id = record.id * 2 + piece;
                        copy.ground = ground;
                        copy
                    })
            })
            .collect()
    };
}

fn split_site(site: &Site, half: &Ground) -> Site {
    Site {
        parcels: in_pieces!(site.parcels, half),
        claims: in_pieces!(site.claims, half),
        disturbances: in_pieces!(site.disturbances, half),
        exemptions: in_pieces!(site.exemptions, half),
        ..site.clone()
    }
}

/// Whether the record is part of the past, and how it looked then.
fn truncated(known: Known, at: Instant) -> Option<Known> {
    let is_ended = known.ended_at.is_some_and(|ended| ended <= at);
    let then = Known {
        recorded_at: known.recorded_at,
        ended_at: None,
    };
    (known.recorded_at <= at && !is_ended).then_some(then)
}

macro_rules! truncate {
    ($records:expr, $at:expr) => {
        $records.retain_mut(|record| match truncated(record.known, $at) {
            Some(known) => {
                record.known = known;
                true
            }
            None => false,
        })
    };
}

fn truncate(county: &mut County, at: Instant) {
    for site in &mut county.sites {
        truncate!(site.terms, at);
        truncate!(site.boundaries, at);
        truncate!(site.parcels, at);
        truncate!(site.claims, at);
        truncate!(site.disturbances, at);
        truncate!(site.exemptions, at);
        for claim in &mut site.claims {
            claim.grades.retain(|record| record.recorded_at <= at);
        }
    }
    for obligation in &mut county.obligations {
        truncate!(obligation.terms, at);
    }
}

fn always() -> Known {
    Known {
        recorded_at: instant(0),
        ended_at: None,
    }
}

fn accepted() -> GradeRecord {
    GradeRecord {
        grade: Grade::Accepted,
        recorded_at: instant(0),
    }
}

proptest! {
    #![proptest_config(thousand())]

    #[test]
    fn the_order_of_records_does_not_matter(
        history in history(), as_of in any_day(), known_at in any_moment(), seed in any::<u64>(),
    ) {
        let county = history.county();
        let mut shuffled = county.clone();
        let mut random = Shuffle(seed);
        random.shuffle(&mut shuffled.sites);
        random.shuffle(&mut shuffled.obligations);
        for site in &mut shuffled.sites {
            random.shuffle(&mut site.boundaries);
            random.shuffle(&mut site.parcels);
            random.shuffle(&mut site.claims);
            random.shuffle(&mut site.disturbances);
            random.shuffle(&mut site.exemptions);
        }
        let at = Moment { as_of, known_at };
        let changed = changes(&county, at, &shuffled, at);
        prop_assert!(changed.is_empty(), "{changed:?}");
    }

    #[test]
    fn splitting_records_by_a_meridian_or_parallel_changes_nothing(
        history in history(), as_of in any_day(), known_at in any_moment(),
        through in (0i32..400, 0i32..400), turn_deg in 0i32..360,
    ) {
        let county = history.county();
        // An oblique cut leaves edges of many records a cell apart: they must not shatter the site.
        let half = half_plane(through, turn_deg);
        let sites = county.sites.iter().map(|site| split_site(site, &half)).collect();
        let pieces = County { sites, obligations: county.obligations.clone() };
        let at = Moment { as_of, known_at };
        let changed = changes(&county, at, &pieces, at);
        prop_assert!(changed.is_empty(), "{changed:?}");
    }

    #[test]
    fn a_revoked_claim_was_never_made(
        history in history(), as_of in any_day(), pick in any::<prop::sample::Index>(),
    ) {
        let county = history.county();
        let claims: Vec<(usize, usize)> = county.sites.iter().enumerate()
            .flat_map(|(s, site)| (0..site.claims.len()).map(move |c| (s, c)))
            .collect();
        prop_assume!(!claims.is_empty());
        let (s, c) = claims[pick.index(claims.len())];
        let mut kept = county.clone();
        kept.sites[s].claims[c].known.ended_at = None;
        let mut revoked = kept.clone();
        let at = instant(LAST_MOMENT + 2);
        revoked.sites[s].claims[c].known.ended_at = Some(at);
        let mut never = kept.clone();
        never.sites[s].claims.remove(c);
        for (known_at, same) in [(at, &never), (now(), &never), (instant(LAST_MOMENT + 1), &kept)] {
            let moment = Moment { as_of, known_at };
            let changed = changes(&revoked, moment, same, moment);
            prop_assert!(changed.is_empty(), "known at {known_at}: {changed:?}");
        }
    }

    #[test]
    fn the_past_is_the_history_cut_off_there(
        history in history(), as_of in any_day(), step in 0..=LAST_MOMENT,
    ) {
        let county = history.county();
        let known_at = instant(step);
        let mut past = county.clone();
        truncate(&mut past, known_at);
        let changed =
            changes(&county, Moment { as_of, known_at }, &past, Moment { as_of, known_at: now() });
        prop_assert!(changed.is_empty(), "{changed:?}");
    }

    #[test]
    fn an_accepted_claim_never_raises_remaining(
        history in history_of(1..=2), as_of in any_day(), known_at in any_moment(),
        spec in claim_spec(),
    ) {
        let county = history.county();
        let mut more = county.clone();
        let claim = Claim {
            id: 1_000,
            ground: Pen::over(&history.sites[0]).draw(&spec.place),
            stage: Stage::of_number(spec.stage).unwrap(),
            valid_on: super::history::day(spec.valid_on),
            grades: vec![accepted()],
            known: always(),
        };
        more.sites[0].claims.push(claim);
        let at = Moment { as_of, known_at };
        for ((code, subject, before), (_, _, after)) in rows(&county, at).iter().zip(rows(&more, at)) {
            for (before, after) in before.iter().zip(after) {
                let (before_m2, after_m2) = (before.remaining_m2, after.remaining_m2);
                prop_assert!(
                    after_m2 <= before_m2 + TOLERANCE_M2,
                    "{code} {subject:?}: {before_m2} then {after_m2} m²"
                );
            }
        }
    }

    #[test]
    fn a_disturbance_never_lowers_remaining_of_its_site(
        history in history_of(1..=2), as_of in any_day(), known_at in any_moment(),
        spec in disturbance_spec(),
    ) {
        let county = history.county();
        let mut more = county.clone();
        let disturbance = qingshan::domain::Disturbance {
            id: 1_000,
            ground: Pen::over(&history.sites[0]).draw(&spec.place),
            to_stage: Stage::of_number(spec.to_stage).unwrap(),
            valid_on: super::history::day(spec.valid_on),
            known: always(),
        };
        more.sites[0].disturbances.push(disturbance);
        let at = Moment { as_of, known_at };
        let of_site = |county: &County| -> Vec<_> {
            rows(county, at).into_iter().filter(|(code, ..)| *code == county.sites[0].code).collect()
        };
        for ((code, subject, before), (_, _, after)) in of_site(&county).iter().zip(of_site(&more)) {
            for (before, after) in before.iter().zip(after) {
                let (before_m2, after_m2) = (before.remaining_m2, after.remaining_m2);
                prop_assert!(
                    after_m2 >= before_m2 - TOLERANCE_M2,
                    "{code} {subject:?}: {before_m2} then {after_m2} m²"
                );
            }
        }
    }
}

/// A small generator of our own (xorshift), so that a shuffle is part of the case.
struct Shuffle(u64);

impl Shuffle {
    fn next(&mut self) -> u64 {
        self.0 |= 1;
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let chosen = self.next() % (last as u64 + 1);
            list.swap(last, usize::try_from(chosen).unwrap());
        }
    }
}
