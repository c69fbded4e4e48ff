//! Dates and instants as text that sorts like time.

use chrono::{DateTime, SubsecRound, TimeZone, Utc};

use crate::domain::{Day, InForce, Instant};

/// An instant as RFC 3339 UTC with milliseconds, which is what GeoPackage calls DATETIME.
pub(super) fn of_instant(instant: Instant) -> String {
    instant
        .trunc_subsecs(3)
        .format("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

pub(super) fn instant(text: &str) -> Option<Instant> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| at.with_timezone(&Utc))
}

/// The beginning of our time: no record is older.
pub(super) fn epoch() -> Instant {
    Utc.timestamp_nanos(0)
}

pub(super) fn of_day(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

pub(super) fn day(text: Option<String>) -> Option<Day> {
    text.and_then(|text| text.parse().ok())
}

pub(super) fn in_force(from: Option<String>, to: Option<String>) -> InForce {
    InForce {
        from: day(from),
        to: day(to),
    }
}
