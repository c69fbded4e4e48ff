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
        ("sites.kml", None),
    ];
    for (name, crs) in others {
        let source = read_as(name, crs);
        for (one, other) in grounds(&shapefile).iter().zip(grounds(&source)) {
            let off = one.area_m2() / other.area_m2() - 1.0;
            assert!(off.abs() < 1e-5, "{name} is off by {off}");
        }
    }
}

#[test]
fn kml_and_kmz_keep_their_extended_data() {
    for name in ["sites.kml", "sites.kmz"] {
        let source = read_as(name, None);
        assert_eq!(source.crs.reading, Some(Reading::epsg(4326)));
        assert_eq!(text(&source.features[0], "code"), "WH-001");
        assert_eq!(text(&source.features[0], "矿山名称"), "万和一号矿");
        let names = source.features[0]
            .attributes
            .iter()
            .map(|(name, _)| name.as_str());
        assert!(
            !names.clone().any(|name| name == "tessellate"),
            "{:?}",
            names.collect::<Vec<_>>()
        );
        assert_is_the_ground(name, &source);
    }
}

#[test]
fn a_zipped_geodatabase_is_the_same_ground() {
    let source = read_as("gdb_4526.zip", None);
    assert_eq!(source.format, Format::FileGdb);
    assert_eq!(source.crs.reading, Some(Reading::epsg(4526)));
    assert_eq!(text(&source.features[1], "矿山名称"), "草店囍石场");
    assert_is_the_ground("gdb_4526.zip", &source);
}

#[test]
fn a_gbk_csv_with_wkt_is_the_same_ground_once_its_system_is_said() {
    let source = read_as("gbk_wkt.csv", None);
    assert_eq!(source.crs.origin, CrsOrigin::Nowhere);
    assert_eq!(source.encoding.name, "GB18030");
    let source = read_as("gbk_wkt.csv", Some("CGCS2000"));
    assert_eq!(text(&source.features[0], "日期"), "2022年6月30日");
    assert_is_the_ground("gbk_wkt.csv", &source);
}

#[test]
fn closed_lines_of_a_drawing_are_ground_and_bent_ones_are_told() {
    let source = read_as("gbk_4526.dxf", Some("4526"));
    assert_eq!(source.encoding.name, "GB18030");
    assert_eq!(source.layers, ["万和镇", "草店镇", "水塘"]);
    let areas: Vec<f64> = grounds(&source).iter().map(Ground::area_m2).collect();
    // The first quarry is an outline with its hole, and a part that is a feature of its own.
    let disc_m2 = std::f64::consts::PI * 50.0 * 50.0;
    let expected = [124_087.5, 2_200.0, PLANE_M2[1], disc_m2];
    assert_eq!(areas.len(), expected.len());
    for (area, plane_m2) in areas.iter().zip(expected) {
        // GDAL draws arcs with a vertex every 4 degrees: 0.08 % of the disc.
        let tolerance = if plane_m2 < disc_m2 + 1.0 && plane_m2 > 7_000.0 {
            1e-3
        } else {
            5e-6
        };
        assert!(
            (area / (plane_m2 * (1.0 - 171.5e-6)) - 1.0).abs() < tolerance,
            "{area} {plane_m2}"
        );
    }
    let told: Vec<_> = source
        .findings
        .iter()
        .map(|f| (f.code, f.values.clone()))
        .collect();
    let count = |code, count: &str| (code, vec![("count", count.to_owned())]);
    let bulges = vec![
        ("kind", "LWPOLYLINE bulge".to_owned()),
        ("count", "2".to_owned()),
    ];
    assert_eq!(
        told,
        [
            count("dxf.rings_taken_as_holes", "1"),
            count("dxf.open_lines_ignored", "1"),
            ("dxf.curves_linearised", bulges),
        ]
    );
}

#[test]
fn a_ledger_is_read_below_its_titles() {
    use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook};
    let file = tempfile::Builder::new()
        .suffix(".xlsx")
        .tempfile()
        .expect("a file");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let write = |sheet: &mut rust_xlsxwriter::Worksheet, row, column, text: &str| {
        sheet.write_string(row, column, text).expect("a cell");
    };
    write(sheet, 0, 0, "随县采石场生态修复台账");
    write(sheet, 1, 3, "单位：亩");
    for (column, name) in ["矿山编号", "名称", "责任\n单位", "日期", "覆土厚度"]
        .into_iter()
        .enumerate()
    {
        write(sheet, 2, u16::try_from(column).expect("small"), name);
    }
    write(sheet, 3, 0, "WH-001");
    write(sheet, 3, 1, "万和一号矿");
    write(sheet, 3, 2, "某石材公司");
    let date = ExcelDateTime::from_ymd(2022, 6, 30).expect("a date");
    let style = Style::new().set_num_format("yyyy/m/d");
    sheet
        .write_datetime_with_format(3, 3, &date, &style)
        .expect("a cell");
    sheet.write_number(3, 4, 30).expect("a cell");
    write(sheet, 4, 0, "合计");
    sheet.write_number(4, 4, 30).expect("a cell");
    book.save(file.path()).expect("a workbook");
    let source = read(file.path(), &ReadOptions::default()).expect("a ledger");
    assert_eq!(source.features.len(), 1);
    let row = &source.features[0];
    assert_eq!(
        (
            text(row, "责任单位"),
            text(row, "日期"),
            text(row, "覆土厚度")
        ),
        ("某石材公司", "2022-06-30", "30")
    );
    assert!(row.findings.is_empty() && row.shape.is_none());
    assert_eq!(source.findings[0].code, "ledger.rows_above_header");
}

/// Areas of real quarries by pyproj (WGS 84 geodesics on the raw vertices), kept in their file.
#[test]
fn real_quarries_have_the_areas_of_another_tool() {
    let folder = std::env::var_os("QINGSHAN_TESTDATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata"),
        PathBuf::from,
    );
    let path = folder.join("osm-quarries/osm-quarry-industrial-landfill.geojson");
    if !path.exists() {
        eprintln!("SKIPPED: no {}; set QINGSHAN_TESTDATA", path.display());
        return;
    }
    let source = read(&path, &ReadOptions::default()).expect("a GeoJSON");
    let grounds = grounds(&source);
    assert_eq!((grounds.len(), source.features.len()), (33, 33));
    let mut wrong = Vec::new();
    for (ground, feature) in grounds.iter().zip(&source.features) {
        let golden_m2: f64 = text(feature, "area_m2_wgs84_geodesic")
            .parse()
            .expect("a number");
        // Geodesic edges against straight ones: 4e-5; the column is rounded to 0.1 m².
        let off_m2 = (ground.area_m2() - golden_m2).abs();
        if off_m2 > (4e-5 * golden_m2).max(0.06) {
            wrong.push((feature.number, off_m2));
        }
    }
    // One column is wrong itself: a clockwise part of a multipolygon was subtracted there.
    let [(number, off_m2)] = wrong.as_slice() else {
        panic!("{wrong:?}")
    };
    let shape = source.features[usize::try_from(number - 1).expect("small")]
        .shape
        .as_ref();
    assert!(
        shape.is_some_and(|parts| parts.len() > 1) && *off_m2 > 1.0,
        "{number} {off_m2}"
    );
}
