//! Ground as GeoPackage binary, and the SQL functions its R-tree triggers need.

use geozero::wkb::GpkgWkb;
use geozero::{CoordDimensions, ToGeo, ToWkb};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

use crate::geometry::{Ground, MultiPolygon};

const CGCS2000: i32 = 4490;

/// Ground as a GeoPackage blob: EPSG:4490, little endian, envelope always written.
pub(super) fn of_ground(ground: &Ground) -> Result<Vec<u8>, geozero::error::GeozeroError> {
    let envelope = ground
        .bbox()
        .map(|b| vec![b.west, b.east, b.south, b.north])
        .unwrap_or_default();
    let shape = geo::Geometry::MultiPolygon(ground.shape().clone());
    shape.to_gpkg_wkb(CoordDimensions::xy(), Some(CGCS2000), envelope)
}

/// Ground of a blob that this store wrote, or `None` when it is none of ours.
pub(super) fn ground(blob: Vec<u8>) -> Option<Ground> {
    let shape = match GpkgWkb(blob).to_geo().ok()? {
        geo::Geometry::MultiPolygon(shape) => shape,
        geo::Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
        _ => return None,
    };
    Ground::reread(shape)
}

/// Registers `ST_MinX`, `ST_MaxX`, `ST_MinY`, `ST_MaxY` and `ST_IsEmpty`, which read the blob's header.
// Source: OGC 12-128r15, annex F.3 (functions the R-tree triggers call).
pub(super) fn register_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, place) in [
        ("ST_MinX", 0),
        ("ST_MaxX", 1),
        ("ST_MinY", 2),
        ("ST_MaxY", 3),
    ] {
        connection.create_scalar_function(name, 1, flags, move |context: &Context<'_>| {
            Ok(envelope(context.get_raw(0).as_blob().ok()).and_then(|e| e.get(place).copied()))
        })?;
    }
    connection.create_scalar_function("ST_IsEmpty", 1, flags, |context: &Context<'_>| {
        Ok(envelope(context.get_raw(0).as_blob().ok()).is_none())
    })
}

/// min x, max x, min y, max y of a GeoPackage blob's header, or `None` when it is empty.
fn envelope(blob: Option<&[u8]>) -> Option<[f64; 4]> {
    const EMPTY_FLAG: u8 = 0b0001_0000;
    const ENVELOPE_MASK: u8 = 0b0000_1110;
    const XY_ENVELOPE: u8 = 0b0000_0010;
    const HEADER_BYTES: usize = 8;
    let blob = blob?;
    let flags = *blob.get(3)?;
    if !blob.starts_with(b"GP") || flags & EMPTY_FLAG != 0 || flags & ENVELOPE_MASK != XY_ENVELOPE {
        return None;
    }
    let mut numbers = blob
        .get(HEADER_BYTES..HEADER_BYTES + 32)?
        .chunks_exact(8)
        .map(|bytes| {
            let bytes: [u8; 8] = bytes.try_into().unwrap_or_default();
            f64::from_le_bytes(bytes)
        });
    Some([
        numbers.next()?,
        numbers.next()?,
        numbers.next()?,
        numbers.next()?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn ground_comes_back_bit_for_bit() {
        let shape = MultiPolygon(vec![polygon![
            (x: 113.1, y: 31.9), (x: 113.2, y: 31.9), (x: 113.15, y: 32.000_000_000_1), (x: 113.1, y: 31.9)
        ]]);
        let ground = Ground::reread(shape).unwrap();
        let blob = of_ground(&ground).unwrap();
        assert_eq!(
            envelope(Some(&blob)),
            Some([113.1, 113.2, 31.9, 32.000_000_000_1])
        );
        assert_eq!(super::ground(blob).unwrap(), ground);
    }

    #[test]
    fn a_blob_of_another_kind_is_not_ground() {
        assert_eq!(ground(b"GP\0\0 nonsense".to_vec()), None);
        assert_eq!(ground(Vec::new()), None);
    }
}
