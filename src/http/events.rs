//! Everything recorded of sites, without its ground.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::App;
use super::problem::Problem;
use super::query::{self, Asked};
use super::records::{EventKind, EventWire, Listed, RecordsMeta, page};
use super::refusal::Refusal;

/// Of which site, of which kind.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsParams {
    /// Only of the site with this code.
    site: Option<String>,
    /// Only of this kind.
    #[param(inline)]
    kind: Option<EventKind>,
    /// Events on a page, 1 to 5000; 500 when left out.
    #[serde(default, deserialize_with = "query::limit")]
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<usize>,
    /// Where the page begins: `meta.next` of the page before.
    after: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventsAnswer {
    /// By site code, then by day.
    events: Vec<EventWire>,
    meta: RecordsMeta,
}

/// Claims, disturbances, exemptions and boundaries; revoked and superseded ones too.
#[utoipa::path(
    get, operation_id = "list_events", path = "/events", tag = "sites", params(EventsParams),
    responses(
        (status = 200, description = "A page of events", body = EventsAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such site", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<EventsParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, _language| {
        let kinds = asked
            .kind
            .map_or(EventKind::ALL.to_vec(), |kind| vec![kind]);
        let kinds = kinds.into_iter().map(EventKind::record_kind).collect();
        let listed = Listed {
            site: asked.site,
            limit: asked.limit,
            after: asked.after,
            ..Listed::default()
        };
        let (events, meta) = page(setting, kinds, listed, EventWire::of)?;
        Ok(EventsAnswer { events, meta })
    })
    .await
}
