//! What one consistent view of the store says.

use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::Value;

use super::change_log::{self, ChangeEntry};
use super::{StoreError, blob, text, timeline_blob};
use crate::domain::{
    Category, Instant, Known, Obligation, ObligationTerms, PlaceType, RecordId, Scope, SiteKind,
    Stage, Timeline,
};

/// One consistent view; [`super::Store::read`] and [`super::WriteTx::snapshot`] give it out.
pub struct Snapshot<'c> {
    pub(super) connection: &'c Connection,
}

impl Snapshot<'_> {
    /// The number of the last change: it grows with every write.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn revision(&self) -> Result<i64, StoreError> {
        Ok(change_log::head(self.connection)?.seq)
    }

    /// When the last change was recorded.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn recorded_until(&self) -> Result<Instant, StoreError> {
        Ok(change_log::head(self.connection)?.recorded_at)
    }

    /// The hash of the last change.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn chain_head(&self) -> Result<String, StoreError> {
        Ok(change_log::head(self.connection)?.hash)
    }

    /// Changes after a number, oldest first.
    ///
    /// # Errors
    /// When the database refuses or an entry cannot be read.
    pub fn changes_after(&self, seq: i64, limit: usize) -> Result<Vec<ChangeEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select seq, recorded_at, actor, action, subject, payload, rows_sha256, prev_hash, hash
             from change where seq > ?1 order by seq limit ?2",
        )?;
        let rows = statement.query_map((seq, i64::try_from(limit).unwrap_or(i64::MAX)), |row| {
            Ok(ChangeEntry {
                seq: row.get(0)?,
                recorded_at: text::instant(&row.get::<_, String>(1)?).unwrap_or_else(text::epoch),
                actor: row.get(2)?,
                action: row.get(3)?,
                subject: row.get(4)?,
                payload: serde_json::from_str(&row.get::<_, String>(5)?).unwrap_or(Value::Null),
                rows_sha256: row.get(6)?,
                prev_hash: row.get(7)?,
                hash: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The stored figures of a site, if any were computed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they cannot be read.
    pub fn timeline(&self, site_id: RecordId) -> Result<Option<Timeline>, StoreError> {
        let steps: Option<Vec<u8>> = self
            .connection
            .prepare_cached("select steps from timeline where site_id = ?1")?
            .query_row([site_id], |row| row.get(0))
            .optional()?;
        steps.map(|steps| decoded(site_id, &steps)).transpose()
    }

    /// The stored figures of all sites.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they cannot be read.
    pub fn timelines(&self) -> Result<Vec<Timeline>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("select site_id, steps from timeline order by site_id")?;
        let mut rows = statement.query([])?;
        let mut timelines = Vec::new();
        while let Some(row) = rows.next()? {
            timelines.push(decoded(row.get(0)?, &row.get::<_, Vec<u8>>(1)?)?);
        }
        Ok(timelines)
    }

    /// All obligations with all versions of their terms, by item, measure and key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a word is not in the vocabulary.
    pub fn obligations(&self) -> Result<Vec<Obligation>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select id, key, title_zh, title_en, item_no, measure_no, required_stage
             from obligation order by item_no is null, item_no, measure_no is null, measure_no, key",
        )?;
        let mut rows = statement.query([])?;
        let mut obligations = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            obligations.push(Obligation {
                id,
                key: row.get(1)?,
                title_zh: row.get(2)?,
                title_en: row.get(3)?,
                item_no: row.get(4)?,
                measure_no: row.get(5)?,
                required_stage: stage(row, 6, "obligation", id)?,
                terms: self.obligation_terms(id)?,
            });
        }
        Ok(obligations)
    }

    /// What an obligation cites, Chinese and English.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn obligation_source(&self, id: RecordId) -> Result<(String, String), StoreError> {
        Ok(self
            .connection
            .prepare_cached("select source_zh, source_en from obligation where id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    fn obligation_terms(
        &self,
        obligation_id: RecordId,
    ) -> Result<Vec<ObligationTerms>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "select t.id, t.due_on, t.scope, t.scope_geom, t.valid_from, t.valid_to, t.recorded_at,
                    e.recorded_at
             from obligation_terms t
             left join record_end e on e.kind = 'obligation_terms' and e.record_id = t.id
             where t.obligation_id = ?1 order by t.id",
        )?;
        let mut rows = statement.query([obligation_id])?;
        let mut terms = Vec::new();
        while let Some(row) = rows.next()? {
            let id: RecordId = row.get(0)?;
            let corrupt = |what: &str| StoreError::Corrupt {
                table: "obligation_terms",
                id,
                what: what.to_owned(),
            };
            let due_on = text::day(row.get(1)?).ok_or_else(|| corrupt("due_on is no date"))?;
            let mut scope = scope(&row.get::<_, String>(2)?)
                .ok_or_else(|| corrupt("the scope names an unknown word"))?;
            scope.ground = row
                .get::<_, Option<Vec<u8>>>(3)?
                .map(|bytes| blob::ground(bytes).ok_or_else(|| corrupt("scope_geom is no ground")))
                .transpose()?;
            terms.push(ObligationTerms {
                due_on,
                scope,
                in_force: text::in_force(row.get(4)?, row.get(5)?),
                known: known(row, 6, 7)?,
            });
        }
        Ok(terms)
    }
}

fn decoded(site_id: RecordId, steps: &[u8]) -> Result<Timeline, StoreError> {
    timeline_blob::decode(site_id, steps).ok_or_else(|| StoreError::Corrupt {
        table: "timeline",
        id: site_id,
        what: "the figures cannot be read; run `qingshan verify --rebuild`".to_owned(),
    })
}

/// Recorded-at and ended-at of two columns.
pub(super) fn known(row: &Row<'_>, recorded: usize, ended: usize) -> rusqlite::Result<Known> {
    let recorded_at: String = row.get(recorded)?;
    let ended_at: Option<String> = row.get(ended)?;
    Ok(Known {
        recorded_at: text::instant(&recorded_at).unwrap_or_else(text::epoch),
        ended_at: ended_at.and_then(|at| text::instant(&at)),
    })
}

pub(super) fn stage(
    row: &Row<'_>,
    column: usize,
    table: &'static str,
    id: RecordId,
) -> Result<Stage, StoreError> {
    let number: u8 = row.get(column)?;
    Stage::of_number(number).ok_or_else(|| StoreError::Corrupt {
        table,
        id,
        what: format!("there is no stage {number}"),
    })
}

fn scope(text: &str) -> Option<Scope> {
    let value: Value = serde_json::from_str(text).ok()?;
    let texts = |key: &str| -> Option<Vec<String>> {
        value
            .get(key)?
            .as_array()?
            .iter()
            .map(|v| v.as_str().map(str::to_owned))
            .collect()
    };
    Some(Scope {
        sites: texts("sites")?,
        kinds: texts("kinds")?
            .iter()
            .map(|t| SiteKind::named(t))
            .collect::<Option<_>>()?,
        categories: texts("categories")?
            .iter()
            .map(|t| Category::named(t))
            .collect::<Option<_>>()?,
        townships: texts("townships")?,
        liable: texts("liable")?,
        place_types: texts("place_types")?
            .iter()
            .map(|t| PlaceType::named(t))
            .collect::<Option<_>>()?,
        ground: None,
    })
}
