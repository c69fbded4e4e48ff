//! Hostile and broken files (oversized, tangled, lying, archived, nested in other formats), each with its expected code.
//!
//! Every file is given to the real program in a process of its own with 3 GB of address space. It
//! must end with the code and exit code expected, without a panic, must write nothing to the ledger,
//! leave nothing in the temporary folder, read no other file and open no connection.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a snapshot borrows"
)]

#[path = "hostile_files/archives.rs"]
mod archives;
#[path = "hostile_files/databases.rs"]
mod databases;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use archives::{Entry, raw_zip};
use qingshan::formats::vector::{ReadOptions, read};
use qingshan::store::Store;

/// What stands in the canary file; it must never be printed.
const SECRET: &str = "canary-7f3a";

struct Case {
    /// The file's name, or a path when there are no bytes.
    name: String,
    bytes: Option<Vec<u8>>,
    args: Vec<&'static str>,
    code: &'static str,
}

fn case(name: &str, bytes: impl Into<Vec<u8>>, code: &'static str) -> Case {
    Case {
        name: name.to_owned(),
        bytes: Some(bytes.into()),
        args: Vec::new(),
        code,
    }
}

fn with(mut case: Case, args: &[&'static str]) -> Case {
    case.args.extend(args);
    case
}

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/formats")
        .join(name);
    std::fs::read(path).unwrap()
}

fn feature(coordinates: &str) -> String {
    feature_of(&format!(
        r#"{{"type":"Polygon","coordinates":{coordinates}}}"#
    ))
}

fn feature_of(geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{"site_code":"H-1"}},"geometry":{geometry}}}"#)
}

/// A square of about 100 m near Wanhe with its south-west corner at these offsets of 0.001 degrees.
fn square(x: u32, y: u32, side: u32) -> String {
    let corner = |dx: u32, dy: u32| format!("[113.1{:03},31.9{:03}]", x + dx, y + dy);
    let corners = [
        corner(0, 0),
        corner(side, 0),
        corner(side, side),
        corner(0, side),
        corner(0, 0),
    ];
    format!("[{}]", corners.join(","))
}

fn with_crs_80(shp: &[u8]) -> Vec<Entry> {
    let wkt = r#"PROJCS["Xian_1980_3_Degree_GK_Zone_38",GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",38500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
    vec![
        Entry::stored("a.shp", shp),
        Entry::stored("a.shx", &fixture("gbk_4526.shx")),
        Entry::stored("a.dbf", &fixture("gbk_4526.dbf")),
        Entry::stored("a.prj", wkt.as_bytes()),
    ]
}

fn disguises(canary: &Path, port: u16) -> Vec<Case> {
    let canary = canary.display();
    let raster = format!(
        r#"<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename relativeToVRT="0">{canary}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"#
    );
    let vector = format!(
        r#"<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:{port}/x.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#
    );
    let wms = format!(
        r#"<GDAL_WMS><Service name="WMS"><ServerUrl>http://127.0.0.1:{port}/</ServerUrl></Service></GDAL_WMS>"#
    );
    let link = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"http://127.0.0.1:{port}/crs"}}}},"features":[{}]}}"#,
        feature(&format!("[{}]", square(0, 0, 1)))
    );
    let network = format!(
        r#"<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>http://127.0.0.1:{port}/a.kml</href></Link></NetworkLink></Document></kml>"#
    );
    let entity = format!(
        r#"<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file://{canary}">]><kml><Document><name>&x;</name></Document></kml>"#
    );
    let url = |text: String| Case {
        name: text,
        bytes: None,
        args: vec![],
        code: "format.not_found",
    };
    vec![
        case("vrt.tif", raster.clone(), "format.not_allowed"),
        case("vrt.geojson", vector.clone(), "format.not_allowed"),
        case("vrt.shp", vector.clone(), "format.not_allowed"),
        case("vrt.gpkg", raster, "format.not_allowed"),
        case("vrt.kml", vector.clone(), "format.not_allowed"),
        case("vrt.csv", vector.clone(), "format.not_allowed"),
        case("vrt.vrt", vector, "format.not_allowed"),
        case("wms.kml", wms, "format.not_allowed"),
        case("link.geojson", link, "crs.missing"),
        case("network.kml", network, "format.empty"),
        case("entity.kml", entity, "format.not_allowed"),
        case(
            "page.geojson",
            "<!DOCTYPE html><html></html>",
            "format.not_allowed",
        ),
        case(
            "picture.geojson",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
            "format.content_mismatch",
        ),
        case(
            "binary.dxf",
            b"AutoCAD Binary DXF\r\n\x1a\0".as_slice(),
            "format.content_mismatch",
        ),
        case("text.zip", "not a zip", "format.content_mismatch"),
        case(
            "zip.gpkg",
            fixture("gbk_names.zip"),
            "format.content_mismatch",
        ),
        case("program.exe", "MZ", "format.not_allowed"),
        url(format!("http://127.0.0.1:{port}/x.geojson")),
        url(format!("/vsicurl/http://127.0.0.1:{port}/x.geojson")),
        url("MEM:::DATAPOINTER=0,PIXELS=1,LINES=1".to_owned()),
        Case {
            name: "/dev/zero".to_owned(),
            bytes: None,
            args: vec![],
            code: "format.not_a_file",
        },
        Case {
            name: "/tmp".to_owned(),
            bytes: None,
            args: vec![],
            code: "format.not_a_file",
        },
    ]
}

fn json() -> Vec<Case> {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let many = {
        use std::fmt::Write as _;
        let mut ring = String::new();
        for step in 0..200_001_u32 {
            let angle = std::f64::consts::TAU * f64::from(step) / 200_001.0;
            write!(
                ring,
                "[{},{}],",
                113.1 + 0.01 * angle.cos(),
                31.9 + 0.01 * angle.sin()
            )
            .unwrap();
        }
        feature(&format!("[[{ring}[113.11,31.9]]]"))
    };
    let collection = (0..100).fold(
        r#"{"type":"Point","coordinates":[113,31]}"#.to_owned(),
        |inner, _| format!(r#"{{"type":"GeometryCollection","geometries":[{inner}]}}"#),
    );
    let one = |coordinates: &str| feature(coordinates);
    vec![
        case("deep.json", deep.clone(), "format.malformed"),
        case("deep.geojson", feature(&deep), "format.too_deep"),
        case(
            "collections.geojson",
            feature_of(&collection),
            "format.too_deep",
        ),
        case("many_vertices.geojson", many, "geometry.too_many_vertices"),
        case("empty.geojson", "", "format.empty"),
        case("blank.geojson", "   \n", "format.content_mismatch"),
        case(
            "nothing.geojson",
            r#"{"type":"FeatureCollection","features":[]}"#,
            "format.empty",
        ),
        case(
            "cut.geojson",
            &one(&format!("[{}]", square(0, 0, 1))).as_bytes()[..90],
            "format.truncated",
        ),
        case(
            "nan.geojson",
            one("[[[NaN,31.9],[113.1,31.9],[113.1,32],[NaN,31.9]]]"),
            "format.malformed",
        ),
        case(
            "huge_number.geojson",
            one("[[[1e999,31.9],[113.1,31.9],[113.1,32],[1e999,31.9]]]"),
            "format.malformed",
        ),
        case(
            "far_away.geojson",
            one("[[[1e308,1e308],[-1e308,1e308],[0,-1e308],[1e308,1e308]]]"),
            "crs.not_degrees",
        ),
        case("numbers.geojson", "[1,2,3]", "format.malformed"),
        case(
            "topology.json",
            r#"{"type":"Topology","objects":{}}"#,
            "format.malformed",
        ),
        case(
            "words.geojson",
            one(r#"[[["a","b"],[1,2],[3,4],["a","b"]]]"#),
            "geometry.malformed",
        ),
        case(
            "latin1.geojson",
            b"{\"type\":\"\xff\xfe\"}".as_slice(),
            "format.malformed",
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn shapes() -> Vec<Case> {
    let ring = |points: &[(u32, u32)]| {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("[113.1{x:03},31.9{y:03}]"))
            .collect();
        format!("[[{}]]", points.join(","))
    };
    let two = |a: String, b: String| {
        feature_of(&format!(
            r#"{{"type":"MultiPolygon","coordinates":[[{a}],[{b}]]}}"#
        ))
    };
    let hole = |a: String, b: String| feature(&format!("[{a},{b}]"));
    let world = "[[[-180,-80],[180,-80],[180,80],[-180,80],[-180,-80]]]";
    let cases = [
        (
            "bow_tie",
            feature(&ring(&[(0, 0), (9, 9), (9, 0), (0, 9), (0, 0)])),
            "geometry.self_intersects",
        ),
        (
            "spike",
            feature(&ring(&[
                (0, 0),
                (9, 0),
                (9, 9),
                (20, 20),
                (9, 9),
                (0, 9),
                (0, 0),
            ])),
            "geometry.spike",
        ),
        (
            "open",
            feature(&ring(&[(0, 0), (9, 0), (9, 9), (0, 9)])),
            "geometry.not_closed",
        ),
        (
            "line",
            feature(&ring(&[(0, 0), (5, 5), (9, 9), (0, 0)])),
            "geometry.zero_area",
        ),
        (
            "two_points",
            feature(&ring(&[(0, 0), (9, 9), (0, 0)])),
            "geometry.too_few_points",
        ),
        (
            "twice",
            two(square(0, 0, 9), square(0, 0, 9)),
            "geometry.duplicate_ring",
        ),
        (
            "overlap",
            two(square(0, 0, 9), square(5, 5, 9)),
            "geometry.parts_overlap",
        ),
        (
            "hole_outside",
            hole(square(0, 0, 9), square(20, 20, 3)),
            "geometry.hole_outside",
        ),
        (
            "hole_across",
            hole(square(0, 0, 9), square(5, 5, 9)),
            "geometry.hole_outside",
        ),
        ("null", feature_of("null"), "geometry.missing"),
        ("no_rings", feature("[]"), "geometry.missing"),
        (
            "point",
            feature_of(r#"{"type":"Point","coordinates":[113.1,31.9]}"#),
            "geometry.not_polygon",
        ),
        (
            "swapped",
            feature("[[[31.9,113.1],[32,113.1],[32,113.2],[31.9,113.1]]]"),
            "geometry.out_of_range",
        ),
        (
            "plane",
            feature("[[[416400,3534000],[416500,3534000],[416500,3534100],[416400,3534000]]]"),
            "crs.not_degrees",
        ),
        ("world", feature(world), "geometry.too_wide"),
        (
            "antimeridian",
            feature("[[[179,31],[-179,31],[-179,32],[179,32],[179,31]]]"),
            "geometry.too_wide",
        ),
        (
            "pole",
            feature("[[[113,86],[114,86],[114,87],[113,87],[113,86]]]"),
            "geometry.near_pole",
        ),
    ];
    let named =
        |(name, text, code): (&str, String, _)| case(&format!("{name}.geojson"), text, code);
    cases.into_iter().map(named).collect()
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn archives() -> Vec<Case> {
    let shp = fixture("gbk_4526.shp");
    let plain = |name: &str| Entry::stored(name, &shp);
    let bomb = Entry::deflated("a.shp", &vec![0_u8; 40_000_000]);
    let crowd: Vec<Entry> = (0..201)
        .map(|n| Entry::stored(&format!("{n}.shp"), b"x"))
        .collect();
    let mut lying = raw_zip(&[plain("a.shp")]);
    // The end record's count of entries, 12 bytes before the end, says 65,535.
    let end = lying.len();
    lying[end - 14..end - 10].copy_from_slice(&[0xFF; 4]);
    let mut truncated = shp.clone();
    truncated.truncate(200);
    let mut lying_counts = shp.clone();
    // Number of points of the first record: 100 header + 8 record head + 40.
    lying_counts[148..152].copy_from_slice(&u32::MAX.to_le_bytes());
    let no_prj: Vec<Entry> = with_crs_80(&shp).into_iter().take(3).collect();
    let broken_dbf = vec![plain("a.shp"), Entry::stored("a.dbf", b"\x03short")];
    let with_shp = |bytes: &[u8]| raw_zip(&with_crs_80(bytes));
    vec![
        case(
            "slip.zip",
            raw_zip(&[plain("../evil.shp")]),
            "archive.unsafe_name",
        ),
        case(
            "backslash.zip",
            raw_zip(&[plain("..\\evil.shp")]),
            "archive.unsafe_name",
        ),
        case(
            "absolute.zip",
            raw_zip(&[plain("/etc/evil.shp")]),
            "archive.unsafe_name",
        ),
        case(
            "drive.zip",
            raw_zip(&[plain("C:\\evil.shp")]),
            "archive.unsafe_name",
        ),
        case(
            "link.zip",
            raw_zip(&[Entry::link("a.shp", "/etc/passwd")]),
            "archive.link",
        ),
        case("bomb.zip", raw_zip(&[bomb]), "archive.ratio"),
        case(
            "overlap.zip",
            raw_zip(&[plain("a.shp"), Entry::same_bytes("b.shp", &shp)]),
            "archive.overlap",
        ),
        case("crowd.zip", raw_zip(&crowd), "archive.too_many_files"),
        case("lying_crowd.zip", lying, "archive.too_many_files"),
        case(
            "locked.zip",
            raw_zip(&[Entry::encrypted("a.shp", &shp)]),
            "archive.encrypted",
        ),
        case(
            "cut.zip",
            &raw_zip(&[plain("a.shp")])[..300],
            "archive.malformed",
        ),
        case(
            "wrong_sum.zip",
            raw_zip(&[Entry::wrong_sum("a.shp", &shp)]),
            "archive.malformed",
        ),
        case(
            "nested.zip",
            raw_zip(&[Entry::stored("a.zip", &raw_zip(&[plain("a.shp")]))]),
            "archive.content",
        ),
        case(
            "no_shp.zip",
            raw_zip(&[Entry::stored("a.dbf", &fixture("gbk_4526.dbf"))]),
            "archive.content",
        ),
        case(
            "several.zip",
            raw_zip(&[plain("a.shp"), plain("b.shp")]),
            "layer.not_chosen",
        ),
        case("xian80.zip", with_shp(&shp), "crs.needs_parameters"),
        case("no_prj.zip", raw_zip(&no_prj), "crs.missing"),
        case("cut_shp.zip", with_shp(&truncated), "format.truncated"),
        case("lying_shp.zip", with_shp(&lying_counts), "format.malformed"),
        case("broken_dbf.zip", raw_zip(&broken_dbf), "format.malformed"),
        case(
            "empty.kmz",
            raw_zip(&[Entry::stored("readme.txt", b"hello")]),
            "archive.content",
        ),
        case(
            "not_a_book.xlsx",
            raw_zip(&[plain("a.shp")]),
            "format.malformed",
        ),
    ]
}

fn texts() -> Vec<Case> {
    let folders = format!(
        "<kml><Document>{}{}</Document></kml>",
        "<Folder>".repeat(10_000),
        "</Folder>".repeat(10_000)
    );
    let crowd = format!(
        "<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>",
        "0,0 ".repeat(20_000_001)
    );
    let kml = String::from_utf8(fixture("sites.kml")).unwrap();
    let dxf = fixture("gbk_4526.dxf");
    let wkt = |wkt: &str| format!("site_code,wkt\nH-1,\"{wkt}\"\n");
    let deep = format!(
        "{}POINT(0 0){}",
        "GEOMETRYCOLLECTION(".repeat(5_000),
        ")".repeat(5_000)
    );
    let txt = |system: &str| {
        format!(
            "坐标系={system}\n带号=38\n4,1,H-1,甲,面,,,,@\nJ1,1,3534100,38416500\nJ2,1,3534100,38416600\nJ3,1,3534000,38416600\n"
        )
    };
    vec![
        case("folders.kml", folders, "format.too_deep"),
        case("crowd.kml", crowd, "format.too_many_vertices"),
        case("cut.kml", &kml.as_bytes()[..1500], "format.truncated"),
        case(
            "unclosed.kml",
            kml.replace("</kml>", ""),
            "format.truncated",
        ),
        case("cut.dxf", &dxf[..700], "format.truncated"),
        case("deep.csv", wkt(&deep), "geometry.malformed"),
        case("broken.csv", wkt("POLYGON((1 2, 3"), "geometry.malformed"),
        case(
            "no_crs.csv",
            wkt("POLYGON((416400 3534000,416500 3534000,416500 3534100,416400 3534000))"),
            "crs.missing",
        ),
        case("header_only.csv", "site_code,wkt\n", "format.empty"),
        case("prose.txt", "今天天气很好\n", "format.malformed"),
        case(
            "old_datum.txt",
            txt("1954年北京坐标系"),
            "crs.needs_parameters",
        ),
        case(
            "not_text.txt",
            b"\xff\xff\x80\x81\xff".as_slice(),
            "format.malformed",
        ),
        with(
            case("encoding.csv", wkt("POINT(1 2)"), "encoding.unknown"),
            &["--encoding", "klingon"],
        ),
        with(
            case("layer.geojson", feature("[]"), "layer.unknown"),
            &["--layer", "x"],
        ),
        with(
            case(
                "code.geojson",
                feature(&format!("[{}]", square(0, 0, 1))),
                "crs.unknown",
            ),
            &["--crs", "EPSG:999999"],
        ),
        with(
            case(
                "old.geojson",
                feature(&format!("[{}]", square(0, 0, 1))),
                "crs.needs_parameters",
            ),
            &["--crs", "EPSG:4610"],
        ),
    ]
}

#[test]
fn every_hostile_file_is_refused_with_its_code_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (data, scratch) = (folder.path().join("data"), folder.path().join("tmp"));
    std::fs::create_dir(&scratch).unwrap();
    let canary = folder.path().join("canary.txt");
    std::fs::write(&canary, SECRET).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let groups = [
        disguises(&canary, port),
        json(),
        shapes(),
        archives(),
        databases::cases(),
        texts(),
    ];
    let cases: Vec<Case> = groups.into_iter().flatten().collect();
    assert!(cases.len() >= 90, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        if let Err(what) = run(&case, folder.path(), &data, &scratch) {
            wrong.push(what);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        listener.accept().is_err(),
        "something connected to the canary"
    );
    let revision = Store::open(&data)
        .unwrap()
        .read(|snapshot| snapshot.revision())
        .unwrap();
    assert_eq!(revision, 0, "something was written");
    let left: Vec<_> = std::fs::read_dir(&scratch).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    assert!(!folder.path().parent().unwrap().join("evil.shp").exists());
}

fn run(case: &Case, folder: &Path, data: &Path, scratch: &Path) -> Result<(), String> {
    let path = match &case.bytes {
        None => PathBuf::from(&case.name),
        Some(bytes) => {
            let path = folder.join(&case.name);
            std::fs::write(&path, bytes).unwrap();
            path
        }
    };
    let done = Command::new("sh")
        .args(["-c", "ulimit -v 3000000; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_qingshan"))
        .arg("--data-dir")
        .arg(data)
        .args(["--lang", "en", "import"])
        .arg(&path)
        .args(["--as", "boundaries", "--commit"])
        .args(&case.args)
        .env("TMPDIR", scratch)
        .output()
        .unwrap();
    if case.bytes.is_some() {
        std::fs::remove_file(&path).unwrap();
    }
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    let name = &case.name;
    let has_code =
        told.contains(&format!("[{}]", case.code)) || told.contains(&format!("{}:", case.code));
    if !has_code {
        return Err(format!(
            "{name}: expected {}, got {:?}: {told}",
            case.code,
            done.status.code()
        ));
    }
    if told.contains("panicked")
        || told.contains(SECRET)
        || !matches!(done.status.code(), Some(1 | 2))
    {
        return Err(format!("{name}: {:?}: {told}", done.status));
    }
    Ok(())
}

/// Bytes changed at random places of every fixture: whatever comes of it, the reader comes back.
#[test]
fn a_file_with_changed_bytes_never_stops_the_program() {
    const MUTANTS: u32 = 30;
    let folder = tempfile::tempdir().unwrap();
    // Numbers from a linear congruence (Knuth, MMIX), so that a failure can be run again.
    let mut state = 20_220_630_u64;
    let mut next = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for name in [
        "gbk_names.zip",
        "utf8_4547.zip",
        "gdb_4526.zip",
        "sites_4490.gpkg",
        "curve_4547.gpkg",
        "sites.kml",
        "sites.kmz",
        "gbk_4526.dxf",
        "gbk_4547.txt",
        "gbk_wkt.csv",
        "gcj02.geojson",
    ] {
        let whole = fixture(name);
        for mutant in 0..MUTANTS {
            let mut bytes = whole.clone();
            for _ in 0..=mutant % 8 {
                let at = next(bytes.len());
                bytes[at] = u8::try_from(next(256)).unwrap();
            }
            if mutant % 5 == 4 {
                bytes.truncate(next(whole.len()));
            }
            let path = folder.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            if let Err(error) = read(&path, &ReadOptions::default()) {
                assert!(!error.code().is_empty());
            }
        }
    }
}

/// A shapefile whose loose files were changed: the zip's checksum no longer stands in between.
#[test]
fn a_shapefile_with_changed_bytes_never_stops_the_program() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["shp", "shx", "dbf", "prj"] {
        let whole = fixture(&format!("gbk_4526.{extension}"));
        for at in 0..whole.len() {
            for other in ["shp", "shx", "dbf", "prj"] {
                let bytes = fixture(&format!("gbk_4526.{other}"));
                std::fs::write(folder.path().join(format!("a.{other}")), bytes).unwrap();
            }
            let mut bytes = whole.clone();
            bytes[at] ^= 0xFF;
            std::fs::write(folder.path().join(format!("a.{extension}")), &bytes).unwrap();
            let _ = read(&folder.path().join("a.shp"), &ReadOptions::default());
        }
    }
}

#[test]
fn a_pipe_is_no_file_and_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.geojson");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert_eq!(
        read(&pipe, &ReadOptions::default()).unwrap_err().code(),
        "format.not_a_file"
    );
}

#[test]
fn a_file_beyond_the_size_limit_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.geojson");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(b"{").unwrap();
    // One byte more than allowed, without taking room on the disk.
    file.set_len(500 * 1024 * 1024 + 1).unwrap();
    assert_eq!(
        read(&path, &ReadOptions::default()).unwrap_err().code(),
        "format.too_large"
    );
    let mut first = [0_u8; 1];
    std::fs::File::open(&path)
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
}
