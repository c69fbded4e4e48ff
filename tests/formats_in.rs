//! Files of other programs in, the same ground out.
//!
//! The fixtures were made by GDAL 3.6.2 (`tests/fixtures/make_formats.py`); the plane areas below
//! are worked by hand from the corners in that script.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::path::PathBuf;

use qingshan::formats::crs::{self, Reading};
use qingshan::formats::vector::{
    CrsOrigin, EncodingOrigin, Format, RawFeature, ReadOptions, Source, read,
};
use qingshan::geometry::{Ground, Limits, check_rings};

/// Plane areas of the two quarries in EPSG:4547, by the shoelace formula on paper.
const PLANE_M2: [f64; 2] = [126_287.5, 32_708.125];

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/formats")
        .join(name)
}

fn read_as(name: &str, crs: Option<&str>) -> Source {
    let crs = crs.map(|text| text.parse::<Reading>().expect("a reading"));
    let options = ReadOptions {
        crs,
        ..ReadOptions::default()
    };
    read(&fixture(name), &options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn grounds(source: &Source) -> Vec<Ground> {
    let reading = source.crs.reading.as_ref().expect("a coordinate system");
    let areas = source
        .features
        .iter()
        .filter_map(|feature| feature.shape.as_ref());
    areas
        .map(|shape| {
            let stored = crs::to_stored(reading, shape).expect("a transform");
            let checked = check_rings(&stored, &Limits::default());
            checked
                .ground
                .unwrap_or_else(|| panic!("{:?}", checked.findings))
        })
        .collect()
}

fn text<'a>(feature: &'a RawFeature, name: &str) -> &'a str {
    let found = feature.attributes.iter().find(|(own, _)| own == name);
    found.map_or_else(
        || panic!("no {name} in {:?}", feature.attributes),
        |(_, text)| text,
    )
}

/// Both quarries, with the plane scale of −171.5 ppm at 113.12° E taken off, to 5e-6.
fn assert_is_the_ground(name: &str, source: &Source) {
    let grounds = grounds(source);
    assert_eq!(grounds.len(), 2, "{name}");
    for (ground, plane_m2) in grounds.iter().zip(PLANE_M2) {
        let expected = plane_m2 * (1.0 - 171.5e-6);
        let off = ground.area_m2() / expected - 1.0;
        assert!(
            off.abs() < 5e-6,
            "{name}: {} is off {expected} by {off}",
            ground.area_m2()
        );
    }
}

#[test]
fn a_gbk_shapefile_without_cpg_says_its_encoding_and_system() {
    let source = read_as("gbk_4526.shp", None);
    assert_eq!(source.format, Format::Shapefile);
    assert_eq!(
        (source.crs.reading.clone(), source.crs.origin),
        (Some(Reading::epsg(4526)), CrsOrigin::Prj)
    );
    assert_eq!(
        (source.encoding.name.as_str(), source.encoding.origin),
        ("GB18030", EncodingOrigin::Sniffed)
    );
    assert!(
        source.encoding.preview.contains(&"万和一号矿".to_owned()),
        "{:?}",
        source.encoding.preview
    );
    assert_eq!(text(&source.features[0], "名称"), "万和一号矿");
    assert_eq!(text(&source.features[1], "名称"), "草店囍石场");
    assert_eq!(source.findings, []);
    assert_is_the_ground("gbk_4526.shp", &source);
}

#[test]
fn a_zip_with_gbk_names_is_the_same_shapefile() {
    let source = read_as("gbk_names.zip", None);
    assert_eq!(source.layers, ["矿/矿界"]);
    assert_eq!(text(&source.features[1], "名称"), "草店囍石场");
    assert_is_the_ground("gbk_names.zip", &source);
}

#[test]
fn a_cpg_that_the_bytes_agree_with_is_believed() {
    let source = read_as("utf8_4547.zip", None);
    assert_eq!(
        (source.encoding.name.as_str(), source.encoding.origin),
        ("UTF-8", EncodingOrigin::Cpg)
    );
    assert_eq!(text(&source.features[0], "乡镇"), "万和镇");
    assert_is_the_ground("utf8_4547.zip", &source);
}

#[test]
fn a_geopackage_in_lon_lat_is_the_same_ground() {
    let source = read_as("sites_4490.gpkg", None);
    assert_eq!(source.crs.reading, Some(Reading::epsg(4490)));
    assert_eq!(text(&source.features[0], "矿山名称"), "万和一号矿");
    assert_eq!(text(&source.features[0], "since"), "2022/06/30");
    assert_is_the_ground("sites_4490.gpkg", &source);
}

#[test]
fn heights_are_dropped_with_a_notice() {
    let source = read_as("sites_z_4547.gpkg", None);
    let notices: Vec<_> = source
        .findings
        .iter()
        .map(|f| (f.code, f.values.clone()))
        .collect();
    assert_eq!(
        notices,
        [("geometry.z_dropped", vec![("features", "2".to_owned())])]
    );
    assert_is_the_ground("sites_z_4547.gpkg", &source);
}

#[test]
fn curves_become_chords_with_a_notice() {
    let source = read_as("curve_4547.gpkg", None);
    assert!(
        source
            .findings
            .iter()
            .any(|f| f.code == "geometry.curves_linearised")
    );
    let disc_m2 = std::f64::consts::PI * 100.0 * 100.0 * (1.0 - 171.5e-6);
    let area_m2 = grounds(&source)[0].area_m2();
    // Chords that leave the circle by 1 cm at most lose 2/3 of 1 cm times the circumference.
    assert!(
        disc_m2 - area_m2 < 5.0 && area_m2 < disc_m2 + 0.2,
        "{area_m2} of {disc_m2}"
    );
}

#[test]
fn geojson_in_gcj02_comes_back_to_the_ground_when_declared() {
    let source = read_as("gcj02.geojson", Some("GCJ-02"));
    assert_eq!(source.crs.origin, CrsOrigin::User);
    assert_is_the_ground("gcj02.geojson", &source);
    let declared = grounds(&source);
    let as_it_stands = grounds(&read_as("gcj02.geojson", None));
    let moved = declared[0].bbox().unwrap().west - as_it_stands[0].bbox().unwrap().west;
    // Some 590 m of the 625 m point east, at 94.4 km a degree.
    assert!((-0.0064..-0.0058).contains(&moved), "{moved}");
}

#[test]
fn geojson_takes_plane_coordinates_when_told() {
    assert_is_the_ground(
        "plane_4547.geojson",
        &read_as("plane_4547.geojson", Some("EPSG:4547")),
    );
}

#[test]
fn the_bureaus_text_is_the_same_ground_again() {
    let source = read_as("gbk_4547.txt", None);
    assert_eq!(source.crs.reading, Some(Reading::epsg(4547)));
    assert_eq!(text(&source.features[0], "地块名称"), "万和一号矿");
    assert_eq!(source.findings, []);
    assert!(
        source
            .features
            .iter()
            .all(|feature| feature.findings.is_empty())
    );
    assert_is_the_ground("gbk_4547.txt", &source);
}

#[test]
fn four_formats_four_systems_one_area() {
    let shapefile = read_as("gbk_4526.shp", None);
    let others = [
        ("gbk_4547.txt", None),
        ("gcj02.geojson", Some("GCJ-02")),
        ("sites_4490.gpkg", None),
    ];
    for (name, crs) in others {
        let source = read_as(name, crs);
        for (one, other) in grounds(&shapefile).iter().zip(grounds(&source)) {
            let off = one.area_m2() / other.area_m2() - 1.0;
            assert!(off.abs() < 1e-5, "{name} is off by {off}");
        }
    }
}
