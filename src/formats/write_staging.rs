//! A file is made beside its place and moved there when it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::WriteError;

/// A private folder beside the place a file is meant for; gone when dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: TempDir,
    out: PathBuf,
}

impl Staging {
    /// Makes the folder in the parent of `out`, so that the last step is a rename on one disk.
    pub(super) fn beside(out: &Path) -> Result<Self, WriteError> {
        let is_odd = out.metadata().is_ok_and(|found| !found.is_file());
        if is_odd || out.file_name().is_none() {
            return Err(WriteError::BadPlace(out.to_owned()));
        }
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = tempfile::Builder::new()
            .prefix(".qingshan-export-")
            .tempdir_in(parent)
            .map_err(unwritable(parent))?;
        Ok(Self {
            folder,
            out: out.to_owned(),
        })
    }

    /// The path of a file of this name in the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Brings one file of the folder to its place; what was there before is replaced at once.
    ///
    /// Returns its size in bytes.
    pub(super) fn publish(self, name: &str) -> Result<u64, WriteError> {
        let out = self.out.clone();
        self.move_to(name, &out)
    }

    /// Brings several files of the folder beside the place, the last name at last.
    ///
    /// Each arrives whole, and a reader that waits for the last finds all of them.
    pub(super) fn publish_set(self, moves: &[(String, PathBuf)]) -> Result<u64, WriteError> {
        let mut size_bytes = 0;
        for (name, out) in moves {
            size_bytes += self.move_to(name, out)?;
        }
        Ok(size_bytes)
    }

    fn move_to(&self, name: &str, out: &Path) -> Result<u64, WriteError> {
        let staged = self.path(name);
        let file = File::open(&staged).map_err(unwritable(&staged))?;
        file.sync_all().map_err(unwritable(&staged))?;
        let size_bytes = file.metadata().map_err(unwritable(&staged))?.len();
        fs::rename(&staged, out).map_err(unwritable(out))?;
        if let Some(parent) = self.folder.path().parent() {
            // The name survives a power cut only when the folder is synced too.
            File::open(parent)
                .and_then(|f| f.sync_all())
                .map_err(unwritable(parent))?;
        }
        Ok(size_bytes)
    }
}

/// Wraps what the system said about a path.
pub(super) fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io { path, source }
}
