//! What a file is: its extension and its content have to say the same.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::source::{Format, ReadError};

/// How many bytes are looked at; an XML root or a DXF section starts well before.
const HEAD_BYTES: u64 = 16 * 1024;

/// A format, and whether it comes packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One file (or folder) in this format.
    Plain(Format),
    /// A zip that should hold a shapefile, a geodatabase, or one file of a plain format.
    Zip,
    /// A zip that holds a KML.
    Kmz,
}

/// Contents that are recognised and never read: they name other files, servers or programs.
const REFUSED: [(&[u8], &str); 12] = [
    (b"<vrtdataset", "a GDAL virtual raster"),
    (b"<ogrvrtdatasource", "an OGR virtual data source"),
    (b"<ogrvrtlayer", "an OGR virtual data source"),
    (b"<gdal_wms", "a GDAL web map description"),
    (b"<wms_tile_service", "a web map description"),
    (b"<gdal_wmts", "a GDAL web map description"),
    (b"<wcs_gdal", "a web coverage description"),
    (b"<ogrwfsdatasource", "a web feature description"),
    (b"<gdaltileindexdataset", "a GDAL tile index"),
    (b"%pdf-", "a PDF"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
];

/// Decides what a file is.
///
/// # Errors
/// Extensions that are not read, contents that are never read, and names that promise another
/// content than the file has.
pub(super) fn kind_of(path: &Path) -> Result<Kind, ReadError> {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if path.is_dir() {
        return folder_kind(path, &extension);
    }
    kind_of_content(path, &extension)
}

/// Decides what an unpacked file is by the extension it had in its archive.
pub(super) fn kind_of_content(path: &Path, extension: &str) -> Result<Kind, ReadError> {
    let head = head_of(path)?;
    if head.is_empty() {
        return Err(ReadError::Empty);
    }
    let lower = head.to_ascii_lowercase();
    if let Some((_, found)) = REFUSED.iter().find(|(mark, _)| contains(&lower, mark)) {
        return Err(ReadError::NotAllowed {
            found: (*found).to_owned(),
        });
    }
    let (expected, kind, fits) = match extension {
        "geojson" | "json" => ("GeoJSON", Kind::Plain(Format::GeoJson), is_json(&head)),
        "shp" => ("a shapefile", Kind::Plain(Format::Shapefile), is_shp(&head)),
        "gpkg" => (
            "a GeoPackage",
            Kind::Plain(Format::GeoPackage),
            is_sqlite(&head),
        ),
        "kml" => ("KML", Kind::Plain(Format::Kml), is_kml(&lower)),
        "kmz" => ("KMZ", Kind::Kmz, is_zip(&head)),
        "dxf" => ("text DXF", Kind::Plain(Format::Dxf), is_dxf(&head)),
        "csv" => ("CSV", Kind::Plain(Format::Csv), is_text(&head)),
        "txt" => (
            "coordinate text",
            Kind::Plain(Format::SurveyText),
            is_text(&head),
        ),
        "xlsx" => ("xlsx", Kind::Plain(Format::Xlsx), is_zip(&head)),
        "zip" => ("a zip archive", Kind::Zip, is_zip(&head)),
        other => {
            return Err(ReadError::NotAllowed {
                found: format!("a file named .{other}"),
            });
        }
    };
    if fits {
        Ok(kind)
    } else {
        Err(ReadError::ContentMismatch {
            expected,
            found: looks(&head),
        })
    }
}

fn folder_kind(path: &Path, extension: &str) -> Result<Kind, ReadError> {
    if extension == "gdb" && path.join("a00000001.gdbtable").is_file() {
        Ok(Kind::Plain(Format::FileGdb))
    } else {
        Err(ReadError::NotAFile(path.to_owned()))
    }
}

fn head_of(path: &Path) -> Result<Vec<u8>, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut head = Vec::new();
    File::open(path)
        .map_err(unreadable)?
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    Ok(head)
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

fn is_json(head: &[u8]) -> bool {
    without_mark(head)
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|byte| matches!(byte, b'{' | b'['))
}

/// File code 9994 and version 1000, from the shapefile specification of 1998.
fn is_shp(head: &[u8]) -> bool {
    head.starts_with(&9994_u32.to_be_bytes())
        && head.get(28..32) == Some(1000_u32.to_le_bytes().as_slice())
}

fn is_sqlite(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

fn is_kml(lower: &[u8]) -> bool {
    without_mark(lower).trim_ascii_start().starts_with(b"<") && contains(lower, b"<kml")
}

/// Group code 0 with SECTION, after any comments (group code 999).
fn is_dxf(head: &[u8]) -> bool {
    let mut lines = without_mark(head)
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii);
    while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
        match (code, value) {
            (b"999", _) => {}
            (b"0", b"SECTION") => return true,
            _ => return false,
        }
    }
    false
}

/// No NUL and hardly any control bytes; GBK and UTF-8 both pass, and so does marked UTF-16.
fn is_text(head: &[u8]) -> bool {
    let is_utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    is_utf16
        || head
            .iter()
            .all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A))
}

/// What a content looks like, in a few words.
fn looks(head: &[u8]) -> String {
    let name = if is_shp(head) {
        "a shapefile"
    } else if is_sqlite(head) {
        "a SQLite database"
    } else if is_zip(head) {
        "a zip archive"
    } else if head.starts_with(b"AutoCAD Binary DXF") {
        "binary DXF (save it as text DXF)"
    } else if head.starts_with(b"\xD0\xCF\x11\xE0") {
        "an old Office file (save it as xlsx)"
    } else if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        "a TIFF image"
    } else if head.starts_with(b"\xFF\xD8\xFF") || head.starts_with(b"\x89PNG") {
        "a picture"
    } else if is_kml(&head.to_ascii_lowercase()) {
        "KML"
    } else if without_mark(head).trim_ascii_start().starts_with(b"<") {
        "XML of another kind"
    } else if is_json(head) {
        "JSON"
    } else if is_text(head) {
        "plain text"
    } else {
        "bytes of an unknown kind"
    };
    name.to_owned()
}
