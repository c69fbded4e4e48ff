//! The two time axes: when something was true on the ground, and when we knew it.

use chrono::{DateTime, NaiveDate, Utc};

/// A day in Asia/Shanghai.
pub type Day = NaiveDate;
/// A moment of our own recording, UTC.
pub type Instant = DateTime<Utc>;

/// When a record came into our knowledge and when it left it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// When it was recorded; never typed in.
    pub recorded_at: Instant,
    /// When it was revoked or superseded: from then on it is as if it had never been.
    pub ended_at: Option<Instant>,
}

impl Known {
    /// Whether the record was part of what was known at the moment.
    #[must_use]
    pub fn is_known(&self, known_at: Instant) -> bool {
        self.recorded_at <= known_at && self.ended_at.is_none_or(|ended| known_at < ended)
    }
}

/// The days on which a version is in force; both ends inclusive, `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct InForce {
    /// First day; `None` is from the beginning.
    pub from: Option<Day>,
    /// Last day; `None` is until further notice.
    pub to: Option<Day>,
}

impl InForce {
    /// Whether the day lies within.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// The days on which something changes: the first day, and the day after the last.
    pub fn breaks(&self) -> impl Iterator<Item = Day> {
        self.from
            .into_iter()
            .chain(self.to.and_then(|to| to.succ_opt()))
    }
}

/// A thing of which one version is in force at a time.
pub trait Versioned {
    /// The days of this version.
    fn in_force(&self) -> InForce;
    /// When it was known.
    fn known(&self) -> Known;
}

/// The version in force on a day as known at a moment.
///
/// A version ends the day before the next begins, so the one that began last decides; when two began
/// on one day, the one recorded later does.
pub fn in_force_at<V: Versioned>(versions: &[V], day: Day, known_at: Instant) -> Option<usize> {
    versions
        .iter()
        .enumerate()
        .filter(|(_, v)| v.known().is_known(known_at))
        .filter(|(_, v)| v.in_force().from.is_none_or(|from| from <= day))
        .max_by_key(|(place, v)| (v.in_force().from, v.known().recorded_at, *place))
        .filter(|(_, v)| v.in_force().holds(day))
        .map(|(place, _)| place)
}
