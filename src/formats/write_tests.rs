//! Every format is written and read back by GDAL, through a reader that is not ours.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _};
use chrono::NaiveDate;
use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::crs::{CrsChoice, Reading, positions_to_stored};
use super::layer::{Feature, Field, FieldKind, Layer, Value};
use super::{WriteError, WriteFormat, WriteOptions, engine, write};

/// A millimetre in degrees, at the latitude of the county the smaller of the two.
const MILLIMETRE: f64 = 9.0e-9;

fn ring(points: &[(f64, f64)]) -> LineString<f64> {
    let mut ring: Vec<Coord<f64>> = points.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
    ring.push(ring[0]);
    LineString(ring)
}

/// Two parts, one with a hole; longitudes and latitudes that no short decimal holds.
fn quarry() -> MultiPolygon<f64> {
    let at = |east: f64, north: f64| (113.1 + east / 97.0, 32.0 + north / 89.0);
    let square = |west: f64, south: f64, side: f64| {
        [
            at(west, south),
            at(west + side, south),
            at(west + side, south + side),
            at(west, south + side),
        ]
    };
    let mut hole = square(0.03, 0.03, 0.02);
    hole.reverse();
    MultiPolygon::new(vec![
        Polygon::new(ring(&square(0.0, 0.0, 0.1)), vec![ring(&hole)]),
        Polygon::new(ring(&square(0.2, 0.0, 0.1)), vec![]),
    ])
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn parcels() -> Layer {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    Layer {
        name: "parcels".to_owned(),
        title: "图斑".to_owned(),
        fields: vec![
            Field::new("site_code", "矿山编号", FieldKind::Text),
            Field::new("parcel_no", "图斑编号", FieldKind::Text),
            Field::new("place_type", "类型", FieldKind::Text),
            Field::new("stage", "阶段", FieldKind::Integer),
            Field::new("valid_on", "日期", FieldKind::Date),
            Field::new("footprint_m2", "面积", FieldKind::Area),
        ],
        features: vec![
            Feature {
                shape: Some(quarry()),
                values: vec![
                    text("WH-001"),
                    text("=1+1"),
                    text("堆渣场"),
                    Some(Value::Integer(4)),
                    Some(Value::Date(day("2022-07-31"))),
                    Some(Value::Number(12_345.678_901)),
                ],
            },
            Feature {
                shape: Some(MultiPolygon::new(vec![quarry().0[1].clone()])),
                values: vec![text("WH-002"), None, text("平台"), None, None, None],
            },
        ],
        has_geometry: true,
    }
}

fn figures() -> Layer {
    Layer {
        name: "remaining".to_owned(),
        title: "剩余".to_owned(),
        has_geometry: false,
        ..parcels()
    }
}

struct Export {
    folder: tempfile::TempDir,
    path: PathBuf,
}

fn export(layers: &[Layer], options: &WriteOptions, name: &str) -> Result<Export, WriteError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write(layers, options, &path)?;
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        names.iter().all(|n| !n.to_string_lossy().starts_with('.')),
        "{names:?}"
    );
    Ok(Export { folder, path })
}

fn open(path: &Path) -> Dataset {
    engine::start();
    Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
            ..DatasetOptions::default()
        },
    )
    .unwrap()
}

type Texts = Vec<(String, String)>;

/// Field names and texts, and the polygons, of each feature of the first layer.
fn read_back(path: &Path) -> Vec<(Texts, MultiPolygon<f64>)> {
    let dataset = open(path);
    let mut layer = dataset.layer(0).unwrap();
    layer
        .features()
        .map(|feature| {
            let texts = feature
                .fields()
                .filter_map(|(name, _)| {
                    let place = feature.field_index(&name).unwrap();
                    Some((name, feature.field_as_string(place).unwrap()?))
                })
                .collect();
            (texts, polygons_of(feature.geometry().unwrap()))
        })
        .collect()
}

fn polygons_of(geometry: &gdal::vector::Geometry) -> MultiPolygon<f64> {
    let mut geometry = geometry.clone();
    geometry.flatten_to_2d();
    match geometry.to_geo().unwrap() {
        geo::Geometry::Polygon(polygon) => MultiPolygon::new(vec![polygon]),
        geo::Geometry::MultiPolygon(polygons) => polygons,
        other => panic!("no polygons: {other:?}"),
    }
}

/// The rings from their least vertex on, counter-clockwise, sorted: formats choose start and winding.
fn plain_rings(shape: &MultiPolygon<f64>) -> Vec<Vec<Coord<f64>>> {
    use geo::winding_order::Winding as _;
    let mut rings: Vec<Vec<Coord<f64>>> = shape
        .iter()
        .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()))
        .map(|ring| {
            let mut ring = ring.clone();
            ring.make_ccw_winding();
            ring.0.pop();
            let key = |c: &Coord<f64>| ((c.x * 1e7).round(), (c.y * 1e7).round());
            let least = (0..ring.0.len())
                .min_by(|a, b| key(&ring.0[*a]).partial_cmp(&key(&ring.0[*b])).unwrap())
                .unwrap();
            ring.0.rotate_left(least);
            ring.0
        })
        .collect();
    rings.sort_by(|a, b| a[0].x.total_cmp(&b[0].x));
    rings
}

#[track_caller]
fn assert_same_ground(read: &MultiPolygon<f64>, written: &MultiPolygon<f64>, tolerance: f64) {
    let (read, written) = (plain_rings(read), plain_rings(written));
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(&written) {
        assert_eq!(read.len(), written.len());
        for (r, w) in read.iter().zip(written) {
            let apart = (r.x - w.x).abs().max((r.y - w.y).abs());
            assert!(apart <= tolerance, "{r:?} {w:?} are {apart} apart");
        }
    }
}

fn in_stored(crs: u32, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let back = |ring: &LineString<f64>| {
        let mut ring = ring.clone();
        positions_to_stored(&Reading::epsg(crs), &mut ring.0).unwrap();
        ring
    };
    shape
        .iter()
        .map(|part| {
            Polygon::new(
                back(part.exterior()),
                part.interiors().iter().map(back).collect(),
            )
        })
        .collect()
}

fn text_of<'t>(texts: &'t [(String, String)], name: &str) -> Option<&'t str> {
    texts
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, text)| text.as_str())
}

fn unzipped(export: &Export) -> PathBuf {
    let mut zip = zip::ZipArchive::new(fs::File::open(&export.path).unwrap()).unwrap();
    zip.extract(export.folder.path()).unwrap();
    export.folder.path().join("parcels.shp")
}

#[test]
fn geojson_keeps_every_digit_and_every_value() {
    let export = export(
        &[parcels()],
        &WriteOptions::of(WriteFormat::GeoJson),
        "out.geojson",
    )
    .unwrap();
    let read = read_back(&export.path);
    assert_eq!(read.len(), 2);
    assert_same_ground(&read[0].1, &quarry(), 0.0);
    assert_eq!(text_of(&read[0].0, "place_type"), Some("堆渣场"));
    assert_eq!(text_of(&read[0].0, "stage"), Some("4"));
    assert_eq!(text_of(&read[1].0, "stage"), None);
    let text = fs::read_to_string(&export.path).unwrap();
    assert!(!text.contains("crs"), "the stored system is GeoJSON's own");
    assert!(text.contains("12345.678901"));
}

#[test]
fn every_drawing_format_brings_the_ground_back_within_a_millimetre() {
    for (format, name) in [
        (WriteFormat::GeoJson, "out.geojson"),
        (WriteFormat::GeoPackage, "out.gpkg"),
        (WriteFormat::Shapefile, "out.zip"),
    ] {
        for crs in [4490_u32, 4326, 4547, 4526] {
            let options = WriteOptions {
                crs: Some(CrsChoice::Epsg(crs)),
                ..WriteOptions::of(format)
            };
            let export = export(&[parcels()], &options, name).unwrap();
            let path = match format {
                WriteFormat::Shapefile => unzipped(&export),
                _ => export.path.clone(),
            };
            let read = read_back(&path);
            assert_eq!(read.len(), 2, "{format:?} {crs}");
            assert_same_ground(&in_stored(crs, &read[0].1), &quarry(), MILLIMETRE);
            let code = open(&path)
                .layer(0)
                .unwrap()
                .spatial_ref()
                .unwrap()
                .auth_code()
                .unwrap();
            // GeoJSON without a word means WGS 84, which is taken as identical.
            let is_plain = format == WriteFormat::GeoJson && crs == 4490;
            assert_eq!(
                code,
                if is_plain {
                    4326
                } else {
                    i32::try_from(crs).unwrap()
                }
            );
        }
    }
}

#[test]
fn kml_keeps_ground_and_extended_data() {
    let export = export(&[parcels()], &WriteOptions::of(WriteFormat::Kml), "out.kml").unwrap();
    let read = read_back(&export.path);
    assert_eq!(read.len(), 2);
    assert_same_ground(&read[0].1, &quarry(), MILLIMETRE);
    for (name, value) in [
        ("site_code", "WH-001"),
        ("place_type", "堆渣场"),
        ("valid_on", "2022-07-31"),
        ("stage", "4"),
    ] {
        assert_eq!(text_of(&read[0].0, name), Some(value));
    }
}

#[test]
fn kml_in_metres_is_refused() {
    let options = WriteOptions {
        crs: Some(CrsChoice::Epsg(4547)),
        ..WriteOptions::of(WriteFormat::Kml)
    };
    let refusal = export(&[parcels()], &options, "out.kml").err().unwrap();
    assert_eq!(refusal.code(), "export.crs_not_offered");
}

#[test]
fn a_geopackage_holds_several_layers_with_types_and_chinese() {
    let layers = [parcels(), figures()];
    let export = export(
        &layers,
        &WriteOptions::of(WriteFormat::GeoPackage),
        "out.gpkg",
    )
    .unwrap();
    let dataset = open(&export.path);
    assert_eq!(dataset.layer_count(), 2);
    let (texts, _) = &read_back(&export.path)[0];
    assert_eq!(text_of(texts, "place_type"), Some("堆渣场"));
    assert_eq!(text_of(texts, "valid_on"), Some("2022/07/31"));
    assert_eq!(text_of(texts, "footprint_m2"), Some("12345.678901"));
}

#[test]
fn a_shapefile_says_its_encoding_three_ways_and_keeps_short_names() {
    let export = export(
        &[parcels()],
        &WriteOptions::of(WriteFormat::Shapefile),
        "out.zip",
    )
    .unwrap();
    let shp = unzipped(&export);
    assert_eq!(
        fs::read_to_string(shp.with_extension("cpg")).unwrap(),
        "GBK"
    );
    let dbf = fs::read(shp.with_extension("dbf")).unwrap();
    assert_eq!(dbf[29], 77, "the language byte of GBK");
    let (gbk, ..) = encoding_rs::GBK.encode("堆渣场");
    assert!(dbf.windows(gbk.len()).any(|bytes| bytes == &*gbk));
    let (texts, _) = &read_back(&shp)[0];
    assert_eq!(text_of(texts, "place_type"), Some("堆渣场"));
    assert_eq!(text_of(texts, "footpr_m2"), Some("12345.6789"));
    assert_eq!(text_of(texts, "valid_on"), Some("2022/07/31"));
}

#[test]
fn a_name_that_gbk_cannot_hold_makes_the_shapefile_utf8_and_says_so() {
    let mut layer = parcels();
    layer.features[0].values[2] = Some(Value::Text("𬒈石场".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zip");
    let written = write(&[layer], &WriteOptions::of(WriteFormat::Shapefile), &path).unwrap();
    assert!(
        written
            .findings
            .iter()
            .any(|f| f.code == "export.not_in_gbk")
    );
    let export = Export { folder, path };
    let shp = unzipped(&export);
    assert_eq!(
        fs::read_to_string(shp.with_extension("cpg")).unwrap(),
        "UTF-8"
    );
    assert_eq!(text_of(&read_back(&shp)[0].0, "place_type"), Some("𬒈石场"));
}

#[test]
fn a_shapefile_beside_a_shp_place_is_loose() {
    let export = export(
        &[parcels()],
        &WriteOptions::of(WriteFormat::Shapefile),
        "图斑.shp",
    )
    .unwrap();
    assert_eq!(read_back(&export.path).len(), 2);
    assert!(export.path.with_extension("prj").exists());
}

#[test]
fn survey_text_is_the_text_of_the_bureau() {
    // The square of docs/IMPORT.md, 100 m in the plane of EPSG:4526.
    let mut corners = ring(&[
        (38_416_514.688, 3_534_616.337),
        (38_416_614.688, 3_534_616.337),
        (38_416_614.688, 3_534_716.337),
        (38_416_514.688, 3_534_716.337),
    ]);
    positions_to_stored(&Reading::epsg(4526), &mut corners.0).unwrap();
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let layer = Layer {
        name: "parcels".to_owned(),
        title: "图斑".to_owned(),
        fields: ["parcel_no", "name", "stage_name"]
            .map(|name| Field::new(name, name, FieldKind::Text))
            .into_iter()
            .chain([Field::new("area_m2", "面积", FieldKind::Area)])
            .collect(),
        features: vec![Feature {
            shape: Some(MultiPolygon::new(vec![Polygon::new(corners, vec![])])),
            values: vec![
                text("WH-001"),
                text("万和1号矿"),
                text("复绿"),
                Some(Value::Number(9_998.29)),
            ],
        }],
        has_geometry: true,
    };
    let export = export(
        &[layer],
        &WriteOptions::of(WriteFormat::SurveyText),
        "o.txt",
    )
    .unwrap();
    let bytes = fs::read(&export.path).unwrap();
    let (text, _, had_errors) = encoding_rs::GBK.decode(&bytes);
    assert!(!had_errors);
    let expected = "[属性描述]\r\n坐标系=2000国家大地坐标系\r\n几度分带=3\r\n投影类型=高斯克吕格\r\n\
        计量单位=米\r\n带号=38\r\n精度=0.001\r\n转换参数=,,,,,,\r\n[地块坐标]\r\n\
        5,0.9998,WH-001,万和1号矿,面,,复绿,,@\r\n\
        J1,1,3534616.337,38416514.688\r\nJ2,1,3534616.337,38416614.688\r\n\
        J3,1,3534716.337,38416614.688\r\nJ4,1,3534716.337,38416514.688\r\n\
        J1,1,3534616.337,38416514.688\r\n";
    assert_eq!(text, expected);
}

#[test]
fn survey_text_numbers_rings_and_drops_the_prefix_on_demand() {
    let options = WriteOptions {
        crs: Some(CrsChoice::Epsg(4547)),
        ..WriteOptions::of(WriteFormat::SurveyText)
    };
    let export = export(&[parcels()], &options, "o.txt").unwrap();
    let bytes = fs::read(&export.path).unwrap();
    let (text, ..) = encoding_rs::GBK.decode(&bytes);
    let rings: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with('J'))
        .map(|line| line.split(',').nth(1).unwrap())
        .collect();
    assert_eq!(rings, [["1"; 5], ["2"; 5], ["3"; 5], ["1"; 5]].concat());
    let easting: f64 = text
        .lines()
        .find(|l| l.starts_with("J1,"))
        .unwrap()
        .rsplit(',')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((400_000.0..500_000.0).contains(&easting), "{easting}");
    assert!(text.contains("带号=38"));
}

#[test]
fn survey_text_in_degrees_is_refused() {
    let options = WriteOptions {
        crs: Some(CrsChoice::Epsg(4490)),
        ..WriteOptions::of(WriteFormat::SurveyText)
    };
    let refusal = export(&[parcels()], &options, "o.txt").err().unwrap();
    assert_eq!(refusal.code(), "export.crs_not_offered");
}

#[test]
fn csv_guards_formulas_and_keeps_negative_numbers() {
    let mut layer = parcels();
    layer.features[1].values[1] = Some(Value::Text("-5".to_owned()));
    layer.features[1].values[0] = Some(Value::Text("-5+A1".to_owned()));
    let export = export(&[layer], &WriteOptions::of(WriteFormat::Csv), "out.csv").unwrap();
    let bytes = fs::read(&export.path).unwrap();
    assert!(bytes.starts_with(b"\xEF\xBB\xBF"));
    let mut csv = csv::Reader::from_reader(&bytes[3..]);
    assert_eq!(csv.headers().unwrap().get(6), Some("wkt"));
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(&rows[0][1], "'=1+1");
    assert_eq!(&rows[1][1], "-5");
    assert_eq!(&rows[1][0], "'-5+A1");
    assert_eq!(&rows[0][5], "12345.678901");
    let geometry = gdal::vector::Geometry::from_wkt(&rows[0][6]).unwrap();
    assert_same_ground(&polygons_of(&geometry), &quarry(), 0.0);
}

#[test]
fn a_workbook_has_title_unit_typed_cells_and_no_formula() {
    let mut options = WriteOptions::of(WriteFormat::Xlsx);
    options.frame.reported_by = "随县自然资源和规划局".to_owned();
    options.frame.on = Some(day("2022-11-01"));
    let export = export(&[parcels(), figures()], &options, "o.xlsx").unwrap();
    let mut book = calamine::open_workbook_auto(&export.path).unwrap();
    assert_eq!(book.sheet_names(), ["图斑", "剩余"]);
    let sheet = book.worksheet_range("图斑").unwrap();
    let cell = |row, column| sheet.get((row, column)).unwrap().clone();
    assert_eq!(cell(0, 0), Data::String("图斑".to_owned()));
    assert_eq!(cell(1, 0), Data::String("面积单位：亩".to_owned()));
    assert_eq!(cell(2, 1), Data::String("图斑编号".to_owned()));
    assert_eq!(cell(3, 1), Data::String("=1+1".to_owned()));
    assert_eq!(cell(3, 3), Data::Float(4.0));
    // 12345.678901 m² × 15 / 10000.
    let Data::Float(mu) = cell(3, 5) else {
        panic!("{:?}", cell(3, 5))
    };
    assert!((mu - 18.518_518_351_5).abs() < 1e-9, "{mu}");
    assert!(matches!(cell(3, 4), Data::DateTime(_)), "{:?}", cell(3, 4));
    assert_eq!(
        cell(6, 0),
        Data::String("填报单位：随县自然资源和规划局".to_owned())
    );
    assert_eq!(cell(6, 6), Data::String("日期：2022-11-01".to_owned()));
    assert!(book.worksheet_formula("图斑").unwrap().is_empty());
}

#[test]
fn figures_without_ground_are_refused_by_drawing_formats() {
    for format in WriteFormat::ALL {
        let result = export(&[figures()], &WriteOptions::of(format), "out.zip");
        match result {
            Ok(_) => assert!(format.takes_tables(), "{format:?}"),
            Err(refusal) => {
                assert_eq!(refusal.code(), "export.no_geometry", "{format:?}");
                assert!(!format.takes_tables(), "{format:?}");
            }
        }
    }
}

#[test]
fn a_refused_export_leaves_the_old_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.kml");
    fs::write(&path, "old").unwrap();
    let options = WriteOptions {
        crs: Some(CrsChoice::Epsg(2383)),
        ..WriteOptions::of(WriteFormat::GeoJson)
    };
    assert_eq!(
        write(&[parcels()], &options, &path).unwrap_err().code(),
        "crs.needs_parameters"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let refusal = write(
        &[parcels()],
        &WriteOptions::of(WriteFormat::Kml),
        folder.path(),
    );
    assert_eq!(refusal.unwrap_err().code(), "export.bad_place");
    let mut text = String::new();
    write(&[parcels()], &WriteOptions::of(WriteFormat::Kml), &path).unwrap();
    fs::File::open(&path)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("<kml"));
}

#[test]
fn survey_text_takes_more_decimals_where_a_millimetre_would_break_the_ground() {
    // A needle 0.6 mm wide and 8 m long: at three decimals its sides fall together.
    let degree = 1.0 / 111_000.0;
    let (lon, lat) = (113.1, 32.0);
    let needle = ring(&[
        (lon, lat),
        (lon + 8.0 * degree, lat),
        (lon + 8.0 * degree, lat + 8.0 * degree),
        (lon + 4.000_3 * degree, lat + 8.0 * degree),
        (lon + 4.000_0 * degree, lat + 1.0 * degree),
        (lon + 3.999_7 * degree, lat + 8.0 * degree),
        (lon, lat + 8.0 * degree),
    ]);
    let shape = MultiPolygon::new(vec![Polygon::new(needle, vec![])]);
    let mut layer = parcels();
    layer.features.truncate(1);
    layer.features[0].shape = Some(shape.clone());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.txt");
    let written = write(&[layer], &WriteOptions::of(WriteFormat::SurveyText), &path).unwrap();
    assert!(
        written
            .findings
            .iter()
            .any(|f| f.code == "export.finer_precision")
    );
    let read = super::vector::read(&path, &super::source::ReadOptions::default()).unwrap();
    let reading = read.crs.reading.unwrap();
    let stored = super::crs::to_stored(&reading, read.features[0].shape.as_ref().unwrap()).unwrap();
    let checked = crate::geometry::check_rings(&stored, &crate::geometry::Limits::default());
    assert!(checked.ground.is_some(), "{:?}", checked.findings);
}
