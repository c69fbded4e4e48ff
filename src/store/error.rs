//! What can go wrong with the store.

use std::path::PathBuf;

/// A failure of the store; messy input never gets this far.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite said no.
    #[error("the database refused: {0}")]
    Database(#[from] rusqlite::Error),
    /// The disk said no.
    #[error("{path}: {source}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A newer program wrote the file.
    #[error(
        "the data directory was written by a newer qingshan (schema {found}, this one knows {known}); install that version"
    )]
    Newer {
        /// Migrations applied to the file.
        found: usize,
        /// Migrations this program knows.
        known: usize,
    },
    /// A stored value is not what was written.
    #[error("{table} row {id}: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: i64,
        /// What is wrong with it.
        what: String,
    },
    /// An earlier commit failed on disk; nothing is written any more until a restart.
    #[error("the store stopped writing after a failed commit; restart qingshan and run verify")]
    Poisoned,
    /// The writer thread is gone or the job in it failed.
    #[error("the writer stopped unexpectedly")]
    WriterGone,
    /// A set clock lies before what is already recorded.
    #[error("records cannot be dated {asked}, before the last record of {last}")]
    ClockBack {
        /// The asked instant.
        asked: String,
        /// The last recorded instant.
        last: String,
    },
    /// The record to end does not exist.
    #[error("{kind} {id} does not exist")]
    NoSuchRecord {
        /// Its kind.
        kind: &'static str,
        /// Its number.
        id: i64,
    },
    /// The record has been revoked or superseded before.
    #[error("{kind} {id} has been revoked or superseded before")]
    AlreadyEnded {
        /// Its kind.
        kind: &'static str,
        /// Its number.
        id: i64,
    },
    /// A backup is damaged or no backup at all.
    #[error("{path} is not a sound backup: {what}")]
    BadBackup {
        /// The backup.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl StoreError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(rusqlite::Error::SqliteFailure(error, _)) => {
                error.code == rusqlite::ErrorCode::DiskFull
            }
            Self::Disk { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}
