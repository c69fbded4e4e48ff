//! From source coordinates to checked ground, feature by feature.

use rayon::prelude::*;

use super::columns::Mapping;
use super::rows::Row;
use crate::formats::crs::{self, Reading};
use crate::formats::source::RawFeature;
use crate::geometry::{BBox, Finding, Ground, Limits, Severity, check_rings};
use crate::service::ServiceError;

/// How far outside the county's box ground may lie before it is taken for misread, degrees: 20 km.
const COUNTY_MARGIN: f64 = 0.2;

/// Judges every feature: its coordinates brought over, its rings checked, its place looked at.
///
/// # Errors
/// A coordinate system that cannot be used.
pub(super) fn judge(
    features: Vec<RawFeature>,
    reading: Option<&Reading>,
    mapping: &Mapping,
    county: Option<&Ground>,
    applies_repairs: bool,
) -> Result<Vec<Row>, ServiceError> {
    features
        .into_par_iter()
        .map(|feature| {
            let RawFeature {
                number,
                shape,
                attributes,
                findings,
            } = feature;
            let values = mapping.apply(&attributes);
            let mut row = Row {
                number,
                ground: None,
                values,
                findings,
            };
            if let (Some(shape), Some(reading)) = (shape, reading) {
                let stored = crs::to_stored(reading, &shape).map_err(|refusal| {
                    ServiceError::invalid(refusal.code(), refusal.to_string())
                })?;
                let checked = check_rings(&stored, &Limits::default());
                row.ground = checked.ground;
                let mut found = checked.findings;
                if let Some(repair) = checked.repair {
                    let change = |code| {
                        Finding::notice(code)
                            .with("before_m2", shown(repair.before_m2))
                            .with("after_m2", shown(Some(repair.after_m2)))
                    };
                    if applies_repairs {
                        for finding in &mut found {
                            finding.severity = finding.severity.min(Severity::Warning);
                        }
                        found.push(change("geometry.repaired"));
                        row.ground = Some(repair.ground);
                    } else {
                        found.push(change("geometry.repair_proposed"));
                    }
                }
                for finding in found {
                    row.find(finding);
                }
            }
            look_at_place(&mut row, county);
            Ok(row)
        })
        .collect()
}

fn shown(area_m2: Option<f64>) -> String {
    area_m2.map_or_else(|| "?".to_owned(), |m2| format!("{m2:.2}"))
}

/// Ground outside the county's box and 20 km around it was misread; within it, a person decides.
fn look_at_place(row: &mut Row, county: Option<&Ground>) {
    let (Some(bbox), Some(county)) = (row.ground.as_ref().and_then(Ground::bbox), county) else {
        return;
    };
    let Some(around) = county.bbox().map(|bbox: BBox| bbox.widened(COUNTY_MARGIN)) else {
        return;
    };
    let is_far = !around.touches(&bbox);
    if is_far {
        row.find(Finding::error("geometry.outside_county"));
    } else if row
        .ground
        .as_ref()
        .is_some_and(|ground| crate::geometry::intersection(ground, county).is_empty())
    {
        row.find(Finding::warning("geometry.outside_county"));
    }
}
