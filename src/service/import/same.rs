//! Whether two grounds are the same but for the last digits.

use geo::{Coord, LineString};

use crate::geometry::Ground;

/// Two vertices this near are one, metres (docs/ACCOUNTING.md).
const SAME_M: f64 = 0.001;
/// Metres of a degree of latitude, rounded up so that nothing beyond 1 mm passes.
const METRES_PER_DEGREE: f64 = 111_700.0;

/// Whether two grounds have the same rings, vertex for vertex, within 1 mm; where a ring begins and
/// in which order parts stand does not matter.
pub(super) fn is_same(a: &Ground, b: &Ground) -> bool {
    let (a_rings, b_rings) = (rings(a), rings(b));
    if a_rings.len() != b_rings.len() || !boxes_agree(a, b) {
        return false;
    }
    let mut left: Vec<&LineString<f64>> = b_rings;
    a_rings.iter().all(|ring| {
        let found = left.iter().position(|other| is_same_ring(ring, other));
        found.map(|place| left.swap_remove(place)).is_some()
    })
}

fn rings(ground: &Ground) -> Vec<&LineString<f64>> {
    ground
        .shape()
        .iter()
        .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()))
        .collect()
}

fn boxes_agree(a: &Ground, b: &Ground) -> bool {
    match (a.bbox(), b.bbox()) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let corner = |lon, lat| Coord { x: lon, y: lat };
            is_near(corner(a.west, a.south), corner(b.west, b.south))
                && is_near(corner(a.east, a.north), corner(b.east, b.north))
        }
        _ => false,
    }
}

fn is_near(a: Coord<f64>, b: Coord<f64>) -> bool {
    let shrink = a.y.to_radians().cos();
    ((a.x - b.x) * shrink).hypot(a.y - b.y) * METRES_PER_DEGREE <= SAME_M
}

fn is_same_ring(a: &LineString<f64>, b: &LineString<f64>) -> bool {
    let (a, b) = (open(a), open(b));
    let Some(first) = a.first().filter(|_| a.len() == b.len()) else {
        return a.len() == b.len();
    };
    // A ring may meet its first vertex's place more than once; each is tried as the beginning.
    let begins = b
        .iter()
        .enumerate()
        .filter(|(_, vertex)| is_near(*first, **vertex));
    begins.map(|(start, _)| start).any(|start| {
        let from_start = b.iter().cycle().skip(start);
        a.iter()
            .zip(from_start)
            .all(|(one, other)| is_near(*one, *other))
    })
}

fn open(ring: &LineString<f64>) -> &[Coord<f64>] {
    ring.0
        .split_last()
        .map(|(_, vertices)| vertices)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Limits, check_rings};

    /// A square of about 100 m from its south-west corner, beginning at another corner each time.
    fn square(lon: f64, lat: f64, begin: usize) -> Ground {
        let mut corners = vec![
            (lon, lat),
            (lon + 1e-3, lat),
            (lon + 1e-3, lat + 1e-3),
            (lon, lat + 1e-3),
        ];
        corners.rotate_left(begin);
        corners.push(corners[0]);
        let ring = LineString::from(corners);
        check_rings(&[vec![ring]], &Limits::default())
            .ground
            .unwrap()
    }

    #[test]
    fn half_a_millimetre_is_the_same_and_two_are_not() {
        let ground = square(113.1, 31.9, 0);
        assert!(is_same(&ground, &square(113.1, 31.9, 2)));
        assert!(is_same(
            &ground,
            &square(113.1, 31.9 + 0.5e-3 / 110_900.0, 1)
        ));
        assert!(!is_same(
            &ground,
            &square(113.1, 31.9 + 2e-3 / 110_900.0, 0)
        ));
    }
}
