//! In which system the coordinates are: what the file says, held against known ground.

use geo::LineString;

use crate::domain::{BoundaryRole, Site};
use crate::formats::crs_candidates::{self, Candidate, Known};
use crate::formats::source::{CrsOrigin, RawShape, Source};
use crate::geometry::{Finding, Ground};

use super::Target;

/// Candidates for a file's reading, and what they say about the one it claims.
pub(super) fn settle(
    source: &Source,
    target: Target,
    county: Option<&Ground>,
    sites: &[Site],
) -> (Vec<Candidate>, Vec<Finding>) {
    let shapes: Vec<&RawShape> = source
        .features
        .iter()
        .filter_map(|feature| feature.shape.as_ref())
        .collect();
    if shapes.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let is_reference = matches!(target, Target::County | Target::Townships);
    let known = Known {
        // An outline is not judged by the one it may replace.
        county: county.filter(|_| target != Target::County).cloned(),
        sites: if is_reference {
            Vec::new()
        } else {
            footprints(sites)
        },
    };
    let claimed = source.crs.reading.as_ref();
    let candidates = crs_candidates::propose(&shapes, claimed, &known);
    let is_users_word = source.crs.origin == CrsOrigin::User;
    // A new site may well lie where another reading would put it on a known one, so for sites only
    // the county contradicts; the known sites may still raise a doubt.
    let mut findings = if target == Target::Sites && !known.sites.is_empty() {
        let by_county = Known {
            sites: Vec::new(),
            ..known
        };
        let judged = crs_candidates::propose(&shapes, claimed, &by_county);
        let contradicted = crs_candidates::findings(&judged, is_users_word);
        if contradicted.is_empty() {
            crs_candidates::findings(&candidates, true)
        } else {
            contradicted
        }
    } else {
        crs_candidates::findings(&candidates, is_users_word)
    };
    if let Some(reading) = claimed
        && findings.is_empty()
        && reading.crs.is_lon_lat()
        && !has_degrees(&shapes)
    {
        let listed: Vec<String> = candidates
            .iter()
            .filter(|c| !c.is_claimed)
            .take(4)
            .map(|c| c.reading.to_string())
            .collect();
        findings.push(
            Finding::error("crs.not_degrees")
                .with("claimed", reading)
                .with("candidates", listed.join("; ")),
        );
    }
    (candidates, findings)
}

/// All footprints, past ones too: a claim of 2022 may lie on ground that has been given up since.
fn footprints(sites: &[Site]) -> Vec<Ground> {
    sites
        .iter()
        .flat_map(|site| &site.boundaries)
        .filter(|boundary| boundary.role == BoundaryRole::Footprint)
        .map(|boundary| boundary.ground.clone())
        .collect()
}

/// Whether most vertices could be degrees at all.
fn has_degrees(shapes: &[&RawShape]) -> bool {
    let mut all = 0_usize;
    let mut in_range = 0_usize;
    for vertex in shapes
        .iter()
        .flat_map(|shape| shape.iter().flatten())
        .flat_map(LineString::coords)
    {
        all += 1;
        in_range += usize::from(vertex.x.abs() <= 360.0 && vertex.y.abs() <= 360.0);
    }
    in_range * 2 >= all
}
