//! The parts of ground: single polygons, slivers among them, and the point a label stands on.

use geo::{Coord, MultiPolygon, Polygon};

use super::ring_set::rings_of;
use super::{Ground, area};

/// A part smaller than this is a sliver, m².
// Source: docs/ACCOUNTING.md, "parts below 1 m² are reported".
pub const SLIVER_M2: f64 = 1.0;

/// How many parts are slivers, and their area together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slivers {
    /// Parts below 1 m².
    pub count: usize,
    /// Their area in m².
    pub area_m2: f64,
}

/// Every part as ground of its own, in the order held.
#[must_use]
pub fn parts(ground: &Ground) -> Vec<Ground> {
    let single = |polygon: &Polygon<f64>| Ground::trusted(MultiPolygon::new(vec![polygon.clone()]));
    ground.shape().0.iter().map(single).collect()
}

/// The parts below 1 m² and what they come to.
#[must_use]
pub fn slivers(ground: &Ground) -> Slivers {
    ground
        .shape()
        .0
        .iter()
        .map(area::ellipsoid_polygon_m2)
        .filter(|m2| *m2 < SLIVER_M2)
        .fold(Slivers::default(), |found, m2| Slivers {
            count: found.count + 1,
            area_m2: found.area_m2 + m2,
        })
}

/// A point well inside the largest part, for a label; `None` for empty ground.
///
/// The middle of the widest stretch that seven parallels cut from the part.
#[must_use]
pub fn label_point(ground: &Ground) -> Option<Coord<f64>> {
    const PARALLELS: u32 = 7;
    let part =
        ground.shape().0.iter().max_by(|a, b| {
            area::ellipsoid_polygon_m2(a).total_cmp(&area::ellipsoid_polygon_m2(b))
        })?;
    let lats = || part.exterior().coords().map(|c| c.y);
    let (south, north) = (
        lats().fold(f64::MAX, f64::min),
        lats().fold(f64::MIN, f64::max),
    );
    (1..=PARALLELS)
        .map(|k| south + (north - south) * f64::from(k) / f64::from(PARALLELS + 1))
        .filter_map(|lat| widest_stretch(part, lat).map(|(west, east)| (west, east, lat)))
        .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
        .map(|(west, east, lat)| Coord {
            x: f64::midpoint(west, east),
            y: lat,
        })
}

fn widest_stretch(part: &Polygon<f64>, lat: f64) -> Option<(f64, f64)> {
    let mut crossings: Vec<f64> = rings_of(part)
        .flat_map(|ring| ring.lines().collect::<Vec<_>>())
        .filter(|edge| (edge.start.y <= lat) != (edge.end.y <= lat))
        .map(|edge| {
            let t = (lat - edge.start.y) / (edge.end.y - edge.start.y);
            edge.start.x + t * (edge.end.x - edge.start.x)
        })
        .collect();
    crossings.sort_unstable_by(f64::total_cmp);
    // Between an odd and the next crossing the parallel is inside.
    let inside = crossings
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[west, east]| (*west, *east));
    inside.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Limits, check};
    use geo::LineString;

    /// Rectangles (lon, lat, width, height in units of 1e-5 degrees, about a metre).
    fn rectangles(list: &[(f64, f64, f64, f64)]) -> Ground {
        let polygon = |(x, y, w, h): &(f64, f64, f64, f64)| {
            let corner = |dx: f64, dy: f64| Coord {
                x: 113.25 + (x + dx * w) * 1e-5,
                y: 32.0 + (y + dy * h) * 1e-5,
            };
            let ring = vec![
                corner(0., 0.),
                corner(1., 0.),
                corner(1., 1.),
                corner(0., 1.),
            ];
            Polygon::new(LineString(ring), Vec::new())
        };
        let shape = MultiPolygon::new(list.iter().map(polygon).collect());
        check(&shape, &Limits::default()).ground.unwrap()
    }

    #[test]
    fn slivers_are_parts_below_one_square_metre() {
        // A unit square is about 1.05 m² here, half of one is a sliver.
        let ground = rectangles(&[
            (0., 0., 100., 100.),
            (200., 0., 1., 1.),
            (300., 0., 1., 0.5),
            (400., 0., 0.2, 0.2),
        ]);
        let found = slivers(&ground);
        assert_eq!(found.count, 2);
        assert!((found.area_m2 - 1.05 * 0.54).abs() < 0.01, "{found:?}");
        let parts = parts(&ground);
        assert_eq!(parts.len(), 4);
        let sum_m2: f64 = parts.iter().map(Ground::area_m2).sum();
        assert!((sum_m2 - ground.area_m2()).abs() < 1e-9);
        assert_eq!(slivers(&Ground::empty()), Slivers::default());
    }

    #[test]
    fn a_label_stands_inside_even_a_crescent() {
        let arc = |r: f64, k: f64| {
            let t = k / 40.0 * std::f64::consts::PI;
            Coord {
                x: 113.25 + r * t.cos(),
                y: 32.0 + r * t.sin(),
            }
        };
        let outer = (0..=40).map(|k| arc(0.01, f64::from(k)));
        let inner = (0..=40).rev().map(|k| arc(0.009, f64::from(k)));
        let shape = MultiPolygon::new(vec![Polygon::new(
            LineString(outer.chain(inner).collect()),
            Vec::new(),
        )]);
        let ground = check(&shape, &Limits::default()).ground.unwrap();
        let p = label_point(&ground).unwrap();
        let r = (p.x - 113.25).hypot(p.y - 32.0);
        assert!(p.y > 32.0 && (0.009..0.01).contains(&r), "{p:?}");
        assert_eq!(label_point(&Ground::empty()), None);
    }
}
