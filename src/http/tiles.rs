//! Vector tiles and what a map must know to ask for them.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Caller, Entity, JSON, json_entity};
use super::app::App;
use super::problem::Problem;
use super::query::Asked;
use super::refusal::Refusal;
use super::status::NoParams;
use super::wire::bbox_wire;
use crate::geometry::TileId;
use crate::service::{DEEPEST_TILE_ZOOM, TileJson, TileLayer, TileResponse};

/// `TileJSON` 3.0.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TileJson)]
pub(super) struct TileJsonWire {
    /// Always `3.0.0`.
    tilejson: &'static str,
    /// The layer.
    name: &'static str,
    /// Addresses with `{z}`, `{x}` and `{y}`, from the root of this server.
    #[schema(example = json!(["/tiles/sites/{z}/{x}/{y}"]))]
    tiles: Vec<String>,
    /// Always `xyz`: rows count from the north.
    scheme: &'static str,
    /// The zoom from which on there are tiles.
    minzoom: u8,
    /// The deepest zoom there are tiles of.
    maxzoom: u8,
    /// West, south, east, north of everything drawn, degrees; left out when nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<[f64; 4]>,
    /// The layers within the tiles.
    vector_layers: Vec<VectorLayerWire>,
}

/// A layer within a tile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VectorLayer)]
struct VectorLayerWire {
    /// Its name in the tile.
    id: &'static str,
    /// What it shows.
    description: &'static str,
    /// Its properties and what they are.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    fields: serde_json::Map<String, serde_json::Value>,
}

/// What a map must know before it asks for tiles of a layer.
#[utoipa::path(
    get, operation_id = "read_tile_json", path = "/tiles/{layer}", tag = "tiles",
    params(("layer" = String, Path, description = "`sites`, `parcels` or `stages`"), NoParams),
    responses(
        (status = 200, description = "TileJSON", body = TileJsonWire),
        (status = 404, description = "There is no such layer", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn tile_json(
    State(app): State<App>,
    caller: Caller,
    Path(layer): Path<String>,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    let layer = layer_named(&layer)?;
    let tiles = app.tiles();
    app.answer_entity(caller, move |setting, _language| {
        let facts = tiles.tile_json(&setting.county, layer, "");
        Ok(Entity {
            content_type: JSON,
            ..json_entity(&wire(facts))?
        })
    })
    .await
}

fn wire(facts: TileJson) -> TileJsonWire {
    let layer = |facts: crate::service::VectorLayerFacts| VectorLayerWire {
        id: facts.id,
        description: facts.description,
        fields: facts
            .fields
            .iter()
            .map(|(name, what)| ((*name).to_owned(), (*what).into()))
            .collect(),
    };
    TileJsonWire {
        tilejson: "3.0.0",
        name: facts.name,
        tiles: facts.tiles,
        scheme: "xyz",
        minzoom: facts.minzoom,
        maxzoom: facts.maxzoom,
        bounds: facts.bounds.map(bbox_wire),
        vector_layers: facts.vector_layers.into_iter().map(layer).collect(),
    }
}

/// A tile of a layer: Mapbox Vector Tile, 204 when nothing is in it.
///
/// `sites` has two layers, `sites` (footprints in force today) and `site_points` (a point well inside
/// each), ids are site ids. `parcels`: parcels in force today. `stages`: faces, the pieces of ground
/// that share one history; their ids are the keys of `/api/v1/timeline/faces`.
#[utoipa::path(
    get, operation_id = "read_tile", path = "/tiles/{layer}/{z}/{x}/{y}", tag = "tiles",
    params(
        ("layer" = String, Path, description = "`sites`, `parcels` or `stages`"),
        ("z" = u8, Path, description = "Zoom, 0 to 18"),
        ("x" = u32, Path, description = "Column from the west"),
        ("y" = u32, Path, description = "Row from the north"),
        NoParams,
    ),
    responses(
        (status = 200, description = "The tile", body = Vec<u8>,
            content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing is in it"),
        (status = 304, description = "The caller has it"),
        (status = 404, description = "There is no such layer or tile", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn tile(
    State(app): State<App>,
    caller: Caller,
    Path((layer, z, x, y)): Path<(String, String, String, String)>,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    let layer = layer_named(&layer)?;
    let id = tile_id(&z, &x, &y).ok_or_else(|| {
        Refusal::not_found("tile.unknown_tile")
            .with("z", z)
            .with("x", x)
            .with("y", y)
            .with("max_z", DEEPEST_TILE_ZOOM.to_string())
    })?;
    if let Some(kept) = kept(&app, &caller, layer, id) {
        return Ok(kept);
    }
    app.blocking(move |app| {
        let setting = app.setting()?;
        let tile = app.tiles().tile(&setting.county, setting.today, layer, id);
        app.metrics().tile(layer.name(), "drawn");
        match tile {
            None => Ok(nothing()),
            Some(tile) if caller.takes_gzip => Ok(entity(&tile).into_response(&caller)),
            Some(tile) => Ok(entity(&tile).plain()?.into_response(&caller)),
        }
    })
    .await
}

/// A tile that needs no work at all: drawn before, for a caller that takes it as it is kept.
fn kept(app: &App, caller: &Caller, layer: TileLayer, id: TileId) -> Option<Response> {
    let setting = app.recent_setting().filter(|_| caller.takes_gzip)?;
    let tile = app
        .tiles()
        .kept(&setting.county, setting.today, layer, id)?;
    app.metrics().tile(layer.name(), "kept");
    Some(tile.map_or_else(nothing, |tile| entity(&tile).into_response(caller)))
}

fn layer_named(name: &str) -> Result<TileLayer, Refusal> {
    TileLayer::named(name).ok_or_else(|| {
        let known = TileLayer::ALL.map(TileLayer::name).join(", ");
        Refusal::not_found("tile.unknown_layer")
            .with("layer", name)
            .with("known", known)
    })
}

/// The tile of three whole numbers, written as they are usually written: no sign, no leading zero.
fn tile_id(z: &str, x: &str, y: &str) -> Option<TileId> {
    let number = |text: &str| -> Option<u32> {
        let is_plain =
            text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        text.parse().ok().filter(|_| is_plain)
    };
    let z = u8::try_from(number(z)?)
        .ok()
        .filter(|z| *z <= DEEPEST_TILE_ZOOM)?;
    TileId::new(z, number(x)?, number(y)?)
}

fn entity(tile: &TileResponse) -> Entity {
    Entity {
        bytes: axum::body::Bytes::from_owner(std::sync::Arc::clone(&tile.gzip)),
        is_gzip: true,
        // Weak, because the same tile goes out compressed and not.
        etag: format!("W/{}", tile.etag),
        content_type: tile.content_type,
        cache_control: "no-cache",
    }
}

fn nothing() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_within_the_zoom_are_tiles() {
        assert_eq!(tile_id("0", "0", "0"), TileId::new(0, 0, 0));
        assert_eq!(tile_id("13", "6673", "3326"), TileId::new(13, 6673, 3326));
        for (z, x, y) in [
            ("0", "1", "0"),
            ("1", "0", "2"),
            ("19", "0", "0"),
            ("-1", "0", "0"),
            ("+1", "0", "0"),
            ("01", "0", "0"),
            ("1", "", "0"),
            ("1", "0.0", "0"),
            ("1", "0", "0.mvt"),
            ("256", "0", "0"),
            ("18", "4294967296", "0"),
            ("١", "0", "0"),
            ("1e0", "0", "0"),
        ] {
            assert_eq!(tile_id(z, x, y), None, "{z}/{x}/{y}");
        }
    }
}
