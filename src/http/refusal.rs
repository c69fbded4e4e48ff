//! What a request can be refused with, and the one place where errors become answers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::service::ServiceError;
use crate::store::StoreError;

/// A refused request: status, stable dotted code and the values its sentence quotes.
///
/// The body is written by [`super::problem::explain`], which knows the caller's language and the
/// request's id.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) values: Vec<(&'static str, String)>,
    /// Seconds after which to try again.
    pub(super) retry_after_s: Option<u32>,
}

/// Longest value of the caller's own that is quoted back.
const QUOTED_CHARS: usize = 80;

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            values: Vec::new(),
            retry_after_s: None,
        }
    }

    /// Something in the request cannot be used.
    pub(super) fn bad_request(code: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code)
    }

    /// There is no such thing.
    pub(super) fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code)
    }

    /// A failure of ours; what it was is in the log only.
    pub(super) fn failed() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server.failed")
    }

    /// Too much at once; the same request may be sent again.
    pub(super) fn overloaded() -> Self {
        Self {
            retry_after_s: Some(2),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "server.overloaded")
        }
    }

    /// It took too long; the same request may be sent again.
    pub(super) fn timeout() -> Self {
        Self {
            retry_after_s: Some(5),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "server.timeout")
        }
    }

    /// The same refusal with one more value for its sentence, cut to a length that can be read.
    pub(super) fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        let mut quoted: String = value.chars().take(QUOTED_CHARS).collect();
        if quoted.len() < value.len() {
            quoted.push('…');
        }
        self.values.push((name, quoted));
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error.into(),
            ServiceError::NotFound { what: "site", key } => {
                Self::not_found("site.unknown").with("key", key)
            }
            ServiceError::NotFound {
                what: "obligation",
                key,
            } => Self::not_found("obligation.unknown").with("key", key),
            ServiceError::Invalid { code, what: _ } => Self::bad_request(code),
            error @ (ServiceError::NotFound { .. }
            | ServiceError::Refused(_)
            | ServiceError::Embedded { .. }) => {
                tracing::error!(error = %error, "a request failed");
                Self::failed()
            }
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %error, "the store failed");
        match &error {
            StoreError::Poisoned => Self::new(StatusCode::SERVICE_UNAVAILABLE, "store.poisoned"),
            StoreError::Corrupt { .. } => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store.corrupt")
            }
            full if full.is_disk_full() => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "store.disk_full")
            }
            _ => Self::failed(),
        }
    }
}
