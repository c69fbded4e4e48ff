//! How a file's coordinates may have been meant, tried against ground that is known.
//!
//! Candidates are proposals for a person. Nothing here moves a coordinate.

use std::fmt;

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Coord, LineString};

use super::crs::{self, CrsChoice, Reading, STORED_EPSG};
use super::source::RawShape;
use crate::geometry::{Finding, Ground};

/// Vertices looked at: enough for a share in per mille, few enough to try every reading.
const SAMPLE: usize = 2_000;
/// A share of vertices inside known ground that speaks for a reading.
const FITS: f64 = 0.9;
/// A share below which the reading as claimed is taken to be wrong, when another one fits.
const FAILS: f64 = 0.5;
/// How much better another reading must fit before a doubt is worth a warning.
const CLEARLY_BETTER: f64 = 0.2;

/// Ground that is known already.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The county's outline, when one is loaded.
    pub county: Option<Ground>,
    /// Footprints of sites that the features should lie on; empty when they bring new sites.
    pub sites: Vec<Ground>,
}

/// One way to read the coordinates, and how well the result fits the known ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The reading; its text form can be given to `--crs`.
    pub reading: Reading,
    /// Share of the vertices (0 to 1) that fall on known ground: on the sites when some were
    /// given and any reading meets them, else in the county.
    pub fits: f64,
    /// Mean distance to where the reading as claimed puts the vertices, in metres; `None` when
    /// that is nowhere.
    pub offset_m: Option<f64>,
    /// Whether it is the reading as claimed.
    pub is_claimed: bool,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:.0} %", self.reading, self.fits * 100.0)?;
        match self.offset_m {
            Some(offset_m) if !self.is_claimed => write!(f, ", {offset_m:.0} m)"),
            _ => f.write_str(")"),
        }
    }
}

/// Tries every plausible reading of the shapes, best fit first; the claimed one wins ties.
///
/// Without any known ground no reading can be judged: all fits are 0 and the order is that of
/// plausibility by the size of the numbers alone.
#[must_use]
pub fn propose(shapes: &[&RawShape], claimed: Option<&Reading>, known: &Known) -> Vec<Candidate> {
    let sample = sampled(shapes);
    let Some(first) = sample.first() else {
        return Vec::new();
    };
    let as_claimed = claimed.and_then(|reading| converted(reading, &sample));
    let mut tried: Vec<(Candidate, Vec<Coord<f64>>)> = Vec::new();
    for reading in hypotheses(*first, claimed) {
        let Some(positions) = converted(&reading, &sample) else {
            continue;
        };
        let offset_m = as_claimed
            .as_deref()
            .and_then(|claimed| mean_distance_m(claimed, &positions));
        let is_claimed = Some(&reading) == claimed;
        tried.push((
            Candidate {
                reading,
                fits: 0.0,
                offset_m,
                is_claimed,
            },
            positions,
        ));
    }
    judge(&mut tried, known);
    let mut candidates: Vec<Candidate> =
        tried.into_iter().map(|(candidate, _)| candidate).collect();
    candidates.sort_by(|a, b| {
        b.fits
            .total_cmp(&a.fits)
            .then(b.is_claimed.cmp(&a.is_claimed))
    });
    candidates
}

/// What the candidates say about the reading as claimed, as findings of the whole file.
///
/// `is_users_word`: the user gave the reading (`--crs`), so a contradiction is only a warning.
#[must_use]
pub fn findings(candidates: &[Candidate], is_users_word: bool) -> Vec<Finding> {
    let Some(best) = candidates.first() else {
        return Vec::new();
    };
    let listed = || {
        let plausible = candidates
            .iter()
            .filter(|c| c.fits >= FAILS || best.fits < FAILS)
            .take(4);
        plausible
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let Some(claimed) = candidates.iter().find(|candidate| candidate.is_claimed) else {
        let finding = Finding::error("crs.missing").with("candidates", listed());
        return vec![finding];
    };
    if best.is_claimed || best.fits - claimed.fits < CLEARLY_BETTER {
        return Vec::new();
    }
    let is_contradicted = claimed.fits < FAILS && best.fits >= FITS;
    let finding = match (is_contradicted, is_users_word) {
        (true, false) => Finding::error("crs.contradicts_ground"),
        (true, true) => Finding::warning("crs.contradicts_ground"),
        (false, _) => Finding::warning("crs.fits_badly"),
    };
    let finding = finding
        .with("claimed", claimed)
        .with("better", &best.reading)
        .with(
            "offset_m",
            best.offset_m
                .map_or_else(|| "?".to_owned(), |m| format!("{m:.0}")),
        )
        .with("candidates", listed());
    vec![finding]
}

/// Points just inside every `n`-th corner, so that large files cost no more than small ones and the
/// same outline drawn twice does not lie half beside itself.
fn sampled(shapes: &[&RawShape]) -> Vec<Coord<f64>> {
    let outlines = || {
        shapes
            .iter()
            .flat_map(|shape| shape.iter())
            .filter_map(|part| part.first())
    };
    let corners: usize = outlines().map(|ring| ring.0.len()).sum();
    let stride = corners.div_ceil(SAMPLE).max(1);
    outlines()
        .flat_map(inside_corners)
        .step_by(stride)
        .filter(|c| c.x.is_finite() && c.y.is_finite())
        .collect()
}

/// For each corner of a ring a point a tenth of the way to the middle of its neighbours, on the
/// side of the ring's inside.
fn inside_corners(ring: &LineString<f64>) -> impl Iterator<Item = Coord<f64>> {
    const INWARD: f64 = 0.1;
    let open = ring
        .0
        .split_last()
        .map(|(_, open)| open)
        .unwrap_or_default();
    let cross = |a: Coord<f64>, b: Coord<f64>| a.x * b.y - a.y * b.x;
    let origin = open.first().copied().unwrap_or_default();
    let doubled: f64 = ring
        .lines()
        .map(|l| cross(l.start - origin, l.end - origin))
        .sum();
    let before = open.iter().cycle().skip(open.len().saturating_sub(1));
    let after = open.iter().cycle().skip(1);
    open.iter()
        .zip(before)
        .zip(after)
        .map(move |((corner, before), after)| {
            let middle = (*before + *after) / 2.0;
            let is_bent_inward = cross(*corner - *before, *after - *corner) * doubled < 0.0;
            let way = if is_bent_inward { -INWARD } else { INWARD };
            *corner + (middle - *corner) * way
        })
}

fn converted(reading: &Reading, sample: &[Coord<f64>]) -> Option<Vec<Coord<f64>>> {
    let mut positions = sample.to_vec();
    crs::positions_to_stored(reading, &mut positions).ok()?;
    Some(positions)
}

/// The readings worth trying for numbers of this size, the claimed one first.
fn hypotheses(first: Coord<f64>, claimed: Option<&Reading>) -> Vec<Reading> {
    let mut readings: Vec<Reading> = claimed.cloned().into_iter().collect();
    let mut add = |crs: CrsChoice, axes_swapped: bool| {
        let reading = Reading { crs, axes_swapped };
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    };
    let is_degrees = |c: f64| c.abs() <= 180.0;
    if is_degrees(first.x) && is_degrees(first.y) {
        for axes_swapped in [false, true] {
            add(CrsChoice::Epsg(STORED_EPSG), axes_swapped);
            add(CrsChoice::Gcj02, axes_swapped);
            add(CrsChoice::Bd09, axes_swapped);
        }
        return readings;
    }
    for axes_swapped in [false, true] {
        let easting = if axes_swapped { first.y } else { first.x };
        for code in plane_codes(easting) {
            add(CrsChoice::Epsg(code), axes_swapped);
        }
    }
    readings
}

/// CGCS2000 Gauss-Kruger systems that an easting can belong to (EPSG 4491 to 4554).
///
/// With a zone prefix it is one system of 3 or of 6 degrees; without, any central meridian.
fn plane_codes(easting: f64) -> Vec<u32> {
    let of_prefix = |first_zone: u32, zones: u32, first_code: u32| {
        (0..zones)
            .find(|z| {
                (f64::from(first_zone + z)..f64::from(first_zone + z + 1))
                    .contains(&(easting / 1e6))
            })
            .map(|z| first_code + z)
    };
    if (13e6..46e6).contains(&easting) {
        let three_degrees = of_prefix(25, 21, 4513);
        let six_degrees = of_prefix(13, 11, 4491);
        three_degrees.into_iter().chain(six_degrees).collect()
    } else if (1e5..9e5).contains(&easting) {
        (4534..=4554).chain(4502..=4512).collect()
    } else {
        Vec::new()
    }
}

/// Fills in how well each reading fits.
fn judge(tried: &mut [(Candidate, Vec<Coord<f64>>)], known: &Known) {
    let on_sites: Vec<f64> = tried
        .iter()
        .map(|(_, positions)| share_on(positions, &known.sites))
        .collect();
    // New sites may lie on no known one under any reading; then only the county can tell.
    let sites_can_tell = on_sites.iter().any(|share| *share > 0.0);
    let county = known.county.as_slice();
    for ((candidate, positions), on_sites) in tried.iter_mut().zip(on_sites) {
        candidate.fits = if sites_can_tell {
            on_sites
        } else {
            share_on(positions, county)
        };
    }
}

fn share_on(positions: &[Coord<f64>], grounds: &[Ground]) -> f64 {
    let is_on = |position: &Coord<f64>| {
        grounds.iter().any(|ground| {
            ground
                .bbox()
                .is_some_and(|bbox| bbox.holds(position.x, position.y))
                && ground.shape().coordinate_position(position) != CoordPos::Outside
        })
    };
    let on = positions.iter().filter(|position| is_on(position)).count();
    share(on, positions.len())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a sample of 2,000")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Mean distance on a sphere, metres: for people, three digits are plenty.
fn mean_distance_m(a: &[Coord<f64>], b: &[Coord<f64>]) -> Option<f64> {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let distances: Vec<f64> = a
        .iter()
        .zip(b)
        .map(|(a, b)| {
            let shrink = (a.y.midpoint(b.y)).to_radians().cos();
            ((a.x - b.x) * shrink).hypot(a.y - b.y) * METRES_PER_DEGREE
        })
        .filter(|distance| distance.is_finite())
        .collect();
    let count = u32::try_from(distances.len())
        .ok()
        .filter(|count| *count > 0)?;
    Some(distances.iter().sum::<f64>() / f64::from(count))
}
