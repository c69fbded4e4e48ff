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

#[cfg(test)]
mod tests {
    use crate::service::messages::messages;

    /// Every code that the sources of reading and importing name, found by looking at them.
    #[test]
    fn every_code_has_its_sentence() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut missing = Vec::new();
        for folder in ["formats", "geometry", "service/import"] {
            for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
                let path = entry.unwrap().path();
                let Ok(source) = std::fs::read_to_string(&path) else {
                    continue;
                };
                let is_export = path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with("write"));
                for text in source
                    .split('"')
                    .skip(1)
                    .step_by(1)
                    .filter(|text| is_code(text))
                {
                    if !is_export && !messages().contains_key(text) {
                        missing.push(format!("{text} in {}", path.display()));
                    }
                }
            }
        }
        missing.dedup();
        assert!(missing.is_empty(), "{missing:#?}");
    }

    fn is_code(text: &str) -> bool {
        const AREAS: [&str; 14] = [
            "geometry", "crs", "format", "archive", "layer", "encoding", "survey", "ledger", "dxf",
            "field", "date", "site", "parcel", "claim",
        ];
        let is_word = |word: &str| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        };
        text.split_once('.')
            .is_some_and(|(area, name)| AREAS.contains(&area) && is_word(name))
    }
}
