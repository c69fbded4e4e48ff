//! The front end's files and pages.

use axum::body::Body;
use axum::http::Request;

use crate::served::{demo_router, get, get_with, send};

#[tokio::test]
async fn addresses_of_pages_get_the_page() {
    for path in [
        "/",
        "/sites/WH-001",
        "/some/deep/page",
        "/site/%E6%B2%A1%E6%9C%89",
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        assert!(answer.text().contains("<html"), "{path}");
    }
}

#[tokio::test]
async fn a_missing_file_is_no_page() {
    for path in ["/assets/gone.js", "/favicon.gif", "/robots.txt"] {
        get(path).await.problem(404, "route.unknown");
    }
}

#[tokio::test]
async fn a_browser_that_navigates_gets_the_page_of_a_code_with_a_dot() {
    let answer = get_with("/site/WH.1", &[("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let script = get_with("/assets/gone.js", &[("accept", "text/html,*/*;q=0.8")]).await;
    script.problem(404, "route.unknown");
}

#[tokio::test]
async fn paths_that_climb_find_nothing() {
    for path in [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../../Cargo.toml",
        "/..%5c..%5cCargo.toml",
        "/%2e%2e%2fCargo.toml",
        "/.git/config",
        "//etc/passwd.txt",
        "/%00",
        "/%c0%ae%c0%ae/x",
    ] {
        let answer = get(path).await;
        assert!(answer.status.as_u16() == 404, "{path}: {}", answer.status);
        assert!(
            !answer.text().contains("[package]") && !answer.text().contains("root:"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_are_only_read() {
    let post = Request::post("/").body(Body::empty()).unwrap();
    send(demo_router(), post)
        .await
        .problem(405, "request.method_not_allowed");
    let head = Request::head("/").body(Body::empty()).unwrap();
    let answer = send(demo_router(), head).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
}

#[tokio::test]
async fn a_page_the_browser_has_is_not_sent_again() {
    let etag = get("/").await.header("etag").to_owned();
    assert_eq!(
        get_with("/", &[("if-none-match", &etag)])
            .await
            .status
            .as_u16(),
        304
    );
}

#[tokio::test]
async fn the_document_has_a_page_of_its_own_files() {
    let page = get("/api/v1/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    for source in ["docs/page.js", "docs/page.css"] {
        assert!(page.text().contains(&format!("\"{source}\"")), "{source}");
        assert_eq!(get(&format!("/api/v1/{source}")).await.status.as_u16(), 200);
    }
    assert!(!page.text().contains("://"), "nothing from elsewhere");
    get("/api/v1/docs/other.js")
        .await
        .problem(404, "route.unknown");
    get("/api/v1/docs/..%2fmod.rs")
        .await
        .problem(404, "route.unknown");
}
