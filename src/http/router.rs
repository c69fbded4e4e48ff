//! All addresses of the server and what every request passes on its way.

use std::sync::OnceLock;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::refusal::Refusal;
use super::{boundaries, bridge, claims, docs, events, guard, health, obligations, pages, parcels};
use super::{problem, reference_areas, remaining, sites, status, tiles, timeline};

/// Nothing is written through this API yet, so no request needs a body.
const LARGEST_BODY_BYTES: usize = 64 * 1024;

/// Addresses below `/api/v1`.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(status::status))
        .routes(routes!(reference_areas::list))
        .routes(routes!(sites::list))
        .routes(routes!(sites::one))
        .routes(routes!(events::list))
        .routes(routes!(claims::list))
        .routes(routes!(parcels::list))
        .routes(routes!(boundaries::list))
        .routes(routes!(obligations::list))
        .routes(routes!(remaining::remaining))
        .routes(routes!(bridge::bridge))
        .routes(routes!(timeline::timeline))
        .routes(routes!(timeline::faces))
        .routes(routes!(docs::openapi))
        .routes(routes!(docs::page))
        .routes(routes!(docs::page_file))
}

/// Addresses that must answer when the others are turned away.
fn operation() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health::healthz)).routes(routes!(health::metrics))
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(docs::Document::openapi())
        .nest("/api/v1", api())
        .routes(routes!(tiles::tile_json))
        .routes(routes!(tiles::tile))
}

/// The document of the API: OpenAPI 3.1, generated from the handlers.
#[must_use]
pub fn openapi_text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| docs::document_text(documented().merge(operation()).into_openapi()))
}

/// The whole service of a server.
#[must_use]
pub fn router(app: App) -> Router {
    let (answering, _document) = documented().split_for_parts();
    let (operation, _document) = operation().split_for_parts();
    answering
        .fallback(pages::any)
        .layer(from_fn_with_state(app.clone(), guard::limit))
        // Added after the limit, which is not for them.
        .merge(operation)
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES))
        .layer(CatchPanicLayer::custom(|_panic| {
            tracing::error!("a request panicked");
            axum::response::IntoResponse::into_response(Refusal::failed())
        }))
        .layer(from_fn(guard::local_names))
        .layer(from_fn(problem::explain))
        .layer(from_fn(guard::bind_browser))
        .layer(from_fn_with_state(app.clone(), guard::watch))
        .with_state(app)
}
