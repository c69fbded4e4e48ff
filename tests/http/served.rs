//! Asking the router without a network, and reading what comes back.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use qingshan::http::{App, Bounds, router};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::county;

/// The clock of the tests: half past midnight on 1 July 2024 in Suizhou, still June in UTC.
pub const NOW: &str = "2024-06-30T16:30:00Z";
/// The day that is in Asia/Shanghai.
pub const TODAY: &str = "2024-07-01";

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a readable header"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    /// Checks that it is problem details with this status and code, and returns the detail.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> String {
        let problem = self.json();
        assert_eq!(
            (self.status.as_u16(), &problem["code"]),
            (status, &Value::from(code))
        );
        assert_eq!(
            self.header(header::CONTENT_TYPE),
            "application/problem+json"
        );
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/api/v1/docs#{code}"));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        assert!(
            problem["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty())
        );
        let detail = problem["detail"].as_str().expect("a detail").to_owned();
        assert!(!detail.contains('{') && detail != code, "{detail}");
        detail
    }
}

/// The router over the demo county.
pub fn demo_router() -> Router {
    router(demo_app())
}

pub fn demo_app() -> App {
    App::with(county::demo_store(), clock(), Bounds::default())
}

pub fn clock() -> qingshan::http::Clock {
    let now: DateTime<Utc> = NOW.parse().expect("an instant");
    Arc::new(move || now)
}

/// Sends a request.
pub async fn send(router: Router, request: Request<Body>) -> Answer {
    let response = router
        .oneshot(request)
        .await
        .expect("the router never fails");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// Asks the demo county, with headers.
pub async fn get_with(path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(
        demo_router(),
        request.body(Body::empty()).expect("a request"),
    )
    .await
}

/// Asks the demo county.
pub async fn get(path: &str) -> Answer {
    get_with(path, &[]).await
}

/// Asks the demo county for JSON that must come.
#[track_caller]
pub fn get_json(path: &str) -> impl Future<Output = Value> {
    let path = path.to_owned();
    async move {
        let answer = get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }
}

/// Two numbers that came from the same computation.
#[track_caller]
pub fn assert_same(wire: &Value, computed: f64) {
    let wire = wire.as_f64().expect("a number");
    assert!((wire - computed).abs() < 1e-9, "{wire} is not {computed}");
}
