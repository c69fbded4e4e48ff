//! The bureau's coordinate text (报盘 txt) read with every variant that is seen in the field.
//!
//! | code | severity | what |
//! |---|---|---|
//! | `survey.axes_swapped` | warning | east stands before north; read so |
//! | `survey.zone_contradicts` | warning | 带号 and the easting's prefix differ; the prefix is used |
//! | `survey.zone_missing` | warning | neither 带号 nor a prefix: the central meridian is unknown |
//! | `survey.system_missing` | warning | no 坐标系; taken for CGCS2000 |
//! | `survey.count_differs` | warning | other number of points than stated |
//! | `survey.area_differs` | warning | stated and computed area differ by more than 0.5 % |
//! | `survey.area_unit` | notice | the stated area is in m² or 亩, not hectares |
//! | `survey.line_unreadable` | error | a line in a plot that is no point (warning before the first) |
//! | `survey.closing_point_moved` | notice | closed within the survey's precision |

use std::path::Path;

use geo::{Coord, LineString};

use super::collector::{Collector, Shape};
use super::crs::{self, CrsChoice, CrsError, Reading};
use super::crs_identify::gauss_kruger_code;
use super::rings::{self, Nested};
use super::source::{CrsOrigin, Format, ReadError, ReadOptions, Source, SourceCrs};
use super::survey_lines::{self, Lines, Plot, PointLine};
use super::text_encoding;
use crate::geometry::Finding;

/// Stated and computed area may differ this much (share) before a person should look.
const AREA_DIFFERS: f64 = 0.005;
/// A closing point this near the first one is the first one, metres: ten times the usual precision.
const CLOSING_M: f64 = 0.01;
/// Square metres of a hectare and of a mu (10000/15).
const HECTARE_M2: f64 = 10_000.0;
const MU_M2: f64 = 10_000.0 / 15.0;

/// Reads a coordinate text.
///
/// # Errors
/// Text without any point, old datums without `--crs`, and limits.
pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    let (text, encoding) =
        text_encoding::decode_file(path, options.encoding.as_deref(), "coordinate text")?;
    let mut collector = Collector::default();
    let lines = survey_lines::take_apart(&text, || collector.count_vertices(1))?;
    let Some(sample) = lines.plots.iter().find_map(|plot| plot.points.first()) else {
        return Err(ReadError::Malformed {
            format: "coordinate text",
            detail: "no line holds a point (label, ring, X, Y)".to_owned(),
        });
    };
    let mut findings: Vec<Finding> = lines.unreadable.iter().map(stray).collect();
    let is_east_first = is_east_first(sample);
    if is_east_first {
        findings.push(Finding::warning("survey.axes_swapped"));
    }
    let east = if is_east_first {
        sample.first
    } else {
        sample.second
    };
    let crs = crs_of(&lines, east, options.crs.is_some(), &mut findings)?;
    let date = lines
        .key("数据产生日期")
        .map(|date| ("数据产生日期".to_owned(), date.to_owned()));
    for plot in &lines.plots {
        let (shape, found) = shape_of(plot, is_east_first);
        let mut attributes = plot.attributes.clone();
        attributes.extend(date.clone());
        let number = collector.add(shape, attributes)?;
        if let Some(feature) = collector.last() {
            feature
                .findings
                .extend(found.into_iter().map(|finding| finding.of_feature(number)));
        }
    }
    let (features, notices) = collector.finish();
    findings.extend(notices);
    let layers = vec![
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    Ok(Source {
        format: Format::SurveyText,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

/// A line before the first plot: a title, most likely, and no ground is lost with it.
fn stray((line, text): &(usize, String)) -> Finding {
    Finding::warning("survey.line_unreadable")
        .with("line", line)
        .with("text", text)
}

fn unreadable((line, text): &(usize, String)) -> Finding {
    Finding::error("survey.line_unreadable")
        .with("line", line)
        .with("text", text)
}

/// Whether the first number is the easting: only its window (with or without zone prefix) tells.
fn is_east_first(point: &PointLine) -> bool {
    let is_north = |value: f64| (1.8e6..6.2e6).contains(&value);
    let is_east = |value: f64| (1e5..9e5).contains(&value) || (13e6..46e6).contains(&value);
    let is_lon = |value: f64| (70.0..140.0).contains(&value);
    let is_lat = |value: f64| (3.0..54.0).contains(&value);
    (is_east(point.first) && is_north(point.second))
        || (is_lon(point.first) && is_lat(point.second))
}

/// The coordinate system from the header and the size of the easting.
fn crs_of(
    lines: &Lines,
    east: f64,
    is_given: bool,
    findings: &mut Vec<Finding>,
) -> Result<SourceCrs, ReadError> {
    let stated = lines.key("坐标系").map(str::to_owned);
    let system = stated.as_deref().unwrap_or_default();
    if !is_given
        && ["80", "54", "西安", "北京"]
            .iter()
            .any(|old| system.contains(old))
    {
        return Err(CrsError::NeedsParameters {
            name: system.to_owned(),
        }
        .into());
    }
    if stated.is_none() {
        findings.push(Finding::warning("survey.system_missing"));
    }
    let known = |reading: CrsChoice| SourceCrs {
        reading: Some(Reading::of(reading)),
        origin: CrsOrigin::Header,
        stated: stated.clone(),
    };
    if east.abs() <= 180.0 {
        return Ok(known(CrsChoice::Epsg(crs::STORED_EPSG)));
    }
    let degrees = if lines
        .key("几度分带")
        .is_some_and(|width| width.starts_with('6'))
    {
        6
    } else {
        3
    };
    let header_zone: Option<u32> = lines.key("带号").and_then(|zone| zone.parse().ok());
    let prefix = prefix_of(east);
    if let (Some(header), Some(prefix)) = (header_zone, prefix)
        && header != prefix
    {
        findings.push(
            Finding::warning("survey.zone_contradicts")
                .with("stated", header)
                .with("prefix", prefix),
        );
    }
    let code = match (prefix, header_zone) {
        (Some(zone), _) => gauss_kruger_code(
            meridian(zone, degrees_of_prefix(zone)),
            f64::from(zone) * 1e6 + 500_000.0,
        ),
        (None, Some(zone)) => gauss_kruger_code(meridian(zone, degrees), 500_000.0),
        (None, None) => None,
    };
    if let Some(code) = code {
        return Ok(known(CrsChoice::Epsg(code)));
    }
    findings.push(Finding::warning("survey.zone_missing"));
    Ok(SourceCrs {
        stated: stated.clone(),
        ..SourceCrs::nowhere()
    })
}

/// The zone in front of a zone-prefixed easting.
fn prefix_of(east: f64) -> Option<u32> {
    (13..46).find(|zone| (f64::from(*zone)..f64::from(zone + 1)).contains(&(east / 1e6)))
}

/// Zones 13 to 23 are 6 degrees wide, 25 to 45 are 3: China's two ranges do not overlap.
fn degrees_of_prefix(zone: u32) -> u32 {
    if zone < 24 { 6 } else { 3 }
}

fn meridian(zone: u32, degrees: u32) -> f64 {
    let zone = f64::from(zone);
    if degrees == 6 {
        6.0 * zone - 3.0
    } else {
        3.0 * zone
    }
}

/// A plot's polygons, and what was found about it.
fn shape_of(plot: &Plot, is_east_first: bool) -> (Shape, Vec<Finding>) {
    let mut findings: Vec<Finding> = plot.unreadable.iter().map(unreadable).collect();
    if plot.kind.as_deref().is_some_and(|kind| kind != "面") {
        return (Shape::NotArea, findings);
    }
    let rings = rings_of(plot, is_east_first, &mut findings);
    if rings.is_empty() {
        return (Shape::Missing, findings);
    }
    let vertices = plot.points.len();
    if vertices > super::limits::FEATURE_VERTICES || rings.len() > super::limits::FEATURE_RINGS {
        return (
            Shape::TooBig {
                vertices,
                rings: rings.len(),
            },
            findings,
        );
    }
    let Ok(nested) = rings::nest(&rings) else {
        return (
            Shape::TooBig {
                vertices: 0,
                rings: rings.len(),
            },
            findings,
        );
    };
    check_area(plot, &nested, &rings, &mut findings);
    (Shape::Area(rings::polygons(&nested, &rings)), findings)
}

/// Splits a plot's points into closed rings: at a new ring number, or after a ring has closed.
fn rings_of(plot: &Plot, is_east_first: bool, findings: &mut Vec<Finding>) -> Vec<LineString<f64>> {
    let position = |point: &PointLine| {
        let (x, y) = if is_east_first {
            (point.first, point.second)
        } else {
            (point.second, point.first)
        };
        Coord { x, y }
    };
    let mut groups: Vec<Vec<&PointLine>> = Vec::new();
    let mut is_closed = true;
    for point in &plot.points {
        match groups.last_mut() {
            Some(group) if !is_closed && group.first().is_some_and(|p| p.ring == point.ring) => {
                group.push(point);
                is_closed = group.len() > 3
                    && group
                        .first()
                        .is_some_and(|first| position(first) == position(point));
            }
            _ => {
                groups.push(vec![point]);
                is_closed = false;
            }
        }
    }
    let (mut unclosed, mut closing) = (0, 0);
    let mut rings = Vec::new();
    for group in groups {
        let mut ring: Vec<Coord<f64>> = group.iter().map(|point| position(point)).collect();
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let (start, end) = (position(first), position(last));
        let gap = (end - start).x.hypot((end - start).y);
        let is_named_closing =
            group.len() > 3 && first.label == last.label && !first.label.is_empty();
        if start == end && group.len() > 1 {
            closing += 1;
        } else if is_named_closing && gap <= CLOSING_M {
            closing += 1;
            findings.push(
                Finding::notice("survey.closing_point_moved")
                    .at(end.x, end.y)
                    .with("gap_m", gap),
            );
            if let Some(last) = ring.last_mut() {
                *last = start;
            }
        } else if is_named_closing {
            // It says that it closes and does not: the check reports the gap.
            closing += 1;
        } else {
            unclosed += 1;
            ring.push(start);
        }
        rings.push(LineString::new(ring));
    }
    check_count(plot, unclosed, closing, findings);
    rings
}

/// The stated number of points may count closing points or not, and leave them out or not.
fn check_count(plot: &Plot, unclosed: usize, closing: usize, findings: &mut Vec<Finding>) {
    let Some(stated) = plot.stated_points else {
        return;
    };
    let found = plot.points.len();
    if stated != found && stated != found + unclosed && stated != found.saturating_sub(closing) {
        let finding = Finding::warning("survey.count_differs");
        findings.push(finding.with("stated", stated).with("found", found));
    }
}

/// Compares the stated area with the plane area, in hectares first, then in m² and in 亩.
fn check_area(
    plot: &Plot,
    nested: &[Nested],
    rings: &[LineString<f64>],
    findings: &mut Vec<Finding>,
) {
    let Some(stated) = plot.stated_area.filter(|area| *area > 0.0) else {
        return;
    };
    let area_of = |ring: &usize| rings.get(*ring).map_or(0.0, plane_area_m2);
    let computed_m2: f64 = nested
        .iter()
        .map(|part| area_of(&part.shell) - part.holes.iter().map(area_of).sum::<f64>())
        .sum();
    let is_metres = rings
        .iter()
        .flat_map(LineString::coords)
        .all(|c| c.x.abs() > 360.0);
    if !is_metres || !computed_m2.is_finite() || computed_m2 <= 0.0 {
        return;
    }
    let fits = |unit_m2: f64| (stated * unit_m2 / computed_m2 - 1.0).abs() <= AREA_DIFFERS;
    if fits(HECTARE_M2) {
        return;
    }
    let finding = match (fits(1.0), fits(MU_M2)) {
        (true, _) => Finding::notice("survey.area_unit").with("unit", "m2"),
        (false, true) => Finding::notice("survey.area_unit").with("unit", "mu"),
        (false, false) => Finding::warning("survey.area_differs")
            .with("stated_ha", stated)
            .with("computed_ha", format!("{:.4}", computed_m2 / HECTARE_M2)),
    };
    findings.push(finding);
}

/// The plane area of a ring, relative to its first vertex so that prefixes cost no digits.
fn plane_area_m2(ring: &LineString<f64>) -> f64 {
    let Some(first) = ring.0.first().copied() else {
        return 0.0;
    };
    let doubled: f64 = ring
        .lines()
        .map(|line| (line.start - first, line.end - first))
        .map(|(a, b)| a.x * b.y - b.x * a.y)
        .sum();
    (doubled / 2.0).abs()
}
