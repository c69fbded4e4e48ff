//! What goes over the wire: plain structs made from domain values, never the domain's own.

mod ground;
mod site;
mod words;

pub(super) use ground::{MultiPolygonWire, bbox_wire};
pub(super) use site::{SiteDetailWire, SiteWire};
pub(super) use words::{
    BoundaryRoleWord, CategoryWord, PlaceTypeWord, SiteKindWord, StatusWord, code_list,
};

use crate::domain::{Day, Instant};

/// An instant in RFC 3339, UTC, to the millisecond.
pub(super) fn instant_text(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A day as year-month-day; the beginning of time as the first day a calendar can write.
pub(super) fn day_text(day: Day) -> String {
    if day == Day::MIN {
        "0001-01-01".to_owned()
    } else {
        day.to_string()
    }
}
