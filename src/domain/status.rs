//! The one word a row is known by.

use super::accounting::{ByGrade, Figures};
use super::time::Day;
use super::words::Grade;

/// How an obligation stands; the order is the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// No ground was ever mapped (未摸底): never counts as done.
    NoGround,
    /// Nothing remains, and it is signed off.
    Done,
    /// Nothing remains at the asked grade; acceptance is outstanding.
    AwaitingAcceptance,
    /// The due day has passed and ground remains.
    Overdue,
    /// Nothing was recorded for 90 days.
    NoData,
    /// At this pace it will not be in time.
    Behind,
    /// 30 days or less are left.
    NearDue,
    /// None of these.
    OnTrack,
}

/// Days without any record after which a row is `no_data`, and its ground stale.
pub const STALE_AFTER_DAYS: i64 = 90;
/// Days before the due day from which a row is `near_due`.
pub const NEAR_DUE_DAYS: i64 = 30;

impl Status {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoGround => "no_ground",
            Self::Done => "done",
            Self::AwaitingAcceptance => "awaiting_acceptance",
            Self::Overdue => "overdue",
            Self::NoData => "no_data",
            Self::Behind => "behind",
            Self::NearDue => "near_due",
            Self::OnTrack => "on_track",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::NoGround => "未摸底",
            Self::Done => "已完成",
            Self::AwaitingAcceptance => "待验收",
            Self::Overdue => "已逾期",
            Self::NoData => "无数据",
            Self::Behind => "滞后",
            Self::NearDue => "临期",
            Self::OnTrack => "正常",
        }
    }

    /// How much it needs somebody: of several obligations the gravest names a site or township.
    #[must_use]
    pub const fn gravity(self) -> u8 {
        match self {
            Self::NoGround => 0,
            Self::Done => 1,
            Self::AwaitingAcceptance => 2,
            Self::OnTrack => 3,
            Self::NearDue => 4,
            Self::NoData => 5,
            Self::Behind => 6,
            Self::Overdue => 7,
        }
    }
}

/// What a status is decided from.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// The day asked about.
    pub as_of: Day,
    /// Last day to be in time.
    pub due_on: Day,
    /// The asked grade.
    pub grade: Grade,
    /// Figures at the four grades.
    pub by_grade: ByGrade,
    /// Last day anything was recorded of the row's sites.
    pub last_record_on: Option<Day>,
    /// Central pace over required pace.
    pub ratio: Option<f64>,
}

impl Circumstances {
    fn at(&self, grade: Grade) -> Figures {
        let [reported, evidenced, verified, accepted] = self.by_grade;
        match grade {
            Grade::Reported => reported,
            Grade::Evidenced => evidenced,
            Grade::Verified => verified,
            Grade::Accepted => accepted,
        }
    }

    /// The status: the first that fits.
    #[must_use]
    pub fn status(&self) -> Status {
        let asked = self.at(self.grade);
        if asked.obligation_m2 <= 0.0 {
            Status::NoGround
        } else if self.at(Grade::Accepted).is_finished() {
            // Until items are closed out one by one, acceptance of all ground is the sign-off.
            Status::Done
        } else if asked.is_finished() {
            Status::AwaitingAcceptance
        } else if self.as_of > self.due_on {
            Status::Overdue
        } else if is_stale(self.as_of, self.last_record_on) {
            Status::NoData
        } else if self.ratio.is_some_and(|ratio| ratio < 1.0) {
            Status::Behind
        } else if (self.due_on - self.as_of).num_days() <= NEAR_DUE_DAYS {
            Status::NearDue
        } else {
            Status::OnTrack
        }
    }
}

/// Whether nothing was recorded in the 90 days up to and including `as_of`.
#[must_use]
pub fn is_stale(as_of: Day, last_record_on: Option<Day>) -> bool {
    last_record_on.is_none_or(|last| (as_of - last).num_days() >= STALE_AFTER_DAYS)
}
