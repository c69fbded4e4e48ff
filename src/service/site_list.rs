//! Sites as lists and pages show them: names, ground and figures on one day.

use rayon::prelude::*;

use super::{County, SiteState, footprint_on, site_rows};
use crate::domain::{
    BoundaryRole, Category, Day, Grade, Question, Row, Site, SiteTerms, Timeline, in_force_at,
};
use crate::geometry::{BBox, Ground, label_point};

/// Which sites to list.
#[derive(Clone, Debug, Default)]
pub struct SiteFilter {
    /// Only of this township.
    pub township: Option<String>,
    /// Only of this category.
    pub category: Option<Category>,
}

/// A site as known at a moment, on a day.
#[derive(Clone, Debug)]
pub struct SiteSummary<'c> {
    /// The site and all that is recorded of it.
    pub state: &'c SiteState,
    /// Its terms in force; `None` before the first and after the last.
    pub terms: Option<&'c SiteTerms>,
    /// Its name; that of its latest terms when none are in force, else its code.
    pub name: &'c str,
    /// Its figures with every obligation, each ground once.
    pub whole: Row,
    /// Each obligation that asks anything of it, on its ground only.
    pub rows: Vec<Row>,
    /// The area of its footprint, m².
    pub footprint_m2: f64,
    /// The box of its footprint in degrees; `None` without ground.
    pub bbox: Option<BBox>,
    /// A point well inside, lon and lat in degrees.
    pub label_point: Option<(f64, f64)>,
    /// The last day on which anything was recorded of it.
    pub last_event_on: Option<Day>,
}

/// A page of sites.
#[derive(Clone, Debug)]
pub struct SitePage<'c> {
    /// How many sites the filter lets through, on all pages.
    pub total: usize,
    /// The sites of this page, by code.
    pub sites: Vec<SiteSummary<'c>>,
    /// The code after which the next page begins.
    pub next: Option<String>,
}

/// Up to `limit` sites with codes after `after`, by code.
#[must_use]
pub fn site_page<'c>(
    county: &'c County,
    question: Question,
    filter: &SiteFilter,
    after: Option<&str>,
    limit: usize,
) -> SitePage<'c> {
    let listed: Vec<usize> = (0..county.sites.len())
        .filter(|place| {
            county
                .sites
                .get(*place)
                .is_some_and(|s| filter.lets(&s.site, question))
        })
        .collect();
    let code = |place: &usize| county.sites.get(*place).map(|s| s.site.code.as_str());
    let begin = after.map_or(0, |after| {
        listed.partition_point(|place| code(place) <= Some(after))
    });
    let behind = listed.get(begin..).unwrap_or_default();
    let page = behind.get(..limit.min(behind.len())).unwrap_or_default();
    let next = if page.len() < behind.len() {
        page.last().and_then(code)
    } else {
        None
    };
    SitePage {
        total: listed.len(),
        sites: page
            .par_iter()
            .filter_map(|place| summary(county, *place, question))
            .collect(),
        next: next.map(str::to_owned),
    }
}

/// One site by its code.
#[must_use]
pub fn site_summary<'c>(
    county: &'c County,
    code: &str,
    question: Question,
) -> Option<SiteSummary<'c>> {
    summary(county, county.place_of(code)?, question)
}

impl SiteFilter {
    fn lets(&self, site: &Site, question: Question) -> bool {
        let terms = site.terms_at(question.as_of, question.known_at);
        let township = terms.and_then(|t| t.township.as_ref());
        (self.township.is_none() || self.township.as_ref() == township)
            && (self.category.is_none() || self.category == terms.and_then(|t| t.category))
    }
}

fn summary(county: &County, place: usize, question: Question) -> Option<SiteSummary<'_>> {
    let state = county.sites.get(place)?;
    let site = &state.site;
    let (whole, rows) = site_rows(county, &site.code, question)?;
    let terms = site.terms_at(question.as_of, question.known_at);
    let latest = site.terms.iter().rfind(|t| t.known.ended_at.is_none());
    let grounds = footprint_grounds(site, question);
    Some(SiteSummary {
        name: terms.or(latest).map_or(&site.code, |t| &t.name),
        terms,
        whole,
        rows,
        // Measured, not added up from faces: those of a large county are cut only where a map looks.
        // The area of no ground is -0.
        footprint_m2: footprint_on(site, question.as_of, question.known_at).area_m2() + 0.0,
        bbox: grounds.iter().filter_map(|g| g.bbox()).reduce(BBox::joined),
        label_point: grounds
            .first()
            .and_then(|g| label_point(g))
            .map(|p| (p.x, p.y)),
        last_event_on: last_event_on(county, place, question),
        state,
    })
}

fn last_event_on(county: &County, place: usize, question: Question) -> Option<Day> {
    let state = county.sites.get(place)?;
    if question.known_at >= county.recorded_until {
        return state.timeline.last_record_on(question.as_of);
    }
    let mosaic = county.mosaic(place)?;
    let known = Timeline::new(&state.site, mosaic, &county.obligations, question.known_at);
    known.last_record_on(question.as_of)
}

/// What the footprint is made of: the boundary version in force, first, and all ground broken.
fn footprint_grounds(site: &Site, question: Question) -> Vec<&Ground> {
    let footprints: Vec<_> = site
        .boundaries
        .iter()
        .filter(|b| b.role == BoundaryRole::Footprint)
        .cloned()
        .collect();
    let in_force = in_force_at(&footprints, question.as_of, question.known_at)
        .and_then(|place| footprints.get(place))
        .and_then(|version| site.boundaries.iter().find(|b| b.id == version.id));
    let broken = site.disturbances.iter().filter(|d| {
        d.breaks_ground() && d.valid_on <= question.as_of && d.known.is_known(question.known_at)
    });
    in_force
        .map(|b| &b.ground)
        .into_iter()
        .chain(broken.map(|d| &d.ground))
        .collect()
}

/// The stage areas of a row at every grade, `reported` first, m².
#[must_use]
pub fn stage_areas(row: &Row) -> [[f64; 7]; 4] {
    [
        Grade::Reported,
        Grade::Evidenced,
        Grade::Verified,
        Grade::Accepted,
    ]
    .map(|grade| row.at(grade).by_stage_m2)
}
