//! ESRI Shapefile: one set of files per layer, with `.prj` and `.cpg`, zipped.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::WriteError;
use super::layer::{Field, FieldKind, Layer, Value};
use super::text_out::{cut, encoding_of};
use super::write::Job;
use super::write_ogr::{Column, OgrTarget, ogr_type};
use super::write_staging::{Staging, unwritable};
use crate::geometry::Finding;

/// Most bytes a field name has.
///
/// # Source
/// dBASE III file structure: 11 bytes, the last one NUL.
const NAME_BYTES: usize = 10;
/// Most bytes a text has (same source; GDAL and QGIS agree on 254).
const TEXT_BYTES: usize = 254;

/// Names of ours that are longer than a DBF holds, and what they are called there.
pub const FIELD_ALIASES: [(&str, &str); 3] = [
    ("survival_pct", "surviv_pct"),
    ("recorded_at", "recorded"),
    ("footprint_m2", "footpr_m2"),
];

/// The suffixes of a set, the one that is opened at last.
const SUFFIXES: [&str; 5] = ["shx", "dbf", "prj", "cpg", "shp"];

/// Writes all layers: a zip, or one loose set when the place ends in `.shp`.
pub(super) fn write(job: &Job<'_>, staging: Staging) -> Result<(u64, Vec<Finding>), WriteError> {
    let is_loose = job
        .out
        .extension()
        .is_some_and(|suffix| suffix.eq_ignore_ascii_case("shp"));
    if is_loose && job.layers.len() > 1 {
        return Err(WriteError::OneLayerOnly {
            format: ".shp",
            layers: job.layers.len(),
        });
    }
    let mut findings = Vec::new();
    for layer in job.layers {
        findings.extend(write_set(job, layer, &staging.path(&layer.name))?);
    }
    let size_bytes = if is_loose {
        loose(job, staging)
    } else {
        zipped(job, staging)
    }?;
    Ok((size_bytes, findings))
}

fn loose(job: &Job<'_>, staging: Staging) -> Result<u64, WriteError> {
    let name = job
        .layers
        .first()
        .map(|layer| layer.name.clone())
        .unwrap_or_default();
    let moves: Vec<(String, PathBuf)> = SUFFIXES
        .iter()
        .map(|suffix| {
            (
                format!("{name}/{name}.{suffix}"),
                job.out.with_extension(suffix),
            )
        })
        .collect();
    staging.publish_set(&moves)
}

fn zipped(job: &Job<'_>, staging: Staging) -> Result<u64, WriteError> {
    let path = staging.path("out.zip");
    zip_to(job, &staging, &path).map_err(unwritable(&path))?;
    staging.publish("out.zip")
}

fn zip_to(job: &Job<'_>, staging: &Staging, path: &Path) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    for layer in job.layers {
        let name = &layer.name;
        for suffix in SUFFIXES {
            let entry = format!("{name}.{suffix}");
            zip.start_file(&entry, SimpleFileOptions::default().large_file(true))?;
            let mut file = File::open(staging.path(name).join(&entry))?;
            io::copy(&mut file, &mut zip)?;
        }
    }
    io::Write::flush(&mut zip.finish()?)
}

fn write_set(job: &Job<'_>, layer: &Layer, folder: &Path) -> Result<Vec<Finding>, WriteError> {
    fs::create_dir(folder).map_err(unwritable(folder))?;
    let (encoding, mut findings) = encoding_of(texts_of(layer), job.options.encoding);
    findings.extend(alias_findings(layer));
    findings.extend(cut_findings(layer, encoding));
    let target = OgrTarget {
        format: "shp",
        driver: "ESRI Shapefile",
        crs: job.crs,
        in_transactions: false,
    };
    let shp = folder.join(format!("{}.shp", layer.name));
    let mut dataset = target.create(&shp)?;
    // Language byte 77 of a DBF is GBK; readers that know no .cpg go by it.
    let option = if encoding == UTF_8 {
        "ENCODING=UTF-8"
    } else {
        "ENCODING=LDID/77"
    };
    target.add(
        &mut dataset,
        layer,
        &columns_of(layer, encoding),
        &[option],
        |column, text| {
            let bytes = column
                .width
                .and_then(|(width, _)| usize::try_from(width).ok());
            cut(text, bytes.unwrap_or(TEXT_BYTES), encoding).to_owned()
        },
    )?;
    target.close(dataset)?;
    let cpg = shp.with_extension("cpg");
    fs::write(&cpg, encoding.name()).map_err(unwritable(&cpg))?;
    Ok(findings)
}

fn texts_of(layer: &Layer) -> impl Iterator<Item = &str> {
    layer
        .features
        .iter()
        .flat_map(|f| &f.values)
        .filter_map(|value| match value {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        })
}

fn columns_of(layer: &Layer, encoding: &'static Encoding) -> Vec<Column> {
    layer
        .fields
        .iter()
        .zip(dbf_names(&layer.fields))
        .enumerate()
        .map(|(place, (field, name))| Column {
            name,
            kind: ogr_type(field.kind),
            width: match field.kind {
                FieldKind::Text => Some((text_width(layer, place, encoding), 0)),
                // Four decimals of a square metre are far below any survey.
                FieldKind::Area => Some((20, 4)),
                FieldKind::Number => Some((24, 8)),
                FieldKind::Integer => Some((18, 0)),
                FieldKind::Date => None,
            },
        })
        .collect()
}

fn text_width(layer: &Layer, place: usize, encoding: &'static Encoding) -> i32 {
    let widest = layer
        .features
        .iter()
        .filter_map(|feature| feature.values.get(place)?.as_ref())
        .map(|value| encoding.encode(&value.to_text()).0.len())
        .max()
        .unwrap_or(1);
    i32::try_from(widest.clamp(1, TEXT_BYTES)).unwrap_or(1)
}

/// The names of fields in a DBF: an alias of ours, else the name cut to 10 bytes and numbered where
/// that makes two alike.
fn dbf_names(fields: &[Field]) -> Vec<String> {
    let mut taken = HashSet::new();
    fields
        .iter()
        .map(|field| {
            let alias = FIELD_ALIASES.iter().find(|(name, _)| *name == field.name);
            let wanted = alias.map_or(field.name.as_str(), |(_, alias)| alias);
            (0_u32..=9999)
                .map(|number| {
                    let suffix = if number == 0 {
                        String::new()
                    } else {
                        number.to_string()
                    };
                    // GBK is the narrower of the two encodings, UTF-8 the wider: fit the wider.
                    let stem = cut(wanted, NAME_BYTES.saturating_sub(suffix.len()), UTF_8);
                    format!("{stem}{suffix}")
                })
                .find(|name| taken.insert(name.to_lowercase()))
                .unwrap_or_default()
        })
        .collect()
}

fn alias_findings(layer: &Layer) -> Vec<Finding> {
    layer
        .fields
        .iter()
        .zip(dbf_names(&layer.fields))
        .filter(|(field, name)| field.name != *name)
        .map(|(field, name)| {
            Finding::notice("export.field_alias")
                .with("field", &field.name)
                .with("alias", name)
        })
        .collect()
}

fn cut_findings(layer: &Layer, encoding: &'static Encoding) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (feature, number) in layer.features.iter().zip(1_u64..) {
        for (field, value) in feature.cells(layer) {
            let Some(Value::Text(text)) = value else {
                continue;
            };
            if encoding.encode(text).0.len() > TEXT_BYTES {
                let finding = Finding::warning("export.text_cut").of_feature(number);
                findings.push(finding.with("field", &field.name).with("limit", TEXT_BYTES));
            }
        }
    }
    findings
}
