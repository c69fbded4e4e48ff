//! Problem details (RFC 9457) in the caller's language, for every answer that is a refusal.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::language::language_of;
use super::refusal::Refusal;
use super::request_id::RequestId;
use crate::service::messages::{Language, sentence};

/// Why a request was refused, and what to do next.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/docs#site.unknown")]
    kind: String,
    /// What the status means, in the caller's language.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong and what to do, in the caller's language.
    detail: String,
    /// Stable dotted code; never translated.
    #[schema(example = "site.unknown")]
    code: &'static str,
    /// The request's number in the server's log.
    request_id: String,
}

/// The media type of problem details.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Writes the body of every refused request.
pub(super) async fn explain(request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let request_id = RequestId::of(request.extensions());
    let method = request.method().clone();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let refusal = match response.extensions().get::<Refusal>() {
        Some(refusal) => refusal.clone(),
        None => without_words(status, &method),
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut answer = body(&refusal, language, request_id).into_response();
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// The refusal that a status set by the framework means.
fn without_words(status: StatusCode, method: &Method) -> Refusal {
    match status {
        StatusCode::NOT_FOUND => Refusal::not_found("route.unknown"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Refusal::new(status, "request.method_not_allowed").with("method", method.as_str())
        }
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(status, "request.too_large"),
        status if status.is_client_error() => Refusal::new(status, "request.invalid"),
        _ => Refusal::failed(),
    }
}

fn body(refusal: &Refusal, language: Language, request_id: String) -> impl IntoResponse {
    let problem = Problem {
        kind: format!("/api/v1/docs#{}", refusal.code),
        title: title(refusal.status, language),
        status: refusal.status.as_u16(),
        detail: sentence(refusal.code, language, &refusal.values).joined(),
        code: refusal.code,
        request_id,
    };
    // A struct of texts and a number always becomes JSON.
    let text = serde_json::to_string(&problem).unwrap_or_default();
    let mut response = (refusal.status, Body::from(text)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    let tag = match language {
        Language::Zh => "zh-CN",
        Language::En => "en",
    };
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(tag));
    if let Some(seconds) = refusal.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What a status means; the same for every problem that has it, as RFC 9457 asks of a title.
fn title(status: StatusCode, language: Language) -> &'static str {
    let (zh, en) = match status {
        StatusCode::NOT_FOUND => ("没有找到", "Not found"),
        StatusCode::METHOD_NOT_ALLOWED => ("不接受这种请求", "Method not allowed"),
        StatusCode::PAYLOAD_TOO_LARGE => ("内容过大", "Content too large"),
        StatusCode::MISDIRECTED_REQUEST => ("主机名不对", "Misdirected request"),
        StatusCode::SERVICE_UNAVAILABLE => ("暂时无法服务", "Service unavailable"),
        StatusCode::INSUFFICIENT_STORAGE => ("存储空间不足", "Insufficient storage"),
        status if status.is_client_error() => ("请求有误", "Bad request"),
        _ => ("服务器出错", "Server error"),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}
