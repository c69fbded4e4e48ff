//! File geodatabases, a folder or a zip of it, through `OpenFileGDB`.

use std::fs;
use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;

use super::archive::Unpacked;
use super::collector::Collector;
use super::engine;
use super::intake::Intake;
use super::limits;
use super::ogr_layer::{self, RingRule};
use super::source::{CrsOrigin, Format, ReadError, ReadOptions, Source, SourceEncoding};

/// Reads a geodatabase folder.
///
/// # Errors
/// Folders with more than the files of a geodatabase, broken ones, and limits.
pub(super) fn read_folder(
    folder: &Path,
    options: &ReadOptions,
    intake: Intake,
) -> Result<Source, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if file.is_file() && is_member(&name) {
            files.push((name, file));
        }
        if files.len() > limits::ARCHIVE_FILES * 10 {
            return Err(ReadError::ArchiveTooManyFiles {
                limit: limits::ARCHIVE_FILES * 10,
            });
        }
    }
    read(&files, options, intake)
}

/// The folder in an archive that is a geodatabase, with its files; `None` when there is none.
pub(super) fn packed(files: &[Unpacked]) -> Option<Vec<(String, PathBuf)>> {
    let marker = files
        .iter()
        .find(|file| file.name.ends_with("a00000001.gdbtable"))?;
    let (folder, _) = marker.name.rsplit_once('/').unwrap_or_default();
    let of_folder = files.iter().filter_map(|file| {
        let (own, name) = file.name.rsplit_once('/').unwrap_or(("", &file.name));
        (own == folder && is_member(name)).then(|| (name.to_owned(), file.file.clone()))
    });
    Some(of_folder.collect())
}

/// Reads a geodatabase from its files.
pub(super) fn read(
    files: &[(String, PathBuf)],
    options: &ReadOptions,
    mut intake: Intake,
) -> Result<Source, ReadError> {
    let folder = intake.make_folder("source.gdb")?;
    for (name, file) in files {
        intake.copy(file, &format!("source.gdb/{name}"))?;
    }
    let dataset = engine::open_vector(&folder, "OpenFileGDB", &[])
        .map_err(|error| malformed(&error.to_string()))?;
    let layers = ogr_layer::names(&dataset);
    let chosen = ogr_layer::chosen(&dataset, options.layer.as_deref())?;
    let index = match chosen.as_slice() {
        [] => return Err(ReadError::Empty),
        [only] => *only,
        _ => return Err(ReadError::LayerNotChosen { layers }),
    };
    let mut layer = dataset
        .layer(index)
        .map_err(|error| malformed(&error.to_string()))?;
    let crs = ogr_layer::crs_of(&layer, CrsOrigin::Header);
    let mut collector = Collector::default();
    ogr_layer::read(&mut layer, "geodatabase", RingRule::AsGiven, &mut collector)?;
    if layer.feature_count() == 0 {
        return Err(ReadError::Empty);
    }
    let (features, findings) = collector.finish();
    let encoding = SourceEncoding::by_format();
    Ok(Source {
        format: Format::FileGdb,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

fn malformed(detail: &str) -> ReadError {
    ReadError::Malformed {
        format: "geodatabase",
        detail: detail.to_owned(),
    }
}

/// The plain names a geodatabase is made of: `a0000000b.gdbtable`, `gdb`, `timestamps`.
fn is_member(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    !name.is_empty() && !name.starts_with('.') && name.len() < 80 && name.chars().all(is_plain)
}
