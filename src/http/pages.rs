//! The front end, built once and embedded in the binary.

use std::borrow::Cow;

use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::answer::{Caller, Entity, weak_etag};
use super::app::App;
use super::refusal::Refusal;
use crate::service::messages::Language;

/// What `npm run build` made; empty until it ran.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/dist"]
#[allow_missing = true]
struct Built;

/// Shown until the front end is built.
const PLACEHOLDER_ZH: &str = include_str!("pages/not_built.zh.html");
const PLACEHOLDER_EN: &str = include_str!("pages/not_built.en.html");

const HTML: &str = "text/html; charset=utf-8";

/// Any address that is not the API's: a file of the front end, or a page of it.
pub(super) async fn any(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let path = uri.path().trim_start_matches('/').to_owned();
    if is_of_the_api(&path) {
        return Err(Refusal::not_found("route.unknown"));
    }
    if method != Method::GET && method != Method::HEAD {
        let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
        return Err(
            Refusal::new(status, "request.method_not_allowed").with("method", method.as_str())
        );
    }
    let caller = Caller::of(&headers);
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let wants_html = accepted.is_some_and(|accepted| accepted.contains("text/html"));
    app.blocking(move |_| {
        let entity = entity(&path, wants_html, &caller)?;
        let entity = if caller.takes_gzip && is_text(entity.content_type) {
            entity.compressed()
        } else {
            entity
        };
        Ok(entity.into_response(&caller))
    })
    .await
}

fn is_of_the_api(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    ["api", "tiles", "imagery", "ogc", "healthz", "metrics"].contains(&first)
}

fn entity(path: &str, wants_html: bool, caller: &Caller) -> Result<Entity, Refusal> {
    if let Some(file) = file(path) {
        return Ok(of_file(path, file));
    }
    if !is_a_page(path, wants_html) {
        return Err(Refusal::not_found("route.unknown"));
    }
    if let Some(file) = Built::get("index.html") {
        return Ok(of_file("index.html", file));
    }
    let text = match caller.language {
        Language::Zh => PLACEHOLDER_ZH,
        Language::En => PLACEHOLDER_EN,
    };
    Ok(Entity::new(text.as_bytes().to_vec(), HTML))
}

/// A file by its exact name. Names are compared, never joined to a folder's path.
fn file(path: &str) -> Option<EmbeddedFile> {
    Built::iter()
        .find(|name| name == path)
        .and_then(|name| Built::get(&name))
}

/// Whether an address may be one of the front end's pages; which ones there are only it knows.
///
/// A missing script must be an error, not a page of HTML, so what has an ending is a page only for a
/// browser that navigates there (`wants_html`): a site's code may hold a dot. What begins with a dot
/// and what no address of ours holds is none.
fn is_a_page(path: &str, wants_html: bool) -> bool {
    let Some(path) = decoded(path) else {
        return false;
    };
    let last = path.rsplit('/').next().unwrap_or_default();
    (wants_html || !last.contains('.'))
        && !path.starts_with("assets/")
        && !path.split('/').any(|part| part.starts_with('.'))
        && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// The text that a percent-encoded path means, or `None` when it is no text.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn of_file(path: &str, file: EmbeddedFile) -> Entity {
    let content_type = content_type(path);
    let bytes = match file.data {
        Cow::Borrowed(bytes) => axum::body::Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    Entity {
        bytes,
        is_gzip: false,
        etag: weak_etag(&file.metadata.sha256_hash()),
        content_type,
        // Names under `assets/` carry a hash of what is in them: they never change.
        cache_control: if path.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        },
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => HTML,
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pbf" => "application/x-protobuf",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether compressing gains anything.
fn is_text(content_type: &str) -> bool {
    content_type.starts_with("text/")
        || ["json", "svg", "wasm", "protobuf"]
            .iter()
            .any(|kind| content_type.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_without_an_ending_are_pages() {
        for path in [
            "",
            "site/WH-001",
            "a/b/c",
            "site/%E6%B2%A1%E6%9C%89",
            "site/a%2Fb",
        ] {
            assert!(is_a_page(path, false), "{path}");
        }
        assert!(is_a_page("site/WH.1", true) && !is_a_page("site/WH.1", false));
        for path in [
            "assets/x",
            "assets/x.js",
            "../Cargo.toml",
            "..",
            "a/..",
            "%2e%2e/x",
            "..%2fx",
            "a\\b",
            "a%5cb",
            ".env",
            ".git/config",
            "%00",
            "%c0%ae",
            "%",
            "%zz",
            "a%0d%0ab",
        ] {
            assert!(!is_a_page(path, true), "{path}");
        }
    }
}
