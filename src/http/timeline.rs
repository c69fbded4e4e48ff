//! The county over time: its totals on every day that changes them, and the stage of every face.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Caller, json_entity};
use super::app::App;
use super::kept::Kind;
use super::problem::Problem;
use super::query::{self, Asked};
use super::refusal::Refusal;
use super::wire::day_text;
use crate::domain::{Day, FaceStage, Grade};
use crate::service::{CountyDay, county_series, faces as face_histories};

/// How well evidenced.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TimelineParams {
    /// Counting claims of this grade and above: 1 to 4, or a word; 4 when left out.
    #[serde(default, deserialize_with = "query::grade")]
    #[param(value_type = Option<String>, example = "4")]
    grade: Option<Grade>,
}

/// The county over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimelineAnswer {
    timeline: TimelineWire,
}

/// The county's total, each ground once, as known now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
struct TimelineWire {
    /// Every day on which anything changes, ascending.
    #[schema(example = json!(["2022-01-01"]))]
    dates: Vec<String>,
    /// The total on and after each of those days.
    series: Vec<TimelinePointWire>,
}

/// The total on and after a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelinePoint)]
struct TimelinePointWire {
    /// The day.
    #[schema(format = Date)]
    as_of: String,
    /// Obligation ground, m².
    obligation_m2: f64,
    /// Remaining at each grade, m².
    remaining_m2: RemainingByGradeWire,
    /// Obligation ground by stage 0 to 6 at the asked grade, m².
    by_stage_m2: [f64; 7],
}

/// Remaining at the four grades, m².
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RemainingByGrade)]
struct RemainingByGradeWire {
    /// Claims of any grade count.
    reported: f64,
    /// Evidenced and above count.
    evidenced: f64,
    /// Verified and above count.
    verified: f64,
    /// Only accepted ones count.
    accepted: f64,
}

/// The county's total on every day that changes it, as known now.
#[utoipa::path(
    get, operation_id = "read_timeline", path = "/timeline", tag = "figures", params(TimelineParams),
    responses(
        (status = 200, description = "The county over time", body = TimelineAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn timeline(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<TimelineParams>,
) -> Result<Response, Refusal> {
    let kept = app.clone();
    app.answer_entity(caller, move |setting, _language| {
        let grade = asked.grade.unwrap_or(Grade::Accepted);
        let county = &setting.county;
        kept.kept()
            .entity(Kind::Timeline, grade, county.revision, || {
                let series: Vec<_> = county_series(county)
                    .iter()
                    .map(|day| point(day, grade))
                    .collect();
                let dates = series.iter().map(|point| point.as_of.clone()).collect();
                json_entity(&TimelineAnswer {
                    timeline: TimelineWire { dates, series },
                })
            })
    })
    .await
}

fn point(day: &CountyDay, grade: Grade) -> TimelinePointWire {
    let [reported, evidenced, verified, accepted] = &day.by_grade;
    let asked = match grade {
        Grade::Reported => reported,
        Grade::Evidenced => evidenced,
        Grade::Verified => verified,
        Grade::Accepted => accepted,
    };
    TimelinePointWire {
        as_of: day_text(day.from),
        obligation_m2: asked.obligation_m2,
        remaining_m2: RemainingByGradeWire {
            reported: reported.remaining_m2,
            evidenced: evidenced.remaining_m2,
            verified: verified.remaining_m2,
            accepted: accepted.remaining_m2,
        },
        by_stage_m2: asked.by_stage_m2,
    }
}

/// The stage of every face over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FacesAnswer {
    /// By face id, as in the `stages` tiles: the days on which its stage changes and what it is on
    /// and after each. 0 to 6 is a stage, -1 is no footprint (any more), -2 is exempt. Before its
    /// first day a face is no footprint. `0001-01-01` is from the beginning.
    #[schema(example = json!({"4294967296": [["2022-01-01", 1], ["2022-06-01", 3]]}))]
    faces: BTreeMap<u64, Vec<(String, i8)>>,
    meta: FacesMeta,
}

/// Which faces these are.
#[derive(Debug, Serialize, ToSchema)]
struct FacesMeta {
    /// Number of the last change of the ledger; ids hold within one revision.
    revision: i64,
}

/// The stage of every face of the map over time, as known now.
#[utoipa::path(
    get, operation_id = "read_faces", path = "/timeline/faces", tag = "figures", params(TimelineParams),
    responses(
        (status = 200, description = "The stage of every face over time", body = FacesAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn faces(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<TimelineParams>,
) -> Result<Response, Refusal> {
    let kept = app.clone();
    app.answer_entity(caller, move |setting, _language| {
        let grade = asked.grade.unwrap_or(Grade::Accepted);
        let county = &setting.county;
        kept.kept().entity(Kind::Faces, grade, county.revision, || {
            let histories = face_histories(county, grade).into_iter();
            json_entity(&FacesAnswer {
                faces: histories
                    .map(|(face, history)| (face, steps(history)))
                    .collect(),
                meta: FacesMeta {
                    revision: county.revision,
                },
            })
        })
    })
    .await
}

fn steps(history: Vec<(Day, FaceStage)>) -> Vec<(String, i8)> {
    history
        .into_iter()
        .map(|(day, stage)| (day_text(day), stage.number()))
        .collect()
}
