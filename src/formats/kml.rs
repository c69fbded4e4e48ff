//! KML and KMZ through LIBKML, after a look at the XML with our own streaming parser.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::archive;
use super::collector::Collector;
use super::crs::{self, Reading};
use super::engine;
use super::intake::Intake;
use super::limits;
use super::ogr_layer::{self, RingRule};
use super::source::{CrsOrigin, Format, ReadError, ReadOptions, Source, SourceCrs, SourceEncoding};
use super::text_encoding;
use crate::geometry::Finding;

/// Reads a KML file.
///
/// # Errors
/// XML that is broken, too deep, or declares a document type, and limits.
pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    mut intake: Intake,
) -> Result<Source, ReadError> {
    let copy = intake.copy(path, "source.kml")?;
    let mut findings = inspect(&copy)?;
    let dataset =
        engine::open_vector(&copy, "LIBKML", &[]).map_err(|error| malformed(&error.to_string()))?;
    let layers = ogr_layer::names(&dataset);
    let chosen = ogr_layer::chosen(&dataset, options.layer.as_deref())?;
    let mut collector = Collector::default();
    // Folders are only drawers here, so all of them are read.
    for index in chosen {
        let mut layer = dataset
            .layer(index)
            .map_err(|error| malformed(&error.to_string()))?;
        ogr_layer::read(&mut layer, "KML", RingRule::AsGiven, &mut collector)?;
    }
    if collector.is_empty() {
        return Err(ReadError::Empty);
    }
    collector.drop_attributes(&LIBKML_COLUMNS);
    let (features, notices) = collector.finish();
    findings.extend(notices);
    let crs = SourceCrs {
        reading: Some(Reading::epsg(crs::WGS84_EPSG)),
        origin: CrsOrigin::FormatDefault,
        stated: None,
    };
    let encoding = SourceEncoding::by_format();
    Ok(Source {
        format: Format::Kml,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

/// Reads the one KML of a KMZ (`doc.kml`, else the only one).
///
/// # Errors
/// Those of archives and of KML.
pub(super) fn read_packed(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    let intake = Intake::new()?;
    let folder = intake.make_folder("packed")?;
    let files = archive::unpack(path, &folder)?;
    let documents: Vec<_> = files
        .iter()
        .filter(|file| file.extension() == "kml")
        .collect();
    let main = documents
        .iter()
        .find(|file| file.name.eq_ignore_ascii_case("doc.kml"));
    match (main, documents.as_slice()) {
        (Some(only), _) | (None, [only]) => read(&only.file, options, Intake::new()?),
        (None, _) => Err(ReadError::ArchiveContent {
            found: format!("{} KML documents, none of them doc.kml", documents.len()),
        }),
    }
}

/// Columns LIBKML adds to every feature whether the file has them or not.
const LIBKML_COLUMNS: [&str; 8] = [
    "altitudeMode",
    "tessellate",
    "extrude",
    "visibility",
    "drawOrder",
    "icon",
    "begin",
    "end",
];

fn malformed(detail: &str) -> ReadError {
    ReadError::Malformed {
        format: "KML",
        detail: detail.to_owned(),
    }
}

/// Walks the XML once: LIBKML builds the whole tree and recurses over it, so depth and size are
/// decided before it sees the file.
fn inspect(copy: &Path) -> Result<Vec<Finding>, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: copy.to_owned(),
        source,
    };
    let input = BufReader::new(File::open(copy).map_err(unreadable)?);
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut walk = Walk::default();
    loop {
        buffer.clear();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| malformed(&format!("byte {}: {error}", reader.error_position())))?;
        if matches!(event, Event::Eof) {
            break;
        }
        walk.take(&event)?;
    }
    if walk.depth != 0 {
        return Err(ReadError::Truncated {
            format: "KML",
            detail: format!("{} elements are never closed", walk.depth),
        });
    }
    let links = (walk.links > 0)
        .then(|| Finding::warning("format.link_not_followed").with("links", walk.links));
    Ok(links.into_iter().collect())
}

#[derive(Default)]
struct Walk {
    depth: usize,
    in_coordinates: bool,
    links: usize,
    placemarks: usize,
    vertices: usize,
}

impl Walk {
    fn take(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        match event {
            Event::Start(start) => {
                self.depth += 1;
                if self.depth > limits::NESTING * 2 {
                    return Err(ReadError::TooDeep { format: "KML" });
                }
                let name = start.local_name();
                self.in_coordinates = name.as_ref() == "coordinates";
                self.links += usize::from(name.as_ref() == "NetworkLink");
                self.placemarks += usize::from(name.as_ref() == "Placemark");
                if self.placemarks > limits::IMPORT_FEATURES {
                    return Err(ReadError::TooManyFeatures {
                        limit: limits::IMPORT_FEATURES,
                    });
                }
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.in_coordinates = false;
            }
            Event::Text(text) if self.in_coordinates => {
                self.vertices += text.split_ascii_whitespace().count();
                if self.vertices > limits::IMPORT_VERTICES {
                    return Err(ReadError::TooManyVertices {
                        limit: limits::IMPORT_VERTICES,
                    });
                }
            }
            Event::DocType(_) => {
                return Err(ReadError::NotAllowed {
                    found: "KML with a document type declaration".to_owned(),
                });
            }
            Event::Decl(declaration) => {
                if let Some(Ok(name)) = declaration.encoding()
                    && text_encoding::by_name(&name)
                        .is_none_or(|encoding| encoding != encoding_rs::UTF_8)
                {
                    return Err(malformed("KML has to be UTF-8; save it again as UTF-8"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
