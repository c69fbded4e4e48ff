//! For those who watch the server: is it well, and what has it done.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::App;
use super::problem::Problem;
use super::refusal::Refusal;
use crate::store::StoreError;

/// The server is well.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`; a server that is not well answers 503.
    #[schema(example = "ok")]
    health: &'static str,
}

/// Whether the server can read and write: 503 after a commit failed on disk.
#[utoipa::path(
    get, operation_id = "read_health", path = "/healthz", tag = "operation",
    responses(
        (status = 200, description = "Well", body = Health),
        (status = 503, description = "Not well; restart it", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn healthz(State(app): State<App>) -> Result<Response, Refusal> {
    app.blocking(|app| {
        // A file that cannot be read any more shows here, before somebody asks for a figure.
        let read = app.store().read(|snapshot| snapshot.revision());
        verdict(app.store().is_poisoned(), read.map(drop))
    })
    .await?;
    let mut response = axum::Json(Health { health: "ok" }).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What the store says of itself, as an answer to whoever watches.
fn verdict(is_poisoned: bool, read: Result<(), StoreError>) -> Result<(), Refusal> {
    if is_poisoned {
        return Err(Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store.poisoned",
        ));
    }
    let unavailable = |error: StoreError| Refusal {
        status: StatusCode::SERVICE_UNAVAILABLE,
        ..error.into()
    };
    read.map_err(unavailable)
}

/// Counters and durations in Prometheus' text format.
#[utoipa::path(
    get, operation_id = "read_metrics", path = "/metrics", tag = "operation",
    responses((status = 200, description = "Metrics", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(State(app): State<App>) -> Response {
    let text = app.metrics().text();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_cannot_read_or_write_is_not_well() {
        assert!(verdict(false, Ok(())).is_ok());
        let poisoned = verdict(true, Ok(())).unwrap_err();
        assert_eq!(
            (poisoned.status.as_u16(), poisoned.code),
            (503, "store.poisoned")
        );
        let gone = verdict(false, Err(StoreError::WriterGone)).unwrap_err();
        assert_eq!((gone.status.as_u16(), gone.code), (503, "server.failed"));
    }
}
