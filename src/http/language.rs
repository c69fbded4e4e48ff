//! The caller's language, from `Accept-Language` (RFC 9110, section 12.5.4).

use axum::http::{HeaderMap, header};

use crate::service::messages::Language;

/// The language the caller likes best of those we speak; Chinese when it says nothing we know.
pub(super) fn language_of(headers: &HeaderMap) -> Language {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let mut best = (Language::default(), 0.0);
    for range in asked.unwrap_or_default().split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters
            .trim()
            .strip_prefix("q=")
            .map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let primary = tag.trim().split('-').next().unwrap_or_default();
        let language = if primary.eq_ignore_ascii_case("zh") {
            Language::Zh
        } else if primary.eq_ignore_ascii_case("en") {
            Language::En
        } else {
            continue;
        };
        // Of two that weigh the same the first is meant.
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_language_wins_and_chinese_is_the_default() {
        for (asked, expected) in [
            ("", Language::Zh),
            ("fr", Language::Zh),
            ("en", Language::En),
            ("en-GB,zh;q=0.5", Language::En),
            ("fr,en;q=0.4,zh-CN;q=0.8", Language::Zh),
            ("en;q=0", Language::Zh),
            ("zh,en", Language::Zh),
            ("EN", Language::En),
            (";;,q=", Language::Zh),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, asked.parse().unwrap());
            assert_eq!(language_of(&headers), expected, "{asked:?}");
        }
        assert_eq!(language_of(&HeaderMap::new()), Language::Zh);
    }
}
