//! Remaining area: the one answer behind command line, API, page, spreadsheet and report.

use rayon::prelude::*;

use super::County;
use crate::domain::{
    By, ByGrade, Day, Question, Remaining, Row, SiteAccount, Timeline, rows_of_site,
};
use crate::geometry::{Ground, gauss_kruger_area_m2, karney_area_m2, national_series_area_m2};

/// What remains, by the rows asked for.
///
/// As known now the kept figures answer; as known earlier they are computed from the polygons.
#[must_use]
pub fn remaining(county: &County, question: Question) -> Remaining {
    with_accounts(county, question, |accounts| {
        crate::domain::remaining(accounts, &county.obligations, question)
    })
}

/// The rows of one site: each obligation that asks anything of it, on its ground only.
#[must_use]
pub fn site_rows(county: &County, code: &str, question: Question) -> Option<(Row, Vec<Row>)> {
    let place = county.place_of(code)?;
    let site = &county.sites.get(place)?.site;
    let recomputed;
    let timeline = if question.known_at >= county.recorded_until {
        &county.sites.get(place)?.timeline
    } else {
        let mosaic = county.mosaic(place)?;
        recomputed = Timeline::new(site, mosaic, &county.obligations, question.known_at);
        &recomputed
    };
    let account = SiteAccount { site, timeline };
    let rows = rows_of_site(account, &county.obligations, question);
    let by_site = Question {
        by: By::Site,
        ..question
    };
    let whole = crate::domain::remaining(&[account], &county.obligations, by_site);
    Some((whole.rows.into_iter().next()?, rows))
}

fn with_accounts<T>(
    county: &County,
    question: Question,
    answer: impl FnOnce(&[SiteAccount<'_>]) -> T,
) -> T {
    if question.known_at >= county.recorded_until {
        return answer(&county.accounts());
    }
    let timelines: Vec<Timeline> = (0..county.sites.len())
        .into_par_iter()
        .filter_map(|place| {
            let site = &county.sites.get(place)?.site;
            let mosaic = county.mosaic(place)?;
            Some(Timeline::new(
                site,
                mosaic,
                &county.obligations,
                question.known_at,
            ))
        })
        .collect();
    let accounts: Vec<SiteAccount<'_>> = county
        .sites
        .iter()
        .zip(&timelines)
        .map(|(state, timeline)| SiteAccount {
            site: &state.site,
            timeline,
        })
        .collect();
    answer(&accounts)
}

/// The county's total from a day on.
#[derive(Clone, Copy, Debug)]
pub struct CountyDay {
    /// The first day.
    pub from: Day,
    /// Figures at the four grades, each ground once.
    pub by_grade: ByGrade,
}

/// The county's total on every day on which it changes, as known now; a sum of kept figures.
#[must_use]
pub fn county_series(county: &County) -> Vec<CountyDay> {
    let mut days: Vec<Day> = county
        .sites
        .iter()
        .flat_map(|s| s.timeline.steps.iter().map(|step| step.from))
        .filter(|day| *day != Day::MIN)
        .collect();
    days.sort_unstable();
    days.dedup();
    days.into_par_iter()
        .map(|from| {
            let mut by_grade = ByGrade::default();
            for state in &county.sites {
                let of_site = state.timeline.figures(None, from);
                for (sum, figures) in by_grade.iter_mut().zip(of_site) {
                    *sum += figures;
                }
            }
            CountyDay { from, by_grade }
        })
        .collect()
}

/// One ground measured four ways, m².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteAreas {
    /// The canonical area: exact on the ellipsoid, edges straight in lon/lat.
    pub canonical_m2: f64,
    /// 国土调查公式, on the surveyed vertices.
    pub national_series_m2: f64,
    /// Karney's geodesics on the surveyed vertices.
    pub karney_m2: f64,
    /// Gauss-Krüger plane area, central meridian 114°E.
    pub gauss_kruger_m2: f64,
}

/// The areas of a site's footprint in force on a day, by every method.
#[must_use]
pub fn site_areas(ground: &Ground) -> SiteAreas {
    // Central meridian of the county's 3° zone.
    const CENTRAL_MERIDIAN: f64 = 114.0;
    SiteAreas {
        canonical_m2: ground.area_m2(),
        national_series_m2: national_series_area_m2(ground),
        karney_m2: karney_area_m2(ground),
        gauss_kruger_m2: gauss_kruger_area_m2(ground, CENTRAL_MERIDIAN),
    }
}
