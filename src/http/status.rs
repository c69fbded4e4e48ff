//! What this server holds, in one glance.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::{App, Setting};
use super::query::Asked;
use super::refusal::Refusal;
use super::wire::bbox_wire;
use crate::domain::Day;
use crate::geometry::BBox;
use crate::store::AreaKind;

/// Nothing can be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct NoParams {}

/// What the server holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusAnswer {
    status: StatusWire,
}

/// What the server holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServerStatus)]
struct StatusWire {
    /// Of the program.
    version: &'static str,
    /// Number of the last change of the ledger.
    revision: i64,
    /// Today in Asia/Shanghai.
    #[schema(format = Date)]
    today: String,
    /// Name of the county outline; null until one is loaded.
    county_name: Option<String>,
    /// West, south, east, north of the county, or of all sites; degrees.
    bbox: Option<[f64; 4]>,
    /// How many sites there are.
    site_count: usize,
    /// Whether any of it is made up.
    synthetic: bool,
    /// First day on which any figure changes.
    #[schema(format = Date)]
    first_on: Option<String>,
    /// Last day on which any figure changes.
    #[schema(format = Date)]
    last_on: Option<String>,
}

/// What this server holds: revision, county, extent, days.
#[utoipa::path(
    get, operation_id = "read_status", path = "/status", tag = "county", params(NoParams),
    responses((status = 200, description = "What the server holds", body = StatusAnswer))
)]
pub(super) async fn status(
    State(app): State<App>,
    caller: Caller,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, |setting, _language| {
        Ok(StatusAnswer {
            status: of(setting),
        })
    })
    .await
}

fn of(setting: &Setting) -> StatusWire {
    let county = &setting.county;
    let outline = county
        .areas
        .iter()
        .find(|area| area.kind == AreaKind::County);
    let days = || {
        let steps = county.sites.iter().flat_map(|s| &s.timeline.steps);
        steps.map(|step| step.from).filter(|day| *day != Day::MIN)
    };
    StatusWire {
        version: env!("CARGO_PKG_VERSION"),
        revision: county.revision,
        today: setting.today.to_string(),
        county_name: outline.map(|area| area.name.clone()),
        bbox: outline
            .and_then(|area| area.ground.bbox())
            .or_else(|| sites_bbox(setting))
            .map(bbox_wire),
        site_count: county.sites.len(),
        synthetic: county.has_synthetic_sites() || outline.is_some_and(|area| area.synthetic),
        first_on: days().min().map(|day| day.to_string()),
        last_on: days().max().map(|day| day.to_string()),
    }
}

fn sites_bbox(setting: &Setting) -> Option<BBox> {
    let sites = setting.county.sites.iter().map(|state| &state.site);
    let grounds = sites.flat_map(|site| {
        let boundaries = site.boundaries.iter().map(|b| &b.ground);
        boundaries.chain(site.disturbances.iter().map(|d| &d.ground))
    });
    grounds
        .filter_map(crate::geometry::Ground::bbox)
        .reduce(BBox::joined)
}
