//! The gate in front of every area: what it lets in, what it refuses and where, what it proposes.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use geo::{Coord, LineString, MultiPolygon, Polygon};
use qingshan::geometry::{Checked, Finding, Limits, Severity, check, check_rings};

/// One unit of the sketches below in degrees: a 10 × 10 square is some 110 m wide.
const UNIT: f64 = 1e-4;
const ORIGIN: (f64, f64) = (113.25, 32.0);

type Sketch<'a> = &'a [(f64, f64)];

fn ring(sketch: Sketch) -> LineString<f64> {
    LineString(
        sketch
            .iter()
            .map(|(x, y)| Coord {
                x: ORIGIN.0 + x * UNIT,
                y: ORIGIN.1 + y * UNIT,
            })
            .collect(),
    )
}

fn checked(polygons: &[&[Sketch]]) -> Checked {
    let rings: Vec<Vec<LineString<f64>>> = polygons
        .iter()
        .map(|rings| rings.iter().map(|sketch| ring(sketch)).collect())
        .collect();
    check_rings(&rings, &Limits::default())
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

/// Area in square units of the sketch.
fn units2(area_m2: f64) -> f64 {
    let square = checked(&[&[SQUARE]]).ground.unwrap().area_m2() / 100.0;
    area_m2 / square
}

fn sketched(finding: &Finding) -> (f64, f64) {
    let place = finding.place.unwrap();
    ((place.lon - ORIGIN.0) / UNIT, (place.lat - ORIGIN.1) / UNIT)
}

const SQUARE: Sketch = &[(0., 0.), (10., 0.), (10., 10.), (0., 10.), (0., 0.)];
const HOLE: Sketch = &[(2., 2.), (2., 4.), (4., 4.), (4., 2.), (2., 2.)];
const FAR_SQUARE: Sketch = &[(20., 0.), (30., 0.), (30., 10.), (20., 10.), (20., 0.)];
const BOW_TIE: Sketch = &[(0., 0.), (10., 10.), (10., 0.), (0., 10.), (0., 0.)];

#[test]
fn sound_shapes_pass_whatever_their_winding() {
    let clockwise: Vec<_> = SQUARE.iter().rev().copied().collect();
    let turned_hole: Vec<_> = HOLE.iter().rev().copied().collect();
    for (shell, hole) in [(SQUARE, HOLE), (&clockwise, &turned_hole[..])] {
        let checked = checked(&[&[shell, hole], &[FAR_SQUARE]]);
        assert_eq!(codes(&checked), Vec::<&str>::new());
        let ground = checked.ground.unwrap();
        assert!((units2(ground.area_m2()) - 196.0).abs() < 0.01);
        let first = &ground.shape().0[0];
        assert_eq!(first.exterior(), &ring(SQUARE));
        assert_eq!(first.interiors()[0], ring(HOLE));
    }
}

#[test]
fn rings_may_touch_at_points() {
    let hole_on_corner: Sketch = &[(0., 0.), (2., 4.), (4., 2.), (0., 0.)];
    let hole_on_edge: Sketch = &[(5., 0.), (4., 4.), (6., 4.), (5., 0.)];
    let hole_on_hole: Sketch = &[(4., 4.), (4., 6.), (6., 6.), (4., 4.)];
    let part_on_corner: Sketch = &[(10., 10.), (20., 10.), (20., 20.), (10., 10.)];
    let part_on_edge: Sketch = &[(10., 5.), (20., 3.), (20., 7.), (10., 5.)];
    let part_in_hole: Sketch = &[(2.5, 2.5), (3.5, 2.5), (3., 3.5), (2.5, 2.5)];
    let part_hanging_in_hole: Sketch = &[(2., 2.), (3.5, 2.5), (3., 3.5), (2., 2.)];
    let shapes: [&[&[Sketch]]; 7] = [
        &[&[SQUARE, hole_on_corner]],
        &[&[SQUARE, hole_on_edge]],
        &[&[SQUARE, HOLE, hole_on_hole]],
        &[&[SQUARE], &[part_on_corner]],
        &[&[SQUARE], &[part_on_edge]],
        &[&[SQUARE, HOLE], &[part_in_hole]],
        &[&[SQUARE, HOLE], &[part_hanging_in_hole]],
    ];
    for (number, shape) in shapes.into_iter().enumerate() {
        let checked = checked(shape);
        assert_eq!(codes(&checked), Vec::<&str>::new(), "shape {number}");
        assert!(checked.ground.is_some(), "shape {number}");
    }
}

#[test]
fn surveyed_vertices_are_kept_as_they_came() {
    let with_points_on_edges: Sketch = &[
        (0., 0.),
        (5., 0.),
        (5., 0.),
        (10., 0.),
        (10., 5.),
        (10., 10.),
        (0., 10.),
        (0., 0.),
    ];
    let checked = checked(&[&[with_points_on_edges]]);
    assert_eq!(codes(&checked), ["geometry.duplicate_points"]);
    assert_eq!(checked.findings[0].severity, Severity::Notice);
    assert_eq!(
        checked.ground.unwrap().shape().0[0].exterior(),
        &ring(with_points_on_edges)
    );
}

/// One broken sketch, the code it must get and, where it has a place, that place.
type Refusal<'a> = (&'static str, &'a [&'a [Sketch<'a>]], Option<(f64, f64)>);

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn broken_shapes_are_refused_with_code_and_place() {
    let spike: Sketch = &[
        (0., 0.),
        (10., 0.),
        (10., 10.),
        (5., 10.),
        (5., 14.),
        (5., 10.),
        (0., 10.),
        (0., 0.),
    ];
    let unclosed: Sketch = &[(0., 0.), (10., 0.), (10., 10.), (0., 10.)];
    let line: Sketch = &[(0., 0.), (5., 5.), (10., 10.), (0., 0.)];
    let two: Sketch = &[(0., 0.), (5., 5.), (0., 0.)];
    let eight: Sketch = &[
        (0., 0.),
        (5., 5.),
        (10., 0.),
        (10., 10.),
        (5., 5.),
        (0., 10.),
        (0., 0.),
    ];
    let touches_own_edge: Sketch = &[
        (0., 0.),
        (10., 0.),
        (10., 10.),
        (5., 0.),
        (0., 10.),
        (0., 0.),
    ];
    let over_edge: Sketch = &[(8., 2.), (13., 2.), (13., 5.), (8., 5.), (8., 2.)];
    let along_edge: Sketch = &[(10., 2.), (8., 2.), (8., 5.), (10., 5.), (10., 2.)];
    let over_hole: Sketch = &[(3., 3.), (6., 3.), (6., 6.), (3., 6.), (3., 3.)];
    let in_hole: Sketch = &[(2.5, 2.5), (3.5, 2.5), (3., 3.5), (2.5, 2.5)];
    let beside: Sketch = &[(10., 0.), (20., 0.), (20., 10.), (10., 10.), (10., 0.)];
    let inside: Sketch = &[(5., 5.), (8., 5.), (8., 8.), (5., 8.), (5., 5.)];
    let across: Sketch = &[(0., 0.), (5., 3.), (10., 0.), (5., 1.), (0., 0.)];
    let through_corner: Sketch = &[(5., 5.), (10., 10.), (12., 14.), (14., 12.), (5., 5.)];
    let tiny: Sketch = &[(0., 0.), (1e-4, 0.), (1e-4, 1e-4), (0., 0.)];
    let refusals: &[Refusal] = &[
        ("geometry.self_intersects", &[&[BOW_TIE]], Some((5., 5.))),
        ("geometry.self_intersects", &[&[eight]], Some((5., 5.))),
        (
            "geometry.self_intersects",
            &[&[touches_own_edge]],
            Some((5., 0.)),
        ),
        ("geometry.spike", &[&[spike]], Some((5., 14.))),
        ("geometry.not_closed", &[&[unclosed]], Some((0., 10.))),
        ("geometry.zero_area", &[&[line]], None),
        ("geometry.zero_area", &[&[tiny]], None),
        ("geometry.too_few_points", &[&[two]], None),
        ("geometry.too_few_points", &[&[SQUARE], &[]], None),
        (
            "geometry.hole_outside",
            &[&[SQUARE, over_edge]],
            Some((10., 2.)),
        ),
        (
            "geometry.hole_outside",
            &[&[SQUARE, along_edge]],
            Some((10., 2.)),
        ),
        (
            "geometry.hole_outside",
            &[&[SQUARE, FAR_SQUARE]],
            Some((20., 0.)),
        ),
        ("geometry.hole_outside", &[&[SQUARE, through_corner]], None),
        (
            "geometry.holes_overlap",
            &[&[SQUARE, HOLE, over_hole]],
            Some((3., 4.)),
        ),
        (
            "geometry.holes_overlap",
            &[&[SQUARE, HOLE, in_hole]],
            Some((2.5, 2.5)),
        ),
        (
            "geometry.parts_overlap",
            &[&[SQUARE], &[over_edge]],
            Some((10., 2.)),
        ),
        (
            "geometry.parts_overlap",
            &[&[SQUARE], &[beside]],
            Some((10., 0.)),
        ),
        (
            "geometry.parts_overlap",
            &[&[SQUARE], &[inside]],
            Some((5., 5.)),
        ),
        ("geometry.duplicate_ring", &[&[SQUARE], &[SQUARE]], None),
        ("geometry.duplicate_ring", &[&[SQUARE, HOLE, HOLE]], None),
        ("geometry.inside_cut", &[&[SQUARE, across]], None),
    ];
    for (number, (code, shape, place)) in refusals.iter().enumerate() {
        let checked = checked(shape);
        assert!(checked.ground.is_none(), "{number} {code}");
        let finding = checked.findings.iter().find(|f| f.code == *code);
        let Some(finding) = finding else {
            panic!("{number} {code}: {:?}", checked.findings)
        };
        if let Some((x, y)) = place {
            let (lon, lat) = sketched(finding);
            assert!(
                (lon - x).abs() < 1e-6 && (lat - y).abs() < 1e-6,
                "{number} {finding:?}"
            );
        }
    }
}

#[test]
fn an_empty_feature_is_a_finding() {
    assert_eq!(
        codes(&check(&MultiPolygon::new(Vec::new()), &Limits::default())),
        ["geometry.empty"]
    );
    let hollow = Polygon::new(LineString(Vec::new()), Vec::new());
    let checked = check(&MultiPolygon::new(vec![hollow]), &Limits::default());
    assert_eq!(codes(&checked), ["geometry.empty"]);
}

#[test]
fn numbers_that_are_no_place_are_refused_before_anything_is_measured() {
    let square = |low: Coord<f64>, side: f64| {
        let corner = |x: f64, y: f64| Coord {
            x: low.x + x * side,
            y: low.y + y * side,
        };
        let ring = [(0., 0.), (1., 0.), (1., 1.), (0., 1.)].map(|(x, y)| corner(x, y));
        MultiPolygon::new(vec![Polygon::new(LineString(ring.to_vec()), Vec::new())])
    };
    let at = |x: f64, y: f64| Coord { x, y };
    let cases = [
        ("geometry.not_finite", square(at(f64::NAN, 32.0), 0.01)),
        (
            "geometry.not_finite",
            square(at(113.0, f64::NEG_INFINITY), 0.01),
        ),
        ("geometry.out_of_range", square(at(113.0, 32.0), 1e308)),
        (
            "geometry.out_of_range",
            square(at(440_391.0, 3_528_719.0), 100.0),
        ),
        ("geometry.out_of_range", square(at(32.0, 113.0), 0.01)),
        ("geometry.near_pole", square(at(113.0, 89.0), 1.0)),
        // The world, and a square from 179°E over the antimeridian to 179°W as its numbers read.
        ("geometry.near_pole", square(at(-180.0, -90.0), 180.0)),
        ("geometry.too_wide", square(at(-80.0, -80.0), 160.0)),
        ("geometry.too_wide", square(at(-179.0, 0.0), 80.0)),
    ];
    for (code, shape) in cases {
        let checked = check(&shape, &Limits::default());
        assert_eq!(codes(&checked), [code]);
        assert!(checked.ground.is_none() && checked.repair.is_none());
    }
}

#[test]
fn the_vertex_cap_is_exact() {
    let circle = |n: u32| {
        let ring: Vec<Coord<f64>> = (0..n)
            .map(|k| f64::from(k) / f64::from(n) * std::f64::consts::TAU)
            .map(|t| Coord {
                x: 113.25 + 0.01 * t.cos(),
                y: 32.0 + 0.01 * t.sin(),
            })
            .collect();
        MultiPolygon::new(vec![Polygon::new(LineString(ring), Vec::new())])
    };
    let limits = Limits {
        most_vertices: 1000,
        ..Limits::default()
    };
    assert!(check(&circle(1000), &limits).ground.is_some());
    let over = check(&circle(1001), &limits);
    assert_eq!(codes(&over), ["geometry.too_many_vertices"]);
    assert!(
        over.findings[0]
            .values
            .contains(&("vertices", "1001".to_string()))
    );
}

/// Areas of `GEOSMakeValid` with `METHOD=structure`, GEOS 3.14.1, in square units of the sketch.
#[test]
fn repairs_are_proposed_with_the_areas_of_the_structure_method() {
    let over_edge: Sketch = &[(5., 4.), (15., 4.), (15., 7.), (5., 7.), (5., 4.)];
    let hole_a: Sketch = &[(1., 1.), (5., 1.), (5., 5.), (1., 5.), (1., 1.)];
    let hole_b: Sketch = &[(3., 3.), (7., 3.), (7., 7.), (3., 7.), (3., 3.)];
    let looped: Sketch = &[
        (0., 0.),
        (10., 0.),
        (10., 6.),
        (6., 6.),
        (6., 12.),
        (12., 12.),
        (12., 4.),
        (8., 4.),
        (8., 10.),
        (0., 10.),
        (0., 0.),
    ];
    let twice: Sketch = &[
        (0., 0.),
        (10., 0.),
        (10., 10.),
        (0., 10.),
        (0., 0.),
        (10., 0.),
        (10., 10.),
        (0., 10.),
        (0., 0.),
    ];
    let unclosed: Sketch = &[(0., 0.), (10., 0.), (10., 10.), (0., 10.)];
    let beside: Sketch = &[(10., 0.), (20., 0.), (20., 10.), (10., 10.), (10., 0.)];
    let cases: &[(&[&[Sketch]], f64)] = &[
        (&[&[BOW_TIE]], 50.0),
        (&[&[SQUARE, over_edge]], 85.0),
        (&[&[SQUARE, hole_a, hole_b]], 72.0),
        (&[&[looped]], 112.0),
        (&[&[twice]], 100.0),
        (&[&[unclosed]], 100.0),
        (&[&[SQUARE], &[beside]], 200.0),
        (&[&[SQUARE, FAR_SQUARE]], 200.0),
    ];
    for (number, (shape, after)) in cases.iter().enumerate() {
        let checked = checked(shape);
        assert!(checked.ground.is_none(), "{number}");
        let Some(repair) = checked.repair else {
            panic!("no repair for {number}")
        };
        assert!(
            (units2(repair.after_m2) - after).abs() < 0.01,
            "{number}: {}",
            units2(repair.after_m2)
        );
        assert!(repair.before_m2.is_some());
        let again = check(repair.ground.shape(), &Limits::default());
        assert_eq!(codes(&again), Vec::<&str>::new(), "{number}");
    }
}

/// Touching, shared edges and collinear points by the hundred, judged by GEOS 3.14.1
/// (`tests/oracle/geometry_validity.py`).
#[test]
fn what_geos_calls_valid_passes_and_nothing_else() {
    let corpus: serde_json::Value =
        serde_json::from_str(include_str!("oracle/validity.json")).unwrap();
    let cases = corpus["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 800);
    for (number, case) in cases.iter().enumerate() {
        let polygons: Vec<Vec<LineString<f64>>> = case["polygons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rings| rings.as_array().unwrap().iter().map(dyadic_ring).collect())
            .collect();
        let checked = check_rings(&polygons, &Limits::default());
        let valid = case["valid"].as_bool().unwrap();
        assert_eq!(
            checked.ground.is_some(),
            valid,
            "case {number}: {case} {:?}",
            checked.findings
        );
        if let Some(repair) = checked.repair {
            let again = check(repair.ground.shape(), &Limits::default());
            assert!(
                again.ground.is_some(),
                "case {number}: repair {:?}",
                again.findings
            );
        }
    }
}

/// Grid steps of 1/1024 degree keep what is collinear on the grid collinear in f64.
fn dyadic_ring(ring: &serde_json::Value) -> LineString<f64> {
    let number = |value: &serde_json::Value, k: usize| value[k].as_f64().unwrap();
    ring.as_array()
        .unwrap()
        .iter()
        .map(|p| Coord {
            x: 113.0 + number(p, 0) / 1024.0,
            y: 32.0 + number(p, 1) / 1024.0,
        })
        .collect()
}
