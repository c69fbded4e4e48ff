//! Online backup with a manifest, verified before it counts; restore refuses a damaged one.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::change_log::hex;
use super::{Fault, Store, StoreError};

/// The database's name in the data directory and in a backup.
pub const FILE_NAME: &str = "qingshan.gpkg";
const MANIFEST: &str = "manifest.json";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupManifest {
    /// SHA-256 of the database file, hex.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
    /// The last change in it.
    pub seq: i64,
    /// That change's hash.
    pub chain_head: String,
}

pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |source| StoreError::Disk {
        path: path.to_owned(),
        source,
    }
}

fn bad(path: &Path, what: impl Into<String>) -> StoreError {
    StoreError::BadBackup {
        path: path.to_owned(),
        what: what.into(),
    }
}

impl Store {
    /// Copies the store into a new folder while it is being used, and verifies the copy.
    ///
    /// # Errors
    /// When the folder exists, the disk is full, or the copy does not verify; the folder is not
    /// there then.
    pub fn backup(&self, out: &Path) -> Result<BackupManifest, StoreError> {
        if out.exists() {
            return Err(bad(out, "it exists already; name a new folder"));
        }
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(disk(parent))?;
        let draft = tempfile::Builder::new()
            .prefix(".qingshan-backup-")
            .tempdir_in(parent)
            .map_err(disk(parent))?;
        let manifest = self.copy_into(draft.path())?;
        write_manifest(draft.path(), &manifest)?;
        fs::rename(draft.path(), out).map_err(disk(out))?;
        // The folder has its name now; there is nothing left to clean up.
        let _ = draft.keep();
        sync_folder(parent)?;
        Ok(manifest)
    }

    fn copy_into(&self, folder: &Path) -> Result<BackupManifest, StoreError> {
        let copy = folder.join(FILE_NAME);
        self.read(|snapshot| {
            snapshot.copy_to(&copy)?;
            Ok::<_, StoreError>(())
        })?;
        let (seq, chain_head, faults) = inspect(&copy)?;
        if let Some(fault) = faults.first() {
            return Err(bad(&copy, format!("{}: {}", fault.code, fault.what)));
        }
        let (sha256, size_bytes) = digest(&copy)?;
        File::open(&copy)
            .and_then(|file| file.sync_all())
            .map_err(disk(&copy))?;
        Ok(BackupManifest {
            sha256,
            size_bytes,
            seq,
            chain_head,
        })
    }
}

impl super::Snapshot<'_> {
    /// Writes a compact copy of the whole database to a new file.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let mut target = rusqlite::Connection::open(path)?;
        {
            const PAGES_PER_STEP: i32 = 1024;
            let backup = rusqlite::backup::Backup::new(self.connection, &mut target)?;
            backup.run_to_completion(PAGES_PER_STEP, std::time::Duration::ZERO, None)?;
        }
        // A backup is one file: no write-ahead log beside it.
        target.pragma_update(None, "journal_mode", "DELETE")?;
        Ok(())
    }
}

/// Puts a backup into an empty data directory.
///
/// # Errors
/// [`StoreError::BadBackup`] when the manifest, the hash or the content is not sound, or the data
/// directory already holds a store; nothing is written then.
pub fn restore(backup: &Path, directory: &Path) -> Result<BackupManifest, StoreError> {
    let target = directory.join(FILE_NAME);
    if target.exists() {
        return Err(bad(
            directory,
            "the data directory already holds a store; restore into a new one",
        ));
    }
    let manifest = read_manifest(backup)?;
    fs::create_dir_all(directory).map_err(disk(directory))?;
    let draft = tempfile::NamedTempFile::new_in(directory).map_err(disk(directory))?;
    let source = backup.join(FILE_NAME);
    fs::copy(&source, draft.path()).map_err(disk(&source))?;
    let (sha256, size_bytes) = digest(draft.path())?;
    if (&sha256, size_bytes) != (&manifest.sha256, manifest.size_bytes) {
        return Err(bad(
            backup,
            "the database is not the one the manifest names (hash or size differ)",
        ));
    }
    let (seq, chain_head, faults) = inspect(draft.path())?;
    if let Some(fault) = faults.first() {
        return Err(bad(backup, format!("{}: {}", fault.code, fault.what)));
    }
    if (seq, &chain_head) != (manifest.seq, &manifest.chain_head) {
        return Err(bad(
            backup,
            "the change log does not end where the manifest says",
        ));
    }
    draft.as_file().sync_all().map_err(disk(&target))?;
    draft.persist(&target).map_err(|error| StoreError::Disk {
        path: target,
        source: error.error,
    })?;
    sync_folder(directory)?;
    Ok(manifest)
}

fn inspect(copy: &Path) -> Result<(i64, String, Vec<Fault>), StoreError> {
    let connection = super::writer::open_copy(copy)?;
    let snapshot = super::Snapshot {
        connection: &connection,
    };
    Ok((
        snapshot.revision()?,
        snapshot.chain_head()?,
        snapshot.faults()?,
    ))
}

fn digest(path: &Path) -> Result<(String, u64), StoreError> {
    const CHUNK_BYTES: usize = 1 << 20;
    let mut file = File::open(path).map_err(disk(path))?;
    let (mut digest, mut size_bytes) = (Sha256::new(), 0u64);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk).map_err(disk(path))?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        digest.update(bytes);
        size_bytes += bytes.len() as u64;
    }
    Ok((hex(&digest.finalize()), size_bytes))
}

fn write_manifest(folder: &Path, manifest: &BackupManifest) -> Result<(), StoreError> {
    let path = folder.join(MANIFEST);
    let text = json!({
        "program": env!("CARGO_PKG_VERSION"),
        "file": FILE_NAME,
        "sha256": manifest.sha256,
        "size_bytes": manifest.size_bytes,
        "seq": manifest.seq,
        "chain_head": manifest.chain_head,
    });
    fs::write(&path, format!("{text:#}\n")).map_err(disk(&path))?;
    File::open(&path)
        .and_then(|file| file.sync_all())
        .map_err(disk(&path))?;
    sync_folder(folder)
}

fn read_manifest(backup: &Path) -> Result<BackupManifest, StoreError> {
    let path: PathBuf = backup.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|error| bad(&path, error.to_string()))?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| bad(&path, error.to_string()))?;
    let manifest = (|| {
        Some(BackupManifest {
            sha256: value.get("sha256")?.as_str()?.to_owned(),
            size_bytes: value.get("size_bytes")?.as_u64()?,
            seq: value.get("seq")?.as_i64()?,
            chain_head: value.get("chain_head")?.as_str()?.to_owned(),
        })
    })();
    manifest.ok_or_else(|| bad(&path, "a field of the manifest is missing"))
}

/// Makes a renamed file's name durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(disk(folder))
}

/// The version of SQLite this program runs with.
#[must_use]
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
