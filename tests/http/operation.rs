//! What is neither a noun nor a page: status, areas, obligations, the document, health, limits.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use qingshan::http::{App, Bounds, openapi_text, router};
use qingshan::service::list_obligations;
use qingshan::store::AreaKind;
use serde_json::Value;

use crate::county::{demo_county, demo_store};
use crate::served::{NOW, TODAY, clock, demo_router, get, get_json, get_with, send};

#[tokio::test]
async fn status_says_what_is_here() {
    let county = demo_county();
    let status = &get_json("/api/v1/status").await["status"];
    assert_eq!(status["revision"], county.revision);
    assert_eq!(status["today"], TODAY, "{NOW} is the next day in Suizhou");
    assert_eq!(status["site_count"], county.sites.len());
    assert_eq!(status["synthetic"], true);
    let outline = county
        .areas
        .iter()
        .find(|a| a.kind == AreaKind::County)
        .unwrap();
    assert_eq!(status["county_name"], outline.name);
    let timeline = &get_json("/api/v1/timeline").await["timeline"];
    let dates = timeline["dates"].as_array().unwrap();
    assert_eq!(
        (&status["first_on"], &status["last_on"]),
        (&dates[0], dates.last().unwrap())
    );
    get("/api/v1/status?verbose=1")
        .await
        .problem(400, "query.unknown_parameter");
}

#[tokio::test]
async fn reference_areas_are_geojson_in_lon_lat() {
    let answer = get("/api/v1/reference-areas").await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let areas = answer.json();
    assert_eq!(areas["type"], "FeatureCollection");
    let features = areas["features"].as_array().unwrap();
    assert_eq!(features.len(), demo_county().areas.len());
    assert_eq!(features[0]["properties"]["kind"], "county");
    for feature in features {
        assert_eq!(feature["geometry"]["type"], "MultiPolygon");
        let ring = feature["geometry"]["coordinates"][0][0].as_array().unwrap();
        assert_eq!(ring.first(), ring.last(), "closed");
        let (lon, lat) = (ring[0][0].as_f64().unwrap(), ring[0][1].as_f64().unwrap());
        assert!(
            (112.0..114.5).contains(&lon) && (31.0..33.0).contains(&lat),
            "{lon} {lat}"
        );
    }
}

#[tokio::test]
async fn obligations_say_what_they_ask_and_cite() {
    let body = get_json("/api/v1/obligations").await;
    let expected = list_obligations(&demo_store()).unwrap();
    let listed = body["obligations"].as_array().unwrap();
    assert_eq!(listed.len(), expected.len());
    for (wire, entry) in listed.iter().zip(&expected) {
        let obligation = &entry.obligation;
        let terms = obligation.terms.last().unwrap();
        assert_eq!(wire["key"], obligation.key);
        assert_eq!(wire["required_stage"], obligation.required_stage.number());
        assert_eq!(wire["due_on"], terms.due_on.to_string());
        let types: Vec<&str> = terms.scope.place_types.iter().map(|t| t.code()).collect();
        assert_eq!(wire["place_types"], Value::from(types));
        assert_eq!(wire["source_zh"], entry.source_zh);
        assert_eq!(wire["has_scope"], terms.scope.ground.is_some());
    }
    get("/api/v1/obligations?x=")
        .await
        .problem(400, "query.unknown_parameter");
}

#[tokio::test]
async fn every_code_is_explained_in_both_languages() {
    let body = get_json("/api/v1/problems").await;
    let problems = body["problems"].as_array().unwrap();
    assert_eq!(
        problems.len(),
        qingshan::service::messages::messages().len()
    );
    let unknown = problems
        .iter()
        .find(|problem| problem["code"] == "site.unknown")
        .unwrap();
    assert!(unknown["zh"].as_str().unwrap().contains("没有编号"));
    assert!(unknown["en"].as_str().unwrap().contains("no site"));
}

#[tokio::test]
async fn json_is_compressed_tagged_and_not_sent_twice() {
    let path = "/api/v1/remaining?as_of=2023-06-30";
    let plain = get(path).await;
    assert_eq!(plain.header("content-encoding"), "");
    let packed = get_with(path, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.header("vary").contains("accept-encoding"));
    assert!(packed.body.len() * 2 < plain.body.len());
    let mut unpacked = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(&*packed.body),
        &mut unpacked,
    )
    .unwrap();
    // `known_at` is now, which the tests hold still.
    assert_eq!(unpacked, plain.text());
    let etag = plain.header("etag").to_owned();
    assert_eq!(packed.header("etag"), etag);
    let again = get_with(path, &[("if-none-match", &etag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), etag);
    let other = get_with(
        "/api/v1/remaining?as_of=2023-07-01",
        &[("if-none-match", &etag)],
    )
    .await;
    assert_eq!(other.status.as_u16(), 200);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    get("/api/v1/nothing").await.problem(404, "route.unknown");
    get("/api/v2/status").await.problem(404, "route.unknown");
    get("/tiles").await.problem(404, "route.unknown");
    let post = Request::post("/api/v1/remaining")
        .body(Body::empty())
        .unwrap();
    let answer = send(demo_router(), post).await;
    let detail = answer.problem(405, "request.method_not_allowed");
    assert!(detail.contains("POST"), "{detail}");
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn a_large_body_is_refused_before_it_is_read() {
    let request = Request::get("/api/v1/status")
        .header("content-length", "5000000")
        .body(Body::empty())
        .unwrap();
    send(demo_router(), request)
        .await
        .problem(413, "request.too_large");
}

#[tokio::test]
async fn only_this_machines_names_are_answered() {
    let answer = get_with("/api/v1/status", &[("host", "evil.example:8080")]).await;
    let detail = answer.problem(421, "host.not_local");
    assert!(detail.contains("evil.example"), "{detail}");
    for host in ["localhost:8080", "127.0.0.1:1", "[::1]:9"] {
        assert_eq!(
            get_with("/api/v1/status", &[("host", host)])
                .await
                .status
                .as_u16(),
            200
        );
    }
}

#[tokio::test]
async fn every_answer_binds_the_browser_and_has_a_number() {
    for path in [
        "/",
        "/api/v1/status",
        "/api/v1/nothing",
        "/healthz",
        "/api/v1/docs",
    ] {
        let answer = get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src") && !policy.contains("unsafe-eval"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    let mine = get_with("/api/v1/status", &[("x-request-id", "walk-7")]).await;
    assert_eq!(mine.header("x-request-id"), "walk-7");
}

#[tokio::test]
async fn too_much_at_once_is_turned_away_but_health_still_answers() {
    let bounds = Bounds {
        in_flight: 0,
        ..Bounds::default()
    };
    let app = App::with(demo_store(), clock(), bounds);
    let ask = |path: &str| {
        send(
            router(app.clone()),
            Request::get(path).body(Body::empty()).unwrap(),
        )
    };
    let answer = ask("/api/v1/status").await;
    answer.problem(503, "server.overloaded");
    assert_eq!(answer.header("retry-after"), "2");
    assert_eq!(ask("/healthz").await.status.as_u16(), 200);
    assert_eq!(ask("/metrics").await.status.as_u16(), 200);
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    // Without a thread to work on, nothing is ever answered.
    let bounds = Bounds {
        blocking: 0,
        answer_within: Duration::from_millis(20),
        ..Bounds::default()
    };
    let app = App::with(demo_store(), clock(), bounds);
    let request = Request::get("/api/v1/status").body(Body::empty()).unwrap();
    let answer = send(router(app), request).await;
    answer.problem(503, "server.timeout");
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_status() {
    let app = crate::served::demo_app();
    let ask = |path: &str| {
        send(
            router(app.clone()),
            Request::get(path).body(Body::empty()).unwrap(),
        )
    };
    ask("/api/v1/sites/none").await;
    ask("/api/v1/sites/nobody").await;
    ask("/some/page").await;
    let metrics = ask("/metrics").await;
    assert!(
        metrics
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    let text = metrics.text();
    let line = |start: &str| {
        text.lines()
            .find(|line| line.starts_with(start))
            .unwrap_or_default()
    };
    let counted = line(
        r#"qingshan_http_requests_total{method="GET",route="/api/v1/sites/{code}",status="404"}"#,
    );
    assert!(counted.ends_with(" 2"), "{text}");
    assert!(
        line(r#"qingshan_http_requests_total{method="GET",route="page""#).ends_with(" 1"),
        "{text}"
    );
    assert!(
        text.contains("qingshan_http_request_duration_seconds_bucket"),
        "{text}"
    );
    assert!(
        line("qingshan_ledger_revision ").ends_with(&demo_county().revision.to_string()),
        "{text}"
    );
}

#[tokio::test]
async fn the_committed_document_is_the_one_the_code_makes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/web/openapi.json");
    if std::env::var_os("QINGSHAN_BLESS").is_some() {
        std::fs::write(path, openapi_text()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == openapi_text(),
        "web/openapi.json is old; run `make bless`"
    );
    assert_eq!(get("/api/v1/openapi.json").await.text(), committed);
}

#[tokio::test]
async fn every_address_is_documented_and_every_documented_one_answers() {
    let document: Value = serde_json::from_str(openapi_text()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/api/v1/status",
        "/api/v1/reference-areas",
        "/api/v1/sites",
        "/api/v1/sites/{code}",
        "/api/v1/events",
        "/api/v1/claims",
        "/api/v1/parcels",
        "/api/v1/boundaries",
        "/api/v1/obligations",
        "/api/v1/remaining",
        "/api/v1/bridge",
        "/api/v1/timeline",
        "/api/v1/timeline/faces",
        "/tiles/{layer}",
        "/tiles/{layer}/{z}/{x}/{y}",
        "/api/v1/openapi.json",
        "/api/v1/docs",
        "/healthz",
        "/metrics",
    ] {
        assert!(paths.contains_key(path), "{path} is missing");
    }
    for (path, item) in paths {
        let operation = &item["get"];
        assert!(
            operation["summary"].as_str().is_some_and(|s| !s.is_empty()),
            "{path}"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["description"]
                    .as_str()
                    .is_some_and(|d| !d.is_empty()),
                "{path}: {parameter}"
            );
        }
        let answer = get(&path.replace("{file}", "page.js").replace(['{', '}'], "x")).await;
        let code = answer.status.as_u16();
        assert!(code < 500 && code != 405, "{path}: {code}");
        if code == 404 {
            assert_ne!(
                answer.json()["code"],
                "route.unknown",
                "{path} is documented but no route"
            );
        }
    }
}
