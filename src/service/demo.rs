//! The synthetic demo county, told as it would have been recorded: day by day, with a set clock.

use std::collections::HashMap;
use std::path::Path;

use chrono::{NaiveTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::ServiceError;
use super::demo_story::{
    BOUNDARIES, CLAIMS, CORRECTIONS, DISTURBANCES, EXEMPTIONS, Entry, PARCELS, SITES,
    all_obligations, bad, new_grade, story, text,
};
use super::ledger::refresh_county;
use crate::domain::{
    BoundaryRole, Category, Day, ExemptionReason, InForce, Instant, PlaceType, RecordId, SiteKind,
    Stage,
};
use crate::formats::demo_text::DemoFeature;
use crate::geometry::{Ground, Limits, check};
use crate::store::{
    Actor, AreaKind, Change, EndKind, NewBoundary, NewClaim, NewDisturbance, NewExemption,
    NewParcel, NewReferenceArea, NewSite, NewTerms, Origin, RecordKind, Store, WriteTx,
};

/// What later entries refer back to.
#[derive(Default)]
struct Written {
    sites: HashMap<String, RecordId>,
    terms: HashMap<String, NewTerms>,
    parcels: HashMap<String, (RecordId, RecordId, NewParcel)>,
    refs: HashMap<String, RecordId>,
}

/// Makes the demo county in a directory that holds no store, or an empty one; `false` when it holds
/// something already. A process killed meanwhile leaves nothing behind.
///
/// # Errors
/// When the embedded inputs cannot be read or the store fails.
pub fn make_demo(directory: &Path, actor: &Actor) -> Result<bool, ServiceError> {
    match Store::create_whole(directory, |store| fill_demo(store, actor))? {
        Some(is_filled) => Ok(is_filled),
        None => fill_demo(&Store::open(directory)?, actor),
    }
}

/// Fills an empty store with the demo county; `false` when it already holds something.
///
/// # Errors
/// When the embedded inputs cannot be read or the store fails.
pub fn fill_demo(store: &Store, actor: &Actor) -> Result<bool, ServiceError> {
    if store.read(|snapshot| snapshot.revision())? > 0 {
        return Ok(false);
    }
    let story = story()?;
    let obligations = all_obligations()?;
    // The plan came first: a figure as known on a past day needs the obligations known by then.
    if let Some(first) = story.keys().next() {
        store.write_with_set_clock(morning_of(*first), actor, move |tx| {
            for obligation in &obligations {
                tx.add_obligation(obligation)?;
            }
            let payload = json!({ "obligations": obligations.len() });
            Ok::<_, ServiceError>(((), change("demo.obligations", payload)))
        })?;
    }
    let mut written = Written::default();
    for (day, entries) in story {
        let told = written;
        written = store.write_with_set_clock(morning_of(day), actor, move |tx| {
            let mut written = told;
            let count = entries.len();
            for entry in entries {
                entry.write(tx, &mut written)?;
            }
            Ok::<_, ServiceError>((written, change("demo.day", json!({ "records": count }))))
        })?;
    }
    store.write(actor, move |tx| {
        refresh_county(tx, None)?;
        Ok::<_, ServiceError>((true, change("demo.figures", json!({}))))
    })
}

fn change(action: &'static str, payload: Value) -> Change {
    Change {
        action,
        subject: "demo".to_owned(),
        payload,
    }
}

/// Nine in the morning in Shanghai, when an office opens its post.
fn morning_of(day: Day) -> Instant {
    const HOURS_EAST: i64 = 8;
    const OPENS_AT: i64 = 9;
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(OPENS_AT - HOURS_EAST)
}

impl Entry {
    fn write(self, tx: &WriteTx<'_>, written: &mut Written) -> Result<(), ServiceError> {
        match self {
            Self::Area(kind, feature) => write_area(tx, kind, &feature),
            Self::Site(feature) => written.write_site(tx, &feature),
            Self::Boundary(feature) => {
                let site = written.site_of(&feature)?;
                tx.add_boundary(site, &new_boundary(&feature)?)?;
                Ok(())
            }
            Self::Parcel(feature) => written.write_parcel(tx, &feature),
            Self::Claim(feature) => written.write_claim(tx, &feature),
            Self::Grade { claim, grade } => {
                let id = written
                    .refs
                    .get(&claim)
                    .ok_or_else(|| bad(CLAIMS.0, claim.clone()))?;
                tx.add_grade(*id, &grade)?;
                Ok(())
            }
            Self::Disturbance(feature) => written.write_disturbance(tx, &feature),
            Self::Exemption(feature) => written.write_exemption(tx, &feature),
            Self::Correction(correction) => written.correct(tx, &correction),
        }
    }
}

fn write_area(tx: &WriteTx<'_>, kind: AreaKind, feature: &DemoFeature) -> Result<(), ServiceError> {
    tx.add_reference_area(&NewReferenceArea {
        kind,
        name: feature.text("name").unwrap_or_default(),
        synthetic: true,
        ground: ground(feature)?,
        origin: origin(feature, &["name"]),
    })?;
    Ok(())
}

fn new_boundary(feature: &DemoFeature) -> Result<NewBoundary, ServiceError> {
    let role = feature.text("role").unwrap_or_default();
    Ok(NewBoundary {
        role: BoundaryRole::named(&role).ok_or_else(|| bad(BOUNDARIES.0, role))?,
        ground: ground(feature)?,
        in_force: in_force(feature),
        origin: origin(feature, &["role"]),
    })
}

impl Written {
    fn site_of(&self, feature: &DemoFeature) -> Result<RecordId, ServiceError> {
        let code = feature.text("site_code").unwrap_or_default();
        self.sites
            .get(&code)
            .copied()
            .ok_or_else(|| bad(SITES.0, format!("no site {code}")))
    }

    fn write_site(&mut self, tx: &WriteTx<'_>, feature: &DemoFeature) -> Result<(), ServiceError> {
        let code = feature.text("site_code").unwrap_or_default();
        let kind = SiteKind::named(&feature.text("kind").unwrap_or_default())
            .ok_or_else(|| bad(SITES.0, format!("{code}: kind")))?;
        let id = tx.add_site(&NewSite {
            code: code.clone(),
            kind,
            synthetic: true,
        })?;
        let terms = NewTerms {
            name: feature.text("name").unwrap_or_default(),
            category: feature.text("category").and_then(|c| Category::named(&c)),
            township: feature.text("township"),
            liable: feature.text("liable"),
            licence_no: feature.text("licence_no"),
            in_force: InForce::default(),
            origin: origin(
                feature,
                &[
                    "name",
                    "kind",
                    "category",
                    "township",
                    "liable",
                    "licence_no",
                    "role",
                ],
            ),
        };
        tx.add_terms(id, &terms)?;
        tx.add_boundary(id, &new_boundary(feature)?)?;
        self.sites.insert(code.clone(), id);
        self.terms.insert(code, terms);
        Ok(())
    }

    fn write_parcel(
        &mut self,
        tx: &WriteTx<'_>,
        feature: &DemoFeature,
    ) -> Result<(), ServiceError> {
        let site = self.site_of(feature)?;
        let parcel_no = feature.text("parcel_no").unwrap_or_default();
        let parcel = NewParcel {
            place_type: PlaceType::named(&feature.text("place_type").unwrap_or_default())
                .ok_or_else(|| bad(PARCELS.0, parcel_no.clone()))?,
            parcel_no: parcel_no.clone(),
            ground: ground(feature)?,
            in_force: in_force(feature),
            origin: origin(feature, &["parcel_no", "place_type"]),
        };
        let id = tx.add_parcel(site, &parcel)?;
        self.parcels.insert(parcel_no, (site, id, parcel));
        Ok(())
    }

    fn write_claim(&mut self, tx: &WriteTx<'_>, feature: &DemoFeature) -> Result<(), ServiceError> {
        let site = self.site_of(feature)?;
        let name = feature.text("ref").unwrap_or_default();
        let wrong = |what: &str| bad(CLAIMS.0, format!("{name}: {what}"));
        let first = feature
            .properties
            .get("grades")
            .and_then(|grades| grades.get(0));
        let claim = NewClaim {
            ground: ground(feature)?,
            stage: stage(feature, "stage").ok_or_else(|| wrong("stage"))?,
            valid_on: feature.day("valid_on").ok_or_else(|| wrong("valid_on"))?,
            grade: first.and_then(new_grade).ok_or_else(|| wrong("grades"))?,
            origin: origin(feature, &["stage", "grade", "grades"]),
        };
        let id = tx.add_claim(site, &claim)?;
        self.refs.insert(name, id);
        Ok(())
    }

    fn write_disturbance(
        &mut self,
        tx: &WriteTx<'_>,
        feature: &DemoFeature,
    ) -> Result<(), ServiceError> {
        let site = self.site_of(feature)?;
        let id = tx.add_disturbance(
            site,
            &NewDisturbance {
                ground: ground(feature)?,
                to_stage: stage(feature, "to_stage").unwrap_or(Stage::Untreated),
                valid_on: feature
                    .day("valid_on")
                    .ok_or_else(|| bad(DISTURBANCES.0, "valid_on"))?,
                reason: feature.text("reason"),
                origin: origin(feature, &["to_stage", "reason"]),
            },
        )?;
        self.refs
            .insert(feature.text("ref").unwrap_or_default(), id);
        Ok(())
    }

    fn write_exemption(
        &mut self,
        tx: &WriteTx<'_>,
        feature: &DemoFeature,
    ) -> Result<(), ServiceError> {
        let site = self.site_of(feature)?;
        let reason = feature.text("reason").unwrap_or_default();
        let id = tx.add_exemption(
            site,
            &NewExemption {
                ground: ground(feature)?,
                reason: ExemptionReason::named(&reason).ok_or_else(|| bad(EXEMPTIONS.0, reason))?,
                in_force: in_force(feature),
                origin: origin(feature, &["reason"]),
            },
        )?;
        self.refs
            .insert(feature.text("ref").unwrap_or_default(), id);
        Ok(())
    }

    fn correct(&mut self, tx: &WriteTx<'_>, correction: &Value) -> Result<(), ServiceError> {
        let kind = text(correction, "kind").unwrap_or_default();
        let wrong = || bad(CORRECTIONS.0, correction.to_string());
        let from = text(correction, "valid_on").and_then(|day| day.parse().ok());
        let set = correction.get("set").cloned().unwrap_or_default();
        match kind.as_str() {
            "revoke" => {
                let of = match text(correction, "record").as_deref() {
                    Some("claim") => RecordKind::Claim,
                    Some("exemption") => RecordKind::Exemption,
                    _ => return Err(wrong()),
                };
                let name = text(correction, "ref").ok_or_else(wrong)?;
                let id = *self.refs.get(&name).ok_or_else(wrong)?;
                let reason = text(correction, "reason").unwrap_or_default();
                tx.end_record(of, id, EndKind::Revoked, &reason)?;
            }
            "site_change" => {
                let code = text(correction, "site_code").ok_or_else(wrong)?;
                let site = *self.sites.get(&code).ok_or_else(wrong)?;
                let terms = self.terms.get_mut(&code).ok_or_else(wrong)?;
                terms.in_force = InForce { from, to: None };
                if let Some(category) = text(&set, "category") {
                    terms.category = Category::named(&category);
                }
                terms.liable = text(&set, "liable").or_else(|| terms.liable.clone());
                tx.add_terms(site, terms)?;
            }
            "parcel_change" => {
                let number = text(correction, "parcel_no").ok_or_else(wrong)?;
                self.change_parcel(tx, &number, from.ok_or_else(wrong)?, &set)?;
            }
            _ => return Err(wrong()),
        }
        Ok(())
    }

    /// A parcel's version ends the day before the next begins.
    fn change_parcel(
        &mut self,
        tx: &WriteTx<'_>,
        number: &str,
        from: Day,
        set: &Value,
    ) -> Result<(), ServiceError> {
        let wrong = || bad(CORRECTIONS.0, format!("parcel {number}"));
        let (site, id, parcel) = self.parcels.get_mut(number).ok_or_else(wrong)?;
        let before = NewParcel {
            in_force: InForce {
                from: parcel.in_force.from,
                to: from.pred_opt(),
            },
            ..parcel.clone()
        };
        tx.end_record(
            RecordKind::Parcel,
            *id,
            EndKind::Superseded,
            "a later version begins",
        )?;
        tx.add_parcel(*site, &before)?;
        if let Some(place_type) = text(set, "place_type").and_then(|t| PlaceType::named(&t)) {
            parcel.place_type = place_type;
        }
        parcel.in_force = InForce {
            from: Some(from),
            to: None,
        };
        *id = tx.add_parcel(*site, parcel)?;
        Ok(())
    }
}

fn ground(feature: &DemoFeature) -> Result<Ground, ServiceError> {
    let checked = check(&feature.shape, &Limits::default());
    checked
        .ground
        .ok_or(ServiceError::Refused(checked.findings))
}

fn stage(feature: &DemoFeature, key: &str) -> Option<Stage> {
    let number = feature.properties.get(key)?.as_u64()?.try_into().ok()?;
    Stage::of_number(number)
}

fn in_force(feature: &DemoFeature) -> InForce {
    InForce {
        from: feature.day("valid_on"),
        to: feature.day("valid_to"),
    }
}

/// Columns without a place of their own, kept as they came.
fn origin(feature: &DemoFeature, used: &[&str]) -> Origin {
    const ALWAYS_USED: [&str; 5] = [
        "site_code",
        "valid_on",
        "valid_to",
        "recorded_on",
        "synthetic",
    ];
    let attributes: Map<String, Value> = feature
        .properties
        .iter()
        .filter(|(key, _)| !used.contains(&key.as_str()) && !ALWAYS_USED.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Origin {
        batch_id: None,
        attributes,
    }
}
