//! The county outline and its townships.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Caller, Entity, GEO_JSON, json_entity};
use super::app::App;
use super::query::Asked;
use super::refusal::Refusal;
use super::status::NoParams;
use super::wire::MultiPolygonWire;
use crate::store::{AreaKind, ReferenceArea};

/// A `GeoJSON` feature collection.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReferenceAreas {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    kind: &'static str,
    /// County first, then townships by name.
    features: Vec<AreaFeature>,
}

/// One area.
#[derive(Debug, Serialize, ToSchema)]
struct AreaFeature {
    /// Always `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    kind: &'static str,
    /// Its number.
    id: i64,
    properties: AreaProperties,
    geometry: MultiPolygonWire,
}

/// What an area is.
#[derive(Debug, Serialize, ToSchema)]
struct AreaProperties {
    kind: AreaKindWord,
    /// Its name.
    name: String,
    /// Whether it is made up.
    synthetic: bool,
}

/// What an area is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AreaKindWord {
    County,
    Township,
}

/// The county outline and townships in force.
#[utoipa::path(
    get, operation_id = "list_reference_areas", path = "/reference-areas", tag = "county", params(NoParams),
    responses((status = 200, description = "The areas", body = ReferenceAreas,
        content_type = "application/geo+json"))
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    app.answer_entity(caller, |setting, _language| {
        let features = setting.county.areas.iter().map(feature).collect();
        let entity = json_entity(&ReferenceAreas {
            kind: "FeatureCollection",
            features,
        })?;
        Ok(Entity {
            content_type: GEO_JSON,
            ..entity
        })
    })
    .await
}

fn feature(area: &ReferenceArea) -> AreaFeature {
    AreaFeature {
        kind: "Feature",
        id: area.id,
        properties: AreaProperties {
            kind: match area.kind {
                AreaKind::County => AreaKindWord::County,
                AreaKind::Township => AreaKindWord::Township,
            },
            name: area.name.clone(),
            synthetic: area.synthetic,
        },
        geometry: (&area.ground).into(),
    }
}
