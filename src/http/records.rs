//! What was recorded of sites: pages that begin where the one before ended.

use serde::Serialize;
use utoipa::ToSchema;

use super::app::Setting;
use super::query::USUAL_PAGE;
use super::refusal::Refusal;
use super::wire::{BoundaryRoleWord, PlaceTypeWord, instant_text};
use crate::geometry::BBox;
use crate::service::{RecordFacts, RecordFilter, RecordPage, RecordPlace, SiteRecord, record_page};
use crate::store::RecordKind;

/// Where a page of records ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordsMeta {
    /// `after` of the next page; null on the last. It means nothing beyond that.
    #[schema(example = "WH-001:claim:12")]
    next: Option<String>,
}

/// Reads a page and makes its wire form, while the county is at hand.
pub(super) fn page<W>(
    setting: &Setting,
    kinds: Vec<RecordKind>,
    asked: Listed,
    wire: impl Fn(&SiteRecord<'_>) -> Option<W>,
) -> Result<(Vec<W>, RecordsMeta), Refusal> {
    let after = asked
        .after
        .as_deref()
        .map(|after| place(after).ok_or_else(|| unknown_place(after)));
    let after = after.transpose()?;
    let limit = asked.limit.unwrap_or(USUAL_PAGE);
    let filter = RecordFilter {
        site: asked.site,
        kinds,
        bbox: asked.bbox,
    };
    let page: RecordPage<'_> = record_page(
        &setting.county,
        &setting.store,
        &filter,
        after.as_ref(),
        limit,
    )
    .map_err(|error| match (&asked.after, error) {
        (Some(after), crate::service::ServiceError::Invalid { .. }) => unknown_place(after),
        (_, error) => error.into(),
    })?;
    let records = page.records.iter().filter_map(wire).collect();
    Ok((
        records,
        RecordsMeta {
            next: page.next.as_ref().map(place_text),
        },
    ))
}

/// What every list of records can be asked.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) site: Option<String>,
    pub(super) bbox: Option<BBox>,
    pub(super) limit: Option<usize>,
    pub(super) after: Option<String>,
}

fn unknown_place(after: &str) -> Refusal {
    Refusal::bad_request("query.cursor_invalid")
        .with("name", "after")
        .with("value", after)
}

fn place_text(place: &RecordPlace) -> String {
    format!("{}:{}:{}", place.site_code, place.kind.code(), place.id)
}

fn place(text: &str) -> Option<RecordPlace> {
    // A site's code may hold a colon; what follows never does.
    let (rest, id) = text.rsplit_once(':')?;
    let (site_code, kind) = rest.rsplit_once(':')?;
    Some(RecordPlace {
        site_code: site_code.to_owned(),
        kind: RecordKind::ALL
            .into_iter()
            .find(|known| known.code() == kind)?,
        id: id.parse().ok()?,
    })
}

/// What kind of record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum EventKind {
    /// Ground reached a stage.
    Claim,
    /// Ground was broken, or planting died back.
    Disturbance,
    /// Ground owes nothing for a time.
    Exemption,
    /// A boundary version.
    Boundary,
}

impl EventKind {
    pub(super) const ALL: [Self; 4] = [
        Self::Claim,
        Self::Disturbance,
        Self::Exemption,
        Self::Boundary,
    ];

    pub(super) fn record_kind(self) -> RecordKind {
        match self {
            Self::Claim => RecordKind::Claim,
            Self::Disturbance => RecordKind::Disturbance,
            Self::Exemption => RecordKind::Exemption,
            Self::Boundary => RecordKind::Boundary,
        }
    }
}

/// A record of a site.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SiteEvent)]
pub(super) struct EventWire {
    /// Its number among its kind.
    id: i64,
    kind: EventKind,
    /// The site's code.
    site_code: String,
    /// The day it happened, or from which it is in force; null is from the beginning.
    #[schema(format = Date)]
    valid_on: Option<String>,
    /// Last day in force; null is until it is ended or replaced.
    #[schema(format = Date)]
    valid_to: Option<String>,
    /// Of a claim: the stage reached, 1 to 6.
    stage: Option<u8>,
    /// Of a claim: its grade as known now, 1 to 4.
    grade: Option<u8>,
    /// Of a disturbance: the stage the ground fell to; 0 is broken.
    to_stage: Option<u8>,
    /// Of a boundary: what it bounds.
    role: Option<BoundaryRoleWord>,
    /// The reason given with it.
    reason: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// When it was revoked or superseded.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// `revoked` or `superseded`.
    #[schema(example = "superseded")]
    ended_because: Option<String>,
    /// Its area, m².
    area_m2: f64,
    /// Columns of the source without a place of their own.
    #[schema(value_type = Object)]
    attributes: serde_json::Map<String, serde_json::Value>,
}

impl EventWire {
    /// The event, or `None` for a parcel, which is none.
    pub(super) fn of(record: &SiteRecord<'_>) -> Option<Self> {
        let (kind, stage, grade, to_stage, role) = match record.facts {
            RecordFacts::Claim(stage, grade) => (
                EventKind::Claim,
                Some(stage.number()),
                Some(grade.number()),
                None,
                None,
            ),
            RecordFacts::Disturbance(to_stage) => (
                EventKind::Disturbance,
                None,
                None,
                Some(to_stage.number()),
                None,
            ),
            RecordFacts::Boundary(role) => {
                (EventKind::Boundary, None, None, None, Some(role.into()))
            }
            RecordFacts::Exemption => (EventKind::Exemption, None, None, None, None),
            RecordFacts::Parcel(..) => return None,
        };
        Some(Self {
            id: record.id,
            kind,
            site_code: record.site_code.to_owned(),
            valid_on: record.valid_on.map(|day| day.to_string()),
            valid_to: record.valid_to.map(|day| day.to_string()),
            stage,
            grade,
            to_stage,
            role,
            reason: record.reason.clone(),
            recorded_at: instant_text(record.known.recorded_at),
            ended_at: record.known.ended_at.map(instant_text),
            ended_because: record.ended_because.clone(),
            area_m2: record.ground.area_m2(),
            attributes: record.attributes.clone(),
        })
    }
}

/// A parcel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Parcel)]
pub(super) struct ParcelWire {
    /// Its number, as on the map.
    id: i64,
    /// The site's code.
    site_code: String,
    /// 图斑编号.
    parcel_no: String,
    /// What it is.
    place_type: PlaceTypeWord,
    /// First day in force; null is from the beginning.
    #[schema(format = Date)]
    valid_from: Option<String>,
    /// Last day in force; null is until it is ended or replaced.
    #[schema(format = Date)]
    valid_to: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// When it was revoked or superseded.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// `revoked` or `superseded`.
    #[schema(example = "superseded")]
    ended_because: Option<String>,
    /// Its area, m².
    area_m2: f64,
    /// Columns of the source without a place of their own.
    #[schema(value_type = Object)]
    attributes: serde_json::Map<String, serde_json::Value>,
}

impl ParcelWire {
    /// The parcel, or `None` for a record that is none.
    pub(super) fn of(record: &SiteRecord<'_>) -> Option<Self> {
        let RecordFacts::Parcel(parcel_no, place_type) = record.facts else {
            return None;
        };
        Some(Self {
            id: record.id,
            site_code: record.site_code.to_owned(),
            parcel_no: parcel_no.to_owned(),
            place_type: place_type.into(),
            valid_from: record.valid_on.map(|day| day.to_string()),
            valid_to: record.valid_to.map(|day| day.to_string()),
            recorded_at: instant_text(record.known.recorded_at),
            ended_at: record.known.ended_at.map(instant_text),
            ended_because: record.ended_because.clone(),
            area_m2: record.ground.area_m2(),
            attributes: record.attributes.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        let ended = RecordPlace {
            site_code: "a:b".to_owned(),
            kind: RecordKind::Claim,
            id: 12,
        };
        assert_eq!(place_text(&ended), "a:b:claim:12");
        assert_eq!(place(&place_text(&ended)), Some(ended));
        for text in ["", "x", "x:claim", "x:claim:", "x:claim:1.5", "x:claims:1"] {
            assert_eq!(place(text), None, "{text}");
        }
    }
}
