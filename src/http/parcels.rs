//! Parcels with their ground.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::App;
use super::problem::Problem;
use super::query::{self, Asked};
use super::records::{Listed, ParcelWire, RecordsMeta, page};
use super::refusal::Refusal;
use super::wire::MultiPolygonWire;
use crate::geometry::BBox;
use crate::store::RecordKind;

/// Of which site, within which box.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ParcelsParams {
    /// Only of the site with this code.
    site: Option<String>,
    /// Only those whose box touches this one: west,south,east,north in degrees.
    #[serde(default, deserialize_with = "query::bbox")]
    #[param(value_type = Option<String>, example = "113.1,31.9,113.3,32.2")]
    bbox: Option<BBox>,
    /// Parcels on a page, 1 to 5000; 500 when left out.
    #[serde(default, deserialize_with = "query::limit")]
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<usize>,
    /// Where the page begins: `meta.next` of the page before.
    after: Option<String>,
}

/// A page of parcels.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ParcelsAnswer {
    /// By site code, then by day.
    parcels: Vec<ParcelOnGround>,
    meta: RecordsMeta,
}

/// A parcel with its ground.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ParcelOnGround)]
struct ParcelOnGround {
    #[serde(flatten)]
    parcel: ParcelWire,
    geometry: MultiPolygonWire,
}

/// Parcels with their ground, by site and day; revoked and superseded ones too.
#[utoipa::path(
    get, operation_id = "list_parcels", path = "/parcels", tag = "sites", params(ParcelsParams),
    responses(
        (status = 200, description = "A page of parcels", body = ParcelsAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such site", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<ParcelsParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, _language| {
        let listed = Listed {
            site: asked.site,
            bbox: asked.bbox,
            limit: asked.limit,
            after: asked.after,
        };
        let kinds = vec![RecordKind::Parcel];
        let (parcels, meta) = page(setting, kinds, listed, |record| {
            Some(ParcelOnGround {
                parcel: ParcelWire::of(record)?,
                geometry: record.ground.into(),
            })
        })?;
        Ok(ParcelsAnswer { parcels, meta })
    })
    .await
}
