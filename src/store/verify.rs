//! Is the file what was written? The checker of every fault test and of `qingshan verify`.

use rusqlite::Connection;

use super::change_log::{GENESIS, Unsealed, rows_digest};
use super::migrate::{FEATURES, HASHED};
use super::{Snapshot, StoreError, blob};

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable dotted code: `verify.chain_broken`.
    pub code: &'static str,
    /// The change that names the place, if one does.
    pub seq: Option<i64>,
    /// What was found.
    pub what: String,
}

impl Snapshot<'_> {
    /// Everything in the file that is not as it was written; empty when all is sound.
    ///
    /// Checks the pages and keys, the chain entry by entry, the rows of every change against its
    /// digest, and that every geometry can be read.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn faults(&self) -> Result<Vec<Fault>, StoreError> {
        let mut faults = page_faults(self.connection)?;
        faults.extend(chain_faults(self.connection)?);
        faults.extend(orphan_faults(self.connection)?);
        faults.extend(geometry_faults(self.connection)?);
        Ok(faults)
    }
}

fn page_faults(connection: &Connection) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    let mut statement = connection.prepare("pragma integrity_check(20)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let what: String = row.get(0)?;
        if what != "ok" {
            faults.push(Fault {
                code: "verify.page_damaged",
                seq: None,
                what,
            });
        }
    }
    let mut statement = connection.prepare("pragma foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, id): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
        let what = format!(
            "{table} row {} points to a row that is not there",
            id.unwrap_or(0)
        );
        faults.push(Fault {
            code: "verify.key_dangling",
            seq: None,
            what,
        });
    }
    Ok(faults)
}

fn chain_faults(connection: &Connection) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    let mut statement = connection.prepare(
        "select seq, recorded_at, actor, action, subject, payload, rows_sha256, prev_hash, hash
         from change order by seq",
    )?;
    let mut rows = statement.query([])?;
    let (mut expected_seq, mut expected_prev) = (1i64, GENESIS.to_owned());
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let texts: Vec<String> = (1..=8)
            .map(|column| row.get(column))
            .collect::<Result<_, _>>()?;
        let [
            recorded_at,
            actor,
            action,
            subject,
            payload,
            rows_sha256,
            prev_hash,
            hash,
        ] = texts.as_slice()
        else {
            continue;
        };
        let sealed = Unsealed {
            seq,
            recorded_at,
            actor,
            action,
            subject,
            payload,
            rows_sha256,
            prev_hash,
        }
        .sealed();
        let mut report = |code, what: &str| {
            faults.push(Fault {
                code,
                seq: Some(seq),
                what: what.to_owned(),
            });
        };
        if seq != expected_seq {
            report("verify.chain_gap", "changes are missing before this one");
        }
        if *prev_hash != expected_prev {
            report(
                "verify.chain_broken",
                "it does not follow from the change before it",
            );
        }
        if *hash != sealed {
            report(
                "verify.change_altered",
                "the entry is not the one that was sealed",
            );
        }
        if *rows_sha256 != rows_digest(connection, seq)? {
            report(
                "verify.rows_altered",
                "rows it recorded were altered, added or taken away",
            );
        }
        expected_seq = seq + 1;
        expected_prev.clone_from(hash);
    }
    Ok(faults)
}

/// Rows whose change is not in the log.
fn orphan_faults(connection: &Connection) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    for table in HASHED {
        let sql = format!(
            "select count(*) from {table} where change_seq not in (select seq from change)"
        );
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        if count > 0 {
            let what = format!("{count} rows of {table} belong to no change");
            faults.push(Fault {
                code: "verify.row_unlogged",
                seq: None,
                what,
            });
        }
    }
    Ok(faults)
}

fn geometry_faults(connection: &Connection) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    for (table, _) in FEATURES {
        let sql = format!("select id, change_seq, geom from {table}");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(2)?;
            if blob::ground(bytes).is_none() {
                let id: i64 = row.get(0)?;
                let what = format!("the geometry of {table} {id} cannot be read");
                faults.push(Fault {
                    code: "verify.geometry_damaged",
                    seq: row.get(1)?,
                    what,
                });
            }
        }
    }
    Ok(faults)
}
