//! What every request passes: a number, a log line, limits, and headers that bind the browser.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::app::App;
use super::refusal::Refusal;
use super::request_id::{HEADER, RequestId};

/// Gives the request its number and counts and logs its answer, once.
pub(super) async fn watch(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = RequestId::for_headers(request.headers());
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request_id = id.text());
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    // Addresses outside the routes are the front end's files, and whatever anybody tries.
    let route = route.as_deref().unwrap_or("page");
    app.metrics().answered(method.as_str(), route, status, took);
    let duration_ms = took.as_secs_f64() * 1000.0;
    // `?path`: control characters are escaped, so a path cannot forge a line of the log.
    span.in_scope(|| {
        if response.status().is_server_error() {
            tracing::warn!(%method, ?path, route, status, duration_ms, "{method} {route} {status}");
        } else {
            tracing::info!(%method, ?path, route, status, duration_ms, "{method} {route} {status}");
        }
    });
    response.headers_mut().insert(HEADER, id.header());
    response
}

/// Turns away what is too much at once, and gives up what takes too long.
pub(super) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let Ok(_permit) = app.in_flight().try_acquire() else {
        return Refusal::overloaded().into_response();
    };
    match tokio::time::timeout(app.bounds().answer_within, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Refusal::timeout().into_response(),
    }
}

/// Answers only requests for this machine's own names: a page of another site that had its name
/// point here (DNS rebinding) sends that name.
pub(super) async fn local_names(request: Request, next: Next) -> Response {
    let host = request.uri().host().or_else(|| {
        request
            .headers()
            .get(header::HOST)
            .map(|h| h.to_str().unwrap_or("?"))
    });
    match host {
        Some(host) if !is_local(host) => {
            let host = host.to_owned();
            Refusal::new(StatusCode::MISDIRECTED_REQUEST, "host.not_local")
                .with("host", host)
                .into_response()
        }
        // HTTP/1.0 has no such header, and no browser speaks it.
        _ => next.run(request).await,
    }
}

fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(ip6) => ip6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The page loads nothing from elsewhere and runs no script that is not a file of ours; styles are
/// set by the map library as attributes.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; \
    worker-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Headers of every answer; what an answer set itself stays.
pub(super) async fn bind_browser(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:80",
            "127.1.2.3",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:80",
            "192.168.1.5",
            "[::2]:1",
            "",
            "?",
            "[",
            "0.0.0.0",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
