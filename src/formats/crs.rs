//! Coordinate systems: to and from the stored one (EPSG:4490), always east before north.
//!
//! EPSG gives north, east to almost every system used here; every reference made in this file is
//! set to traditional GIS order, and `clippy.toml` forbids making one elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use geo::{Coord, LineString, MultiPolygon};

use super::engine;
use super::source::RawShape;
use crate::geometry::Datum;

/// The stored coordinate system, CGCS2000 lon/lat.
pub const STORED_EPSG: u32 = 4490;
/// WGS 84 lon/lat, taken as identical to CGCS2000 (they differ by less than the survey does).
pub const WGS84_EPSG: u32 = 4326;

/// A coordinate system or datum that coordinates can be given in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CrsChoice {
    /// An EPSG code.
    Epsg(u32),
    /// The offset datum of Chinese web maps (GCJ-02), lon/lat.
    Gcj02,
    /// Baidu's offset datum (BD-09), lon/lat.
    Bd09,
    /// A system that has no EPSG code, as well-known text.
    Definition(String),
}

impl CrsChoice {
    /// Whether coordinates are longitude and latitude in degrees.
    #[must_use]
    pub fn is_lon_lat(&self) -> bool {
        match self {
            Self::Gcj02 | Self::Bd09 | Self::Epsg(STORED_EPSG | WGS84_EPSG) => true,
            Self::Epsg(_) | Self::Definition(_) => {
                reference(self).is_ok_and(|reference| reference.is_geographic())
            }
        }
    }
}

impl fmt::Display for CrsChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epsg(code) => write!(f, "EPSG:{code}"),
            Self::Gcj02 => f.write_str("GCJ-02"),
            Self::Bd09 => f.write_str("BD-09"),
            Self::Definition(wkt) => {
                // The name is the first quoted text of any well-known text.
                f.write_str(wkt.split('"').nth(1).unwrap_or("?"))
            }
        }
    }
}

/// How the two numbers of a vertex are to be read: in which system, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// The coordinate system.
    pub crs: CrsChoice,
    /// Whether the file puts north before east.
    pub axes_swapped: bool,
}

impl Reading {
    /// East before north in the given system.
    #[must_use]
    pub fn of(crs: CrsChoice) -> Self {
        Self {
            crs,
            axes_swapped: false,
        }
    }

    /// East before north in the system with this EPSG code.
    #[must_use]
    pub fn epsg(code: u32) -> Self {
        Self::of(CrsChoice::Epsg(code))
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.crs,
            if self.axes_swapped { ":yx" } else { "" }
        )
    }
}

impl FromStr for Reading {
    type Err = CrsError;

    /// Reads `EPSG:4547`, `4547`, `CGCS2000`, `WGS84`, `GCJ-02`, `BD09`; `:yx` after it means that
    /// the file puts north before east.
    fn from_str(text: &str) -> Result<Self, CrsError> {
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '_'))
            .collect::<String>()
            .to_ascii_uppercase();
        let (name, axes_swapped) = plain
            .strip_suffix(":YX")
            .map_or((plain.as_str(), false), |name| (name, true));
        let crs = match name {
            "GCJ02" => CrsChoice::Gcj02,
            "BD09" | "BD09LL" => CrsChoice::Bd09,
            "CGCS2000" => CrsChoice::Epsg(STORED_EPSG),
            "WGS84" | "CRS84" => CrsChoice::Epsg(WGS84_EPSG),
            _ => name
                .strip_prefix("EPSG:")
                .unwrap_or(name)
                .parse()
                .map(CrsChoice::Epsg)
                .map_err(|_number| CrsError::Unknown {
                    name: text.to_owned(),
                })?,
        };
        Ok(Self { crs, axes_swapped })
    }
}

/// Why a coordinate system cannot be used, or a vertex not be brought over.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// No such system, or one that is neither lon/lat nor a plane of the Earth.
    #[error("{name} is not a coordinate system that is known here")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// Xi'an 80 and Beijing 54 lie some 100 m off, differently in every county.
    #[error("{name} needs the county's own transformation parameters")]
    NeedsParameters {
        /// The system's name.
        name: String,
    },
    /// PROJ refused; its own words.
    #[error("no way from {crs} to CGCS2000: {detail}")]
    NoTransform {
        /// The system.
        crs: String,
        /// PROJ's words.
        detail: String,
    },
}

impl CrsError {
    /// The stable dotted code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "crs.unknown",
            Self::NeedsParameters { .. } => "crs.needs_parameters",
            Self::NoTransform { .. } => "crs.no_transform",
        }
    }
}

/// The reference of a system, in traditional GIS order.
pub(super) fn reference(crs: &CrsChoice) -> Result<SpatialRef, CrsError> {
    engine::start();
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that sets the axis order"
    )]
    let made = match crs {
        CrsChoice::Epsg(code) => SpatialRef::from_epsg(*code),
        CrsChoice::Definition(wkt) => SpatialRef::from_wkt(wkt),
        CrsChoice::Gcj02 | CrsChoice::Bd09 => SpatialRef::from_epsg(STORED_EPSG),
    };
    let mut made = made.map_err(|_refusal| CrsError::Unknown {
        name: crs.to_string(),
    })?;
    made.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(made)
}

/// Says whether a system can be used as it is.
///
/// # Errors
/// Unknown codes, systems that are not of the Earth's surface, and the old Chinese datums, which
/// need the county's own parameters.
pub fn check(crs: &CrsChoice) -> Result<(), CrsError> {
    let reference = reference(crs)?;
    if !reference.is_geographic() && !reference.is_projected() {
        return Err(CrsError::Unknown {
            name: crs.to_string(),
        });
    }
    let datum = datum_name(&reference);
    if is_old_chinese(&datum) {
        return Err(CrsError::NeedsParameters {
            name: format!("{crs} ({datum})"),
        });
    }
    Ok(())
}

/// Whether a system's datum is WGS 84 or CGCS2000, so that no shift is hidden in the transform.
#[must_use]
pub fn is_modern(crs: &CrsChoice) -> bool {
    reference(crs).is_ok_and(|reference| {
        let datum = datum_name(&reference).to_lowercase();
        [
            "china_2000",
            "china 2000",
            "cgcs",
            "wgs_1984",
            "wgs 84",
            "world geodetic system 1984",
        ]
        .iter()
        .any(|name| datum.contains(name))
    })
}

pub(super) fn datum_name(reference: &SpatialRef) -> String {
    reference
        .get_attr_value("DATUM", 0)
        .ok()
        .flatten()
        .or_else(|| reference.name())
        .unwrap_or_default()
}

/// Xi'an 1980, Beijing 1954 and New Beijing, by the names EPSG and Esri give their datums.
fn is_old_chinese(datum: &str) -> bool {
    let plain: String = datum
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    [
        "xian1980",
        "xian80",
        "beijing1954",
        "beijing54",
        "newbeijing",
    ]
    .iter()
    .any(|name| plain.contains(name))
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    ToStored,
    FromStored,
}

thread_local! {
    /// A transform costs 3 ms to make and cannot be sent between threads.
    static TRANSFORMS: RefCell<HashMap<(CrsChoice, Way), Rc<CoordTransform>>> =
        RefCell::new(HashMap::new());
}

fn transform(crs: &CrsChoice, way: Way) -> Result<Rc<CoordTransform>, CrsError> {
    let key = (crs.clone(), way);
    if let Some(known) = TRANSFORMS.with_borrow(|cache| cache.get(&key).cloned()) {
        return Ok(known);
    }
    check(crs)?;
    let outside = reference(crs)?;
    let stored = reference(&CrsChoice::Epsg(STORED_EPSG))?;
    let made = match way {
        Way::ToStored => CoordTransform::new(&outside, &stored),
        Way::FromStored => CoordTransform::new(&stored, &outside),
    }
    .map_err(|refusal| CrsError::NoTransform {
        crs: crs.to_string(),
        detail: refusal.to_string(),
    })?;
    let made = Rc::new(made);
    TRANSFORMS.with_borrow_mut(|cache| cache.insert(key, Rc::clone(&made)));
    Ok(made)
}

/// Brings positions from a reading to stored lon/lat, in place.
///
/// A position the system cannot hold becomes NaN, so that one bad vertex of a file does not hide
/// the rest; the check of the geometry then says where it was.
///
/// # Units
/// In: those of the reading. Out: degrees, EPSG:4490.
///
/// # Errors
/// Systems that cannot be used at all.
pub fn positions_to_stored(
    reading: &Reading,
    positions: &mut [Coord<f64>],
) -> Result<(), CrsError> {
    if reading.axes_swapped {
        for position in positions.iter_mut() {
            std::mem::swap(&mut position.x, &mut position.y);
        }
    }
    match &reading.crs {
        CrsChoice::Epsg(STORED_EPSG | WGS84_EPSG) => {}
        CrsChoice::Gcj02 => each(positions, |c| Datum::Gcj02.to_cgcs2000(c)),
        CrsChoice::Bd09 => each(positions, |c| Datum::Bd09.to_cgcs2000(c)),
        projected => through_proj(&*transform(projected, Way::ToStored)?, positions),
    }
    Ok(())
}

/// Brings stored lon/lat to another system, in place; what it cannot hold becomes NaN.
///
/// # Units
/// In: degrees, EPSG:4490. Out: those of the system, east before north.
///
/// # Errors
/// Systems that cannot be used at all.
pub fn positions_from_stored(
    crs: &CrsChoice,
    positions: &mut [Coord<f64>],
) -> Result<(), CrsError> {
    match crs {
        CrsChoice::Epsg(STORED_EPSG | WGS84_EPSG) => {}
        CrsChoice::Gcj02 => each(positions, |c| Datum::Gcj02.from_cgcs2000(c)),
        CrsChoice::Bd09 => each(positions, |c| Datum::Bd09.from_cgcs2000(c)),
        projected => through_proj(&*transform(projected, Way::FromStored)?, positions),
    }
    Ok(())
}

/// Raw polygons brought from a reading to stored lon/lat; see [`positions_to_stored`].
///
/// # Errors
/// Systems that cannot be used at all.
pub fn to_stored(reading: &Reading, shape: &RawShape) -> Result<RawShape, CrsError> {
    // One call for all vertices: a call into PROJ costs more than a vertex.
    let rings = shape.iter().flatten();
    let mut positions: Vec<Coord<f64>> = rings.flat_map(|ring| ring.coords().copied()).collect();
    positions_to_stored(reading, &mut positions)?;
    let mut converted = positions.into_iter();
    let mut converted_ring =
        |ring: &LineString<f64>| converted.by_ref().take(ring.0.len()).collect();
    Ok(shape
        .iter()
        .map(|part| part.iter().map(&mut converted_ring).collect())
        .collect())
}

/// Stored polygons brought to another system; see [`positions_from_stored`].
///
/// # Errors
/// Systems that cannot be used at all.
pub fn from_stored(
    crs: &CrsChoice,
    shape: &MultiPolygon<f64>,
) -> Result<MultiPolygon<f64>, CrsError> {
    use geo::CoordsIter;
    let mut positions: Vec<Coord<f64>> = shape.coords_iter().collect();
    positions_from_stored(crs, &mut positions)?;
    // `coords_iter` walks parts, exterior, interiors, in this order.
    let mut converted = positions.into_iter();
    let mut ring = |ring: &LineString<f64>| -> LineString<f64> {
        converted.by_ref().take(ring.0.len()).collect()
    };
    let parts = shape.iter().map(|part| {
        let exterior = ring(part.exterior());
        let interiors = part.interiors().iter().map(&mut ring).collect();
        geo::Polygon::new(exterior, interiors)
    });
    Ok(parts.collect())
}

fn each(positions: &mut [Coord<f64>], convert: impl Fn(Coord<f64>) -> Coord<f64>) {
    for position in positions {
        *position = convert(*position);
    }
}

fn through_proj(transform: &CoordTransform, positions: &mut [Coord<f64>]) {
    let (mut x, mut y): (Vec<f64>, Vec<f64>) = positions.iter().map(|c| (c.x, c.y)).unzip();
    // PROJ marks what it cannot convert with infinities and then calls the whole batch failed.
    let _ = transform.transform_coords(&mut x, &mut y, &mut []);
    for ((position, x), y) in positions.iter_mut().zip(x).zip(y) {
        *position = if x.is_finite() && y.is_finite() {
            Coord { x, y }
        } else {
            Coord {
                x: f64::NAN,
                y: f64::NAN,
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_stored_point(epsg: u32, lon: f64, lat: f64) -> Coord<f64> {
        let mut positions = [Coord { x: lon, y: lat }];
        positions_from_stored(&CrsChoice::Epsg(epsg), &mut positions).unwrap();
        positions[0]
    }

    /// Values of PROJ 9.1 through `gdaltransform` at 113.37 E, 31.88 N.
    #[test]
    fn east_comes_before_north_in_every_system() {
        let expected = [
            (4547, 440_391.383, 3_528_719.228),
            (4526, 38_440_391.383, 3_528_719.228),
            (4508, 724_268.419, 3_530_996.714),
            (4326, 113.37, 31.88),
        ];
        for (epsg, east, north) in expected {
            let got = from_stored_point(epsg, 113.37, 31.88);
            assert!(
                (got.x - east).abs() < 1e-3 && (got.y - north).abs() < 1e-3,
                "{epsg}: {got:?}"
            );
        }
    }

    #[test]
    fn there_and_back_is_where_it_was() {
        for crs in [
            "4547",
            "EPSG:4526",
            "4546",
            "4525",
            "4326",
            "3857",
            "GCJ-02",
            "bd09",
        ] {
            let reading: Reading = crs.parse().unwrap();
            let mut positions = [Coord {
                x: 113.125,
                y: 31.932,
            }];
            positions_from_stored(&reading.crs, &mut positions).unwrap();
            positions_to_stored(&reading, &mut positions).unwrap();
            let [back] = positions;
            assert!(
                (back.x - 113.125).abs() < 1e-9 && (back.y - 31.932).abs() < 1e-9,
                "{crs}: {back:?}"
            );
        }
    }

    #[test]
    fn swapped_axes_are_read_north_first() {
        let mut positions = [Coord {
            x: 31.932,
            y: 113.125,
        }];
        positions_to_stored(&"EPSG:4490:yx".parse().unwrap(), &mut positions).unwrap();
        assert_eq!(
            positions,
            [Coord {
                x: 113.125,
                y: 31.932
            }]
        );
    }

    #[test]
    fn the_old_datums_are_refused_by_name() {
        // Geographic, 3-degree and 6-degree codes of Xi'an 80, Beijing 54 and New Beijing.
        for code in [4610, 2327, 2362, 2390, 4214, 2401, 2435, 21418, 4555, 4579] {
            let refused = check(&CrsChoice::Epsg(code)).unwrap_err();
            assert_eq!(refused.code(), "crs.needs_parameters", "{code}: {refused}");
        }
    }

    #[test]
    fn what_is_no_system_is_refused() {
        assert_eq!(
            check(&CrsChoice::Epsg(999_999)).unwrap_err().code(),
            "crs.unknown"
        );
        // WGS 84 geocentric, and a height.
        assert_eq!(
            check(&CrsChoice::Epsg(4978)).unwrap_err().code(),
            "crs.unknown"
        );
        assert_eq!(
            check(&CrsChoice::Epsg(5737)).unwrap_err().code(),
            "crs.unknown"
        );
        assert!("Mars".parse::<Reading>().is_err());
    }
}
