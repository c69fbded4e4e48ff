//! A private copy of what is to be read, under plain names, within the size limit.
//!
//! GDAL opens only files in this folder: no outside name reaches it, nothing is written beside the
//! user's file, and the file cannot change while it is read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::limits;
use super::source::ReadError;

/// A temporary folder, removed when the value is dropped.
pub(super) struct Intake {
    folder: TempDir,
    size_bytes: u64,
}

impl Intake {
    /// An empty private folder.
    pub(super) fn new() -> Result<Self, ReadError> {
        let folder = tempfile::Builder::new()
            .prefix("qingshan-import-")
            .tempdir()
            .map_err(|source| ReadError::Unreadable {
                path: std::env::temp_dir(),
                source,
            })?;
        Ok(Self {
            folder,
            size_bytes: 0,
        })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Copies one file in under a plain name, counting against the import's size limit.
    pub(super) fn copy(&mut self, from: &Path, name: &str) -> Result<PathBuf, ReadError> {
        let unreadable = |source| ReadError::Unreadable {
            path: from.to_owned(),
            source,
        };
        let to = self.folder.path().join(name);
        let left = limits::IMPORT_BYTES.saturating_sub(self.size_bytes);
        let mut input = File::open(from)
            .map_err(unreadable)?
            .take(left.saturating_add(1));
        let mut output = File::create_new(&to).map_err(unreadable)?;
        let copied_bytes = io::copy(&mut input, &mut output).map_err(unreadable)?;
        self.size_bytes = self.size_bytes.saturating_add(copied_bytes);
        if copied_bytes > left {
            return Err(too_large(self.size_bytes));
        }
        Ok(to)
    }

    /// Moves a file that is already in the folder to a plain name.
    pub(super) fn rename(&self, from: &Path, name: &str) -> Result<PathBuf, ReadError> {
        let to = self.folder.path().join(name);
        fs::rename(from, &to).map_err(|source| ReadError::Unreadable {
            path: from.to_owned(),
            source,
        })?;
        Ok(to)
    }

    /// Makes a folder in the folder.
    pub(super) fn make_folder(&self, name: &str) -> Result<PathBuf, ReadError> {
        let made = self.folder.path().join(name);
        fs::create_dir(&made).map_err(|source| ReadError::Unreadable {
            path: made.clone(),
            source,
        })?;
        Ok(made)
    }
}

/// Says whether a path can be read at all: an ordinary file within the size limit, or a folder.
pub(super) fn check_path(path: &Path) -> Result<(), ReadError> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound(path.to_owned()),
        _ => ReadError::Unreadable {
            path: path.to_owned(),
            source,
        },
    })?;
    if metadata.is_dir() {
        return Ok(());
    }
    if !metadata.is_file() {
        return Err(ReadError::NotAFile(path.to_owned()));
    }
    if metadata.len() > limits::IMPORT_BYTES {
        return Err(too_large(metadata.len()));
    }
    Ok(())
}

fn too_large(size_bytes: u64) -> ReadError {
    ReadError::TooLarge {
        size_bytes,
        limit_bytes: limits::IMPORT_BYTES,
    }
}

/// The files that share a file's folder and stem, with their lower-case extensions.
///
/// `矿山.SHP` finds `矿山.dbf`: names are compared without regard to ASCII case.
pub(super) fn side_files(path: &Path) -> Result<Vec<(String, PathBuf)>, ReadError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let stem = path.file_stem().unwrap_or_default().to_ascii_lowercase();
    let unreadable = |source| ReadError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let beside = entry.map_err(unreadable)?.path();
        let same_stem = beside
            .file_stem()
            .is_some_and(|s| s.to_ascii_lowercase() == stem);
        let extension = beside
            .extension()
            .and_then(|e| e.to_str())
            .map(str::to_ascii_lowercase);
        if let Some(extension) = extension
            && same_stem
            && beside.is_file()
        {
            found.push((extension, beside));
        }
    }
    found.sort();
    Ok(found)
}
