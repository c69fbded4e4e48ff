//! Boundaries with their ground.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::App;
use super::problem::Problem;
use super::query::{self, Asked};
use super::records::{EventWire, Listed, RecordsMeta, page};
use super::refusal::Refusal;
use super::wire::MultiPolygonWire;
use crate::geometry::BBox;
use crate::store::RecordKind;

/// Of which site, within which box.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BoundariesParams {
    /// Only of the site with this code.
    site: Option<String>,
    /// Only those whose box touches this one: west,south,east,north in degrees.
    #[serde(default, deserialize_with = "query::bbox")]
    #[param(value_type = Option<String>, example = "113.1,31.9,113.3,32.2")]
    bbox: Option<BBox>,
    /// Boundaries on a page, 1 to 5000; 500 when left out.
    #[serde(default, deserialize_with = "query::limit")]
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<usize>,
    /// Where the page begins: `meta.next` of the page before.
    after: Option<String>,
}

/// A page of boundaries.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BoundariesAnswer {
    /// By site code, then by day.
    boundaries: Vec<BoundaryOnGround>,
    meta: RecordsMeta,
}

/// A boundary version with its ground.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BoundaryOnGround)]
struct BoundaryOnGround {
    #[serde(flatten)]
    event: EventWire,
    geometry: MultiPolygonWire,
}

/// Boundary versions with their ground, by site and day; revoked and superseded ones too.
#[utoipa::path(
    get, operation_id = "list_boundaries", path = "/boundaries", tag = "sites", params(BoundariesParams),
    responses(
        (status = 200, description = "A page of boundaries", body = BoundariesAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such site", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<BoundariesParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, _language| {
        let listed = Listed {
            site: asked.site,
            bbox: asked.bbox,
            limit: asked.limit,
            after: asked.after,
        };
        let kinds = vec![RecordKind::Boundary];
        let (boundaries, meta) = page(setting, kinds, listed, |record| {
            Some(BoundaryOnGround {
                event: EventWire::of(record)?,
                geometry: record.ground.into(),
            })
        })?;
        Ok(BoundariesAnswer { boundaries, meta })
    })
    .await
}
