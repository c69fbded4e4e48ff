//! One catalogue of sentences for people: what happened and what to do next, in two languages.
//!
//! Everything that refuses or finds something carries a stable dotted code; this is the only place
//! that turns a code into a sentence. Logs stay English and use the errors' own texts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The catalogue, committed as data so that a translator needs no Rust: requests, findings,
/// exports.
const CATALOGUE: [&str; 3] = [
    include_str!("../../data/messages.json"),
    include_str!("../../data/finding_messages.json"),
    include_str!("../../data/export_messages.json"),
];

/// A language of sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// The sentences of one code, with `{name}` where a value goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What happened, Chinese.
    pub zh: String,
    /// What happened, English.
    pub en: String,
    /// What to do next, Chinese.
    pub cure_zh: String,
    /// What to do next, English.
    pub cure_en: String,
}

/// A message in one language with its values filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What happened.
    pub what: String,
    /// What to do next; may be empty.
    pub cure: String,
}

impl Sentence {
    /// Both in one text.
    #[must_use]
    pub fn joined(&self) -> String {
        if self.cure.is_empty() {
            return self.what.clone();
        }
        // Chinese sentences end without a space after them.
        let space = if self.what.ends_with('。') { "" } else { " " };
        format!("{}{space}{}", self.what, self.cure)
    }
}

/// All messages by code.
#[must_use]
pub fn messages() -> &'static BTreeMap<String, Message> {
    static MESSAGES: OnceLock<BTreeMap<String, Message>> = OnceLock::new();
    // A catalogue that cannot be read is a fault of the build, held by a test; codes still show.
    MESSAGES.get_or_init(|| {
        let part = |text: &&str| serde_json::from_str::<BTreeMap<String, Message>>(text);
        CATALOGUE
            .iter()
            .filter_map(|text| part(text).ok())
            .flatten()
            .collect()
    })
}

/// The sentence of a code; the bare code when the catalogue does not know it.
#[must_use]
pub fn sentence(code: &str, language: Language, values: &[(&'static str, String)]) -> Sentence {
    let Some(message) = messages().get(code) else {
        return Sentence {
            what: code.to_owned(),
            cure: String::new(),
        };
    };
    let (what, cure) = match language {
        Language::Zh => (&message.zh, &message.cure_zh),
        Language::En => (&message.en, &message.cure_en),
    };
    Sentence {
        what: filled(what, values),
        cure: filled(cure, values),
    }
}

/// The text with its values put in; a value is never searched for further names.
fn filled(text: &str, values: &[(&'static str, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        if let Some((_, value)) = value {
            out.push_str(value);
        } else {
            out.push('{');
            out.push_str(name);
            out.push('}');
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_complete_in_both_languages() {
        assert!(!messages().is_empty(), "the catalogue cannot be read");
        for (code, message) in messages() {
            for text in [&message.zh, &message.en, &message.cure_zh, &message.cure_en] {
                assert!(!text.trim().is_empty(), "{code}");
            }
            assert!(
                message.zh.chars().any(|c| c > '\u{2e80}'),
                "{code} is not Chinese"
            );
            assert!(message.en.is_ascii(), "{code} is not plain English");
        }
    }

    #[test]
    fn both_languages_quote_the_same_values() {
        let names = |text: &str| -> Vec<String> {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|t| t.split_once('}').map(|(name, _)| name.to_owned()))
                .collect();
            names.sort();
            names.dedup();
            names
        };
        for (code, m) in messages() {
            let (zh, en) = (
                format!("{}{}", m.zh, m.cure_zh),
                format!("{}{}", m.en, m.cure_en),
            );
            assert_eq!(names(&zh), names(&en), "{code}");
        }
    }

    #[test]
    fn values_are_put_in_once() {
        let values = [("name", "{value}".to_owned()), ("value", "x".to_owned())];
        assert_eq!(
            filled("a {name} b {value} {other}", &values),
            "a {value} b x {other}"
        );
        assert_eq!(filled("no end {", &values), "no end {");
    }

    #[test]
    fn an_unknown_code_is_shown_as_it_is() {
        assert_eq!(sentence("no.such", Language::En, &[]).joined(), "no.such");
    }
}
