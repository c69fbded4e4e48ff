//! What can be added to the ledger: plain values, one for each kind of record.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::{
    BoundaryRole, Category, Day, ExemptionReason, Grade, InForce, PlaceType, RecordId, Scope,
    SiteKind, Stage,
};
use crate::geometry::Ground;

/// Columns of the source that have no column of their own, kept as they came.
pub(super) type Attributes = Map<String, Value>;

/// Where a record came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The import it arrived with.
    pub batch_id: Option<RecordId>,
    /// Columns without a place of their own.
    pub attributes: Attributes,
}

/// A site to add.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// Its code; unique.
    pub code: String,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// Whether it is made up.
    pub synthetic: bool,
}

/// Names and parties of a site from a day on.
#[derive(Clone, Debug)]
pub struct NewTerms {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Option<Category>,
    /// Its township.
    pub township: Option<String>,
    /// The responsible party.
    pub liable: Option<String>,
    /// Mining licence number.
    pub licence_no: Option<String>,
    /// Days in force.
    pub in_force: InForce,
    /// Where it came from.
    pub origin: Origin,
}

/// A boundary version to add.
#[derive(Clone, Debug)]
pub struct NewBoundary {
    /// What it bounds.
    pub role: BoundaryRole,
    /// The ground.
    pub ground: Ground,
    /// Days in force.
    pub in_force: InForce,
    /// Where it came from.
    pub origin: Origin,
}

/// A parcel to add.
#[derive(Clone, Debug)]
pub struct NewParcel {
    /// 图斑编号.
    pub parcel_no: String,
    /// What it is.
    pub place_type: PlaceType,
    /// The ground.
    pub ground: Ground,
    /// Days in force.
    pub in_force: InForce,
    /// Where it came from.
    pub origin: Origin,
}

/// A claim to add.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// The ground.
    pub ground: Ground,
    /// The stage it reached.
    pub stage: Stage,
    /// The day it was true.
    pub valid_on: Day,
    /// Its first grade.
    pub grade: NewGrade,
    /// Where it came from.
    pub origin: Origin,
}

/// A claim's grade from now on.
#[derive(Clone, Debug)]
pub struct NewGrade {
    /// The grade.
    pub grade: Grade,
    /// Who gave it.
    pub person: String,
    /// Why, when a reason was asked for.
    pub reason: Option<String>,
}

/// A disturbance to add.
#[derive(Clone, Debug)]
pub struct NewDisturbance {
    /// The ground.
    pub ground: Ground,
    /// What it falls back to; 0 is broken ground.
    pub to_stage: Stage,
    /// The day it happened.
    pub valid_on: Day,
    /// What happened.
    pub reason: Option<String>,
    /// Where it came from.
    pub origin: Origin,
}

/// An exemption to add.
#[derive(Clone, Debug)]
pub struct NewExemption {
    /// The ground.
    pub ground: Ground,
    /// Why.
    pub reason: ExemptionReason,
    /// Days in force.
    pub in_force: InForce,
    /// Where it came from.
    pub origin: Origin,
}

/// A county outline or township to add.
#[derive(Clone, Debug)]
pub struct NewReferenceArea {
    /// `county` or `township`.
    pub kind: super::AreaKind,
    /// Its name.
    pub name: String,
    /// Whether it is made up.
    pub synthetic: bool,
    /// The ground.
    pub ground: Ground,
    /// Where it came from.
    pub origin: Origin,
}

/// An obligation to add, with its first terms.
#[derive(Clone, Debug)]
pub struct NewObligation {
    /// Its key; unique.
    pub key: String,
    /// Title, Chinese.
    pub title_zh: String,
    /// Title, English.
    pub title_en: String,
    /// Item of the plan.
    pub item_no: Option<u32>,
    /// Measure of the item.
    pub measure_no: Option<u32>,
    /// The stage its ground must reach.
    pub required_stage: Stage,
    /// Last day to be in time.
    pub due_on: Day,
    /// The ground it is about.
    pub scope: Scope,
    /// What it cites, Chinese.
    pub source_zh: String,
    /// What it cites, English.
    pub source_en: String,
}

/// An import to record.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// The file's name, without its folder.
    pub file_name: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// What it was read as: `claims`, `sites`.
    pub what: String,
    /// The CRS or datum it was read in, and who said so.
    pub crs: String,
    /// The encoding its text was read in.
    pub encoding: String,
    /// Which column was read as what.
    pub mapping: Value,
    /// How many were added, changed, skipped, rejected.
    pub counts: Value,
}

/// A kind of record that can be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// Names and parties of a site.
    SiteTerms,
    /// A boundary version.
    Boundary,
    /// A parcel.
    Parcel,
    /// A claim.
    Claim,
    /// A disturbance.
    Disturbance,
    /// An exemption.
    Exemption,
    /// A county outline or township.
    ReferenceArea,
    /// A version of an obligation's terms.
    ObligationTerms,
}

impl RecordKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::SiteTerms,
        Self::Boundary,
        Self::Parcel,
        Self::Claim,
        Self::Disturbance,
        Self::Exemption,
        Self::ReferenceArea,
        Self::ObligationTerms,
    ];

    /// The kind's code, which is its table's name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SiteTerms => "site_terms",
            Self::Boundary => "boundary",
            Self::Parcel => "parcel",
            Self::Claim => "claim",
            Self::Disturbance => "disturbance",
            Self::Exemption => "exemption",
            Self::ReferenceArea => "reference_area",
            Self::ObligationTerms => "obligation_terms",
        }
    }
}

/// How a record ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndKind {
    /// It should never have been made.
    Revoked,
    /// Another record takes its place.
    Superseded,
}

impl EndKind {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
        }
    }
}

/// What a transaction touched: whose figures must be computed anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Sites of which anything was added or ended.
    pub sites: BTreeSet<RecordId>,
    /// Whether an obligation's due date or scope changed.
    pub obligations: bool,
}
