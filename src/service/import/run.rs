//! The import itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{FixedOffset, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::apply::{Undo, apply};
use super::columns;
use super::plan::{Counts, Planner};
use super::report::{ImportReport, Totals};
use super::rows::Row;
use super::{Target, judge, locate, settle};
use crate::domain::{By, Day, Grade, Instant, Question, RecordId, Remaining, Site};
use crate::formats::source::{ReadError, ReadOptions};
use crate::formats::vector;
use crate::geometry::Ground;
use crate::service::{County, ServiceError, ledger, remaining};
use crate::store::{Actor, AreaKind, Change, NewBatch, Store, StoreError, WriteTx};

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The file, zip or geodatabase folder.
    pub path: PathBuf,
    /// What its features are taken as.
    pub target: Target,
    /// Layer, coordinate system and encoding where the file does not say, or says it wrongly.
    pub options: ReadOptions,
    /// Field and the column to read as it.
    pub maps: Vec<(String, String)>,
    /// Field and the value every feature gets.
    pub sets: Vec<(String, String)>,
    /// Whether proposed repairs of broken rings are taken.
    pub applies_repairs: bool,
    /// Whether to commit; otherwise everything is undone after it was tried.
    pub commits: bool,
}

/// Why an import came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The import cannot be carried out.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl ImportError {
    /// The stable dotted code, where the failure has one.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::Service(ServiceError::Invalid { code, .. }) => code,
            Self::Service(ServiceError::NotFound { .. }) => "import.not_found",
            Self::Service(_) => "store.failed",
        }
    }
}

/// The day it is in the county.
fn today(now: Instant) -> Day {
    const SECONDS_EAST: i32 = 8 * 3600;
    FixedOffset::east_opt(SECONDS_EAST).map_or_else(
        || now.date_naive(),
        |shanghai| now.with_timezone(&shanghai).date_naive(),
    )
}

/// Reads a file and imports it, or shows what an import would do.
///
/// # Errors
/// Files that cannot be read, mappings that do not fit, and failures of the store; nothing is
/// written then. Everything wrong with the content is in the report.
pub fn import(
    store: &Store,
    actor: &Actor,
    request: &ImportRequest,
) -> Result<ImportReport, ImportError> {
    refuse_own_files(store, &request.path)?;
    let source = vector::read(&request.path, &request.options)?;
    let mut names: Vec<String> = Vec::new();
    for (name, _) in source
        .features
        .iter()
        .flat_map(|feature| &feature.attributes)
    {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let (mapping, mut findings) = columns::map(
        &names,
        source.format,
        request.target,
        &request.maps,
        &request.sets,
    )?;
    findings.splice(0..0, source.findings.iter().cloned());
    let (county, sites) = known_ground(store).map_err(ServiceError::from)?;
    let (candidates, found) = settle::settle(&source, request.target, county.as_ref(), &sites);
    findings.extend(found);
    let mut report = ImportReport {
        target: request.target,
        format: source.format,
        layers: source.layers.clone(),
        crs: source.crs.clone(),
        candidates,
        encoding: source.encoding.clone(),
        mapping: mapping.columns.clone(),
        kept_columns: mapping.kept.clone(),
        features: count(source.features.len()),
        added: 0,
        changed: 0,
        skipped: 0,
        rejected: 0,
        area_m2: 0.0,
        findings,
        totals: None,
        batch_id: None,
    };
    if report.is_refused() {
        // Findings of single features under a wrong reading would only mislead.
        report.findings.extend(
            source
                .features
                .into_iter()
                .flat_map(|feature| feature.findings),
        );
        return Ok(report);
    }
    let around: Option<&Ground> = county.as_ref().filter(|_| request.target != Target::County);
    let reading = source.crs.reading.as_ref();
    let rows = judge::judge(
        source.features,
        reading,
        &mapping,
        around,
        request.applies_repairs,
    )?;
    let batch = batch_of(request, &report)?;
    Ok(carry_out(store, actor, request, rows, report, batch)?)
}

/// The store's own files are opened by the store alone: any other descriptor drops its locks.
fn refuse_own_files(store: &Store, path: &Path) -> Result<(), ServiceError> {
    let is_own = match (path.canonicalize(), store.directory().canonicalize()) {
        (Ok(path), Ok(own)) => path.starts_with(own),
        _ => false,
    };
    if is_own {
        return Err(ServiceError::invalid(
            "import.own_store",
            "this file belongs to the data directory; export a copy first",
        ));
    }
    Ok(())
}

/// The county's outline, when one is loaded, and all sites.
fn known_ground(store: &Store) -> Result<(Option<Ground>, Vec<Site>), StoreError> {
    store.read(|snapshot| {
        let areas = snapshot.reference_areas()?;
        let county = areas.into_iter().find(|area| area.kind == AreaKind::County);
        Ok((county.map(|area| area.ground), snapshot.sites()?))
    })
}

fn batch_of(request: &ImportRequest, report: &ImportReport) -> Result<NewBatch, ServiceError> {
    let mapping: serde_json::Map<String, Value> = report
        .mapping
        .iter()
        .map(|(field, column)| ((*field).to_owned(), Value::String(column.clone())))
        .collect();
    let reading = report
        .crs
        .reading
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    Ok(NewBatch {
        file_name: request
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        sha256: digest_of(&request.path)?,
        what: request.target.code().to_owned(),
        crs: format!("{reading} ({:?})", report.crs.origin),
        encoding: format!("{} ({:?})", report.encoding.name, report.encoding.origin),
        mapping: Value::Object(mapping),
        counts: Value::Null,
    })
}

/// SHA-256 of a file, or of a folder's files by name.
fn digest_of(path: &Path) -> Result<String, ServiceError> {
    let disk = |source| StoreError::Disk {
        path: path.to_owned(),
        source,
    };
    let mut digest = Sha256::new();
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(disk)?;
        files = entries
            .map(|entry| entry.map(|e| e.path()))
            .collect::<io::Result<_>>()
            .map_err(disk)?;
        files.sort();
    }
    let mut buffer = vec![0_u8; 64 * 1024];
    for file in files.into_iter().filter(|file| file.is_file()) {
        let mut input = File::open(&file).map_err(disk)?;
        loop {
            let read = input.read(&mut buffer).map_err(disk)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            digest.update(bytes);
        }
    }
    let hex = |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16));
    Ok(digest.finalize().iter().flat_map(hex).flatten().collect())
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Plans, applies and measures in one transaction; a dry run and a refusal undo it.
fn carry_out(
    store: &Store,
    actor: &Actor,
    request: &ImportRequest,
    mut rows: Vec<Row>,
    mut report: ImportReport,
    mut batch: NewBatch,
) -> Result<ImportReport, ServiceError> {
    let (target, commits) = (request.target, request.commits);
    let person = actor.0.clone();
    ledger::try_out(store, actor, move |tx, refresh| {
        let before = measure(tx)?;
        let mut planner = planner(tx, person)?;
        let counts = planner.plan(target, &mut rows);
        fill(&mut report, counts, planner.area_m2, rows);
        if report.is_refused() {
            return Ok(ledger::Trial::Undo(report));
        }
        batch.counts = json!({
            "added": counts.added, "changed": counts.changed,
            "skipped": counts.skipped, "rejected": counts.rejected,
        });
        if planner.steps.is_empty() {
            report.totals = Some(Totals {
                after: before.clone(),
                before,
            });
            return Ok(ledger::Trial::Undo(report));
        }
        let batch_id = tx.add_batch(&batch)?;
        let undo = apply(tx, planner.steps, batch_id)?;
        refresh(tx)?;
        report.totals = Some(Totals {
            before,
            after: measure(tx)?,
        });
        if !commits {
            return Ok(ledger::Trial::Undo(report));
        }
        report.batch_id = Some(batch_id);
        Ok(ledger::Trial::Keep(report, change(batch_id, &batch, &undo)))
    })
}

fn planner(tx: &WriteTx<'_>, person: String) -> Result<Planner, StoreError> {
    let snapshot = tx.snapshot();
    // The machine's clock may run behind what is recorded; both the record's.
    let (now, today) = (tx.now(), today(Utc::now().max(tx.now())));
    Ok(Planner {
        sites: locate::Sites::new(snapshot.sites()?, today, now),
        areas: snapshot.reference_areas()?,
        today,
        now,
        person,
        steps: Vec::new(),
        of_file: std::collections::BTreeMap::new(),
        new_footprints: locate::Boxes::default(),
        events: std::collections::HashMap::new(),
        parcels: std::collections::HashSet::new(),
        area_m2: 0.0,
    })
}

fn fill(report: &mut ImportReport, counts: Counts, area_m2: f64, rows: Vec<Row>) {
    report.added = counts.added;
    report.changed = counts.changed;
    report.skipped = counts.skipped;
    report.rejected = counts.rejected;
    report.area_m2 = area_m2;
    report
        .findings
        .extend(rows.into_iter().flat_map(|row| row.findings));
}

/// What remains by obligation as the transaction sees it, today, accepted.
fn measure(tx: &WriteTx<'_>) -> Result<Remaining, StoreError> {
    let county = County::load(&tx.snapshot())?;
    let question = Question {
        as_of: today(tx.now()),
        known_at: tx.now(),
        grade: Grade::Accepted,
        by: By::Obligation,
    };
    Ok(remaining(&county, question))
}

fn change(batch_id: RecordId, batch: &NewBatch, undo: &Undo) -> Change {
    Change {
        action: "import.commit",
        subject: format!("batch {batch_id}"),
        payload: json!({
            "batch_id": batch_id,
            "file_name": batch.file_name,
            "sha256": batch.sha256,
            "what": batch.what,
            "crs": batch.crs,
            "encoding": batch.encoding,
            "mapping": batch.mapping,
            "counts": batch.counts,
            "undo": undo.to_json(),
        }),
    }
}
