//! Text DXF: closed polylines as ground, what is bent told by group code.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use gdal::vector::LayerAccess;
use geo::LineString;

use super::collector::{Collector, Shape};
use super::engine;
use super::intake::Intake;
use super::limits;
use super::ogr_layer;
use super::rings::{self, TooNested};
use super::source::{
    EncodingOrigin, Format, ReadError, ReadOptions, Source, SourceCrs, SourceEncoding,
};
use super::text_encoding::{self, Sniffer, Verdict};
use super::wkb::Broken;
use crate::geometry::Finding;

/// Reads the closed lines of a drawing as polygons, layer by layer; rings inside rings are holes.
///
/// # Errors
/// Drawings that are broken or cut short, and limits.
pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    mut intake: Intake,
) -> Result<Source, ReadError> {
    let copy = intake.copy(path, "source.dxf")?;
    let survey = Survey::of(&copy)?;
    let encoding = survey.encoding(options)?;
    let _encoding = engine::ThreadOption::set("DXF_ENCODING", &encoding.name);
    let dataset =
        engine::open_vector(&copy, "DXF", &[]).map_err(|error| malformed(&error.to_string()))?;
    let mut layer = dataset
        .layer(0)
        .map_err(|error| malformed(&error.to_string()))?;
    let fields: Vec<(usize, String)> = layer
        .defn()
        .fields()
        .map(|field| field.name())
        .enumerate()
        .filter(|(_, name)| matches!(name.as_str(), "Layer" | "EntityHandle" | "Text"))
        .collect();
    engine::forget_failures();
    let mut drawing = Drawing::default();
    for feature in layer.features() {
        let attributes = ogr_layer::attributes_of(&feature, &fields);
        match ogr_layer::geometry_of(&feature) {
            Some(Ok(shapes)) => drawing.take(shapes, &attributes)?,
            Some(Err(Broken)) => drawing.others += 1,
            None => {}
        }
    }
    if let Some(detail) = engine::failure() {
        return Err(malformed(&detail));
    }
    let layers = drawing.layer_names();
    if let Some(wanted) = &options.layer
        && !layers.contains(wanted)
    {
        return Err(ogr_layer::unknown_layer(wanted, layers));
    }
    let mut collector = Collector::default();
    let mut findings = drawing.into_features(options.layer.as_deref(), &mut collector)?;
    findings.extend(survey.notices());
    if collector.is_empty() {
        return Err(ReadError::Empty);
    }
    let (features, notices) = collector.finish();
    findings.extend(notices);
    let crs = SourceCrs::nowhere();
    Ok(Source {
        format: Format::Dxf,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

fn malformed(detail: &str) -> ReadError {
    ReadError::Malformed {
        format: "DXF",
        detail: detail.to_owned(),
    }
}

/// Closed lines as they come out of the drawing, before holes are told from outlines.
#[derive(Default)]
struct Drawing {
    rings: Vec<LineString<f64>>,
    attributes: Vec<Vec<(String, String)>>,
    open_lines: usize,
    others: usize,
    vertices: usize,
}

impl Drawing {
    fn take(
        &mut self,
        shapes: super::wkb::Shapes,
        attributes: &[(String, String)],
    ) -> Result<(), ReadError> {
        self.vertices += shapes.vertices;
        if self.vertices > limits::IMPORT_VERTICES {
            return Err(ReadError::TooManyVertices {
                limit: limits::IMPORT_VERTICES,
            });
        }
        self.others += shapes.others;
        let hatched = shapes.polygons.into_iter().flatten();
        let (closed, open): (Vec<_>, Vec<_>) = shapes
            .lines
            .into_iter()
            .partition(|line| line.0.len() > 3 && line.is_closed());
        self.open_lines += open.len();
        for ring in hatched.chain(closed) {
            self.rings.push(ring);
            self.attributes.push(attributes.to_vec());
        }
        if self.rings.len() > limits::IMPORT_FEATURES {
            return Err(ReadError::TooManyFeatures {
                limit: limits::IMPORT_FEATURES,
            });
        }
        Ok(())
    }

    fn layer_of(&self, index: usize) -> &str {
        let attributes = self
            .attributes
            .get(index)
            .map(Vec::as_slice)
            .unwrap_or_default();
        attributes
            .iter()
            .find(|(name, _)| name == "Layer")
            .map_or("0", |(_, layer)| layer)
    }

    fn layer_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for index in 0..self.rings.len() {
            let name = self.layer_of(index);
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// One feature for each outline of the layers wanted, its holes found among its own layer.
    fn into_features(
        self,
        wanted: Option<&str>,
        collector: &mut Collector,
    ) -> Result<Vec<Finding>, ReadError> {
        let mut holes = 0;
        for layer in self.layer_names() {
            if wanted.is_some_and(|wanted| wanted != layer) {
                continue;
            }
            let indices: Vec<usize> = (0..self.rings.len())
                .filter(|index| self.layer_of(*index) == layer)
                .collect();
            let rings: Vec<LineString<f64>> = indices
                .iter()
                .filter_map(|index| self.rings.get(*index).cloned())
                .collect();
            let nested = rings::nest(&rings)
                .map_err(|TooNested| malformed("too many rings lie inside each other"))?;
            for part in nested {
                holes += part.holes.len();
                let attributes = indices
                    .get(part.shell)
                    .and_then(|index| self.attributes.get(*index))
                    .cloned()
                    .unwrap_or_default();
                let shape = rings::polygons(std::slice::from_ref(&part), &rings);
                let vertices = shape.iter().flatten().map(|ring| ring.0.len()).sum();
                let shape = if vertices > limits::FEATURE_VERTICES {
                    Shape::TooBig {
                        vertices,
                        rings: part.holes.len() + 1,
                    }
                } else {
                    Shape::Area(shape)
                };
                collector.add(shape, attributes)?;
            }
        }
        let counts = [
            ("dxf.rings_taken_as_holes", holes),
            ("dxf.open_lines_ignored", self.open_lines),
            ("dxf.entities_ignored", self.others),
        ];
        let told = counts.into_iter().filter(|(_, count)| *count > 0);
        Ok(told
            .map(|(code, count)| Finding::notice(code).with("count", count))
            .collect())
    }
}

/// What the group codes of a drawing say that GDAL's features no longer do.
#[derive(Default)]
struct Survey {
    bent: [usize; 4],
    stated_code_page: Option<String>,
    is_unicode: bool,
    has_end: bool,
    sniffer: Sniffer,
}

const BENT: [&str; 4] = ["ARC", "SPLINE", "ELLIPSE", "LWPOLYLINE bulge"];

impl Survey {
    /// Walks the pairs of group code and value.
    fn of(copy: &Path) -> Result<Self, ReadError> {
        let unreadable = |source| ReadError::Unreadable {
            path: copy.to_owned(),
            source,
        };
        let mut input = BufReader::new(File::open(copy).map_err(unreadable)?);
        let mut survey = Self::default();
        let (mut code, mut value) = (Vec::new(), Vec::new());
        let (mut entity, mut variable) = (Vec::new(), Vec::new());
        loop {
            code.clear();
            value.clear();
            if input.read_until(b'\n', &mut code).map_err(unreadable)? == 0 {
                break;
            }
            input.read_until(b'\n', &mut value).map_err(unreadable)?;
            let value = value.trim_ascii();
            match code.trim_ascii() {
                b"0" => {
                    entity = value.to_vec();
                    survey.entity(value);
                }
                b"9" => variable = value.to_vec(),
                b"1" if variable == b"$ACADVER" => {
                    // AC1021 is AutoCAD 2007, the first to write UTF-8.
                    survey.is_unicode = value >= b"AC1021".as_slice();
                    variable.clear();
                }
                b"3" if variable == b"$DWGCODEPAGE" => {
                    survey.stated_code_page = Some(String::from_utf8_lossy(value).into_owned());
                    variable.clear();
                }
                b"42"
                    if is_bent(value) && matches!(entity.as_slice(), b"LWPOLYLINE" | b"VERTEX") =>
                {
                    survey.bent[3] += 1;
                }
                b"1" | b"2" | b"8" => survey.sniffer.take(value),
                _ => {}
            }
        }
        if survey.has_end {
            Ok(survey)
        } else {
            Err(ReadError::Truncated {
                format: "DXF",
                detail: "there is no EOF mark".to_owned(),
            })
        }
    }

    fn entity(&mut self, name: &[u8]) {
        self.has_end |= name == b"EOF";
        let [arc, spline, ellipse, _] = &mut self.bent;
        match name {
            b"ARC" => *arc += 1,
            b"SPLINE" => *spline += 1,
            b"ELLIPSE" => *ellipse += 1,
            _ => {}
        }
    }

    fn encoding(&self, options: &ReadOptions) -> Result<SourceEncoding, ReadError> {
        let named = options.encoding.as_deref();
        let (encoding, origin) = if let Some(name) = named {
            let named = text_encoding::by_name(name);
            (
                named.ok_or_else(|| ReadError::UnknownEncoding(name.to_owned()))?,
                EncodingOrigin::User,
            )
        } else {
            match (self.sniffer.verdict(), self.is_unicode) {
                (Verdict::Utf8, _) | (Verdict::Ascii, true) => {
                    (encoding_rs::UTF_8, EncodingOrigin::Sniffed)
                }
                (Verdict::LikelyGb18030, true) => (encoding_rs::UTF_8, EncodingOrigin::Format),
                _ => (encoding_rs::GB18030, EncodingOrigin::Sniffed),
            }
        };
        let preview = self.sniffer.preview(encoding);
        Ok(SourceEncoding {
            name: encoding.name().to_ascii_uppercase(),
            origin,
            preview,
        })
    }

    fn notices(&self) -> Vec<Finding> {
        BENT.iter()
            .zip(self.bent)
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| {
                Finding::notice("dxf.curves_linearised")
                    .with("kind", kind)
                    .with("count", count)
            })
            .collect()
    }
}

/// A bulge other than 0: the edge is an arc.
fn is_bent(value: &[u8]) -> bool {
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.parse::<f64>().ok())
        .is_some_and(|bulge| bulge.abs() > 1e-12)
}
