//! The canonical area held to the national series and to Karney's geodesic area, and to real quarries.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::PathBuf;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use qingshan::geometry::{
    Ground, Limits, check, densified, karney_area_m2, karney_area_on_densified_edges_m2,
    national_series_area_m2,
};

fn ground(polygons: Vec<Polygon<f64>>) -> Ground {
    let checked = check(&MultiPolygon::new(polygons), &Limits::default());
    checked.ground.unwrap()
}

/// A star of the county: centre, reach in degrees, arms as shares of the reach.
fn star(centre: (f64, f64), reach: f64, arms: &[f64]) -> LineString<f64> {
    let count = f64::from(u32::try_from(arms.len()).unwrap());
    (0_u32..)
        .map(f64::from)
        .zip(arms)
        .map(|(k, arm)| (k / count * std::f64::consts::TAU, arm * reach))
        .map(|(t, r)| Coord {
            x: centre.0 + r * t.cos(),
            y: centre.1 + r * t.sin(),
        })
        .collect()
}

prop_compose! {
    /// 100 m to 3 km across, anywhere in China, half of them with a hole.
    fn any_ground()(
        centre in (75.0..134.0_f64, 4.0..53.0_f64),
        reach in 0.0005..0.015_f64,
        arms in prop::collection::vec(0.5..1.0_f64, 5..60),
        with_hole in any::<bool>(),
    ) -> Ground {
        let shell = star(centre, reach, &arms);
        let hole = star(centre, reach * 0.2, &arms);
        ground(vec![Polygon::new(shell, with_hole.then_some(hole).into_iter().collect())])
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn it_is_karneys_area_on_short_edges(ground in any_ground()) {
        let (area_m2, karney_m2) =
            (ground.area_m2(), karney_area_on_densified_edges_m2(&ground, 5.0));
        prop_assert!((area_m2 / karney_m2 - 1.0).abs() < 1e-7, "{area_m2} {karney_m2}");
    }

    #[test]
    fn it_is_the_national_area_on_short_edges(ground in any_ground()) {
        let series_m2 = national_series_area_m2(&densified(&ground, 1.0));
        prop_assert!((ground.area_m2() / series_m2 - 1.0).abs() < 1e-9, "{series_m2}");
    }

    #[test]
    fn on_raw_vertices_the_others_mean_other_edges(ground in any_ground()) {
        // docs/ACCOUNTING.md: 1e-5 and 4e-5 at the county's latitude; 53° north bends edges twice as much.
        let area_m2 = ground.area_m2();
        prop_assert!((national_series_area_m2(&ground) / area_m2 - 1.0).abs() < 3e-4);
        prop_assert!((karney_area_m2(&ground) / area_m2 - 1.0).abs() < 3e-4);
    }

    #[test]
    fn winding_start_and_more_points_on_an_edge_change_nothing(
        arms in prop::collection::vec(0.5..1.0_f64, 5..60),
        start in 0_usize..60,
    ) {
        let ring = star((113.25, 32.0), 0.003, &arms);
        let area_m2 = |ring: LineString<f64>| ground(vec![Polygon::new(ring, Vec::new())]).area_m2();
        let as_drawn = area_m2(ring.clone());
        let mut turned: Vec<_> = ring.0.iter().rev().copied().collect();
        turned.rotate_left(start % arms.len());
        prop_assert!((area_m2(LineString(turned)) / as_drawn - 1.0).abs() < 1e-12);
        let dense = densified(&ground(vec![Polygon::new(ring, Vec::new())]), 7.0);
        prop_assert!((dense.area_m2() / as_drawn - 1.0).abs() < 1e-11);
    }
}

/// A graticule cell has a closed form: a²(1−e²) Δλ [sin φ / 2(1−e² sin² φ) + atanh(e sin φ) / 2e].
#[test]
fn a_graticule_cell_has_the_area_of_its_closed_form() {
    let (west, south, side) = (113.25, 32.0, 0.01_f64);
    let ring = [(0., 0.), (1., 0.), (1., 1.), (0., 1.)].map(|(x, y)| Coord {
        x: west + x * side,
        y: south + y * side,
    });
    let cell = ground(vec![Polygon::new(LineString(ring.to_vec()), Vec::new())]);
    let e = (2.0 / 298.257_222_101 - 1.0 / 298.257_222_101_f64.powi(2)).sqrt();
    let half = |lat: f64| {
        let s = lat.to_radians().sin();
        s / (2.0 * (1.0 - e * e * s * s)) + (e * s).atanh() / (2.0 * e)
    };
    let exact_m2 = 6_378_137.0_f64.powi(2)
        * (1.0 - e * e)
        * side.to_radians()
        * (half(south + side) - half(south));
    assert!(
        (cell.area_m2() / exact_m2 - 1.0).abs() < 1e-11,
        "{} {exact_m2}",
        cell.area_m2()
    );
}

/// Relation 1669599 "Sandgrube" (north of Bayreuth): of its three parts one is clockwise, and the
/// reference column subtracted it: 166,045.9 m² instead of 179,847.8 m² (pyproj 3.7.2: 179,847.7).
const WRONG_IN_THE_GOLDEN_COLUMN: &str = "1669599";

#[test]
fn real_quarries_have_the_areas_of_their_golden_column() {
    let Some(text) = testdata("osm-quarries/osm-quarry-industrial-landfill.geojson") else {
        return;
    };
    let collection: serde_json::Value = serde_json::from_str(&text).unwrap();
    let features = collection["features"].as_array().unwrap();
    assert_eq!(features.len(), 33);
    for feature in features {
        let properties = &feature["properties"];
        let id = ["osm_id", "osm_way_id"]
            .iter()
            .find_map(|key| properties[key].as_str())
            .unwrap();
        let ground = ground(polygons_of(&feature["geometry"]));
        let area_m2 = ground.area_m2();
        let karney_m2 = karney_area_on_densified_edges_m2(&ground, 5.0);
        assert!(
            (area_m2 - karney_m2).abs() < (1e-7 * karney_m2).max(1e-4),
            "{id}: {area_m2} {karney_m2}"
        );
        let golden_m2 = properties["area_m2_wgs84_geodesic"].as_f64().unwrap();
        let agrees = (area_m2 - golden_m2).abs() < (4e-5 * golden_m2).max(0.06);
        assert_eq!(
            agrees,
            id != WRONG_IN_THE_GOLDEN_COLUMN,
            "{id}: {area_m2} {golden_m2}"
        );
    }
}

fn polygons_of(geometry: &serde_json::Value) -> Vec<Polygon<f64>> {
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    assert_eq!(geometry["type"], "MultiPolygon");
    list(&geometry["coordinates"])
        .iter()
        .map(|rings| {
            let mut rings = list(rings).into_iter().map(|ring| {
                let point = |p: &serde_json::Value| Coord {
                    x: p[0].as_f64().unwrap(),
                    y: p[1].as_f64().unwrap(),
                };
                list(&ring).iter().map(point).collect::<LineString<f64>>()
            });
            let shell = rings.next().unwrap();
            Polygon::new(shell, rings.collect())
        })
        .collect()
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn testdata(name: &str) -> Option<String> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata");
    let root = std::env::var_os("QINGSHAN_TESTDATA").map_or(beside, PathBuf::from);
    let text = std::fs::read_to_string(root.join(name)).ok();
    if text.is_none() {
        eprintln!("skipped: no {name} under QINGSHAN_TESTDATA or ../shared/testdata");
    }
    text
}
