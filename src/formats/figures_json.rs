//! The answer to "what remains" as JSON: the same for the command line, the API and files.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{Figures, Grade, Pace, Remaining, Row};

/// The answer with its question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RemainingDoc {
    /// True on the ground on this day.
    #[schema(example = "2022-12-31")]
    pub as_of: String,
    /// As known at this moment, RFC 3339 UTC.
    pub known_at: String,
    /// Counting claims of this grade and above, 1 to 4.
    pub grade: u8,
    /// Always `m2`.
    pub unit: &'static str,
    /// The rows; they need not add up to the total, which counts each ground once.
    pub rows: Vec<RowDoc>,
    /// All ground once.
    pub total: RowDoc,
}

/// One row, at the asked grade and within the obligation's ground.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowDoc {
    /// What the row is about: obligation key, site code, township, responsible party or `total`.
    pub key: String,
    /// Its title in the asked language.
    pub title: String,
    /// Item of the plan.
    pub item_no: Option<u32>,
    /// Measure of the item.
    pub measure_no: Option<u32>,
    /// The stage its ground must reach, 1 to 6.
    pub required_stage: Option<u8>,
    /// Last day to be in time.
    pub due_on: Option<String>,
    /// How it stands.
    pub status: Option<&'static str>,
    /// Obligation ground, m².
    pub obligation_m2: f64,
    /// Done, m².
    pub done_m2: f64,
    /// Remaining, m².
    pub remaining_m2: f64,
    /// Done and remaining at each grade.
    pub by_grade: ByGradeDoc,
    /// Obligation ground by stage 0 to 6, m².
    pub by_stage_m2: [f64; 7],
    /// Claimed again for the same stage, m².
    pub double_claimed_m2: f64,
    /// Claimed outside the footprint, m².
    pub outside_m2: f64,
    /// Claimed more than one stage ahead, m².
    pub skipped_m2: f64,
    /// Below a stage once held, m².
    pub redisturbed_m2: f64,
    /// Under no parcel, m².
    pub unclassified_m2: f64,
    /// Parts of the remaining ground below 1 m², m².
    pub sliver_m2: f64,
    /// Obligation ground of sites with nothing recorded for 90 days, m².
    pub stale_m2: f64,
    /// Counted in a site of lower code, m².
    pub overlap_m2: f64,
    /// Pace at the asked grade.
    pub pace: Option<PaceDoc>,
}

/// Done and remaining at the four grades.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ByGradeDoc {
    /// Claims of any grade.
    pub reported: DoneDoc,
    /// Evidenced and above.
    pub evidenced: DoneDoc,
    /// Verified and above.
    pub verified: DoneDoc,
    /// Accepted.
    pub accepted: DoneDoc,
}

/// Done and remaining at one grade.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DoneDoc {
    /// Done, m².
    pub done_m2: f64,
    /// Remaining, m².
    pub remaining_m2: f64,
}

/// How fast ground is being done, and where that leads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaceDoc {
    /// Least pace of the last 30, 90 and 365 days.
    pub slow_m2_per_day: f64,
    /// Pace of the last 90 days.
    pub central_m2_per_day: f64,
    /// Greatest pace of the three.
    pub fast_m2_per_day: f64,
    /// What would be needed; null on and after the due day.
    pub required_m2_per_day: Option<f64>,
    /// Central over required.
    pub ratio: Option<f64>,
    /// When the rest is done at each pace; null is no forecast.
    pub forecast_on: ForecastDoc,
    /// What will be missing on the due day, m².
    pub shortfall_at_due_m2: f64,
}

/// Forecast dates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ForecastDoc {
    /// At the slow pace.
    pub slow: Option<String>,
    /// At the central pace.
    pub central: Option<String>,
    /// At the fast pace.
    pub fast: Option<String>,
}

/// The answer as a document; titles English when `english`, else Chinese.
#[must_use]
pub fn remaining_doc(answer: &Remaining, english: bool) -> RemainingDoc {
    let question = answer.question;
    let row = |row| row_doc(row, question.grade, english);
    RemainingDoc {
        as_of: question.as_of.to_string(),
        known_at: question
            .known_at
            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        grade: question.grade.number(),
        unit: "m2",
        rows: answer.rows.iter().map(row).collect(),
        total: row(&answer.total),
    }
}

/// One row as a document.
#[must_use]
pub fn row_doc(row: &Row, grade: Grade, english: bool) -> RowDoc {
    let figures = row.at(grade);
    let obligation = row.obligation;
    RowDoc {
        key: row.key.clone(),
        title: if english {
            row.title_en.clone()
        } else {
            row.title_zh.clone()
        },
        item_no: obligation.and_then(|o| o.item_no),
        measure_no: obligation.and_then(|o| o.measure_no),
        required_stage: obligation.map(|o| o.required_stage.number()),
        due_on: obligation.and_then(|o| o.due_on).map(|day| day.to_string()),
        status: row.status.map(crate::domain::Status::code),
        obligation_m2: figures.obligation_m2,
        done_m2: figures.done_m2,
        remaining_m2: figures.remaining_m2,
        by_grade: by_grade_doc(&row.by_grade),
        by_stage_m2: figures.by_stage_m2,
        double_claimed_m2: figures.double_claimed_m2,
        outside_m2: figures.outside_m2,
        skipped_m2: figures.skipped_m2,
        redisturbed_m2: figures.redisturbed_m2,
        unclassified_m2: figures.unclassified_m2,
        sliver_m2: figures.sliver_m2,
        stale_m2: row.stale_m2,
        overlap_m2: figures.overlap_m2,
        pace: row.pace.as_ref().map(pace_doc),
    }
}

/// Done and remaining at the four grades, `reported` first.
#[must_use]
pub fn by_grade_doc([reported, evidenced, verified, accepted]: &[Figures; 4]) -> ByGradeDoc {
    let done = |f: &Figures| DoneDoc {
        done_m2: f.done_m2,
        remaining_m2: f.remaining_m2,
    };
    ByGradeDoc {
        reported: done(reported),
        evidenced: done(evidenced),
        verified: done(verified),
        accepted: done(accepted),
    }
}

fn pace_doc(pace: &Pace) -> PaceDoc {
    let [slow, central, fast] = pace.forecast_on.map(|day| day.map(|d| d.to_string()));
    PaceDoc {
        slow_m2_per_day: pace.slow_m2_per_day,
        central_m2_per_day: pace.central_m2_per_day,
        fast_m2_per_day: pace.fast_m2_per_day,
        required_m2_per_day: pace.required_m2_per_day,
        ratio: pace.ratio,
        forecast_on: ForecastDoc {
            slow,
            central,
            fast,
        },
        shortfall_at_due_m2: pace.shortfall_at_due_m2,
    }
}
