//! The text encoding of files for the bureau's desktop software.

use std::borrow::Cow;

use encoding_rs::{Encoding, GBK, UTF_8};

use super::write::TextEncoding;
use crate::geometry::Finding;

/// The encoding that all of the texts can be written in, with a notice when it is not GBK.
pub(super) fn encoding_of<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    asked: TextEncoding,
) -> (&'static Encoding, Vec<Finding>) {
    if asked == TextEncoding::Utf8 {
        return (UTF_8, Vec::new());
    }
    match texts.into_iter().find_map(first_outside_gbk) {
        None => (GBK, Vec::new()),
        Some(character) => {
            let finding = Finding::notice("export.not_in_gbk")
                .with("character", character)
                .with("encoding", "UTF-8");
            (UTF_8, vec![finding])
        }
    }
}

fn first_outside_gbk(text: &str) -> Option<char> {
    let (.., has_unmappable) = GBK.encode(text);
    has_unmappable.then(|| {
        text.chars()
            .find(|c| GBK.encode(c.encode_utf8(&mut [0; 4])).2)
            .unwrap_or('?')
    })
}

/// The bytes of a text; UTF-8 gets a byte order mark, or a reader would have to guess.
pub(super) fn encode<'t>(text: &'t str, encoding: &'static Encoding) -> Cow<'t, [u8]> {
    if encoding == UTF_8 {
        return Cow::Owned(format!("\u{FEFF}{text}").into_bytes());
    }
    encoding.encode(text).0
}

/// The text cut to a number of bytes in an encoding, never in the middle of a character.
pub(super) fn cut<'t>(text: &'t str, bytes: usize, encoding: &'static Encoding) -> &'t str {
    let mut used = 0;
    for (place, character) in text.char_indices() {
        used += encoding.encode(character.encode_utf8(&mut [0; 4])).0.len();
        if used > bytes {
            return text.get(..place).unwrap_or(text);
        }
    }
    text
}
