//! All addresses of the server and what every request passes on its way.

use std::sync::OnceLock;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
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
        .routes(routes!(docs::problems))
        .routes(routes!(docs::page))
        .routes(routes!(docs::page_file))
}

/// Addresses that must answer when the others are turned away.
fn operation() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::metrics))
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
pub fn router(app: App) -> Router {
    let (answering, _document) = documented().split_for_parts();
    let (operation, _document) = operation().split_for_parts();
    let routes = answering
        .fallback(pages::any)
        .layer(from_fn_with_state(app.clone(), guard::limit))
        // Added after the limit, which is not for them.
        .merge(operation);
    guarded(routes, app)
}

/// The routes behind what every request passes; the last one added is passed first.
fn guarded(routes: Router<App>, app: App) -> Router {
    routes
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES))
        .layer(CatchPanicLayer::custom(|_panic| {
            tracing::error!("a request panicked");
            Refusal::failed().into_response()
        }))
        .layer(from_fn(guard::local_names))
        .layer(from_fn(problem::explain))
        .layer(from_fn(guard::bind_browser))
        .layer(from_fn_with_state(app.clone(), guard::watch))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_panic_is_a_failure_told_without_its_words() {
        let directory = tempfile::tempdir().unwrap();
        let app = App::new(Store::open(directory.path()).unwrap());
        let panics = || async { panic!("the secret reason") };
        let routes = Router::new().route(
            "/panics",
            axum::routing::get(async move || {
                panics().await;
            }),
        );
        let request = Request::get("/panics").body(Body::empty()).unwrap();
        let response = guarded(routes, app).oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 500);
        assert!(response.headers().contains_key("x-request-id"));
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            text.contains("\"server.failed\"") && !text.contains("secret"),
            "{text}"
        );
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let document: serde_json::Value = serde_json::from_str(openapi_text()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let mut names: Vec<&str> = paths
            .filter_map(|p| p["get"]["operationId"].as_str())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }
}
