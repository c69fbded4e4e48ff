//! GDAL set up once: a short list of drivers, no plugins, no network helpers, quiet errors.

use std::cell::RefCell;
use std::sync::Once;

use gdal::errors::CplErrType;
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags, config};

/// The only drivers that stay registered; whoever needs another adds it here with its user.
const KEPT_DRIVERS: [&str; 7] = [
    "ESRI Shapefile",
    "GPKG",
    "LIBKML",
    "OpenFileGDB",
    "DXF",
    "CSV",
    "GeoJSON",
];

/// Options of the whole process, set before the drivers register.
///
/// - `OGR_SQLITE_STATIC_VIRTUAL_OGR`: else every SQLite connection of the process, our store's
///   too, learns a virtual table module that opens any data source by name.
/// - `GDAL_DRIVER_PATH`, `GDAL_PYTHON_DRIVER_PATH`: no plugins from the environment.
const OPTIONS: [(&str, &str); 6] = [
    ("OGR_SQLITE_STATIC_VIRTUAL_OGR", "NO"),
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_PYTHON_DRIVER_PATH", ""),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    ("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"),
    ("LIBKML_RESOLVE_STYLE", "NO"),
];

static START: Once = Once::new();

/// Sets GDAL up; only the first call does anything. Every user of GDAL calls it first.
pub(super) fn start() {
    START.call_once(|| {
        for (key, value) in OPTIONS {
            // An option can only fail on a NUL byte, and these are ours.
            let _ = config::set_config_option(key, value);
        }
        config::set_error_handler(|kind, number, message| {
            tracing::debug!(?kind, number, message, "gdal");
            if matches!(kind, CplErrType::Failure | CplErrType::Fatal) {
                FAILURE.with_borrow_mut(|first| {
                    first.get_or_insert_with(|| message.to_owned());
                });
            }
        });
        // The first count registers every driver, once in the process; nothing is opened yet.
        let unwanted: Vec<_> = (0..DriverManager::count())
            .filter_map(|index| DriverManager::get_driver(index).ok())
            .filter(|driver| !KEPT_DRIVERS.contains(&driver.short_name().as_str()))
            .collect();
        for driver in &unwanted {
            DriverManager::deregister_driver(driver);
        }
    });
}

/// Opens a private copy read-only through exactly one driver.
pub(super) fn open_vector(
    path: &std::path::Path,
    driver: &str,
    open_options: &[&str],
) -> gdal::errors::Result<Dataset> {
    start();
    Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
            allowed_drivers: Some(&[driver]),
            open_options: Some(open_options),
            sibling_files: None,
        },
    )
}

/// A GDAL option that holds on this thread until the value is dropped.
pub(super) struct ThreadOption(&'static str);

impl ThreadOption {
    /// Sets the option on this thread.
    pub(super) fn set(key: &'static str, value: &str) -> Self {
        let _ = config::set_thread_local_config_option(key, value);
        Self(key)
    }
}

impl Drop for ThreadOption {
    fn drop(&mut self) {
        let _ = config::clear_thread_local_config_option(self.0);
    }
}

thread_local! {
    /// The first failure GDAL reported on this thread since it was last asked.
    static FAILURE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Forgets what failed before.
pub(super) fn forget_failures() {
    FAILURE.set(None);
}

/// The first failure on this thread since [`forget_failures`]: an iterator that just ends hides it.
pub(super) fn failure() -> Option<String> {
    FAILURE.take()
}

/// What the system's libraries offer.
#[derive(Clone, Debug)]
pub struct EngineVersions {
    /// GDAL's version.
    pub gdal: String,
    /// Drivers that should be there and are not.
    pub missing_drivers: Vec<&'static str>,
    /// Whether PROJ brings a plane coordinate of the county to lon/lat.
    pub transforms: bool,
}

/// Looks at the system's libraries.
#[must_use]
pub fn engine_versions() -> EngineVersions {
    use super::crs::{Reading, positions_to_stored};
    start();
    let missing_drivers = KEPT_DRIVERS
        .into_iter()
        .filter(|name| DriverManager::get_driver_by_name(name).is_err())
        .collect();
    // EPSG:4547 440391.383 E, 3528719.228 N is 113.37° E, 31.88° N (PROJ 9.1).
    let mut position = [geo::Coord {
        x: 440_391.383,
        y: 3_528_719.228,
    }];
    let done = positions_to_stored(&Reading::epsg(4547), &mut position);
    let [at] = position;
    EngineVersions {
        gdal: gdal::version::version_info("RELEASE_NAME"),
        missing_drivers,
        transforms: done.is_ok() && (at.x - 113.37).abs() < 1e-6 && (at.y - 31.88).abs() < 1e-6,
    }
}
