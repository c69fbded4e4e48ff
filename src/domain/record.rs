//! What is recorded of a site: plain values, nothing computed.

use crate::geometry::Ground;

use super::time::{Day, InForce, Instant, Known, Versioned};
use super::words::{BoundaryRole, Category, ExemptionReason, Grade, PlaceType, SiteKind, Stage};

/// A record's number in the store; also the last tie-break of the fold.
pub type RecordId = i64;

/// A quarry, park or other ground under one responsible party, with all that is recorded of it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its number in the store.
    pub id: RecordId,
    /// Its code; ground in two sites belongs to the lower code, compared bytewise.
    pub code: String,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// Names and parties, with the days they hold.
    pub terms: Vec<SiteTerms>,
    /// Boundary versions of every role.
    pub boundaries: Vec<Boundary>,
    /// Working polygons.
    pub parcels: Vec<Parcel>,
    /// Stage claims.
    pub claims: Vec<Claim>,
    /// Ground broken, or planting died back.
    pub disturbances: Vec<Disturbance>,
    /// Ground that owes nothing for a time.
    pub exemptions: Vec<Exemption>,
}

/// Names and parties of a site for some days.
#[derive(Clone, Debug)]
pub struct SiteTerms {
    /// Its name.
    pub name: String,
    /// Why it must be restored; `None` when not known.
    pub category: Option<Category>,
    /// The township it lies in.
    pub township: Option<String>,
    /// The responsible party.
    pub liable: Option<String>,
    /// Mining licence number.
    pub licence_no: Option<String>,
    /// Days in force.
    pub in_force: InForce,
    /// When it was known.
    pub known: Known,
}

/// One version of a boundary.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Its number in the store.
    pub id: RecordId,
    /// What it bounds.
    pub role: BoundaryRole,
    /// The ground within.
    pub ground: Ground,
    /// Days in force.
    pub in_force: InForce,
    /// When it was known.
    pub known: Known,
}

/// A numbered working polygon.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Its number in the store.
    pub id: RecordId,
    /// 图斑编号.
    pub parcel_no: String,
    /// What it is.
    pub place_type: PlaceType,
    /// Its ground.
    pub ground: Ground,
    /// Days in force.
    pub in_force: InForce,
    /// When it was known.
    pub known: Known,
}

/// "This ground reached this stage on this date."
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its number in the store.
    pub id: RecordId,
    /// The ground.
    pub ground: Ground,
    /// The stage it reached.
    pub stage: Stage,
    /// The day it was true on the ground.
    pub valid_on: Day,
    /// Its grades, in the order they were recorded.
    pub grades: Vec<GradeRecord>,
    /// When it was known.
    pub known: Known,
}

/// A claim's grade from some moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradeRecord {
    /// The grade.
    pub grade: Grade,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl Claim {
    /// The grade as known at a moment; a claim without any record yet is `reported`.
    #[must_use]
    pub fn grade_at(&self, known_at: Instant) -> Grade {
        grade_at(&self.grades, known_at)
    }
}

/// The grade recorded last by a moment; of two recorded together the later in the list.
pub(super) fn grade_at(grades: &[GradeRecord], known_at: Instant) -> Grade {
    grades
        .iter()
        .filter(|record| record.recorded_at <= known_at)
        .max_by_key(|record| record.recorded_at)
        .map_or(Grade::Reported, |record| record.grade)
}

/// Ground broken (again) on a day, or planting that died back to a lower stage.
#[derive(Clone, Debug)]
pub struct Disturbance {
    /// Its number in the store.
    pub id: RecordId,
    /// The ground.
    pub ground: Ground,
    /// 0: broken, and joins the footprint. Above 0: falls back to this stage, and joins nothing.
    pub to_stage: Stage,
    /// The day it happened.
    pub valid_on: Day,
    /// When it was known.
    pub known: Known,
}

impl Disturbance {
    /// Whether the ground was broken, which makes it footprint; a die-back only lowers stages.
    #[must_use]
    pub fn breaks_ground(&self) -> bool {
        self.to_stage == Stage::Untreated
    }
}

/// Ground that owes nothing while the exemption is in force.
#[derive(Clone, Debug)]
pub struct Exemption {
    /// Its number in the store.
    pub id: RecordId,
    /// The ground.
    pub ground: Ground,
    /// Why.
    pub reason: ExemptionReason,
    /// Days in force.
    pub in_force: InForce,
    /// When it was known.
    pub known: Known,
}

macro_rules! versioned {
    ($($name:ident),+) => { $(
        impl Versioned for $name {
            fn in_force(&self) -> InForce { self.in_force }
            fn known(&self) -> Known { self.known }
        }
    )+ };
}
versioned!(SiteTerms, Boundary, Parcel, Exemption);
