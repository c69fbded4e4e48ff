//! The document of the API, generated from the code, and a page of our own to read it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Caller, Entity, JSON};
use super::app::App;
use super::problem::PROBLEM_JSON;
use super::query::Asked;
use super::refusal::Refusal;
use super::status::NoParams;
use crate::service::messages::{Language, messages, sentence};

/// What the document says beside the operations, which the router adds.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Qingshan 青山",
        description = "How much quarried ground is still to be rehabilitated against each deadline, \
            at what pace, proved by what evidence.\n\nAreas are square metres on the CGCS2000 \
            ellipsoid; positions are lon/lat degrees (EPSG:4490); days are those of Asia/Shanghai; \
            instants are RFC 3339 in UTC. Refusals are problem details (RFC 9457) in the language \
            of `Accept-Language`, Chinese unless English is asked for; `code` never changes.",
    ),
    tags(
        (name = "county", description = "What is here"),
        (name = "figures", description = "What remains, and how it came about"),
        (name = "sites", description = "Sites and what was recorded of them"),
        (name = "obligations", description = "What is asked, by when"),
        (name = "tiles", description = "Vector tiles for maps"),
        (name = "operation", description = "For whoever runs the server"),
    )
)]
pub(super) struct Document;

/// The document as JSON: operations of the router, each with what any refusal looks like.
pub(super) fn document_text(mut document: utoipa::openapi::OpenApi) -> String {
    document.info.license = None;
    let refused: RefOr<utoipa::openapi::Response> = ResponseBuilder::new()
        .description("Refused: busy, too late, too large, or a failure of the server")
        .content(
            PROBLEM_JSON,
            Content::new(Some(Ref::from_schema_name("Problem"))),
        )
        .into();
    for operation in document
        .paths
        .paths
        .values_mut()
        .filter_map(|item| item.get.as_mut())
    {
        operation
            .responses
            .responses
            .insert("default".to_owned(), refused.clone());
    }
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// Every code a refusal or a finding can carry.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemCodes {
    /// By code.
    problems: Vec<ProblemCode>,
}

/// What a code means and what to do, with `{name}` where a value goes.
#[derive(Debug, Serialize, ToSchema)]
struct ProblemCode {
    /// Stable dotted code.
    #[schema(example = "site.unknown")]
    code: &'static str,
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

/// Every code that a refusal or a finding of an import can carry, with its sentences.
#[utoipa::path(
    get, operation_id = "list_problems", path = "/problems", tag = "operation", params(NoParams),
    responses((status = 200, description = "The codes", body = ProblemCodes))
)]
pub(super) async fn problems(
    State(app): State<App>,
    caller: Caller,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, |_setting, _language| {
        let told = |code, language| sentence(code, language, &[]).joined();
        let problems = messages().keys().map(|code| ProblemCode {
            code,
            zh: told(code, Language::Zh),
            en: told(code, Language::En),
        });
        Ok(ProblemCodes {
            problems: problems.collect(),
        })
    })
    .await
}

/// This document.
#[utoipa::path(
    get, operation_id = "read_openapi", path = "/openapi.json", tag = "operation", params(NoParams),
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value))
)]
pub(super) async fn openapi(
    State(app): State<App>,
    caller: Caller,
    Asked(NoParams {}): Asked<NoParams>,
) -> Result<Response, Refusal> {
    app.answer_entity(caller, |_setting, _language| {
        Ok(Entity::new(
            super::router::openapi_text().as_bytes().to_vec(),
            JSON,
        ))
    })
    .await
}

/// Nothing but our own files, and no styles in attributes either.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FILES: [(&str, &str, &str); 3] = [
    (
        "",
        include_str!("docs/page.html"),
        "text/html; charset=utf-8",
    ),
    (
        "page.js",
        include_str!("docs/page.js"),
        "text/javascript; charset=utf-8",
    ),
    (
        "page.css",
        include_str!("docs/page.css"),
        "text/css; charset=utf-8",
    ),
];

/// The page that reads this document.
#[utoipa::path(
    get, operation_id = "read_docs", path = "/docs", tag = "operation",
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
pub(super) async fn page(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    file(app, caller, String::new()).await
}

/// A file of that page.
#[utoipa::path(
    get, operation_id = "read_docs_file", path = "/docs/{file}", tag = "operation",
    params(("file" = String, Path, description = "`page.js` or `page.css`")),
    responses((status = 200, description = "The file", body = String, content_type = "text/javascript"))
)]
pub(super) async fn page_file(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    file(app, caller, name).await
}

async fn file(app: App, caller: Caller, name: String) -> Result<Response, Refusal> {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    let (_, text, content_type) = found.ok_or_else(|| Refusal::not_found("route.unknown"))?;
    let entity = Entity::new(text.as_bytes().to_vec(), content_type);
    let mut response = app
        .blocking(move |_| {
            let entity = if caller.takes_gzip {
                entity.compressed()
            } else {
                entity
            };
            Ok(entity.into_response(&caller))
        })
        .await?;
    let policy = HeaderValue::from_static(DOCS_POLICY);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
