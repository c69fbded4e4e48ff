//! A site as lists and its page show it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CategoryWord, SiteKindWord, StatusWord, bbox_wire};
use crate::domain::{Grade, Question};
use crate::formats::figures_json::{RowDoc, row_doc};
use crate::service::{
    SiteAreas, SiteSummary, footprint_on, messages::Language, site_areas, stage_areas,
};

/// A site with its figures at the asked grade, each ground once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub(in crate::http) struct SiteWire {
    /// Its number, as on the map.
    id: i64,
    /// Its code.
    #[schema(example = "WH-001")]
    code: String,
    /// Its name on the day asked about.
    name: String,
    /// What kind of place it is.
    kind: SiteKindWord,
    /// Why it must be restored and by whom; null when not known.
    category: Option<CategoryWord>,
    /// The township it lies in.
    township: Option<String>,
    /// The responsible party.
    liable: Option<String>,
    /// Mining licence number.
    licence_no: Option<String>,
    /// West, south, east, north of its footprint, degrees; null without ground.
    bbox: Option<[f64; 4]>,
    /// A point well inside, lon and lat in degrees; null without ground.
    label_point: Option<[f64; 2]>,
    /// Area of its footprint, m².
    footprint_m2: f64,
    /// Obligation ground, m².
    obligation_m2: f64,
    /// Done, m².
    done_m2: f64,
    /// Remaining, m².
    remaining_m2: f64,
    /// Obligation ground by stage 0 to 6, m².
    by_stage_m2: [f64; 7],
    /// How the gravest of its obligations stands; null when none asks anything.
    status: Option<StatusWord>,
    /// Last day on which a claim or disturbance was recorded.
    #[schema(format = Date)]
    last_event_on: Option<String>,
    /// Whether it is made up.
    synthetic: bool,
}

impl SiteWire {
    pub(in crate::http) fn new(site: &SiteSummary<'_>, grade: Grade) -> Self {
        let figures = site.whole.at(grade);
        let terms = site.terms;
        Self {
            id: site.state.site.id,
            code: site.state.site.code.clone(),
            name: site.name.to_owned(),
            kind: site.state.site.kind.into(),
            category: terms.and_then(|t| t.category).map(Into::into),
            township: terms.and_then(|t| t.township.clone()),
            liable: terms.and_then(|t| t.liable.clone()),
            licence_no: terms.and_then(|t| t.licence_no.clone()),
            bbox: site.bbox.map(bbox_wire),
            label_point: site.label_point.map(|(lon, lat)| [lon, lat]),
            footprint_m2: site.footprint_m2,
            obligation_m2: figures.obligation_m2,
            done_m2: figures.done_m2,
            remaining_m2: figures.remaining_m2,
            by_stage_m2: figures.by_stage_m2,
            status: site.whole.status.map(Into::into),
            last_event_on: site.last_event_on.map(|day| day.to_string()),
            synthetic: site.state.synthetic,
        }
    }
}

/// A site with all that its page shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SiteDetail)]
pub(in crate::http) struct SiteDetailWire {
    #[serde(flatten)]
    site: SiteWire,
    /// Its names and parties, with the days they hold.
    versions: Vec<SiteVersionWire>,
    /// Its ground measured by several methods.
    areas: SiteAreasWire,
    /// Stage areas at each grade.
    by_grade: StagesByGradeWire,
    /// Each obligation that asks anything of it, on its ground only; `key` is the obligation's.
    rows: Vec<RowDoc>,
}

/// Names and parties of a site for some days.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SiteVersion)]
struct SiteVersionWire {
    /// Its name.
    name: String,
    /// Its category; null when not known.
    category: Option<CategoryWord>,
    /// The township.
    township: Option<String>,
    /// The responsible party.
    liable: Option<String>,
    /// First day in force; null is from the beginning.
    #[schema(format = Date)]
    valid_from: Option<String>,
    /// Last day in force; null is until the next version.
    #[schema(format = Date)]
    valid_to: Option<String>,
}

/// Areas of a site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SiteAreas)]
struct SiteAreasWire {
    /// Its footprint on the day asked about.
    footprint: MeasuredAreaWire,
}

/// One ground measured four ways, m².
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MeasuredArea)]
#[expect(clippy::struct_field_names, reason = "every number carries its unit")]
struct MeasuredAreaWire {
    /// The canonical area: exact on the CGCS2000 ellipsoid, edges straight in lon/lat.
    canonical_m2: f64,
    /// 国土调查公式 on the surveyed vertices.
    national_series_m2: f64,
    /// Karney's geodesics on the surveyed vertices.
    karney_m2: f64,
    /// Gauss-Krüger plane area, central meridian 114°E.
    gauss_kruger_m2: f64,
}

/// Stage areas at the four grades.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StagesByGrade)]
struct StagesByGradeWire {
    /// Claims of any grade.
    reported: StagesWire,
    /// Evidenced and above.
    evidenced: StagesWire,
    /// Verified and above.
    verified: StagesWire,
    /// Accepted.
    accepted: StagesWire,
}

/// Stage areas at one grade.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stages)]
struct StagesWire {
    /// Obligation ground by stage 0 to 6, m².
    by_stage_m2: [f64; 7],
}

impl SiteDetailWire {
    pub(in crate::http) fn new(
        summary: &SiteSummary<'_>,
        question: Question,
        language: Language,
    ) -> Self {
        let site = &summary.state.site;
        let known = site
            .terms
            .iter()
            .filter(|t| t.known.is_known(question.known_at));
        let mut versions: Vec<_> = known.collect();
        versions.sort_by_key(|t| t.in_force.from);
        let [reported, evidenced, verified, accepted] =
            stage_areas(&summary.whole).map(|by_stage_m2| StagesWire { by_stage_m2 });
        let footprint = footprint_on(site, question.as_of, question.known_at);
        let row = |row| row_doc(row, question.grade, language == Language::En);
        Self {
            site: SiteWire::new(summary, question.grade),
            versions: versions
                .into_iter()
                .map(|terms| SiteVersionWire {
                    name: terms.name.clone(),
                    category: terms.category.map(Into::into),
                    township: terms.township.clone(),
                    liable: terms.liable.clone(),
                    valid_from: terms.in_force.from.map(|day| day.to_string()),
                    valid_to: terms.in_force.to.map(|day| day.to_string()),
                })
                .collect(),
            areas: SiteAreasWire {
                footprint: site_areas(&footprint).into(),
            },
            by_grade: StagesByGradeWire {
                reported,
                evidenced,
                verified,
                accepted,
            },
            rows: summary.rows.iter().map(row).collect(),
        }
    }
}

impl From<SiteAreas> for MeasuredAreaWire {
    fn from(areas: SiteAreas) -> Self {
        // A sum over no polygons is -0, which nobody wants to read.
        Self {
            canonical_m2: areas.canonical_m2 + 0.0,
            national_series_m2: areas.national_series_m2 + 0.0,
            karney_m2: areas.karney_m2 + 0.0,
            gauss_kruger_m2: areas.gauss_kruger_m2 + 0.0,
        }
    }
}
