//! Pure measurement and shape rules on lon/lat ground (EPSG:4490). No IO, no clock, no site.
//!
//! [`Ground`] is the checked polygon type; it is the only way to an area or an overlay.
//!
//! ```
//! use qingshan::geometry::{Limits, MultiPolygon, Polygon, arrange, check};
//!
//! let rectangle = |west: f64, east: f64| {
//!     let ring = vec![(west, 32.0), (east, 32.0), (east, 32.001), (west, 32.001)];
//!     check(&MultiPolygon::new(vec![Polygon::new(ring.into(), vec![])]), &Limits::default())
//! };
//! let footprint = rectangle(113.250, 113.252).ground.ok_or("refused")?;
//! let claim = rectangle(113.251, 113.253).ground.ok_or("refused")?;
//! let faces = arrange(&[&footprint, &claim]);
//! let claimed_m2: f64 =
//!     faces.iter().filter(|face| face.layers == [0, 1]).map(|face| face.area_m2).sum();
//! assert!((claimed_m2 - footprint.area_m2() / 2.0).abs() < 1e-3);
//! # Ok::<(), &str>(())
//! ```

mod area;
mod arrangement;
mod bbox;
mod cells;
mod datum;
mod densify;
mod finding;
mod gauss_kruger;
mod ground;
mod map_shape;
mod noding;
mod overlay;
mod pairwise;
mod part;
mod repair;
mod ring_set;
mod simplicity;
mod sweep_status;
pub mod tile;
mod validity;

pub use area::{
    CGCS2000_FLATTENING, CGCS2000_SEMI_MAJOR_M, karney_area_m2, karney_area_on_densified_edges_m2,
    national_series_area_m2,
};
pub use arrangement::{Face, arrange};
pub use bbox::BBox;
pub use datum::Datum;
pub use densify::densified;
pub use finding::{Finding, Place, Severity};
pub use gauss_kruger::{GaussKruger, gauss_kruger_area_m2};
pub use ground::Ground;
pub use map_shape::{MapShape, TileRing};
pub use overlay::{difference, intersection, union};
pub use part::{SLIVER_M2, Slivers, label_point, parts, slivers};
pub use repair::Repair;
pub use tile::TileId;
pub use validity::{Checked, Limits, check, check_rings};

/// The polygon types everything here is built on.
pub use geo::{Coord, LineString, MultiPolygon, Point, Polygon};
