//! The bureau's coordinate text (报盘 txt): a header, then each plot with its boundary points.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use geo::{Coord, CoordsIter, LineString, MultiPolygon, Polygon};

use super::WriteError;
use super::crs::{self, CrsChoice, Reading};
use super::layer::{Feature, Layer, Value};
use super::text_out::{encode, encoding_of};
use super::write::Job;
use super::write_staging::unwritable;
use crate::geometry::{Finding, Limits, check};

/// Columns that give a plot its number, the first one that holds something.
const NUMBER: [&str; 3] = ["parcel_no", "site_code", "name"];
/// Columns that give a plot its name.
const NAME: [&str; 2] = ["name", "site_code"];
/// Columns that say what the ground is used as.
const USE: [&str; 6] = [
    "stage_name",
    "stage",
    "place_type",
    "reason",
    "role",
    "category",
];
/// The column of the canonical area.
const AREA: &str = "area_m2";

/// Decimals of a metre: a millimetre, which is the survey's own precision.
const DECIMALS: usize = 3;
/// Most decimals, for ground whose vertices lie closer together than a millimetre.
const MOST_DECIMALS: usize = 6;

/// A Gauss-Krüger zone as the header states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Zone {
    /// 几度分带: 3 or 6.
    degrees: u32,
    /// 带号.
    number: u32,
}

impl Zone {
    /// The zone of an EPSG code of CGCS2000 / Gauss-Krüger, with or without zone prefix.
    ///
    /// # Source
    /// EPSG:4491–4501 and 4502–4512 are the 6° zones 13 to 23, 4513–4533 and 4534–4554 the 3° zones
    /// 25 to 45; the first of each pair has the zone before the easting.
    fn of_epsg(code: u32) -> Option<Self> {
        let zone = |degrees, number| Some(Self { degrees, number });
        match code {
            4491..=4501 => zone(6, code - 4491 + 13),
            4502..=4512 => zone(6, code - 4502 + 13),
            4513..=4533 => zone(3, code - 4513 + 25),
            4534..=4554 => zone(3, code - 4534 + 25),
            _ => None,
        }
    }
}

/// The system the text is written in: the one asked for, or the 3° zone of the ground with its
/// number before the easting, which says by itself where it is.
pub(super) fn system_of(
    layers: &[Layer],
    asked: Option<&CrsChoice>,
) -> Result<CrsChoice, WriteError> {
    match asked {
        Some(CrsChoice::Epsg(code)) if Zone::of_epsg(*code).is_some() => Ok(CrsChoice::Epsg(*code)),
        Some(other) => Err(WriteError::CrsNotOffered {
            format: "txt",
            crs: other.to_string(),
            cure: "take a CGCS2000 Gauss-Krüger zone, EPSG:4491 to EPSG:4554 (here 4547 or 4526)",
        }),
        None => Ok(CrsChoice::Epsg(three_degree_system_at(middle_longitude(
            layers,
        )))),
    }
}

fn middle_longitude(layers: &[Layer]) -> f64 {
    let shapes = layers
        .iter()
        .flat_map(|l| &l.features)
        .filter_map(|f| f.shape.as_ref());
    let (west, east) = shapes
        .flat_map(CoordsIter::coords_iter)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(w, e), c| {
            (w.min(c.x), e.max(c.x))
        });
    f64::midpoint(west, east)
}

/// The zone-prefixed 3° system whose central meridian is nearest; of no ground, that of 114°E.
fn three_degree_system_at(lon: f64) -> u32 {
    (25..=45_u32)
        .min_by(|a, b| {
            let distance = |zone: u32| (f64::from(zone) * 3.0 - lon).abs();
            distance(*a).total_cmp(&distance(*b))
        })
        .filter(|_| lon.is_finite())
        .map_or(4526, |zone| 4513 + zone - 25)
}

/// Writes the one layer.
///
/// Coordinates have as few decimals as keep every feature sound, three at least; the header's 精度
/// says how many.
pub(super) fn write(job: &Job<'_>, path: &Path) -> Result<Vec<Finding>, WriteError> {
    let Some(layer) = job.layers.first() else {
        return Ok(Vec::new());
    };
    let decimals = decimals_of(layer, job.epsg());
    let text = text_of(layer, job.epsg(), decimals);
    let (encoding, mut findings) = encoding_of([text.as_str()], job.options.encoding);
    if decimals > DECIMALS {
        findings.push(Finding::notice("export.finer_precision").with("decimals", decimals));
    }
    fs::write(path, encode(&text, encoding)).map_err(unwritable(path))?;
    Ok(findings)
}

fn text_of(layer: &Layer, epsg: u32, decimals: usize) -> String {
    let mut text = header(epsg, decimals);
    for feature in &layer.features {
        push_plot(&mut text, layer, feature, decimals);
    }
    text
}

fn decimals_of(layer: &Layer, epsg: u32) -> usize {
    let shapes = || {
        layer
            .features
            .iter()
            .filter_map(|feature| feature.shape.as_ref())
    };
    (DECIMALS..MOST_DECIMALS)
        .find(|decimals| shapes().all(|shape| stays_sound(shape, epsg, *decimals)))
        .unwrap_or(MOST_DECIMALS)
}

/// Whether the shape is still ground when it is read back from this many decimals.
fn stays_sound(shape: &MultiPolygon<f64>, epsg: u32, decimals: usize) -> bool {
    let read_back = |ring: &LineString<f64>| -> LineString<f64> {
        let mut ring = LineString(rounded(ring, decimals));
        // A system that cannot be read back makes the ring unsound below.
        if crs::positions_to_stored(&Reading::epsg(epsg), &mut ring.0).is_err() {
            ring.0.clear();
        }
        ring
    };
    let parts: MultiPolygon<f64> = shape
        .iter()
        .map(|part| {
            let holes = part.interiors().iter().map(read_back).collect();
            Polygon::new(read_back(part.exterior()), holes)
        })
        .collect();
    check(&parts, &Limits::default()).ground.is_some()
}

/// The ring's positions to so many decimals; what falls on the one before is left out.
fn rounded(ring: &LineString<f64>, decimals: usize) -> Vec<Coord<f64>> {
    let scale = (0..decimals).fold(1.0, |scale, _| scale * 10.0);
    let round = |v: f64| (v * scale).round() / scale;
    let mut positions: Vec<Coord<f64>> = ring
        .coords()
        .map(|c| Coord {
            x: round(c.x),
            y: round(c.y),
        })
        .collect();
    positions.dedup();
    positions
}

fn header(epsg: u32, decimals: usize) -> String {
    let Zone { degrees, number } = Zone::of_epsg(epsg).unwrap_or(Zone {
        degrees: 3,
        number: 38,
    });
    let precision = format!("0.{}1", "0".repeat(decimals.saturating_sub(1)));
    [
        "[属性描述]".to_owned(),
        "坐标系=2000国家大地坐标系".to_owned(),
        format!("几度分带={degrees}"),
        "投影类型=高斯克吕格".to_owned(),
        "计量单位=米".to_owned(),
        format!("带号={number}"),
        format!("精度={precision}"),
        "转换参数=,,,,,,".to_owned(),
        "[地块坐标]".to_owned(),
    ]
    .join("\r\n")
        + "\r\n"
}

/// One plot: its line, then its points; an outer ring after the first is another part, and whether a
/// ring is a hole is told by what contains it.
fn push_plot(text: &mut String, layer: &Layer, feature: &Feature, decimals: usize) {
    let Some(shape) = &feature.shape else { return };
    let rings: Vec<Vec<Coord<f64>>> = shape
        .iter()
        .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()))
        .map(|ring| rounded(ring, decimals))
        .collect();
    let points: usize = rings.iter().map(Vec::len).sum();
    let area_ha = match layer.value(feature, AREA) {
        Some(Value::Number(area_m2)) => format!("{:.4}", area_m2 / 10_000.0),
        _ => String::new(),
    };
    let fields = [
        points.to_string(),
        area_ha,
        first_of(layer, feature, &NUMBER),
        first_of(layer, feature, &NAME),
        "面".to_owned(),
        String::new(),
        first_of(layer, feature, &USE),
        String::new(),
        "@".to_owned(),
    ];
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
    let mut number = 1;
    for (place, ring) in (1..).zip(&rings) {
        push_ring(text, ring, place, &mut number, decimals);
    }
}

/// X is the northing and Y the easting, as surveyors have it; the last point closes the ring under
/// the number of its first.
fn push_ring(
    text: &mut String,
    ring: &[Coord<f64>],
    place: usize,
    number: &mut usize,
    decimals: usize,
) {
    let first = *number;
    let last = ring.len().saturating_sub(1);
    for (index, c) in ring.iter().enumerate() {
        let shown = if index == last { first } else { *number };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "J{shown},{place},{:.decimals$},{:.decimals$}\r\n",
            c.y, c.x
        );
        if index != last {
            *number += 1;
        }
    }
}

/// The first of these columns that holds something, without what would break the line.
fn first_of(layer: &Layer, feature: &Feature, columns: &[&str]) -> String {
    columns
        .iter()
        .filter_map(|column| layer.value(feature, column))
        .map(Value::to_text)
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default()
        .replace(',', "，")
        .replace(char::is_control, " ")
}
