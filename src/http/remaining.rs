//! How much ground remains: the one question of the product.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::App;
use super::problem::Problem;
use super::query::{self, Asked};
use super::refusal::Refusal;
use crate::domain::{By, Day, Grade, Instant};
use crate::formats::figures_json::{RemainingDoc, remaining_doc};
use crate::service::{messages::Language, remaining as what_remains};

/// As of when, how well evidenced, by what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RemainingParams {
    /// True on the ground on this day; today in Asia/Shanghai when left out.
    #[serde(default, deserialize_with = "query::day")]
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Day>,
    /// As known at this moment, RFC 3339; now when left out.
    #[serde(default, deserialize_with = "query::instant")]
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Instant>,
    /// Counting claims of this grade and above: 1 to 4, or a word; 4 when left out.
    #[serde(default, deserialize_with = "query::grade")]
    #[param(value_type = Option<String>, example = "4")]
    grade: Option<Grade>,
    /// What each row is about; `obligation` when left out.
    #[serde(default)]
    #[param(inline)]
    by: ByWord,
}

/// What each row is about.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ByWord {
    /// An obligation.
    #[default]
    Obligation,
    /// A site.
    Site,
    /// A township.
    Township,
    /// A responsible party.
    Liable,
}

impl From<ByWord> for By {
    fn from(word: ByWord) -> Self {
        match word {
            ByWord::Obligation => Self::Obligation,
            ByWord::Site => Self::Site,
            ByWord::Township => Self::Township,
            ByWord::Liable => Self::Liable,
        }
    }
}

/// What remains, row by row, and in total with each ground once.
#[utoipa::path(
    get, operation_id = "read_remaining", path = "/remaining", tag = "figures", params(RemainingParams),
    responses(
        (status = 200, description = "What remains", body = RemainingDoc),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn remaining(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<RemainingParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, language| {
        let question = setting.question(asked.as_of, asked.known_at, asked.grade, asked.by.into());
        Ok(remaining_doc(
            &what_remains(&setting.county, question),
            language == Language::En,
        ))
    })
    .await
}
