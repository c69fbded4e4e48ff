//! The append-only, hash-chained log of every write.
//!
//! Each entry's hash covers its own fields, the hash of the entry before it and a digest of every row
//! the write added, so a row altered by other means is found by `verify` and named by its entry.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::migrate::HASHED;
use super::{StoreError, text};
use crate::domain::Instant;

/// What a write says of itself; it cannot commit without.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What was done, dotted: `import.commit`, `obligation.add`.
    pub action: &'static str,
    /// What it was done to: a site code, a batch, an obligation key.
    pub subject: String,
    /// Before, after, counts, file: whatever a reader of the log needs.
    pub payload: Value,
}

/// One entry as it stands in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeEntry {
    /// Its number; one after the other without gaps.
    pub seq: i64,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// The details.
    pub payload: Value,
    /// Digest of the rows it added, hex.
    pub rows_sha256: String,
    /// Hash of the entry before it, hex.
    pub prev_hash: String,
    /// Its own hash, hex.
    pub hash: String,
}

/// The hash that stands before the first entry.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(super) struct Head {
    pub seq: i64,
    pub hash: String,
    pub recorded_at: Instant,
}

pub(super) fn head(connection: &Connection) -> Result<Head, StoreError> {
    let row = connection
        .prepare_cached("select seq, hash, recorded_at from change order by seq desc limit 1")?
        .query_row([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    Ok(row.map_or_else(
        || Head {
            seq: 0,
            hash: GENESIS.to_owned(),
            recorded_at: text::epoch(),
        },
        |(seq, hash, at)| Head {
            seq,
            hash,
            recorded_at: text::instant(&at).unwrap_or_else(text::epoch),
        },
    ))
}

/// Appends the entry that covers every row added with this number.
pub(super) fn append(
    connection: &Connection,
    before: &Head,
    at: Instant,
    actor: &str,
    change: &Change,
) -> Result<(), StoreError> {
    let seq = before.seq + 1;
    let entry = Unsealed {
        seq,
        recorded_at: &text::of_instant(at),
        actor,
        action: change.action,
        subject: &change.subject,
        payload: &change.payload.to_string(),
        rows_sha256: &rows_digest(connection, seq)?,
        prev_hash: &before.hash,
    };
    connection
        .prepare_cached(
            "insert into change
               (seq, recorded_at, actor, action, subject, payload, rows_sha256, prev_hash, hash)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute((
            entry.seq,
            entry.recorded_at,
            entry.actor,
            entry.action,
            entry.subject,
            entry.payload,
            entry.rows_sha256,
            entry.prev_hash,
            entry.sealed(),
        ))?;
    Ok(())
}

/// The fields a hash covers.
pub(super) struct Unsealed<'a> {
    pub seq: i64,
    pub recorded_at: &'a str,
    pub actor: &'a str,
    pub action: &'a str,
    pub subject: &'a str,
    /// The payload's text as stored.
    pub payload: &'a str,
    pub rows_sha256: &'a str,
    pub prev_hash: &'a str,
}

impl Unsealed<'_> {
    /// SHA-256 of the fields as a JSON array, hex.
    pub(super) fn sealed(&self) -> String {
        let fields = json!([
            self.seq,
            self.recorded_at,
            self.actor,
            self.action,
            self.subject,
            self.payload,
            self.rows_sha256,
            self.prev_hash
        ]);
        hex(&Sha256::digest(fields.to_string()))
    }
}

/// SHA-256 over all rows of a change: table, column by column, in the order of the tables and ids.
pub(super) fn rows_digest(connection: &Connection, seq: i64) -> Result<String, StoreError> {
    let mut digest = Sha256::new();
    for table in HASHED {
        // The table's name is one of ours, never input.
        let sql = format!("select * from {table} where change_seq = ?1 order by id");
        let mut statement = connection.prepare_cached(&sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([seq])?;
        while let Some(row) = rows.next()? {
            digest.update(table);
            for column in 0..columns {
                add_value(&mut digest, row.get_ref(column)?);
            }
        }
    }
    Ok(hex(&digest.finalize()))
}

/// Each value with its type and length before it, so that no two rows read the same.
fn add_value(digest: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => return add_bytes(digest, 1, &number.to_le_bytes()),
        ValueRef::Real(number) => return add_bytes(digest, 2, &number.to_le_bytes()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    add_bytes(digest, kind, bytes);
}

fn add_bytes(digest: &mut Sha256, kind: u8, bytes: &[u8]) {
    digest.update([kind]);
    digest.update(bytes.len().to_le_bytes());
    digest.update(bytes);
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
