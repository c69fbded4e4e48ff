//! The text encoding of Chinese hand-offs: UTF-8 or GBK, decided from the bytes themselves.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::limits;
use super::source::{EncodingOrigin, ReadError, SourceEncoding};

/// How many decoded values are shown for a person to judge.
const PREVIEW: usize = 3;

/// The encoding a user or a `.cpg` names; the Chinese code pages all mean GB18030, their superset.
pub(super) fn by_name(name: &str) -> Option<&'static Encoding> {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_uppercase();
    match plain.as_str() {
        "936" | "CP936" | "ANSI936" | "GBK" | "GB2312" | "GB18030" | "MS936" => Some(GB18030),
        "65001" | "UTF8" | "CP65001" => Some(UTF_8),
        "950" | "CP950" | "BIG5" => Some(encoding_rs::BIG5),
        "1252" | "CP1252" | "ANSI1252" => Some(encoding_rs::WINDOWS_1252),
        _ => Encoding::for_label(name.trim().as_bytes()),
    }
}

/// Gathers single values and says which encoding all of them are in.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts about the same bytes, all independent"
)]
pub(super) struct Sniffer {
    values: usize,
    breaks_utf8: bool,
    breaks_gb18030: bool,
    has_wide_utf8: bool,
    only_common_hanzi: bool,
    samples: Vec<Vec<u8>>,
}

/// What a [`Sniffer`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing but ASCII: every encoding says the same.
    Ascii,
    /// Valid UTF-8.
    Utf8,
    /// Not UTF-8, valid GB18030.
    Gb18030,
    /// Valid as both, and far likelier GB18030: common hanzi against stray Greek and Arabic.
    LikelyGb18030,
    /// Neither.
    Neither,
}

impl Sniffer {
    /// Takes one value as raw bytes. A last character cut in half by a column's width is forgiven.
    pub(super) fn take(&mut self, value: &[u8]) {
        if value.is_ascii() {
            return;
        }
        if self.values == 0 {
            self.only_common_hanzi = true;
        }
        self.values += 1;
        match std::str::from_utf8(value) {
            Ok(text) => self.has_wide_utf8 |= text.chars().any(|c| c.len_utf8() > 2),
            // No length means that only the end is missing.
            Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
                self.has_wide_utf8 = true;
            }
            Err(_) => self.breaks_utf8 = true,
        }
        let whole = decodes_as_gb18030(value);
        let cut = || {
            value
                .split_last()
                .is_some_and(|(_, start)| decodes_as_gb18030(start))
        };
        self.breaks_gb18030 |= !(whole || cut());
        self.only_common_hanzi &= has_only_common_hanzi(value);
        if self.samples.len() < PREVIEW {
            self.samples.push(value.to_vec());
        }
    }

    /// Says what all values taken so far are.
    pub(super) fn verdict(&self) -> Verdict {
        match (self.values, self.breaks_utf8, self.breaks_gb18030) {
            (0, _, _) => Verdict::Ascii,
            (_, false, false) if !self.has_wide_utf8 && self.only_common_hanzi => {
                Verdict::LikelyGb18030
            }
            (_, false, _) => Verdict::Utf8,
            (_, true, false) => Verdict::Gb18030,
            (_, true, true) => Verdict::Neither,
        }
    }

    /// A few of the values as text, for a person to look at.
    pub(super) fn preview(&self, encoding: &'static Encoding) -> Vec<String> {
        self.samples
            .iter()
            .map(|value| encoding.decode_without_bom_handling(value).0.into_owned())
            .collect()
    }
}

fn decodes_as_gb18030(value: &[u8]) -> bool {
    GB18030
        .decode_without_bom_handling_and_without_replacement(value)
        .is_some()
}

/// Whether all bytes outside ASCII pair up to characters of GB 2312's hanzi rows (lead B0 to F7).
fn has_only_common_hanzi(value: &[u8]) -> bool {
    let mut rest = value;
    loop {
        rest = match rest {
            [] => return true,
            [byte, tail @ ..] if byte.is_ascii() => tail,
            [0xB0..=0xF7, 0xA1..=0xFE, tail @ ..] => tail,
            _ => return false,
        };
    }
}

/// A whole text file as a string, with its encoding and how that is known.
///
/// # Errors
/// Files beyond the size limit, encodings that do not exist, bytes that fit none.
pub(super) fn decode_file(
    path: &Path,
    wanted: Option<&str>,
    format: &'static str,
) -> Result<(String, SourceEncoding), ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let mut input = File::open(path)
        .map_err(unreadable)?
        .take(limits::IMPORT_BYTES + 1);
    input.read_to_end(&mut bytes).map_err(unreadable)?;
    decode(&bytes, wanted, format)
}

/// A whole text as a string, with its encoding and how that is known.
pub(super) fn decode(
    bytes: &[u8],
    wanted: Option<&str>,
    format: &'static str,
) -> Result<(String, SourceEncoding), ReadError> {
    let mut sniffer = Sniffer::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        sniffer.take(line);
    }
    let verdict = sniffer.verdict();
    let (encoding, origin) = if let Some(name) = wanted {
        let named = by_name(name).ok_or_else(|| ReadError::UnknownEncoding(name.to_owned()))?;
        (named, EncodingOrigin::User)
    } else if let Some((marked, _)) = Encoding::for_bom(bytes) {
        (marked, EncodingOrigin::ByteOrderMark)
    } else {
        match verdict {
            Verdict::Ascii | Verdict::Utf8 => (UTF_8, EncodingOrigin::Sniffed),
            Verdict::Gb18030 | Verdict::LikelyGb18030 => (GB18030, EncodingOrigin::Sniffed),
            Verdict::Neither => {
                return Err(ReadError::Malformed {
                    format,
                    detail: "the text is neither UTF-8 nor GBK".to_owned(),
                });
            }
        }
    };
    let text = encoding.decode_with_bom_removal(bytes).0.into_owned();
    let preview = text
        .lines()
        .filter(|line| !line.is_ascii())
        .take(PREVIEW)
        .map(|line| line.chars().take(60).collect())
        .collect();
    let encoding = SourceEncoding {
        name: encoding.name().to_ascii_uppercase(),
        origin,
        preview,
    };
    Ok((text, encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(values: &[&[u8]]) -> Verdict {
        let mut sniffer = Sniffer::default();
        for value in values {
            sniffer.take(value);
        }
        sniffer.verdict()
    }

    fn gbk(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn bytes_say_which_encoding_they_are_in() {
        assert_eq!(verdict(&[b"WH-001"]), Verdict::Ascii);
        assert_eq!(verdict(&["万和".as_bytes()]), Verdict::Utf8);
        assert_eq!(verdict(&[&gbk("万和镇")]), Verdict::Gb18030);
        assert_eq!(verdict(&[b"\xff\xff\x80"]), Verdict::Neither);
    }

    #[test]
    fn a_character_cut_by_the_column_width_changes_nothing() {
        assert_eq!(verdict(&[&"万和镇".as_bytes()[..8]]), Verdict::Utf8);
        let cut = gbk("万和镇");
        assert_eq!(verdict(&[&cut[..5]]), Verdict::Gb18030);
    }

    #[test]
    fn gbk_that_happens_to_be_valid_utf8_is_taken_for_gbk() {
        // 模 is C4 A3 in GBK, which is also ģ in UTF-8: the old Notepad trap.
        let trap = gbk("模模");
        assert!(std::str::from_utf8(&trap).is_ok());
        assert_eq!(verdict(&[&trap]), Verdict::LikelyGb18030);
    }

    #[test]
    fn four_byte_gb18030_survives() {
        let (text, encoding) = decode(&gbk("㐀𠀀万和\n"), None, "txt").unwrap();
        assert_eq!(text, "㐀𠀀万和\n");
        assert_eq!(encoding.name, "GB18030");
    }

    #[test]
    fn a_byte_order_mark_is_believed_and_removed() {
        let (text, encoding) = decode("\u{feff}万和".as_bytes(), None, "txt").unwrap();
        assert_eq!(
            (text.as_str(), encoding.origin),
            ("万和", EncodingOrigin::ByteOrderMark)
        );
    }
}
