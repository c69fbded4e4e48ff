//! Obligations and what they cite.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Caller;
use super::app::{App, Setting};
use super::query::Asked;
use super::refusal::Refusal;
use super::status::NoParams;
use super::wire::{CategoryWord, PlaceTypeWord, SiteKindWord, code_list};
use crate::service::{ObligationEntry, list_obligations};

/// All obligations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ObligationsAnswer {
    /// By item, measure and key.
    obligations: Vec<ObligationWire>,
}

/// An obligation with its terms of today; an empty list asks for nothing in particular.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Obligation)]
struct ObligationWire {
    /// Its number.
    id: i64,
    /// Its key.
    #[schema(example = "11-3-regreen")]
    key: String,
    /// Title, Chinese.
    title_zh: String,
    /// Title, English.
    title_en: String,
    /// Item of the plan it cites.
    item_no: Option<u32>,
    /// Measure of that item.
    measure_no: Option<u32>,
    /// The stage its ground must reach, 0 to 6.
    required_stage: u8,
    /// Last day to be in time.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// Codes of the sites it is about.
    sites: Vec<String>,
    /// Ground under parcels of these types, and ground under no parcel.
    place_types: Vec<PlaceTypeWord>,
    /// Categories of site.
    categories: Vec<CategoryWord>,
    /// Townships.
    townships: Vec<String>,
    /// Kinds of site.
    kinds: Vec<SiteKindWord>,
    /// Responsible parties.
    liable: Vec<String>,
    /// Whether it is only about ground within a polygon.
    has_scope: bool,
    /// What it cites, Chinese.
    source_zh: String,
    /// What it cites, English.
    source_en: String,
}

/// All obligations with their scope, due date and source.
#[utoipa::path(
    get, operation_id = "list_obligations", path = "/obligations", tag = "obligations", params(NoParams),
    responses((status = 200, description = "All obligations", body = ObligationsAnswer))
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, |setting, _language| {
        let entries = list_obligations(&setting.store)?;
        let obligations = entries
            .into_iter()
            .map(|entry| wire(entry, setting))
            .collect();
        Ok(ObligationsAnswer { obligations })
    })
    .await
}

fn wire(entry: ObligationEntry, setting: &Setting) -> ObligationWire {
    let obligation = entry.obligation;
    // Before its first and after its last day the latest terms still say what it is about.
    let terms = obligation.terms_at(setting.today, setting.now).or_else(|| {
        obligation
            .terms
            .iter()
            .rfind(|t| t.known.is_known(setting.now))
    });
    let scope = terms.map(|t| t.scope.clone()).unwrap_or_default();
    ObligationWire {
        id: obligation.id,
        required_stage: obligation.required_stage.number(),
        due_on: terms.map(|t| t.due_on.to_string()),
        sites: scope.sites,
        place_types: code_list(&scope.place_types),
        categories: code_list(&scope.categories),
        townships: scope.townships,
        kinds: code_list(&scope.kinds),
        liable: scope.liable,
        has_scope: scope.ground.is_some(),
        source_zh: entry.source_zh,
        source_en: entry.source_en,
        key: obligation.key,
        title_zh: obligation.title_zh,
        title_en: obligation.title_en,
        item_no: obligation.item_no,
        measure_no: obligation.measure_no,
    }
}
