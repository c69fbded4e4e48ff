//! What must hold of the figures of any one history.

use proptest::prelude::*;
use qingshan::domain::{
    By, ByGrade, Grade, Question, Remaining, SiteAccount, SiteDay, Subject, Timeline, remaining,
};
use qingshan::geometry::{Ground, intersection, union};

use super::history::{County, any_day, any_moment, history, history_of};
use super::measure::{TOLERANCE_M2, thousand};
use super::oracle::{Moment, SiteState, footprint};

/// Sums of the very same face areas in another order: a millionth of a square metre is generous.
const SUM_M2: f64 = 1e-6;

/// The county's answer to a question, through timelines as it is served.
pub fn answer(county: &County, question: Question) -> Remaining {
    let timelines: Vec<Timeline> = county
        .sites
        .iter()
        .zip(county.mosaics())
        .map(|(site, mosaic)| Timeline::new(site, &mosaic, &county.obligations, question.known_at))
        .collect();
    let accounts: Vec<SiteAccount> = county
        .sites
        .iter()
        .zip(&timelines)
        .map(|(site, timeline)| SiteAccount { site, timeline })
        .collect();
    remaining(&accounts, &county.obligations, question)
}

/// The rows of each site as (code, subject, figures).
pub fn rows(county: &County, at: Moment) -> Vec<(String, Subject, ByGrade)> {
    let mut rows = vec![];
    for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
        let day = SiteDay::new(site, &mosaic, &county.obligations, at.as_of, at.known_at);
        let figures = day.figures();
        let subjects = std::iter::once(None).chain(county.obligations.iter().map(|o| Some(o.id)));
        for subject in subjects {
            let found = figures.iter().find(|(of, _)| *of == subject);
            rows.push((
                site.code.clone(),
                subject,
                found.map(|(_, f)| *f).unwrap_or_default(),
            ));
        }
    }
    rows
}

fn required(county: &County, subject: Subject) -> Option<usize> {
    let obligation = county.obligations.iter().find(|o| Some(o.id) == subject)?;
    Some(usize::from(obligation.required_stage.number()))
}

proptest! {
    #![proptest_config(thousand())]

    #[test]
    fn faces_are_disjoint_and_buckets_fill_the_footprint(
        history in history(), as_of in any_day(), known_at in any_moment(),
    ) {
        let county = history.county();
        for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
            let grounds: Vec<&Ground> = mosaic.faces().iter().map(|face| &face.ground).collect();
            let shared_m2: f64 = grounds
                .iter()
                .enumerate()
                .flat_map(|(place, a)| grounds[..place].iter().map(move |b| (a, b)))
                .map(|(a, b)| intersection(a, b).area_m2())
                .sum();
            prop_assert!(shared_m2 < TOLERANCE_M2, "{}: faces share {shared_m2} m²", site.code);
            let faces_m2: f64 = mosaic.faces().iter().map(|face| face.area_m2).sum();
            let union_m2 = union(&grounds).area_m2();
            prop_assert!((faces_m2 - union_m2).abs() < TOLERANCE_M2, "{faces_m2} of {union_m2} m²");

            let day = SiteDay::new(site, &mosaic, &county.obligations, as_of, known_at);
            let footprint_m2 = footprint(site, Moment { as_of, known_at }).area_m2();
            for grade in Grade::ALL {
                let mut buckets_m2 = [0.0; 7];
                let faces = mosaic.faces().iter().zip(day.standings()).zip(day.folds(*grade));
                for ((face, _), folded) in faces.filter(|((_, s), _)| s.in_footprint) {
                    buckets_m2[usize::from(folded.stage)] += face.area_m2;
                }
                let sum_m2: f64 = buckets_m2.iter().sum();
                prop_assert!((sum_m2 - footprint_m2).abs() < TOLERANCE_M2, "{sum_m2} of {footprint_m2}");
            }
        }
    }

    #[test]
    fn a_row_adds_up_and_rises_with_the_grade(
        history in history(), as_of in any_day(), known_at in any_moment(),
    ) {
        let county = history.county();
        for (code, subject, by_grade) in rows(&county, Moment { as_of, known_at }) {
            let what = format!("{code} {subject:?}");
            for f in &by_grade {
                let stages_m2: f64 = f.by_stage_m2.iter().sum();
                prop_assert!((stages_m2 - f.obligation_m2).abs() < SUM_M2, "{what}: stages, {f:?}");
                let parts_m2 = f.done_m2 + f.remaining_m2;
                prop_assert!((parts_m2 - f.obligation_m2).abs() < SUM_M2, "{what}: parts, {f:?}");
                prop_assert!(f.remaining_m2 >= 0.0 && f.done_m2 >= 0.0, "{what}: {f:?}");
                if let Some(required) = required(&county, subject) {
                    let done_m2: f64 = f.by_stage_m2[required..].iter().sum();
                    prop_assert!((done_m2 - f.done_m2).abs() < SUM_M2, "{what}: done, {f:?}");
                }
                for part_m2 in [f.skipped_m2, f.redisturbed_m2, f.unclassified_m2] {
                    prop_assert!((0.0..=f.obligation_m2 + SUM_M2).contains(&part_m2), "{what}: {f:?}");
                }
                prop_assert!((0.0..=f.remaining_m2 + SUM_M2).contains(&f.sliver_m2), "{what}: {f:?}");
                prop_assert!(f.redisturbed_m2 <= stages_m2 - f.by_stage_m2[6] + SUM_M2);
            }
            for pair in by_grade.windows(2) {
                let (lower, higher) = (&pair[0], &pair[1]);
                prop_assert!(lower.remaining_m2 <= higher.remaining_m2 + SUM_M2, "{what}: remaining");
                prop_assert!(lower.outside_m2 + SUM_M2 >= higher.outside_m2, "{what}: outside");
                prop_assert!((lower.obligation_m2 - higher.obligation_m2).abs() < SUM_M2);
                prop_assert!((lower.unclassified_m2 - higher.unclassified_m2).abs() < SUM_M2);
            }
        }
    }

    #[test]
    fn the_total_counts_each_ground_once(
        history in history_of(2..=3), as_of in any_day(), known_at in any_moment(),
    ) {
        let county = history.county();
        let question = Question { as_of, known_at, grade: Grade::Accepted, by: By::Obligation };
        let by_obligation = answer(&county, question);
        let by_site = answer(&county, Question { by: By::Site, ..question });
        let at = Moment { as_of, known_at };
        let states: Vec<SiteState> =
            county.sites.iter().map(|site| SiteState::new(&county, site, at)).collect();
        let owed: Vec<&Ground> =
            states.iter().flat_map(|s| &s.owed).map(|(_, owed)| &owed.ground).collect();
        let once_m2 = union(&owed).area_m2();
        let rows_of = |answer: &Remaining, grade| -> (f64, f64) {
            let rows = answer.rows.iter().map(|row| row.at(grade));
            rows.fold((0.0, 0.0), |sum, f| (sum.0 + f.obligation_m2, sum.1 + f.remaining_m2))
        };
        for grade in Grade::ALL {
            let total = by_obligation.total.at(*grade);
            prop_assert!((total.obligation_m2 - once_m2).abs() < TOLERANCE_M2);
            let (obligation_m2, remaining_m2) = rows_of(&by_obligation, *grade);
            prop_assert!(total.obligation_m2 <= obligation_m2 + SUM_M2);
            prop_assert!(total.remaining_m2 <= remaining_m2 + SUM_M2);
            // Ground of two sites is one site's, so that rows by site do add up.
            let (obligation_m2, remaining_m2) = rows_of(&by_site, *grade);
            prop_assert!((total.obligation_m2 - obligation_m2).abs() < SUM_M2);
            prop_assert!((total.remaining_m2 - remaining_m2).abs() < SUM_M2);
            // And no obligation has more left than all of them together.
            for row in &by_obligation.rows {
                prop_assert!(row.at(*grade).remaining_m2 <= total.remaining_m2 + SUM_M2);
            }
        }
    }

    #[test]
    fn a_timeline_has_on_any_day_what_that_day_has(
        history in history(), known_at in any_moment(), days in prop::collection::vec(any_day(), 6),
    ) {
        let county = history.county();
        for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
            let timeline = Timeline::new(site, &mosaic, &county.obligations, known_at);
            for day in days.iter().copied().chain(["1900-01-01".parse().unwrap()]) {
                let direct = SiteDay::new(site, &mosaic, &county.obligations, day, known_at);
                let step = timeline.at(day).unwrap();
                prop_assert_eq!(&step.figures, &direct.figures(), "{} on {}", site.code, day);
                let mut in_scope: Vec<_> = direct.obligations().collect();
                in_scope.sort_unstable();
                prop_assert_eq!(&step.in_scope, &in_scope);
            }
            for pair in timeline.steps.windows(2) {
                prop_assert!(pair[0].from < pair[1].from);
            }
        }
    }
}
