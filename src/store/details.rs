//! What lists and pages show beside the figures: attributes, reasons, batches, reference areas.

use rusqlite::OptionalExtension;
use serde_json::{Map, Value};

use super::{RecordKind, Snapshot, StoreError, blob, text};
use crate::domain::{Instant, RecordId};
use crate::geometry::Ground;

/// A county outline or a township.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// The county.
    County,
    /// A township in it.
    Township,
}

impl AreaKind {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Township => "township",
        }
    }
}

/// A reference area that has not been ended.
#[derive(Clone, Debug)]
pub struct ReferenceArea {
    /// Its number.
    pub id: RecordId,
    /// What it is.
    pub kind: AreaKind,
    /// Its name.
    pub name: String,
    /// Whether it is made up.
    pub synthetic: bool,
    /// The ground.
    pub ground: Ground,
}

/// What is recorded of a record beside what the figures need.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordDetails {
    /// Columns of the source without a place of their own.
    pub attributes: Map<String, Value>,
    /// The reason given with it, if any.
    pub reason: Option<String>,
    /// The import it came with.
    pub batch_id: Option<RecordId>,
    /// How and why it ended, if it did: `revoked` or `superseded`, and the reason.
    pub ended_because: Option<(String, String)>,
}

/// An import.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchEntry {
    /// Its number.
    pub id: RecordId,
    /// The file's name.
    pub file_name: String,
    /// What it was read as.
    pub what: String,
    /// When.
    pub recorded_at: Instant,
}

impl Snapshot<'_> {
    /// The county outline and townships in force.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a row cannot be read.
    pub fn reference_areas(&self) -> Result<Vec<ReferenceArea>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select a.id, a.kind, a.name, a.synthetic, a.geom from reference_area a
             left join record_end e on e.kind = 'reference_area' and e.record_id = a.id
             where e.id is null order by a.kind, a.name, a.id",
        )?;
        let mut rows = statement.query([])?;
        let mut areas = Vec::new();
        while let Some(row) = rows.next()? {
            areas.push(reference_area(row)?);
        }
        Ok(areas)
    }

    /// One reference area, ended or not.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the row cannot be read.
    pub fn reference_area(&self, id: RecordId) -> Result<Option<ReferenceArea>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select id, kind, name, synthetic, geom from reference_area where id = ?1",
        )?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(reference_area).transpose()
    }

    /// What is recorded of a record beside what the figures need.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn details(
        &self,
        kind: RecordKind,
        id: RecordId,
    ) -> Result<Option<RecordDetails>, StoreError> {
        let (attributes, reason, batch) = match kind {
            RecordKind::Disturbance | RecordKind::Exemption => ("attributes", "reason", "batch_id"),
            RecordKind::ObligationTerms => ("'{}'", "null", "null"),
            _ => ("attributes", "null", "batch_id"),
        };
        let table = kind.code();
        // Only names of ours are put into the text.
        let sql = format!(
            "select r.attributes, r.reason, r.batch_id, e.why, e.reason
             from (select id, {attributes} as attributes, {reason} as reason, {batch} as batch_id
                   from {table} where id = ?1) r
             left join record_end e on e.kind = ?2 and e.record_id = r.id"
        );
        let details = self
            .connection
            .prepare_cached(&sql)?
            .query_row((id, table), |row| {
                let attributes: String = row.get(0)?;
                let why: Option<String> = row.get(3)?;
                let reason_of_end: Option<String> = row.get(4)?;
                Ok(RecordDetails {
                    attributes: serde_json::from_str(&attributes).unwrap_or_default(),
                    reason: row.get(1)?,
                    batch_id: row.get(2)?,
                    ended_because: why.zip(reason_of_end),
                })
            });
        Ok(details.optional()?)
    }

    /// The records that came with an import and have not been ended: kind and number.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn records_of_batch(
        &self,
        batch_id: RecordId,
    ) -> Result<Vec<(RecordKind, RecordId)>, StoreError> {
        let mut records = Vec::new();
        for kind in RecordKind::ALL {
            if kind == RecordKind::ObligationTerms {
                continue;
            }
            let table = kind.code();
            let sql = format!(
                "select r.id from {table} r
                 left join record_end e on e.kind = '{table}' and e.record_id = r.id
                 where r.batch_id = ?1 and e.id is null order by r.id"
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let ids = statement.query_map([batch_id], |row| row.get(0))?;
            for id in ids {
                records.push((kind, id?));
            }
        }
        Ok(records)
    }

    /// All imports, latest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn batches(&self) -> Result<Vec<BatchEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select id, file_name, what, recorded_at from import_batch order by id desc",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(BatchEntry {
                id: row.get(0)?,
                file_name: row.get(1)?,
                what: row.get(2)?,
                recorded_at: text::instant(&row.get::<_, String>(3)?).unwrap_or_else(text::epoch),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Number, kind, name, whether it is made up, and ground, in this order.
fn reference_area(row: &rusqlite::Row<'_>) -> Result<ReferenceArea, StoreError> {
    let id = row.get(0)?;
    let kind: String = row.get(1)?;
    Ok(ReferenceArea {
        id,
        kind: if kind == "county" {
            AreaKind::County
        } else {
            AreaKind::Township
        },
        name: row.get(2)?,
        synthetic: row.get(3)?,
        ground: blob::ground(row.get(4)?).ok_or_else(|| StoreError::Corrupt {
            table: "reference_area",
            id,
            what: "geom is no ground".to_owned(),
        })?,
    })
}
