//! Import: read a file, judge every feature, show what would change, and commit in one transaction.
//!
//! A dry run is the commit itself inside a transaction that is then undone, so both say the same.
//! Coordinates are never moved by guess and shapes never repaired unasked; what stands in the way
//! is a finding with the feature's number, a place and a cure.

mod apply;
mod columns;
mod judge;
mod locate;
mod plan;
mod plan_areas;
mod plan_events;
mod plan_sites;
mod report;
mod rollback;
mod rows;
mod run;
mod same;
mod settle;
mod words;

pub use columns::{FIELDS, Field};
pub use report::{ImportReport, Totals};
pub use rollback::{RolledBack, rollback};
pub use run::{ImportError, ImportRequest, import};

/// What the features of a file are taken as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Sites with their boundaries.
    Sites,
    /// Boundary versions of known sites.
    Boundaries,
    /// Working polygons.
    Parcels,
    /// Stage claims.
    Claims,
    /// Ground broken, or planting died back.
    Disturbances,
    /// Ground that owes nothing.
    Exemptions,
    /// The county's outline.
    County,
    /// Townships.
    Townships,
}

impl Target {
    /// All targets, in the order a county is taken over.
    pub const ALL: [Self; 8] = [
        Self::Sites,
        Self::Boundaries,
        Self::Parcels,
        Self::Claims,
        Self::Disturbances,
        Self::Exemptions,
        Self::County,
        Self::Townships,
    ];

    /// The word used on the command line and in the change log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Boundaries => "boundaries",
            Self::Parcels => "parcels",
            Self::Claims => "claims",
            Self::Disturbances => "disturbances",
            Self::Exemptions => "exemptions",
            Self::County => "county",
            Self::Townships => "townships",
        }
    }

    /// The target of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.code() == word)
    }
}
