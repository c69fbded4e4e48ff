//! The fold by faces gives the figures of the fold by buckets.

use proptest::prelude::*;
use qingshan::domain::{Figures, Grade, RecordId, SiteDay};

use std::collections::BTreeMap;

use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::history::{any_day, any_moment, history};
use super::measure::{areas, differences, thousand};
use super::oracle::{Moment, SiteState, folds};

proptest! {
    #![proptest_config(thousand())]

    #[test]
    fn every_figure_is_the_one_of_the_bucket_fold(
        history in history(), as_of in any_day(), known_at in any_moment(),
    ) {
        let county = history.county();
        for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
            let day = SiteDay::new(site, &mosaic, &county.obligations, as_of, known_at);
            let figures = day.figures();
            let state = SiteState::new(&county, site, Moment { as_of, known_at });
            let folds = folds(&state);
            let subjects: Vec<Option<RecordId>> =
                std::iter::once(None).chain(county.obligations.iter().map(|o| Some(o.id))).collect();
            for subject in subjects {
                let found = figures.iter().find(|(of, _)| *of == subject);
                let found = found.map(|(_, by_grade)| *by_grade).unwrap_or_default();
                for ((grade, fold), found) in Grade::ALL.iter().zip(&folds).zip(&found) {
                    let expected = if state.subjects(subject).is_empty() && subject.is_some() {
                        Figures::default()
                    } else {
                        state.figures(subject, fold, &folds[0])
                    };
                    let wrong = differences(found, &expected);
                    prop_assert!(wrong.is_empty(), "{} {subject:?} {grade:?}: {wrong:?}", site.code);
                }
            }
        }
    }
}

/// A generator that never draws a case proves nothing about it.
#[test]
fn the_histories_reach_every_figure() {
    let mut runner = TestRunner::new(thousand());
    let strategy = (history(), any_day(), any_moment());
    let mut reached: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..500 {
        let (history, as_of, known_at) = strategy.new_tree(&mut runner).unwrap().current();
        let county = history.county();
        for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
            let day = SiteDay::new(site, &mosaic, &county.obligations, as_of, known_at);
            for (subject, by_grade) in day.figures().iter().filter(|(s, _)| s.is_some()) {
                let [reported, .., accepted] = by_grade;
                let rem = [(
                    "gap of grades",
                    accepted.remaining_m2 - reported.remaining_m2,
                )];
                for (name, area_m2) in areas(accepted).into_iter().chain(rem) {
                    *reached.entry(name).or_default() += u32::from(area_m2 > 1.0);
                }
                assert!(subject.is_some());
            }
        }
    }
    for (name, times) in &reached {
        assert!(
            *times >= 20,
            "{name} was more than 1 m² only {times} times: {reached:?}"
        );
    }
}
