//! `GeoPackage` files: looked at as a suspicious database first, then read through GDAL.

use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::collector::Collector;
use super::engine::{self, ThreadOption};
use super::intake::Intake;
use super::ogr_layer::{self, RingRule};
use super::source::{CrsOrigin, Format, ReadError, ReadOptions, Source, SourceEncoding};

/// Reads the polygons of a GeoPackage.
///
/// # Errors
/// Damaged files, files with virtual tables or endless views, and limits.
pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    mut intake: Intake,
) -> Result<Source, ReadError> {
    let copy = intake.copy(path, "source.gpkg")?;
    // Changes that another program has not yet folded into the main file.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    if log.is_file() {
        intake.copy(&log, "source.gpkg-wal")?;
    }
    inspect(&copy).map_err(|error| match error {
        Refusal::Damaged(detail) => malformed(&detail),
        Refusal::Hostile(found) => ReadError::NotAllowed { found },
    })?;
    let _schema = ThreadOption::set("OGR_SQLITE_PRAGMA", "trusted_schema=OFF");
    let dataset = engine::open_vector(&copy, "GPKG", &["LIST_ALL_TABLES=NO"])
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
    ogr_layer::read(&mut layer, "GeoPackage", RingRule::AsGiven, &mut collector)?;
    if layer.feature_count() == 0 {
        return Err(ReadError::Empty);
    }
    let (features, findings) = collector.finish();
    let encoding = SourceEncoding::by_format();
    Ok(Source {
        format: Format::GeoPackage,
        layers,
        crs,
        encoding,
        features,
        findings,
    })
}

fn malformed(detail: &str) -> ReadError {
    ReadError::Malformed {
        format: "GeoPackage",
        detail: detail.to_owned(),
    }
}

enum Refusal {
    Damaged(String),
    Hostile(String),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Looks at a stranger's database with every defence up, before GDAL runs anything of it.
///
/// GDAL's own connection knows virtual tables that read any file (`VirtualText`) and
/// runs views while it opens; both are refused here unless they are what a GeoPackage needs.
fn inspect(copy: &Path) -> Result<(), Refusal> {
    engine::start();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    // The copy is ours: a write-ahead log is folded in, so that GDAL needs no side file.
    connection.pragma_update(None, "journal_mode", "delete")?;
    connection.pragma_update(None, "query_only", true)?;
    let mut schema =
        connection.prepare("select name, sql from sqlite_schema where sql is not null")?;
    let mut rows = schema.query([])?;
    while let Some(row) = rows.next()? {
        let (name, sql): (String, String) = (row.get(0)?, row.get(1)?);
        let words = sql.to_lowercase();
        let is_virtual = words.contains("virtual");
        let is_index = words.replace('"', "").contains("using rtree");
        if is_virtual && words.trim_start().starts_with("create virtual") && !is_index {
            return Err(Refusal::Hostile(format!(
                "a GeoPackage with the virtual table {name}"
            )));
        }
        if words.trim_start().starts_with("create view") && words.contains("recursive") {
            return Err(Refusal::Hostile(format!(
                "a GeoPackage with the endless view {name}"
            )));
        }
    }
    drop(rows);
    drop(schema);
    let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Refusal::Damaged(verdict))
    }
}
