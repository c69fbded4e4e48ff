//! Shapefiles: structure checked by us, text encoding decided by us, features through GDAL.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;

use super::collector::Collector;
use super::crs::Reading;
use super::crs_identify;
use super::engine::{self, ThreadOption};
use super::intake::Intake;
use super::limits;
use super::ogr_layer::{self, RingRule};
use super::source::{
    CrsOrigin, EncodingOrigin, Format, ReadError, ReadOptions, Source, SourceCrs, SourceEncoding,
};
use super::text_encoding::{self, Sniffer, Verdict};
use crate::geometry::Finding;

/// The longest `.prj` or `.cpg` that is read; honest ones have some hundred bytes.
const SIDE_TEXT_BYTES: u64 = 64 * 1024;

/// The files of one shapefile, wherever they lie.
pub(super) struct Family {
    /// The name for people: the stem.
    pub(super) name: String,
    /// Extension and file, each extension once.
    pub(super) files: Vec<(String, PathBuf)>,
}

impl Family {
    fn file(&self, extension: &str) -> Option<&Path> {
        self.files
            .iter()
            .find(|(own, _)| own == extension)
            .map(|(_, file)| file.as_path())
    }
}

/// Reads one shapefile.
///
/// # Errors
/// Files that are missing, cut short or inconsistent, unknown encodings, and limits.
pub(super) fn read(
    family: &Family,
    options: &ReadOptions,
    mut intake: Intake,
) -> Result<Source, ReadError> {
    let missing = || ReadError::ArchiveContent {
        found: "a shapefile without its .shp".to_owned(),
    };
    let shp = intake.copy(family.file("shp").ok_or_else(missing)?, "source.shp")?;
    check_structure(&shp)?;
    let mut findings = Vec::new();
    for extension in ["dbf", "shx"] {
        match family.file(extension) {
            Some(file) => {
                intake.copy(file, &format!("source.{extension}"))?;
            }
            None => findings.push(
                Finding::warning("format.side_file_missing").with("file", format!(".{extension}")),
            ),
        }
    }
    let crs = crs_of(family)?;
    let encoding = encoding_of(family, options, &mut findings)?;
    // Holes are told from parts by us; GDAL's own way is quadratic in the rings.
    let _rings = ThreadOption::set("OGR_ORGANIZE_POLYGONS", "SKIP");
    let _index = ThreadOption::set("SHAPE_RESTORE_SHX", "YES");
    let encoding_option = format!("ENCODING={}", encoding.name);
    let malformed = |detail: String| ReadError::Malformed {
        format: "shapefile",
        detail,
    };
    let dataset = engine::open_vector(&shp, "ESRI Shapefile", &[&encoding_option])
        .map_err(|error| malformed(error.to_string()))?;
    let mut layer = dataset
        .layer(0)
        .map_err(|error| malformed(error.to_string()))?;
    let mut collector = Collector::default();
    ogr_layer::read(
        &mut layer,
        "shapefile",
        RingRule::ByContainment,
        &mut collector,
    )?;
    if layer.feature_count() == 0 {
        return Err(ReadError::Empty);
    }
    let (features, notices) = collector.finish();
    findings.extend(notices);
    let layers = vec![family.name.clone()];
    Ok(Source {
        format: Format::Shapefile,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

/// Walks the records of a `.shp`: lengths must add up before GDAL allocates by them.
fn check_structure(shp: &Path) -> Result<(), ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: shp.to_owned(),
        source,
    };
    let file = File::open(shp).map_err(unreadable)?;
    let actual_bytes = file.metadata().map_err(unreadable)?.len();
    let mut input = BufReader::new(file);
    let mut header = [0_u8; 100];
    input
        .read_exact(&mut header)
        .map_err(|_short| truncated("the header"))?;
    let stated_words = be_u32(&header, 24).unwrap_or(0);
    if u64::from(stated_words) * 2 > actual_bytes {
        return Err(truncated("the header promises more bytes than there are"));
    }
    let mut position = 100_u64;
    let mut vertices = 0_usize;
    let mut number = 0_u64;
    while position + 8 <= actual_bytes {
        number += 1;
        let mut head = [0_u8; 8];
        input.read_exact(&mut head).map_err(unreadable)?;
        let content_bytes = u64::from(be_u32(&head, 4).unwrap_or(0)) * 2;
        if position + 8 + content_bytes > actual_bytes {
            return Err(truncated(&format!("record {number}")));
        }
        vertices = vertices.saturating_add(check_record(&mut input, content_bytes, number)?);
        if vertices > limits::IMPORT_VERTICES {
            return Err(ReadError::TooManyVertices {
                limit: limits::IMPORT_VERTICES,
            });
        }
        position += 8 + content_bytes;
    }
    Ok(())
}

/// Checks one record's counts against its length and moves behind it; returns its vertices.
fn check_record<R: BufRead + Seek>(
    input: &mut R,
    content_bytes: u64,
    number: u64,
) -> Result<usize, ReadError> {
    const POLYGON_HEAD: u64 = 44;
    let malformed = |error: io::Error| ReadError::Malformed {
        format: "shapefile",
        detail: format!("record {number}: {error}"),
    };
    let inconsistent = || ReadError::Malformed {
        format: "shapefile",
        detail: format!("record {number}: its counts do not fit its length"),
    };
    let head_bytes = content_bytes.min(POLYGON_HEAD);
    let mut head = Vec::new();
    input
        .by_ref()
        .take(head_bytes)
        .read_to_end(&mut head)
        .map_err(malformed)?;
    let rest = i64::try_from(content_bytes - head_bytes).map_err(|_huge| inconsistent())?;
    input.seek_relative_or(rest).map_err(malformed)?;
    let kind = le_u32(&head, 0).ok_or_else(inconsistent)?;
    // Lines and polygons, plain, with Z, with M; the specification of 1998, pages 7 to 20.
    if !matches!(kind, 3 | 5 | 13 | 15 | 23 | 25) {
        return Ok(0);
    }
    let parts = le_u32(&head, 36).ok_or_else(inconsistent)?;
    let points = le_u32(&head, 40).ok_or_else(inconsistent)?;
    if POLYGON_HEAD + u64::from(parts) * 4 + u64::from(points) * 16 > content_bytes {
        return Err(inconsistent());
    }
    usize::try_from(points).map_err(|_huge| inconsistent())
}

trait SeekRelative {
    /// Moves forward without throwing the read buffer away.
    fn seek_relative_or(&mut self, bytes: i64) -> io::Result<()>;
}

impl<R: BufRead + Seek> SeekRelative for R {
    fn seek_relative_or(&mut self, bytes: i64) -> io::Result<()> {
        self.seek(SeekFrom::Current(bytes)).map(|_position| ())
    }
}

fn truncated(detail: &str) -> ReadError {
    ReadError::Truncated {
        format: "shapefile",
        detail: detail.to_owned(),
    }
}

fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn side_text(file: &Path) -> Result<String, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: file.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let mut input = File::open(file).map_err(unreadable)?.take(SIDE_TEXT_BYTES);
    input.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .trim()
        .to_owned())
}

fn crs_of(family: &Family) -> Result<SourceCrs, ReadError> {
    let Some(prj) = family.file("prj") else {
        return Ok(SourceCrs::nowhere());
    };
    let text = side_text(prj)?;
    Ok(match crs_identify::identify_text(&text) {
        Some(choice) => SourceCrs {
            stated: text.split('"').nth(1).map(str::to_owned),
            reading: Some(Reading::of(choice)),
            origin: CrsOrigin::Prj,
        },
        None => SourceCrs {
            stated: Some(text.chars().take(80).collect()),
            ..SourceCrs::nowhere()
        },
    })
}

/// Decides a shapefile's text encoding: the user's word, else what its bytes decode as.
///
/// A `.cpg` or the language byte is believed when the bytes agree; when they do not, the bytes are
/// and a warning says so.
fn encoding_of(
    family: &Family,
    options: &ReadOptions,
    findings: &mut Vec<Finding>,
) -> Result<SourceEncoding, ReadError> {
    let mut sniffer = Sniffer::default();
    let language = match family.file("dbf") {
        Some(dbf) => sniff_dbf(dbf, &mut sniffer)?,
        None => 0,
    };
    let told = sniffer.verdict();
    let declared = match family.file("cpg") {
        Some(file) => text_encoding::by_name(&side_text(file)?).map(|e| (e, EncodingOrigin::Cpg)),
        None => None,
    };
    // Language byte 0x4D is code page 936; the others say nothing about Chinese.
    let by_language =
        (language == 0x4D).then_some((encoding_rs::GB18030, EncodingOrigin::LanguageByte));
    let by_bytes = match told {
        Verdict::Ascii | Verdict::Utf8 => encoding_rs::UTF_8,
        Verdict::Gb18030 | Verdict::LikelyGb18030 | Verdict::Neither => encoding_rs::GB18030,
    };
    let (encoding, origin) = if let Some(name) = &options.encoding {
        let named =
            text_encoding::by_name(name).ok_or_else(|| ReadError::UnknownEncoding(name.clone()))?;
        (named, EncodingOrigin::User)
    } else {
        match declared.or(by_language) {
            Some((declared, origin)) if agrees(declared, told) => (declared, origin),
            Some((declared, _)) => {
                findings.push(
                    Finding::warning("encoding.contradicts")
                        .with("declared", declared.name())
                        .with("used", by_bytes.name()),
                );
                (by_bytes, EncodingOrigin::Sniffed)
            }
            None => (by_bytes, EncodingOrigin::Sniffed),
        }
    };
    if told == Verdict::Neither && origin != EncodingOrigin::User {
        findings.push(Finding::error("encoding.unmappable").with("tried", "UTF-8, GB18030"));
    }
    let preview = sniffer.preview(encoding);
    Ok(SourceEncoding {
        name: encoding.name().to_ascii_uppercase(),
        origin,
        preview,
    })
}

fn agrees(declared: &encoding_rs::Encoding, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Ascii | Verdict::LikelyGb18030 => true,
        Verdict::Utf8 => declared == encoding_rs::UTF_8,
        Verdict::Gb18030 => declared != encoding_rs::UTF_8,
        Verdict::Neither => declared != encoding_rs::UTF_8 && declared != encoding_rs::GB18030,
    }
}

/// Hands every text value of a DBF to the sniffer and returns the language byte.
fn sniff_dbf(dbf: &Path, sniffer: &mut Sniffer) -> Result<u8, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: dbf.to_owned(),
        source,
    };
    let broken = |detail: &str| ReadError::Malformed {
        format: "shapefile",
        detail: detail.to_owned(),
    };
    let mut input = BufReader::new(File::open(dbf).map_err(unreadable)?);
    let mut header = [0_u8; 32];
    input
        .read_exact(&mut header)
        .map_err(|_short| broken("the .dbf has no header"))?;
    let size = |at: usize| {
        header
            .get(at..at + 2)
            .and_then(|b| <[u8; 2]>::try_from(b).ok())
            .map(u16::from_le_bytes)
    };
    let header_bytes = usize::from(size(8).unwrap_or(0));
    let record_bytes = usize::from(size(10).unwrap_or(0));
    let language = header.get(29).copied().unwrap_or(0);
    if header_bytes < 33 || record_bytes < 1 {
        return Err(broken("the .dbf header is inconsistent"));
    }
    let mut fields = vec![0_u8; header_bytes - 32];
    input
        .read_exact(&mut fields)
        .map_err(|_short| broken("the .dbf header is cut short"))?;
    let mut text_columns = Vec::new();
    let mut offset = 1_usize;
    for field in fields
        .chunks_exact(32)
        .take_while(|field| field.first() != Some(&0x0D))
    {
        let [name @ .., _, _, _, _, _] = field.get(..16).unwrap_or_default() else {
            continue;
        };
        sniffer.take(name.split(|byte| *byte == 0).next().unwrap_or_default());
        let width = usize::from(field.get(16).copied().unwrap_or(0));
        if field.get(11) == Some(&b'C') {
            text_columns.push(offset..offset + width);
        }
        offset += width;
    }
    let mut record = vec![0_u8; record_bytes];
    while input.read_exact(&mut record).is_ok() {
        for column in &text_columns {
            let value = record.get(column.clone()).unwrap_or_default();
            let value = value.split(|byte| *byte == 0).next().unwrap_or_default();
            sniffer.take(value.trim_ascii());
        }
    }
    Ok(language)
}
