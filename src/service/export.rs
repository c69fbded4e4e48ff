//! The ledger on its way out: any part of it, in any format, as of a day.

use std::path::Path;

use super::export_figures::{obligations, remaining_rows, stages};
use super::export_records::Records;
use super::{County, ServiceError};
use crate::domain::{By, Day, Grade, Instant};
use crate::formats::layer::Layer;
use crate::formats::{WriteError, WriteFormat, WriteOptions, Written};
use crate::geometry::Finding;
use crate::store::{AreaKind, Snapshot, Store, StoreError};

/// What can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportSubject {
    /// Sites with their surveyed footprint.
    Sites,
    /// Boundary versions of every role.
    Boundaries,
    /// Parcels.
    Parcels,
    /// Claims with their grade.
    Claims,
    /// Disturbances.
    Disturbances,
    /// Exemptions.
    Exemptions,
    /// The county outline.
    County,
    /// The townships.
    Townships,
    /// The stage of every face on a day.
    Stages,
    /// What remains on a day: figures without ground.
    Remaining,
    /// All of it.
    Ledger,
}

impl ExportSubject {
    /// All subjects.
    pub const ALL: [Self; 11] = [
        Self::Sites,
        Self::Boundaries,
        Self::Parcels,
        Self::Claims,
        Self::Disturbances,
        Self::Exemptions,
        Self::County,
        Self::Townships,
        Self::Stages,
        Self::Remaining,
        Self::Ledger,
    ];

    /// Its name on the command line and in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Boundaries => "boundaries",
            Self::Parcels => "parcels",
            Self::Claims => "claims",
            Self::Disturbances => "disturbances",
            Self::Exemptions => "exemptions",
            Self::County => "county",
            Self::Townships => "townships",
            Self::Stages => "stages",
            Self::Remaining => "remaining",
            Self::Ledger => "ledger",
        }
    }

    /// The subject of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }
}

/// What is to be taken out, and how.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// What.
    pub subject: ExportSubject,
    /// As of a day. Records: only what is in force or has happened then, `None` is every version.
    /// Sites, stages and figures: the day they are about, `None` is today.
    pub as_of: Option<Day>,
    /// Today in Asia/Shanghai.
    pub today: Day,
    /// As known at this moment.
    pub known_at: Instant,
    /// The grade from which on claims count, for stages and figures.
    pub grade: Grade,
    /// The rows of figures.
    pub by: By,
    /// Format, coordinate system, encoding and frame; its language is that of words and headings.
    pub write: WriteOptions,
}

impl ExportRequest {
    pub(super) fn in_english(&self) -> bool {
        self.write.frame.in_english
    }

    pub(super) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.in_english() { en } else { zh }
    }
}

/// Why nothing was taken out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Takes a part of the ledger out to a file.
///
/// # Errors
/// When the store fails, or the format cannot hold what was asked for; then there is no new file and
/// an old one is untouched.
pub fn export(store: &Store, request: &ExportRequest, out: &Path) -> Result<Written, ExportError> {
    let (layers, left_out) = store.read(|snapshot| layers(snapshot, request))?;
    let mut written = crate::formats::write(&layers, &request.write, out)?;
    written.findings.extend(left_out);
    Ok(written)
}

fn layers(
    snapshot: &Snapshot<'_>,
    request: &ExportRequest,
) -> Result<(Vec<Layer>, Vec<Finding>), ExportError> {
    let county = County::load(snapshot)?;
    let records = Records {
        snapshot,
        county: &county,
        as_of: request.as_of,
        today: request.today,
        known_at: request.known_at,
        in_english: request.in_english(),
    };
    let on = request.as_of.unwrap_or(request.today);
    let layer = match request.subject {
        ExportSubject::Sites => records.sites(),
        ExportSubject::Boundaries => records.boundaries()?,
        ExportSubject::Parcels => records.parcels()?,
        ExportSubject::Claims => records.claims()?,
        ExportSubject::Disturbances => records.disturbances()?,
        ExportSubject::Exemptions => records.exemptions()?,
        ExportSubject::County => records.areas(AreaKind::County),
        ExportSubject::Townships => records.areas(AreaKind::Township),
        ExportSubject::Stages => stages(&county, request, on),
        ExportSubject::Remaining => remaining_rows(&county, request, on),
        ExportSubject::Ledger => return ledger(&records, &county, request, on),
    };
    Ok((vec![layer], Vec::new()))
}

/// Every layer; a format that only draws goes without the tables and says so.
fn ledger(
    records: &Records<'_>,
    county: &County,
    request: &ExportRequest,
    on: Day,
) -> Result<(Vec<Layer>, Vec<Finding>), ExportError> {
    let mut layers = vec![
        records.sites(),
        records.boundaries()?,
        records.parcels()?,
        records.claims()?,
        records.disturbances()?,
        records.exemptions()?,
        records.areas(AreaKind::County),
        records.areas(AreaKind::Township),
        stages(county, request, on),
        remaining_rows(county, request, on),
        obligations(county, request, on),
    ];
    let mut left_out = Vec::new();
    if matches!(
        request.write.format,
        WriteFormat::Shapefile | WriteFormat::Kml
    ) {
        let tables = layers.iter().filter(|layer| !layer.has_geometry);
        left_out = tables
            .map(|table| Finding::notice("export.table_left_out").with("layer", &table.name))
            .collect();
        layers.retain(|layer| layer.has_geometry);
    }
    Ok((layers, left_out))
}
