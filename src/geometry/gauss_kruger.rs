//! Gauss-Krüger plane coordinates on CGCS2000, 3° and 6° zones, and the plane area as a second figure.
//!
//! # Source
//! C. F. F. Karney, Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85 (2011),
//! equations 35 and 36: Krüger's series to the sixth order of the third flattening. Scale 1 on the
//! central meridian, false easting 500 km, zones as GB/T 17278 and EPSG:4491–4554 have them.

use geo::{Coord, LineString};

use super::Ground;
use super::area::{CGCS2000_FLATTENING, CGCS2000_SEMI_MAJOR_M};
use super::ring_set::rings_of;

/// Third flattening.
const N: f64 = CGCS2000_FLATTENING / (2.0 - CGCS2000_FLATTENING);
/// First eccentricity squared.
const E2: f64 = CGCS2000_FLATTENING * (2.0 - CGCS2000_FLATTENING);
const N2: f64 = N * N;
const N3: f64 = N2 * N;
const N4: f64 = N3 * N;
const N5: f64 = N4 * N;
const N6: f64 = N5 * N;

/// Radius of the sphere of the same meridian length, metres (Karney 2011, equation 14).
const RECTIFYING_RADIUS_M: f64 =
    CGCS2000_SEMI_MAJOR_M / (1.0 + N) * (1.0 + N2 / 4.0 + N4 / 64.0 + N6 / 256.0);

/// Karney 2011, equation 35.
const ALPHA: [f64; 6] = [
    N / 2.0 - 2.0 / 3.0 * N2 + 5.0 / 16.0 * N3 + 41.0 / 180.0 * N4 - 127.0 / 288.0 * N5
        + 7891.0 / 37_800.0 * N6,
    13.0 / 48.0 * N2 - 3.0 / 5.0 * N3 + 557.0 / 1440.0 * N4 + 281.0 / 630.0 * N5
        - 1_983_433.0 / 1_935_360.0 * N6,
    61.0 / 240.0 * N3 - 103.0 / 140.0 * N4 + 15_061.0 / 26_880.0 * N5 + 167_603.0 / 181_440.0 * N6,
    49_561.0 / 161_280.0 * N4 - 179.0 / 168.0 * N5 + 6_601_661.0 / 7_257_600.0 * N6,
    34_729.0 / 80_640.0 * N5 - 3_418_889.0 / 1_995_840.0 * N6,
    212_378_941.0 / 319_334_400.0 * N6,
];

/// Karney 2011, equation 36.
const BETA: [f64; 6] = [
    N / 2.0 - 2.0 / 3.0 * N2 + 37.0 / 96.0 * N3 - 1.0 / 360.0 * N4 - 81.0 / 512.0 * N5
        + 96_199.0 / 604_800.0 * N6,
    1.0 / 48.0 * N2 + 1.0 / 15.0 * N3 - 437.0 / 1440.0 * N4 + 46.0 / 105.0 * N5
        - 1_118_711.0 / 3_870_720.0 * N6,
    17.0 / 480.0 * N3 - 37.0 / 840.0 * N4 - 209.0 / 4480.0 * N5 + 5569.0 / 90_720.0 * N6,
    4397.0 / 161_280.0 * N4 - 11.0 / 504.0 * N5 - 830_251.0 / 7_257_600.0 * N6,
    4583.0 / 161_280.0 * N5 - 108_847.0 / 3_991_680.0 * N6,
    20_648_693.0 / 638_668_800.0 * N6,
];

/// A Gauss-Krüger plane: a central meridian and a false easting.
///
/// # Assumptions
/// Accurate to a micrometre within 20 degrees of the central meridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussKruger {
    central_meridian: f64,
    false_easting_m: f64,
}

impl GaussKruger {
    /// The plane around a central meridian in degrees, eastings around 500,000.
    #[must_use]
    pub fn around(central_meridian: f64) -> Self {
        Self {
            central_meridian,
            false_easting_m: 500_000.0,
        }
    }

    /// A 3° zone (25 to 45; zone 38 is 114°E), or `None` outside China's zones.
    #[must_use]
    pub fn three_degree_zone(zone: u8, with_prefix: bool) -> Option<Self> {
        (25..=45)
            .contains(&zone)
            .then(|| Self::zone(zone, f64::from(zone) * 3.0, with_prefix))
    }

    /// A 6° zone (13 to 23; zone 19 is 111°E), or `None` outside China's zones.
    #[must_use]
    pub fn six_degree_zone(zone: u8, with_prefix: bool) -> Option<Self> {
        (13..=23)
            .contains(&zone)
            .then(|| Self::zone(zone, f64::from(zone) * 6.0 - 3.0, with_prefix))
    }

    /// The plane of an EPSG code from 4491 to 4554 (CGCS2000 / Gauss-Krüger), else `None`.
    #[must_use]
    pub fn from_epsg(code: u32) -> Option<Self> {
        let nth = |first: u32, zone: u8| Some(zone + u8::try_from(code.checked_sub(first)?).ok()?);
        match code {
            4491..=4501 => Self::six_degree_zone(nth(4491, 13)?, true),
            4502..=4512 => Self::six_degree_zone(nth(4502, 13)?, false),
            4513..=4533 => Self::three_degree_zone(nth(4513, 25)?, true),
            4534..=4554 => Self::three_degree_zone(nth(4534, 25)?, false),
            _ => None,
        }
    }

    fn zone(zone: u8, central_meridian: f64, with_prefix: bool) -> Self {
        let prefix_m = if with_prefix {
            f64::from(zone) * 1e6
        } else {
            0.0
        };
        Self {
            central_meridian,
            false_easting_m: prefix_m + 500_000.0,
        }
    }

    /// The central meridian in degrees.
    #[must_use]
    pub fn central_meridian(&self) -> f64 {
        self.central_meridian
    }

    /// Plane metres of a position: `x` is the easting, `y` the northing.
    ///
    /// # Units
    /// Degrees in (longitude is `x`), metres out.
    #[must_use]
    pub fn forward(&self, c: Coord<f64>) -> Coord<f64> {
        let e = E2.sqrt();
        let (sin_lon, cos_lon) = (c.x - self.central_meridian).to_radians().sin_cos();
        let tau = c.y.to_radians().tan();
        let sigma = (e * (e * tau / 1.0_f64.hypot(tau)).atanh()).sinh();
        let conformal = tau * 1.0_f64.hypot(sigma) - sigma * 1.0_f64.hypot(tau);
        let xi = conformal.atan2(cos_lon);
        let eta = (sin_lon / conformal.hypot(cos_lon)).asinh();
        let (mut north, mut east) = (xi, eta);
        for (k, alpha) in (1_u8..).map(|k| 2.0 * f64::from(k)).zip(ALPHA) {
            north += alpha * (k * xi).sin() * (k * eta).cosh();
            east += alpha * (k * xi).cos() * (k * eta).sinh();
        }
        Coord {
            x: self.false_easting_m + RECTIFYING_RADIUS_M * east,
            y: RECTIFYING_RADIUS_M * north,
        }
    }

    /// The position of plane metres (`x` easting, `y` northing).
    ///
    /// # Units
    /// Metres in, degrees out.
    #[must_use]
    pub fn inverse(&self, p: Coord<f64>) -> Coord<f64> {
        let north = p.y / RECTIFYING_RADIUS_M;
        let east = (p.x - self.false_easting_m) / RECTIFYING_RADIUS_M;
        let (mut xi, mut eta) = (north, east);
        for (k, beta) in (1_u8..).map(|k| 2.0 * f64::from(k)).zip(BETA) {
            xi -= beta * (k * north).sin() * (k * east).cosh();
            eta -= beta * (k * north).cos() * (k * east).sinh();
        }
        let conformal = xi.sin() / eta.sinh().hypot(xi.cos());
        let lon = eta.sinh().atan2(xi.cos()).to_degrees() + self.central_meridian;
        Coord {
            x: lon,
            y: tan_of_latitude(conformal).atan().to_degrees(),
        }
    }

    /// The plane area of ground as this projection shows it, in m².
    ///
    /// Larger than the area on the ellipsoid by the square of the scale: +171 ppm at 113.12°E in the
    /// plane of 114°E. A second figure, because survey reports carry it; never the official one.
    #[must_use]
    pub fn area_m2(&self, ground: &Ground) -> f64 {
        let rings = ground.shape().0.iter().flat_map(rings_of);
        // Shells run counter-clockwise and holes clockwise, so the signed areas add up.
        rings.map(|ring| self.ring_area_m2(ring)).sum()
    }

    fn ring_area_m2(&self, ring: &LineString<f64>) -> f64 {
        let Some(origin) = ring.0.first().map(|c| self.forward(*c)) else {
            return 0.0;
        };
        let plane: Vec<Coord<f64>> = ring.0.iter().map(|c| self.forward(*c) - origin).collect();
        plane
            .windows(2)
            .map(|p| (p[0].x * p[1].y - p[1].x * p[0].y) / 2.0)
            .sum()
    }
}

/// The Gauss-Krüger plane area around a central meridian (degrees) in m²: a labelled second figure.
#[must_use]
pub fn gauss_kruger_area_m2(ground: &Ground, central_meridian: f64) -> f64 {
    GaussKruger::around(central_meridian).area_m2(ground)
}

/// tan of the latitude from tan of the conformal latitude, by Newton's method (Karney 2011, 19–21).
fn tan_of_latitude(conformal: f64) -> f64 {
    let e = E2.sqrt();
    let mut tau = conformal / (1.0 - E2);
    // Converges quadratically; three rounds reach the last digit, two more cost nothing.
    for _ in 0..5 {
        let sigma = (e * (e * tau / 1.0_f64.hypot(tau)).atanh()).sinh();
        let guess = tau * 1.0_f64.hypot(sigma) - sigma * 1.0_f64.hypot(tau);
        let slope =
            (1.0 - E2) * 1.0_f64.hypot(guess) * 1.0_f64.hypot(tau) / (1.0 + (1.0 - E2) * tau * tau);
        tau += (conformal - guess) / slope;
    }
    tau
}
