//! The shifted datums of web maps in China: GCJ-02 and BD-09, forward and back.
//!
//! Neither is published; the formulas are the ones every open converter uses, and agree with the map
//! services to about a metre. Good enough to tell which datum a file is in, and to undo it knowingly.
//!
//! # Source
//! GCJ-02: the formula published as "WGS-84 to GCJ-02" (eviltransform, 2013; the Krasovsky 1940
//! ellipsoid). BD-09: the offset published with it. WGS 84 is taken as CGCS2000 (sub-metre).

use std::f64::consts::PI;

use geo::{Coord, MapCoords, MultiPolygon};

/// Which datum lon/lat degrees are given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Datum {
    /// CGCS2000 (EPSG:4490), and WGS 84 with it.
    Cgcs2000,
    /// GCJ-02 国测局坐标: shifted some hundred metres within China.
    Gcj02,
    /// BD-09 百度坐标: GCJ-02 shifted once more.
    Bd09,
}

impl Datum {
    /// The CGCS2000 position of a position in this datum.
    ///
    /// # Units
    /// Degrees; longitude is `x`. The inverse is iterated until it moves less than 1e-12 degrees.
    #[must_use]
    pub fn to_cgcs2000(self, c: Coord<f64>) -> Coord<f64> {
        match self {
            Self::Cgcs2000 => c,
            Self::Gcj02 => inverse(gcj02_of, c),
            Self::Bd09 => inverse(gcj02_of, inverse(bd09_of_gcj02, c)),
        }
    }

    /// The position in this datum of a CGCS2000 position.
    ///
    /// # Units
    /// Degrees; longitude is `x`.
    #[must_use]
    pub fn from_cgcs2000(self, c: Coord<f64>) -> Coord<f64> {
        match self {
            Self::Cgcs2000 => c,
            Self::Gcj02 => gcj02_of(c),
            Self::Bd09 => bd09_of_gcj02(gcj02_of(c)),
        }
    }

    /// A shape in this datum, vertex by vertex in CGCS2000.
    #[must_use]
    pub fn shape_to_cgcs2000(self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        shape.map_coords(|c| self.to_cgcs2000(c))
    }

    /// A CGCS2000 shape, vertex by vertex in this datum.
    #[must_use]
    pub fn shape_from_cgcs2000(self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        shape.map_coords(|c| self.from_cgcs2000(c))
    }
}

/// Where the services shift at all; a box around China that takes in its neighbours.
// Source: the `outOfChina` rule of the published formula.
fn is_shifted(c: Coord<f64>) -> bool {
    (72.004..=137.8347).contains(&c.x) && (0.8293..=55.8271).contains(&c.y)
}

fn gcj02_of(c: Coord<f64>) -> Coord<f64> {
    // Krasovsky 1940, as the published formula has them.
    const SEMI_MAJOR_M: f64 = 6_378_245.0;
    const E2: f64 = 0.006_693_421_622_965_943;
    if !is_shifted(c) {
        return c;
    }
    let (x, y) = (c.x - 105.0, c.y - 35.0);
    let wave = |amplitude: f64, angle: f64| amplitude * angle.sin();
    let common = (wave(20.0, 6.0 * x * PI) + wave(20.0, 2.0 * x * PI)) * 2.0 / 3.0;
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + common
        + (wave(20.0, y * PI) + wave(40.0, y / 3.0 * PI)) * 2.0 / 3.0
        + (wave(160.0, y / 12.0 * PI) + wave(320.0, y * PI / 30.0)) * 2.0 / 3.0;
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + common
        + (wave(20.0, x * PI) + wave(40.0, x / 3.0 * PI)) * 2.0 / 3.0
        + (wave(150.0, x / 12.0 * PI) + wave(300.0, x / 30.0 * PI)) * 2.0 / 3.0;
    let (sin, cos) = c.y.to_radians().sin_cos();
    let w2 = 1.0 - E2 * sin * sin;
    let meridian_radius_m = SEMI_MAJOR_M * (1.0 - E2) / (w2 * w2.sqrt());
    let parallel_radius_m = SEMI_MAJOR_M / w2.sqrt() * cos;
    Coord {
        x: c.x + (east_m / parallel_radius_m).to_degrees(),
        y: c.y + (north_m / meridian_radius_m).to_degrees(),
    }
}

fn bd09_of_gcj02(c: Coord<f64>) -> Coord<f64> {
    const RIPPLE: f64 = PI * 3000.0 / 180.0;
    if !is_shifted(c) {
        return c;
    }
    let radius = c.x.hypot(c.y) + 0.000_02 * (c.y * RIPPLE).sin();
    let angle = c.y.atan2(c.x) + 0.000_003 * (c.x * RIPPLE).cos();
    Coord {
        x: radius * angle.cos() + 0.0065,
        y: radius * angle.sin() + 0.006,
    }
}

/// The position that `shift` takes to `target`, by moving back as far as it shifts.
fn inverse(shift: fn(Coord<f64>) -> Coord<f64>, target: Coord<f64>) -> Coord<f64> {
    // The shift varies by less than 1 % over its own length, so each round gains two digits.
    const MOST_ROUNDS: usize = 30;
    if !is_shifted(target) {
        return target;
    }
    let mut guess = target;
    for _ in 0..MOST_ROUNDS {
        let miss = target - shift(guess);
        guess = guess + miss;
        if miss.x.abs() < 1e-12 && miss.y.abs() < 1e-12 {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use geographiclib_rs::{Geodesic, InverseGeodesic};

    /// Between Wanhe and Wushan, Sui County.
    const NEAR_WANHE: Coord<f64> = Coord {
        x: 113.117_163,
        y: 31.931_675,
    };

    fn distance_m_and_bearing(from: Coord<f64>, to: Coord<f64>) -> (f64, f64) {
        let (distance_m, bearing, _, _): (f64, f64, f64, f64) =
            Geodesic::wgs84().inverse(from.y, from.x, to.y, to.x);
        (distance_m, bearing)
    }

    #[test]
    fn near_wanhe_gcj02_lies_625_m_and_bd09_1284_m_off() {
        for (datum, distance_m, bearing) in
            [(Datum::Gcj02, 625.0, 110.0), (Datum::Bd09, 1284.0, 70.0)]
        {
            let (d, b) = distance_m_and_bearing(NEAR_WANHE, datum.from_cgcs2000(NEAR_WANHE));
            // The book gives whole metres and degrees for "near Wanhe", without the point.
            assert!(
                (d - distance_m).abs() < 15.0 && (b - bearing).abs() < 2.0,
                "{datum:?} {d} {b}"
            );
        }
    }

    #[test]
    fn there_and_back_is_the_same_place_to_1e_9_degrees() {
        for lon in [73.5, 90.0, 105.0, 113.25, 135.0] {
            for lat in [3.5, 20.0, 31.9, 35.0, 53.0] {
                let c = Coord { x: lon, y: lat };
                for datum in [Datum::Gcj02, Datum::Bd09] {
                    let back = datum.to_cgcs2000(datum.from_cgcs2000(c));
                    assert!(
                        (back.x - lon).abs() < 1e-9 && (back.y - lat).abs() < 1e-9,
                        "{datum:?} {c:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn outside_china_nothing_is_shifted() {
        for c in [
            Coord { x: 2.35, y: 48.85 },
            Coord { x: 113.0, y: 60.0 },
            Coord { x: -70.0, y: 10.0 },
        ] {
            for datum in [Datum::Gcj02, Datum::Bd09] {
                assert_eq!(datum.from_cgcs2000(c), c);
                assert_eq!(datum.to_cgcs2000(c), c);
            }
        }
    }

    #[test]
    fn nonsense_comes_back_without_a_hang() {
        for c in [
            Coord {
                x: f64::NAN,
                y: 32.0,
            },
            Coord {
                x: 1e308,
                y: -1e308,
            },
        ] {
            let _ = Datum::Bd09.to_cgcs2000(c);
        }
    }
}
