//! A number for each request, to find it in the log.

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use tower_http::request_id::{MakeRequestId as _, MakeRequestUuid};

/// The header that carries it, in and out.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The caller's own id when it is harmless in a log, else a new one.
    pub(super) fn for_headers(headers: &HeaderMap) -> Self {
        let given = headers
            .get(HEADER)
            .filter(|value| is_harmless(value.as_bytes()));
        let id = given.cloned().or_else(|| {
            let request = axum::http::Request::new(());
            MakeRequestUuid
                .make_request_id(&request)
                .map(|id| id.into_header_value())
        });
        Self(id.unwrap_or(HeaderValue::from_static("none")))
    }

    /// The id given to a request, or nothing when it was given none.
    pub(super) fn of(extensions: &Extensions) -> String {
        extensions
            .get::<Self>()
            .map(|id| id.text().to_owned())
            .unwrap_or_default()
    }

    pub(super) fn text(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn is_harmless(id: &[u8]) -> bool {
    const LONGEST: usize = 64;
    (1..=LONGEST).contains(&id.len())
        && id
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_harmless_id_of_the_caller_is_kept() {
        let of = |given: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, HeaderValue::from_bytes(given).unwrap());
            RequestId::for_headers(&headers).text().to_owned()
        };
        assert_eq!(of(b"field-7.a_B"), "field-7.a_B");
        let long = vec![b'a'; 65];
        for given in [&b"a b"[..], b"x\xe9", b"", &long] {
            let made = of(given);
            assert_eq!(made.len(), 36, "{given:?} became {made}");
        }
        assert_ne!(of(b""), of(b""));
    }
}
