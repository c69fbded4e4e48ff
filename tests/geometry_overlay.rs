//! Overlay loses no ground: areas add up, faces are disjoint and know what covers them.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use geo::{Contains, Coord, LineString, MultiPolygon, Point, Polygon};
use proptest::prelude::*;
use qingshan::geometry::{
    Face, Ground, Limits, arrange, check, difference, intersection, label_point, slivers, union,
};

fn ground(polygons: Vec<Polygon<f64>>) -> Ground {
    check(&MultiPolygon::new(polygons), &Limits::default())
        .ground
        .unwrap()
}

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
    /// A quarry or a patch of one, some 100 to 400 m across, around one place so that they overlap.
    fn patch()(
        offset in (-0.002..0.002_f64, -0.002..0.002_f64),
        reach in 0.0005..0.002_f64,
        arms in prop::collection::vec(0.4..1.0_f64, 3..40),
        with_hole in any::<bool>(),
    ) -> Ground {
        let centre = (113.25 + offset.0, 32.0 + offset.1);
        let hole = (with_hole && arms.len() > 8).then(|| star(centre, reach * 0.2, &arms));
        ground(vec![Polygon::new(star(centre, reach, &arms), hole.into_iter().collect())])
    }
}

prop_compose! {
    /// Rectangles on a coarse grid: shared edges, corners on edges and twins are the rule.
    fn block()(
        (x, y, w, h) in (0_u8..6, 0_u8..6, 1_u8..5, 1_u8..5),
    ) -> Ground {
        let corner = |dx: u8, dy: u8| Coord {
            x: 113.25 + f64::from(x + dx) * 1e-4,
            y: 32.0 + f64::from(y + dy) * 1e-4,
        };
        let ring = vec![corner(0, 0), corner(w, 0), corner(w, h), corner(0, h)];
        ground(vec![Polygon::new(LineString(ring), Vec::new())])
    }
}

fn layers() -> impl Strategy<Value = Vec<Ground>> {
    prop_oneof![
        prop::collection::vec(patch(), 1..7),
        prop::collection::vec(block(), 1..9)
    ]
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The larger of 1e-9 of the ground and 50 cm²: the grid moves a corner by at most 5 µm, and the
/// patches here have about a kilometre of outline.
fn near(a_m2: f64, b_m2: f64, of_m2: f64) -> bool {
    (a_m2 - b_m2).abs() <= (1e-9 * of_m2).max(5e-3)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn inside_and_outside_make_the_whole(a in patch(), b in patch()) {
        let (inside, outside) = (intersection(&a, &b), difference(&a, &b));
        prop_assert!(near(inside.area_m2() + outside.area_m2(), a.area_m2(), a.area_m2()));
        let joined_m2 = union(&[&a, &b]).area_m2();
        prop_assert!(near(joined_m2, b.area_m2() + outside.area_m2(), joined_m2));
        prop_assert!(near(inside.area_m2(), intersection(&b, &a).area_m2(), a.area_m2()));
    }

    #[test]
    fn faces_add_up_to_the_union_and_to_every_layer(layers in layers()) {
        let all: Vec<&Ground> = layers.iter().collect();
        let faces = arrange(&all);
        let union_m2 = union(&all).area_m2();
        let sum_m2: f64 = faces.iter().map(|face| face.area_m2).sum();
        prop_assert!(near(sum_m2, union_m2, union_m2), "{sum_m2} {union_m2}");
        for (number, layer) in layers.iter().enumerate() {
            let under_m2: f64 =
                faces.iter().filter(|face| face.is_under(number)).map(|face| face.area_m2).sum();
            prop_assert!(near(under_m2, layer.area_m2(), layer.area_m2()), "layer {number}");
        }
    }

    #[test]
    fn a_face_lies_under_just_the_layers_that_hold_its_points(layers in layers()) {
        let all: Vec<&Ground> = layers.iter().collect();
        let faces = arrange(&all);
        let mut sets: Vec<&[usize]> = faces.iter().map(|face| face.layers.as_slice()).collect();
        sets.sort_unstable();
        sets.dedup();
        prop_assert_eq!(sets.len(), faces.len(), "two faces under the same layers");
        for face in faces.iter().filter(|face| is_broad(face)) {
            let point = Point(label_point(&face.ground).unwrap());
            let holding: Vec<usize> =
                (0..layers.len()).filter(|k| layers[*k].shape().contains(&point)).collect();
            prop_assert_eq!(&holding, &face.layers);
        }
    }

    #[test]
    fn faces_do_not_overlap_and_are_measured_as_ground(layers in layers()) {
        let all: Vec<&Ground> = layers.iter().collect();
        let faces = arrange(&all);
        for (number, face) in faces.iter().enumerate() {
            prop_assert!(near(face.area_m2, face.ground.area_m2(), face.area_m2));
            prop_assert!(face.area_m2 >= 0.0);
            for other in &faces[number + 1..] {
                let both_m2 = intersection(&face.ground, &other.ground).area_m2();
                prop_assert!(both_m2 < 1e-4, "{both_m2}");
            }
        }
    }

    #[test]
    fn what_comes_out_would_be_let_in_again(layers in layers()) {
        let all: Vec<&Ground> = layers.iter().collect();
        let mut results: Vec<Ground> = arrange(&all).into_iter().map(|face| face.ground).collect();
        results.push(union(&all));
        for other in &layers[1..] {
            results.extend([difference(&layers[0], other), intersection(&layers[0], other)]);
        }
        for result in results.iter().filter(|ground| !ground.is_empty()) {
            let findings = check(result.shape(), &Limits::default()).findings;
            // A speck of a cut is dropped by nobody, and is too small to be taken in.
            let grave = findings.iter().find(|finding| finding.code != "geometry.zero_area");
            prop_assert!(grave.is_none(), "{grave:?}");
        }
    }

    #[test]
    fn a_layer_given_twice_covers_the_same_faces(layers in layers()) {
        let once: Vec<&Ground> = layers.iter().collect();
        let twice: Vec<&Ground> = layers.iter().chain(layers.first()).collect();
        let (faces, again) = (arrange(&once), arrange(&twice));
        prop_assert_eq!(faces.len(), again.len());
        for face in &again {
            prop_assert_eq!(face.is_under(0), face.is_under(layers.len()));
        }
    }
}

/// Broad enough that a point in its middle is not a matter of rounding.
fn is_broad(face: &Face) -> bool {
    face.area_m2 > 1.0 && slivers(&face.ground).count == 0
}

#[test]
fn nothing_is_arranged_from_nothing() {
    assert_eq!(arrange(&[]), []);
    assert_eq!(arrange(&[&Ground::empty(), &Ground::empty()]), []);
    assert!(union(&[]).is_empty());
    let square = ground(vec![Polygon::new(
        star((113.25, 32.0), 0.001, &[1.0; 4]),
        Vec::new(),
    )]);
    assert_eq!(difference(&square, &Ground::empty()), square);
    assert!(intersection(&square, &Ground::empty()).is_empty());
}

#[test]
fn shells_come_out_counter_clockwise_and_holes_clockwise() {
    use geo::orient::{Direction, Orient};
    let outer = ground(vec![Polygon::new(
        star((113.25, 32.0), 0.002, &[1.0; 12]),
        Vec::new(),
    )]);
    let inner = ground(vec![Polygon::new(
        star((113.25, 32.0), 0.001, &[1.0; 12]),
        Vec::new(),
    )]);
    let ring = difference(&outer, &inner);
    assert_eq!(ring.shape().0[0].interiors().len(), 1);
    assert_eq!(&ring.shape().orient(Direction::Default), ring.shape());
    for face in arrange(&[&outer, &inner]) {
        assert_eq!(
            &face.ground.shape().orient(Direction::Default),
            face.ground.shape()
        );
    }
}
