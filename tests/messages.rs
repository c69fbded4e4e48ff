//! Every code that can reach a person has its sentence in both languages.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use qingshan::service::messages::messages;

/// What a code is handed to, in the sources.
const CARRIERS: [&str; 8] = [
    "Refusal::new(",
    "Refusal::bad_request(",
    "Refusal::not_found(",
    "Finding::new(",
    "Finding::error(",
    "Finding::warning(",
    "Finding::notice(",
    "ServiceError::invalid(",
];

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            // Unit tests stand at the end of a file and may make up codes.
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
            found.push(
                code.replace("Self::new(", "Refusal::new(")
                    .replace("Self::bad_request(", "Refusal::bad_request(")
                    .replace("Self::not_found(", "Refusal::not_found("),
            );
        }
    }
}

/// The first string literal of the arguments that begin here, if it is a dotted code.
fn code_in(arguments: &str) -> Option<&str> {
    let end = arguments.find(';').unwrap_or(arguments.len());
    let literal = arguments.get(..end)?.split('"').nth(1)?;
    let is_code = literal.contains('.')
        && literal.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        });
    is_code.then_some(literal)
}

#[test]
fn every_code_has_its_sentence() {
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let mut used = BTreeSet::new();
    for text in &texts {
        for carrier in CARRIERS {
            used.extend(text.split(carrier).skip(1).filter_map(code_in));
        }
    }
    assert!(used.len() > 40, "the codes were not found: {used:?}");
    let missing: Vec<_> = used
        .iter()
        .filter(|code| !messages().contains_key(**code))
        .collect();
    assert!(
        missing.is_empty(),
        "no sentence in the catalogue for {missing:?}"
    );
}
