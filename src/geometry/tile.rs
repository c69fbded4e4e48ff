//! Tiles of `WebMercatorQuad` (OGC 17-083r4, annex D): checked ids, boxes, and which tiles a box covers.

use std::f64::consts::PI;

use geo::Coord;

use super::BBox;

/// Deepest zoom served.
pub const DEEPEST_ZOOM: u8 = 22;
/// Units along the side of a vector tile.
pub const TILE_UNITS: i32 = 4096;
/// Units drawn beyond each side of a vector tile, so that outlines do not end at the seam.
pub const TILE_BUFFER_UNITS: i32 = 64;
/// Latitude where the square map ends, degrees: atan(sinh π).
pub const MERCATOR_EDGE_LAT: f64 = 85.051_128_779_806_59;

/// A tile of the map: zoom, column from the west, row from the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The tile, or `None` when the zoom is beyond 22 or there is no such column or row.
    #[must_use]
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= DEEPEST_ZOOM && x < 1 << z && y < 1 << z).then_some(Self { z, x, y })
    }

    /// The tile that holds a position, or `None` beyond the map's edge or zoom 22.
    #[must_use]
    pub fn holding(lon: f64, lat: f64, z: u8) -> Option<Self> {
        if !(lon.abs() <= 180.0 && lat.abs() <= MERCATOR_EDGE_LAT) || z > DEEPEST_ZOOM {
            return None;
        }
        let (x, y) = (
            column(unit_square(lon, lat).x, z),
            column(unit_square(lon, lat).y, z),
        );
        Self::new(z, x, y)
    }

    /// Zoom.
    #[must_use]
    pub fn z(&self) -> u8 {
        self.z
    }

    /// Column, from the west.
    #[must_use]
    pub fn x(&self) -> u32 {
        self.x
    }

    /// Row, from the north.
    #[must_use]
    pub fn y(&self) -> u32 {
        self.y
    }

    /// The tile's box in degrees, without its buffer.
    #[must_use]
    pub fn bbox(&self) -> BBox {
        self.bbox_with_margin(0.0)
    }

    /// The tile's box in degrees with the buffer that is drawn around it.
    #[must_use]
    pub fn buffered_bbox(&self) -> BBox {
        self.bbox_with_margin(f64::from(TILE_BUFFER_UNITS) / f64::from(TILE_UNITS))
    }

    fn bbox_with_margin(self, margin: f64) -> BBox {
        let side = 1.0 / f64::from(1_u32 << self.z);
        let corner = |dx: f64, dy: f64| {
            lon_lat(Coord {
                x: ((f64::from(self.x) + dx) * side).clamp(0.0, 1.0),
                y: ((f64::from(self.y) + dy) * side).clamp(0.0, 1.0),
            })
        };
        let (north_west, south_east) =
            (corner(-margin, -margin), corner(1.0 + margin, 1.0 + margin));
        BBox {
            west: north_west.x,
            south: south_east.y,
            east: south_east.x,
            north: north_west.y,
        }
    }

    /// Every tile of a zoom that a change within the box can alter, buffers included.
    #[must_use]
    pub fn touched_by(bbox: BBox, z: u8) -> Vec<Self> {
        let z = z.min(DEEPEST_ZOOM);
        let margin = f64::from(TILE_BUFFER_UNITS) / f64::from(TILE_UNITS) / f64::from(1_u32 << z);
        let north_west = unit_square(bbox.west, bbox.north);
        let south_east = unit_square(bbox.east, bbox.south);
        let (low, high) = (
            |v: f64| column(v - margin, z),
            |v: f64| column(v + margin, z),
        );
        (low(north_west.y)..=high(south_east.y))
            .flat_map(|y| (low(north_west.x)..=high(south_east.x)).map(move |x| Self { z, x, y }))
            .collect()
    }
}

/// The position on the map as a square from (0, 0) in the north-west to (1, 1) in the south-east.
///
/// # Assumptions
/// EPSG:3857 treats the ellipsoid's latitude as a sphere's; latitudes are cut at the map's edge.
#[must_use]
pub fn unit_square(lon: f64, lat: f64) -> Coord<f64> {
    let lat = lat
        .clamp(-MERCATOR_EDGE_LAT, MERCATOR_EDGE_LAT)
        .to_radians();
    Coord {
        x: lon / 360.0 + 0.5,
        y: 0.5 - lat.tan().asinh() / (2.0 * PI),
    }
}

/// The lon/lat degrees of a position on the unit square.
#[must_use]
pub fn lon_lat(p: Coord<f64>) -> Coord<f64> {
    Coord {
        x: (p.x - 0.5) * 360.0,
        y: ((0.5 - p.y) * 2.0 * PI).sinh().atan().to_degrees(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped into the columns of the zoom"
)]
fn column(v: f64, z: u8) -> u32 {
    let columns = f64::from(1_u32 << z);
    (v * columns).floor().clamp(0.0, columns - 1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns and rows by EPSG:3857 of PROJ 9.5.1 (pyproj 3.7.2), floor of the share of the square.
    #[test]
    fn tiles_are_where_proj_puts_them() {
        for (z, x, y) in [
            (0, 0, 0),
            (8, 208, 103),
            (13, 6673, 3326),
            (22, 3_416_610, 1_703_278),
        ] {
            assert_eq!(
                TileId::holding(113.25, 32.0, z),
                TileId::new(z, x, y),
                "z{z}"
            );
        }
    }

    #[test]
    fn ids_outside_the_quad_are_refused() {
        assert!(TileId::new(22, (1 << 22) - 1, 0).is_some());
        assert_eq!(TileId::new(22, 1 << 22, 0), None);
        assert_eq!(TileId::new(0, 0, 1), None);
        assert_eq!(TileId::new(23, 0, 0), None);
        assert_eq!(TileId::new(255, 0, 0), None);
        assert_eq!(TileId::holding(f64::NAN, 32.0, 3), None);
        assert_eq!(TileId::holding(113.0, 86.0, 3), None);
    }

    #[test]
    fn a_tiles_box_holds_its_middle_and_meets_its_neighbour() {
        let tile = TileId::holding(113.25, 32.0, 14).unwrap();
        let east = TileId::new(14, tile.x() + 1, tile.y()).unwrap();
        assert!(tile.bbox().holds(113.25, 32.0));
        assert!((tile.bbox().east - east.bbox().west).abs() < 1e-12);
        let world = TileId::new(0, 0, 0).unwrap().bbox();
        assert!((world.north - MERCATOR_EDGE_LAT).abs() < 1e-9);
    }

    #[test]
    fn a_change_at_the_seam_touches_both_tiles() {
        let tile = TileId::new(14, 13_346, 6654).unwrap();
        let b = tile.bbox();
        let middle = f64::midpoint(b.south, b.north);
        let just_inside = BBox {
            west: b.east - 1e-6,
            south: middle,
            east: b.east - 1e-6,
            north: middle,
        };
        let touched = TileId::touched_by(just_inside, 14);
        assert_eq!(touched, [tile, TileId::new(14, 13_347, 6654).unwrap()]);
    }
}
