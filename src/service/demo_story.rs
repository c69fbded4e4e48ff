//! The demo's story: what was recorded on which day, read from the embedded inputs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ServiceError;
use super::obligation::{read_obligation, seed_obligations};
use crate::domain::{Day, Grade};
use crate::formats::demo_text::{DemoFeature, read_features};
use crate::store::{AreaKind, NewGrade, NewObligation};

/// Makes a feature of some file an entry of the story.
type IntoEntry = fn(DemoFeature) -> Entry;

/// A file's name and its text.
type Input = (&'static str, &'static str);

/// The demo's inputs, committed under `data/demo`.
macro_rules! input {
    ($name:literal) => {
        ($name, include_str!(concat!("../../data/demo/", $name)))
    };
}
const COUNTY: Input = input!("county.geojson");
const TOWNSHIPS: Input = input!("townships.geojson");
pub(super) const SITES: Input = input!("sites.geojson");
pub(super) const BOUNDARIES: Input = input!("boundaries.geojson");
pub(super) const PARCELS: Input = input!("parcels.geojson");
pub(super) const CLAIMS: Input = input!("claims.geojson");
pub(super) const DISTURBANCES: Input = input!("disturbances.geojson");
pub(super) const EXEMPTIONS: Input = input!("exemptions.geojson");
pub(super) const CORRECTIONS: Input = input!("corrections.json");
const OBLIGATIONS: Input = input!("obligations.json");

/// One thing that was recorded on a day.
pub(super) enum Entry {
    Area(AreaKind, DemoFeature),
    Site(DemoFeature),
    Boundary(DemoFeature),
    Parcel(DemoFeature),
    Claim(DemoFeature),
    Grade { claim: String, grade: NewGrade },
    Disturbance(DemoFeature),
    Exemption(DemoFeature),
    Correction(Value),
}

pub(super) fn all_obligations() -> Result<Vec<NewObligation>, ServiceError> {
    let mut obligations = seed_obligations()?;
    let own: Value = serde_json::from_str(OBLIGATIONS.1)
        .map_err(|error| bad(OBLIGATIONS.0, error.to_string()))?;
    for value in own.as_array().into_iter().flatten() {
        obligations.push(read_obligation(value)?);
    }
    Ok(obligations)
}

pub(super) fn bad(file: &'static str, what: impl Into<String>) -> ServiceError {
    ServiceError::Embedded {
        file,
        what: what.into(),
    }
}

/// All entries by the day they came in; on one day in the order areas, sites, …, corrections.
pub(super) fn story() -> Result<BTreeMap<Day, Vec<Entry>>, ServiceError> {
    let mut story: BTreeMap<Day, Vec<Entry>> = BTreeMap::new();
    let kinds: [(Input, IntoEntry); 8] = [
        (COUNTY, |f| Entry::Area(AreaKind::County, f)),
        (TOWNSHIPS, |f| Entry::Area(AreaKind::Township, f)),
        (SITES, Entry::Site),
        (BOUNDARIES, Entry::Boundary),
        (PARCELS, Entry::Parcel),
        (CLAIMS, Entry::Claim),
        (DISTURBANCES, Entry::Disturbance),
        (EXEMPTIONS, Entry::Exemption),
    ];
    for ((file, text), entry) in kinds {
        for feature in read_features(text).map_err(|error| bad(file, error))? {
            let day = feature
                .day("recorded_on")
                .ok_or_else(|| bad(file, "no recorded_on"))?;
            for (day, grade) in later_grades(&feature) {
                story.entry(day).or_default().push(grade);
            }
            story.entry(day).or_default().push(entry(feature));
        }
    }
    let corrections: Value = serde_json::from_str(CORRECTIONS.1)
        .map_err(|error| bad(CORRECTIONS.0, error.to_string()))?;
    for correction in corrections.as_array().into_iter().flatten() {
        let day = text(correction, "recorded_on")
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| bad(CORRECTIONS.0, "no recorded_on"))?;
        story
            .entry(day)
            .or_default()
            .push(Entry::Correction(correction.clone()));
    }
    for entries in story.values_mut() {
        entries.sort_by_key(Entry::order);
    }
    Ok(story)
}

pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The rises of a claim's grade after its first.
fn later_grades(feature: &DemoFeature) -> Vec<(Day, Entry)> {
    let grades = feature.properties.get("grades").and_then(Value::as_array);
    grades
        .into_iter()
        .flatten()
        .skip(1)
        .filter_map(|record| {
            let day = text(record, "recorded_on")?.parse().ok()?;
            let claim = feature.text("ref")?;
            Some((
                day,
                Entry::Grade {
                    claim,
                    grade: new_grade(record)?,
                },
            ))
        })
        .collect()
}

pub(super) fn new_grade(record: &Value) -> Option<NewGrade> {
    let number = record.get("grade")?.as_u64()?.try_into().ok()?;
    Some(NewGrade {
        grade: Grade::of_number(number)?,
        person: text(record, "by")?,
        reason: None,
    })
}

impl Entry {
    fn order(&self) -> u8 {
        match self {
            Self::Area(..) => 0,
            Self::Site(_) => 1,
            Self::Boundary(_) => 2,
            Self::Parcel(_) => 3,
            Self::Claim(_) => 4,
            Self::Grade { .. } => 5,
            Self::Disturbance(_) => 6,
            Self::Exemption(_) => 7,
            Self::Correction(_) => 8,
        }
    }
}
