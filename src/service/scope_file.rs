//! The ground of a scope, read from a file.

use std::path::Path;

use super::ServiceError;
use crate::formats::crs::to_stored;
use crate::formats::source::ReadOptions;
use crate::formats::vector::read;
use crate::geometry::{Ground, Limits, check_rings, union};

/// The union of all polygons of a file, in EPSG:4490.
///
/// # Errors
/// [`ServiceError::Invalid`] when the file cannot be read or does not say where it lies,
/// [`ServiceError::Refused`] when a polygon is unsound.
pub fn read_scope_ground(path: &Path) -> Result<Ground, ServiceError> {
    let source = read(path, &ReadOptions::default())
        .map_err(|error| ServiceError::invalid(error.code(), error.to_string()))?;
    let reading = source.crs.reading.ok_or_else(|| {
        ServiceError::invalid(
            "crs.missing",
            "the scope file does not say its CRS; export it with one",
        )
    })?;
    let mut grounds = Vec::new();
    for feature in &source.features {
        let Some(shape) = &feature.shape else {
            continue;
        };
        let stored = to_stored(&reading, shape)
            .map_err(|error| ServiceError::invalid(error.code(), error.to_string()))?;
        let checked = check_rings(&stored, &Limits::default());
        let ground = checked
            .ground
            .ok_or(ServiceError::Refused(checked.findings))?;
        grounds.push(ground);
    }
    if grounds.is_empty() {
        return Err(ServiceError::invalid(
            "scope.empty",
            "the scope file holds no polygon",
        ));
    }
    Ok(union(&grounds.iter().collect::<Vec<_>>()))
}
