//! Gauss-Krüger coordinates held to PROJ, and the plane area to its known excess.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use qingshan::geometry::{GaussKruger, Limits, check, gauss_kruger_area_m2};

#[test]
fn coordinates_equal_those_of_proj() {
    let oracle: serde_json::Value =
        serde_json::from_str(include_str!("oracle/gauss_kruger.json")).unwrap();
    let rows = oracle["rows"].as_array().unwrap();
    assert!(rows.len() >= 90);
    for row in rows {
        let number = |k: usize| row[k].as_f64().unwrap();
        let code = u32::try_from(row[0].as_u64().unwrap()).unwrap();
        let plane = GaussKruger::from_epsg(code).unwrap();
        let (lon_lat, metres) = (
            Coord {
                x: number(1),
                y: number(2),
            },
            Coord {
                x: number(3),
                y: number(4),
            },
        );
        let p = plane.forward(lon_lat);
        // A micrometre: the eighth decimal of a zone-prefixed easting is what f64 resolves.
        assert!(
            (p.x - metres.x).abs() < 1e-6 && (p.y - metres.y).abs() < 1e-6,
            "{row} {p:?}"
        );
        let c = plane.inverse(metres);
        assert!(
            (c.x - lon_lat.x).abs() < 1e-11 && (c.y - lon_lat.y).abs() < 1e-11,
            "{row} {c:?}"
        );
    }
}

#[test]
fn codes_outside_the_table_are_no_plane() {
    for code in [0, 3857, 4326, 4490, 4555, u32::MAX] {
        assert_eq!(GaussKruger::from_epsg(code), None);
    }
    assert_eq!(GaussKruger::three_degree_zone(19, true), None);
    assert_eq!(GaussKruger::six_degree_zone(38, true), None);
    assert!((GaussKruger::from_epsg(4526).unwrap().central_meridian() - 114.0).abs() < 1e-12);
}

#[test]
fn the_plane_shows_171_ppm_more_at_113_12_east() {
    let ring = [(0.0, 0.0), (0.002, 0.0), (0.002, 0.002), (0.0, 0.002)].map(|(x, y)| Coord {
        x: 113.119 + x,
        y: 31.949 + y,
    });
    let square = MultiPolygon::new(vec![Polygon::new(LineString(ring.to_vec()), Vec::new())]);
    let ground = check(&square, &Limits::default()).ground.unwrap();
    let ppm = (gauss_kruger_area_m2(&ground, 114.0) / ground.area_m2() - 1.0) * 1e6;
    assert!((ppm - 171.0).abs() < 1.0, "{ppm}");
}
