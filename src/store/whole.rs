//! Making a store that is there whole or not at all.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::backup::{FILE_NAME, disk, sync_folder};
use super::{Store, StoreError};

impl Store {
    /// Makes a store in a directory that has none, filled by `fill`; `None` when there is one.
    ///
    /// It is made in a folder beside its place and moved there when it is complete, so a process
    /// that is killed meanwhile leaves no half-filled store.
    ///
    /// # Errors
    /// What `fill` returns, or that the disk or database refused.
    pub fn create_whole<T, E: From<StoreError>>(
        directory: &Path,
        fill: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        if directory.join(FILE_NAME).exists() {
            return Ok(None);
        }
        fs::create_dir_all(directory).map_err(disk(directory))?;
        let draft = tempfile::Builder::new()
            .prefix(".draft-")
            .tempdir_in(directory)
            .map_err(disk(directory))?;
        let store = Self::open(draft.path())?;
        let value = fill(&store)?;
        store.close()?;
        let target = directory.join(FILE_NAME);
        fs::rename(draft.path().join(FILE_NAME), &target).map_err(disk(&target))?;
        sync_folder(directory)?;
        Ok(Some(value))
    }

    /// Ends the writer and folds the write-ahead log into the file.
    fn close(self) -> Result<(), StoreError> {
        let shared = Arc::into_inner(self.shared).ok_or(StoreError::WriterGone)?;
        let log = shared.directory.join(format!("{FILE_NAME}-wal"));
        drop(shared);
        // SQLite removes the log when the last connection has folded it in.
        if log.exists() {
            Err(StoreError::WriterGone)
        } else {
            Ok(())
        }
    }
}
