//! Sole owner of SQL and of files on disk: one SQLite database that is a valid GeoPackage 1.2.
//!
//! [`Store::read`] sees a snapshot; [`Store::write`] is the only way to a write transaction and
//! demands the change record. Inside the server nothing but this module ever opens the file:
//! closing any other descriptor of it would drop SQLite's locks.

mod backup;
mod blob;
mod change_log;
mod details;
mod error;
mod migrate;
mod new_records;
mod read_sites;
mod records;
mod snapshot;
mod styles;
mod text;
mod timeline_blob;
mod verify;
mod whole;
mod writer;

pub use backup::{BackupManifest, FILE_NAME, restore, sqlite_version};
pub use change_log::{Change, ChangeEntry};
pub use details::{AreaKind, BatchEntry, RecordDetails, ReferenceArea};
pub use error::StoreError;
pub use new_records::{
    EndKind, NewBatch, NewBoundary, NewClaim, NewDisturbance, NewExemption, NewGrade,
    NewObligation, NewParcel, NewReferenceArea, NewSite, NewTerms, Origin, RecordKind, Touched,
};
pub use snapshot::Snapshot;
pub use verify::Fault;
pub use writer::{Actor, Store, WriteTx};
