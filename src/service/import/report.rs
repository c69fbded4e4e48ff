//! What an import did or would do.

use crate::domain::{RecordId, Remaining};
use crate::formats::crs_candidates::Candidate;
use crate::formats::source::{Format, SourceCrs, SourceEncoding};
use crate::geometry::{Finding, Severity};

use super::Target;

/// Remaining areas by obligation, before and after, from the one fold.
#[derive(Clone, Debug)]
pub struct Totals {
    /// As the ledger stands.
    pub before: Remaining,
    /// As it would stand, or stands now.
    pub after: Remaining,
}

/// What an import did or would do.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// What the features were taken as.
    pub target: Target,
    /// The file's format.
    pub format: Format,
    /// The layers of the file.
    pub layers: Vec<String>,
    /// How coordinates were read, and how that is known.
    pub crs: SourceCrs,
    /// Other readings, best fit first; empty when nothing is known to try them on.
    pub candidates: Vec<Candidate>,
    /// How text was read, and how that is known.
    pub encoding: SourceEncoding,
    /// Field and the column read as it.
    pub mapping: Vec<(&'static str, String)>,
    /// Columns kept as attributes.
    pub kept_columns: Vec<String>,
    /// Features in the file.
    pub features: u64,
    /// Features that are new.
    pub added: u64,
    /// Features that change what is known.
    pub changed: u64,
    /// Features that are recorded already.
    pub skipped: u64,
    /// Features that cannot be taken.
    pub rejected: u64,
    /// Ground of the features taken, each measured alone, m².
    pub area_m2: f64,
    /// What was found, of the file first and then by feature.
    pub findings: Vec<Finding>,
    /// Remaining areas before and after; `None` when the file was refused.
    pub totals: Option<Totals>,
    /// The batch it was committed as; `None` after a dry run or a refusal.
    pub batch_id: Option<RecordId>,
}

impl ImportReport {
    /// Whether a finding of the whole file forbids taking any of it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings
            .iter()
            .any(|f| f.feature.is_none() && f.severity == Severity::Error)
            || (self.features > 0 && self.rejected == self.features)
    }
}
