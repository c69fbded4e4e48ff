//! Answers computed on the pool: JSON with an entity tag, compressed where the caller takes it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::app::{App, Setting};
use super::language::language_of;
use super::refusal::Refusal;
use crate::service::messages::Language;

/// What the caller takes and already has.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The language of titles.
    pub(super) language: Language,
    /// Whether it takes gzip.
    pub(super) takes_gzip: bool,
    /// Entity tags it has.
    has: Vec<String>,
}

impl Caller {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|v: &HeaderValue| v.to_str().ok())
        };
        Self {
            language: language_of(headers),
            takes_gzip: takes_gzip(text(header::ACCEPT_ENCODING).unwrap_or_default()),
            has: text(header::IF_NONE_MATCH)
                .unwrap_or_default()
                .split(',')
                .map(|tag| bare(tag.trim()).to_owned())
                .collect(),
        }
    }

    /// Whether it has the entity of this tag (weak comparison, RFC 9110, section 13.1.2).
    pub(super) fn has(&self, etag: &str) -> bool {
        self.has.iter().any(|tag| tag == "*" || tag == bare(etag))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

fn bare(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Whether an `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    let weight = |name: &str| {
        accepted.split(',').find_map(|range| {
            let (coding, parameters) = range.split_once(';').unwrap_or((range, ""));
            let q = parameters.trim().strip_prefix("q=");
            coding
                .trim()
                .eq_ignore_ascii_case(name)
                .then(|| q.map_or(1.0, |q| q.trim().parse().unwrap_or(0.0)))
        })
    };
    weight("gzip")
        .or_else(|| weight("*"))
        .is_some_and(|q: f64| q > 0.0)
}

/// A body that is kept or was just made, with its tag.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) bytes: axum::body::Bytes,
    /// Whether `bytes` are compressed.
    pub(super) is_gzip: bool,
    /// The entity tag, quotes included.
    pub(super) etag: String,
    pub(super) content_type: &'static str,
    pub(super) cache_control: &'static str,
}

/// Bodies below this are sent as they are: compressing them gains nothing.
const LEAST_GZIP_BYTES: usize = 1024;

impl Entity {
    /// An entity of bytes that are not compressed; its tag is weak, as its encoding may differ.
    pub(super) fn new(bytes: Vec<u8>, content_type: &'static str) -> Self {
        Self {
            etag: weak_etag(&Sha256::digest(&bytes)),
            bytes: bytes.into(),
            is_gzip: false,
            content_type,
            // Kept by browsers, and asked about each time: figures change with every record.
            cache_control: "no-cache",
        }
    }

    /// The same, compressed when that is worth it.
    pub(super) fn compressed(self) -> Self {
        if self.is_gzip || self.bytes.len() < LEAST_GZIP_BYTES {
            return self;
        }
        let mut encoder = GzEncoder::new(
            Vec::with_capacity(self.bytes.len() / 4),
            Compression::fast(),
        );
        // Writing to memory cannot fail; if it did, the plain bytes are right too.
        match encoder
            .write_all(&self.bytes)
            .and_then(|()| encoder.finish())
        {
            Ok(bytes) => Self {
                bytes: bytes.into(),
                is_gzip: true,
                ..self
            },
            Err(_) => self,
        }
    }

    /// The same, not compressed. Fails only on bytes that are no gzip.
    pub(super) fn plain(self) -> Result<Self, Refusal> {
        if !self.is_gzip {
            return Ok(self);
        }
        let mut bytes = Vec::new();
        GzDecoder::new(&*self.bytes)
            .read_to_end(&mut bytes)
            .map_err(|error| {
                tracing::error!(error = %error, "a kept body cannot be unpacked");
                Refusal::failed()
            })?;
        Ok(Self {
            bytes: bytes.into(),
            is_gzip: false,
            ..self
        })
    }

    /// The answer for a caller that takes it as it is: 304 when the caller has it.
    pub(super) fn into_response(self, caller: &Caller) -> Response {
        let is_fresh = caller.has(&self.etag);
        let mut response = if is_fresh {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Body::from(self.bytes).into_response()
        };
        let headers = response.headers_mut();
        if !is_fresh {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.content_type),
            );
            if self.is_gzip {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, etag);
        }
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(self.cache_control),
        );
        headers.insert(
            header::VARY,
            HeaderValue::from_static("accept-encoding, accept-language"),
        );
        response
    }
}

/// A weak entity tag of a hash: its first 12 bytes are enough that two bodies never share it.
pub(super) fn weak_etag(sha256: &[u8]) -> String {
    let mut etag = String::from("W/\"");
    for byte in sha256.iter().take(12) {
        // Writing to a string cannot fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    etag
}

/// JSON.
pub(super) const JSON: &str = "application/json";
/// `GeoJSON` (RFC 7946).
pub(super) const GEO_JSON: &str = "application/geo+json";

/// A value as a JSON entity.
pub(super) fn json_entity<T: Serialize>(value: &T) -> Result<Entity, Refusal> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        tracing::error!(error = %error, "an answer cannot be written as JSON");
        Refusal::failed()
    })?;
    Ok(Entity::new(bytes, JSON))
}

impl App {
    /// Answers a caller with JSON computed from the county as it is now, all of it on the pool.
    pub(super) async fn answer<T: Serialize>(
        &self,
        caller: Caller,
        work: impl FnOnce(&Setting, Language) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<Response, Refusal> {
        self.answer_entity(caller, |setting, language| {
            json_entity(&work(setting, language)?)
        })
        .await
    }

    /// Answers a caller with an entity made from the county as it is now, all of it on the pool.
    pub(super) async fn answer_entity(
        &self,
        caller: Caller,
        work: impl FnOnce(&Setting, Language) -> Result<Entity, Refusal> + Send + 'static,
    ) -> Result<Response, Refusal> {
        self.blocking(move |app| {
            let setting = app.setting()?;
            let entity = work(&setting, caller.language)?;
            let entity = match caller.takes_gzip {
                // A caller that has it gets no body: nothing to compress.
                true if !caller.has(&entity.etag) => entity.compressed(),
                true => entity,
                false => entity.plain()?,
            };
            Ok(entity.into_response(&caller))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_only_when_the_caller_says_so() {
        for (accepted, expected) in [
            ("", false),
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("*", true),
            ("*;q=0", false),
            ("gzip;q=0, *", false),
            ("deflate", false),
        ] {
            assert_eq!(takes_gzip(accepted), expected, "{accepted:?}");
        }
    }

    #[test]
    fn a_caller_has_what_one_of_its_tags_names() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::IF_NONE_MATCH,
            HeaderValue::from_static("\"a\", W/\"b\""),
        );
        let caller = Caller::of(&headers);
        assert!(caller.has("W/\"a\"") && caller.has("\"b\""));
        assert!(!caller.has("\"c\""));
        assert!(!Caller::of(&HeaderMap::new()).has("\"\""));
    }

    #[test]
    fn a_compressed_entity_unpacks_to_what_it_was() {
        let body = vec![b'q'; 4000];
        let packed = Entity::new(body.clone(), JSON).compressed();
        assert!(packed.is_gzip && packed.bytes.len() < 200);
        assert_eq!(&*packed.plain().unwrap().bytes, &*body);
        assert!(!Entity::new(vec![b'q'; 10], JSON).compressed().is_gzip);
    }
}
