//! The coordinate text (报盘 txt) in every variant that bureaus hand over.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::io::Write;

use qingshan::formats::crs::{self, Reading};
use qingshan::formats::vector::{EncodingOrigin, ReadError, ReadOptions, Source, read};
use qingshan::geometry::{Ground, Limits, check_rings};

fn read_text(content: &[u8], crs: Option<&str>) -> Result<Source, ReadError> {
    let mut file = tempfile::Builder::new().suffix(".txt").tempfile().unwrap();
    file.write_all(content).unwrap();
    let crs = crs.map(|text| text.parse::<Reading>().expect("a reading"));
    read(
        file.path(),
        &ReadOptions {
            crs,
            ..ReadOptions::default()
        },
    )
}

fn ground(source: &Source, index: usize) -> Ground {
    let reading = source.crs.reading.as_ref().expect("a coordinate system");
    let shape = source.features[index].shape.as_ref().expect("a shape");
    let checked = check_rings(&crs::to_stored(reading, shape).unwrap(), &Limits::default());
    checked
        .ground
        .unwrap_or_else(|| panic!("{:?}", checked.findings))
}

fn codes(source: &Source) -> Vec<&'static str> {
    let of_features = source.features.iter().flat_map(|feature| &feature.findings);
    source
        .findings
        .iter()
        .chain(of_features)
        .map(|finding| finding.code)
        .collect()
}

/// A hectare drawn 83 km west of the central meridian: 10,000 m² less 171.5 ppm on the ellipsoid.
const HECTARE_M2: f64 = 10_000.0 * (1.0 - 171.5e-6);

const HEADER: &str = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n投影类型=高斯克吕格\n\
                      计量单位=米\n带号=38\n精度=0.001\n转换参数=,,,,,,\n[地块坐标]\n";

fn hectare(plot: &str, points: &str) -> String {
    format!("{HEADER}{plot}\n{points}")
}

const PLOT: &str = "5,1.0000,WH-001,万和1号矿,面,,复绿,0602,@";
const POINTS: &str = "J1,1,3534100,38416500\nJ2,1,3534100,38416600\nJ3,1,3534000,38416600\n\
                      J4,1,3534000,38416500\nJ1,1,3534100,38416500\n";

#[test]
fn every_variant_is_the_same_hectare() {
    let without = |part: &str| hectare(PLOT, &POINTS.replace(part, ""));
    let variants: [(&str, String, &[&str]); 14] = [
        ("by the book", hectare(PLOT, POINTS), &[]),
        ("no J", without("J"), &[]),
        (
            "closing point not counted",
            hectare(&PLOT.replacen('5', "4", 1), POINTS),
            &[],
        ),
        (
            "closing point absent",
            hectare(
                &PLOT.replacen('5', "4", 1),
                POINTS.trim_end_matches("J1,1,3534100,38416500\n"),
            ),
            &[],
        ),
        (
            "closing point absent but counted",
            hectare(PLOT, POINTS.trim_end_matches("J1,1,3534100,38416500\n")),
            &[],
        ),
        (
            "brackets",
            hectare(PLOT, POINTS).replace('[', "【").replace(']', "】"),
            &[],
        ),
        ("blanks", hectare(PLOT, POINTS).replace(',', " , "), &[]),
        (
            "no comma, only blanks",
            hectare(PLOT, &POINTS.replace(',', "  ")),
            &[],
        ),
        (
            "thirteen fields",
            hectare(&PLOT.replace(",@", ",图斑,水田,12,11,备注,@"), POINTS),
            &[],
        ),
        (
            "no zone prefix",
            hectare(PLOT, &POINTS.replace(",384", ",4")),
            &[],
        ),
        (
            "no header",
            format!("{PLOT}\n{POINTS}"),
            &["survey.system_missing"],
        ),
        (
            "area in square metres",
            hectare(&PLOT.replace("1.0000", "10000.0"), POINTS),
            &["survey.area_unit"],
        ),
        (
            "area in mu",
            hectare(&PLOT.replace("1.0000", "15"), POINTS),
            &["survey.area_unit"],
        ),
        (
            "east before north",
            hectare(PLOT, &swapped(POINTS)),
            &["survey.axes_swapped"],
        ),
    ];
    for (name, text, expected) in variants {
        let source = read_text(text.as_bytes(), None).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(codes(&source), expected, "{name}");
        let off = ground(&source, 0).area_m2() / HECTARE_M2 - 1.0;
        assert!(off.abs() < 5e-6, "{name}: off by {off}");
    }
}

fn swapped(points: &str) -> String {
    let swap = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        format!("{},{},{},{}\n", fields[0], fields[1], fields[3], fields[2])
    };
    points.lines().map(swap).collect()
}

#[test]
fn gbk_and_marked_utf8_are_told_apart() {
    let text = hectare(PLOT, POINTS);
    let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for (bytes, name, origin) in [
        (gbk, "GB18030", EncodingOrigin::Sniffed),
        (marked, "UTF-8", EncodingOrigin::ByteOrderMark),
    ] {
        let source = read_text(&bytes, None).unwrap();
        assert_eq!(
            (source.encoding.name.as_str(), source.encoding.origin),
            (name, origin)
        );
        assert!(
            source.features[0]
                .attributes
                .contains(&("地块名称".to_owned(), "万和1号矿".to_owned()))
        );
        assert_eq!(codes(&source), [""; 0]);
    }
}

#[test]
fn ring_two_is_a_hole_or_a_part_by_where_it_lies() {
    let inside = "J5,2,3534060,38416540\nJ6,2,3534060,38416560\nJ7,2,3534040,38416560\nJ5,2,3534060,38416540\n";
    let beside = inside.replace("384165", "384168");
    let hole = read_text(
        hectare(
            &PLOT.replace("1.0000", "0.98"),
            &format!("{POINTS}{inside}"),
        )
        .as_bytes(),
        None,
    )
    .unwrap();
    let part = read_text(
        hectare(
            &PLOT.replace("1.0000", "1.02"),
            &format!("{POINTS}{beside}"),
        )
        .as_bytes(),
        None,
    )
    .unwrap();
    let triangle_m2 = 200.0 * (1.0 - 171.5e-6);
    assert_eq!(hole.features[0].shape.as_ref().map(Vec::len), Some(1));
    assert_eq!(part.features[0].shape.as_ref().map(Vec::len), Some(2));
    assert!((ground(&hole, 0).area_m2() - HECTARE_M2 + triangle_m2).abs() < 0.1);
    assert!((ground(&part, 0).area_m2() - HECTARE_M2 - triangle_m2).abs() < 0.1);
}

#[test]
fn what_does_not_add_up_is_said() {
    let cases: [(&str, String, &[&str]); 7] = [
        (
            "count",
            hectare(&PLOT.replacen('5', "9", 1), POINTS),
            &["survey.count_differs"],
        ),
        (
            "area off by 0.6 %",
            hectare(&PLOT.replace("1.0000", "1.0060"), POINTS),
            &["survey.area_differs"],
        ),
        (
            "area off by 0.4 %",
            hectare(&PLOT.replace("1.0000", "1.0040"), POINTS),
            &[],
        ),
        (
            "zone against prefix",
            hectare(PLOT, POINTS).replace("带号=38", "带号=37"),
            &["survey.zone_contradicts"],
        ),
        (
            "closing point 5 mm off",
            hectare(
                PLOT,
                &POINTS.replacen(
                    "J1,1,3534100,38416500\nJ2",
                    "J1,1,3534100.005,38416500\nJ2",
                    1,
                ),
            ),
            &["survey.closing_point_moved"],
        ),
        (
            "a line that is none",
            hectare(PLOT, &format!("{POINTS}J5,1,三百,38416500\n")),
            &["survey.line_unreadable"],
        ),
        (
            "neither zone nor prefix",
            hectare(PLOT, &POINTS.replace(",384", ",4")).replace("带号=38\n", ""),
            &["survey.zone_missing"],
        ),
    ];
    for (name, text, expected) in cases {
        let source = read_text(text.as_bytes(), None).unwrap();
        assert_eq!(codes(&source), expected, "{name}");
    }
}

#[test]
fn points_and_lines_are_findings_not_ground() {
    let text = hectare(&PLOT.replace("面", "点"), POINTS);
    let source = read_text(text.as_bytes(), None).unwrap();
    assert_eq!(codes(&source), ["geometry.not_polygon"]);
    assert_eq!(source.features[0].shape, None);
}

#[test]
fn a_closing_point_that_does_not_close_is_left_for_the_check() {
    let open = POINTS.replacen("J1,1,3534100,38416500\nJ2", "J1,1,3534102,38416500\nJ2", 1);
    let source = read_text(hectare(PLOT, &open).as_bytes(), None).unwrap();
    let shape = source.features[0].shape.as_ref().unwrap();
    let stored = crs::to_stored(source.crs.reading.as_ref().unwrap(), shape).unwrap();
    let found = check_rings(&stored, &Limits::default()).findings;
    assert!(
        found
            .iter()
            .any(|finding| finding.code == "geometry.not_closed"),
        "{found:?}"
    );
}

#[test]
fn old_datums_are_refused_unless_the_user_decides() {
    for system in [
        "1980西安坐标系",
        "西安80",
        "80国家大地坐标系",
        "1954年北京坐标系",
    ] {
        let text = hectare(PLOT, POINTS).replace("2000国家大地坐标系", system);
        let refused = read_text(text.as_bytes(), None).unwrap_err();
        assert_eq!(refused.code(), "crs.needs_parameters", "{system}");
        assert!(read_text(text.as_bytes(), Some("EPSG:4526")).is_ok());
    }
}

#[test]
fn a_text_without_points_is_refused() {
    let refused = read_text("今天天气很好\n".as_bytes(), None).unwrap_err();
    assert_eq!(refused.code(), "format.malformed");
}
