//! The ledger taken out in every format, and read back by the program's own import.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;

use chrono::Utc;
use qingshan::domain::{
    BoundaryRole, By, Category, Day, ExemptionReason, Grade, InForce, PlaceType, SiteKind, Stage,
};
use qingshan::formats::crs::{self, CrsChoice};
use qingshan::formats::vector::{ReadOptions, Source, read};
use qingshan::formats::{WriteFormat, WriteOptions, Written};
use qingshan::geometry::{
    Coord, Ground, Limits, LineString, MultiPolygon, Polygon, check, check_rings,
};
use qingshan::service::messages::messages;
use qingshan::service::{ExportError, ExportRequest, ExportSubject, export, write};
use qingshan::store::{
    Actor, Change, NewBoundary, NewClaim, NewDisturbance, NewExemption, NewGrade, NewParcel,
    NewSite, NewTerms, Origin, Store,
};

/// Edges of a third of a millidegree: no short decimal holds a corner.
fn box_of(west: f64, south: f64, width: f64, height: f64) -> Ground {
    let at = |x: f64, y: f64| Coord {
        x: 113.1 + x / 3000.0,
        y: 32.0 + y / 3000.0,
    };
    let (east, north) = (west + width, south + height);
    let ring = vec![
        at(west, south),
        at(east, south),
        at(east, north),
        at(west, north),
    ];
    let shape = MultiPolygon::new(vec![Polygon::new(LineString(ring), vec![])]);
    check(&shape, &Limits::default()).ground.unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// One site of 30 × 10 boxes with a parcel, two claims, a disturbance and an exemption.
fn county(directory: &Path) -> Store {
    let store = Store::open(directory).unwrap();
    write(&store, &Actor("cli:test".into()), |tx| {
        let code = "WH-001".to_owned();
        let id = tx.add_site(&NewSite {
            code,
            kind: SiteKind::Quarry,
            synthetic: true,
        })?;
        tx.add_terms(id, &terms())?;
        tx.add_boundary(
            id,
            &NewBoundary {
                role: BoundaryRole::Footprint,
                ground: box_of(0.0, 0.0, 30.0, 10.0),
                in_force: InForce {
                    from: Some(day("2021-01-01")),
                    to: None,
                },
                origin: Origin::default(),
            },
        )?;
        tx.add_parcel(
            id,
            &NewParcel {
                parcel_no: "T-1".into(),
                place_type: PlaceType::Dump,
                ground: box_of(0.0, 0.0, 10.0, 10.0),
                in_force: InForce {
                    from: None,
                    to: Some(day("2022-06-30")),
                },
                origin: Origin::default(),
            },
        )?;
        tx.add_claim(
            id,
            &claim(Stage::Clear, "2022-03-01", 20.0, Grade::Reported),
        )?;
        tx.add_claim(
            id,
            &claim(Stage::Regreen, "2022-09-01", 10.0, Grade::Accepted),
        )?;
        tx.add_disturbance(
            id,
            &NewDisturbance {
                ground: box_of(25.0, 0.0, 5.0, 10.0),
                to_stage: Stage::Untreated,
                valid_on: day("2022-10-01"),
                reason: Some("非法开采".into()),
                origin: Origin::default(),
            },
        )?;
        tx.add_exemption(
            id,
            &NewExemption {
                ground: box_of(20.0, 0.0, 5.0, 10.0),
                reason: ExemptionReason::Retained,
                in_force: InForce::default(),
                origin: Origin::default(),
            },
        )?;
        let payload = serde_json::json!({});
        Ok((
            (),
            Change {
                action: "test.fill",
                subject: "WH-001".into(),
                payload,
            },
        ))
    })
    .unwrap();
    store
}

fn terms() -> NewTerms {
    NewTerms {
        name: "万和1号矿".into(),
        category: Some(Category::ClosedEnterprise),
        township: Some("万和镇".into()),
        liable: Some("=万和石材".into()),
        licence_no: None,
        in_force: InForce::default(),
        origin: Origin::default(),
    }
}

fn claim(stage: Stage, on: &str, width: f64, grade: Grade) -> NewClaim {
    let mut origin = Origin::default();
    origin.attributes.insert("soil_cm".into(), "35".into());
    NewClaim {
        ground: box_of(0.0, 0.0, width, 10.0),
        stage,
        valid_on: day(on),
        grade: NewGrade {
            grade,
            person: "张三".into(),
            reason: None,
        },
        origin,
    }
}

fn request(subject: ExportSubject, format: WriteFormat) -> ExportRequest {
    ExportRequest {
        subject,
        as_of: None,
        today: day("2022-11-01"),
        known_at: Utc::now(),
        grade: Grade::Reported,
        by: By::Site,
        write: WriteOptions::of(format),
    }
}

fn suffix(format: WriteFormat) -> &'static str {
    match format {
        WriteFormat::Shapefile => "zip",
        other => other.name(),
    }
}

fn taken_out(store: &Store, request: &ExportRequest) -> Result<(Written, Source), ExportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join(format!("out.{}", suffix(request.write.format)));
    let written = export(store, request, &path)?;
    Ok((written, read(&path, &ReadOptions::default()).unwrap()))
}

fn value<'s>(source: &'s Source, row: usize, name: &str) -> Option<&'s str> {
    let attributes = &source.features[row].attributes;
    attributes
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn ground_of(source: &Source, row: usize) -> Ground {
    let reading = source
        .crs
        .reading
        .clone()
        .expect("the file says its system");
    let shape = source.features[row].shape.as_ref().expect("ground");
    let stored = crs::to_stored(&reading, shape).unwrap();
    check_rings(&stored, &Limits::default()).ground.unwrap()
}

#[test]
fn ground_comes_back_within_a_millimetre_from_every_format_and_system() {
    let directory = tempfile::tempdir().unwrap();
    let store = county(directory.path());
    let original = box_of(0.0, 0.0, 30.0, 10.0);
    let cases = [
        (WriteFormat::GeoJson, vec![None, Some(4547)]),
        (WriteFormat::GeoPackage, vec![None, Some(4547), Some(4526)]),
        (WriteFormat::Shapefile, vec![None, Some(4547), Some(4526)]),
        (WriteFormat::Kml, vec![None]),
        (WriteFormat::SurveyText, vec![None, Some(4547), Some(4546)]),
    ];
    for (format, systems) in cases {
        for system in systems {
            let mut request = request(ExportSubject::Sites, format);
            request.write.crs = system.map(CrsChoice::Epsg);
            let (written, source) = taken_out(&store, &request).unwrap();
            assert_eq!(
                (written.features, source.features.len()),
                (1, 1),
                "{format:?}"
            );
            let ground = ground_of(&source, 0);
            let vertices = |ground: &Ground| ground.shape().0[0].exterior().0.clone();
            assert_eq!(vertices(&ground).len(), vertices(&original).len());
            for c in vertices(&ground) {
                // A millimetre is 9e-9 degrees of latitude and 1.06e-8 of longitude here.
                let apart = vertices(&original)
                    .iter()
                    .map(|o| ((c.x - o.x) / 1.06e-8).hypot((c.y - o.y) / 9.0e-9))
                    .fold(f64::INFINITY, f64::min);
                assert!(apart <= 1.0, "{format:?} {system:?}: {apart} mm");
            }
        }
    }
}

#[test]
fn a_site_keeps_its_words_in_every_drawing_format() {
    let directory = tempfile::tempdir().unwrap();
    let store = county(directory.path());
    for format in [
        WriteFormat::GeoJson,
        WriteFormat::GeoPackage,
        WriteFormat::Shapefile,
        WriteFormat::Kml,
        WriteFormat::Csv,
    ] {
        let (_, source) = taken_out(&store, &request(ExportSubject::Sites, format)).unwrap();
        for (name, expected) in [
            ("site_code", "WH-001"),
            ("name", "万和1号矿"),
            ("category", "关闭（企业责任）"),
            ("township", "万和镇"),
        ] {
            assert_eq!(value(&source, 0, name), Some(expected), "{format:?}");
        }
        let liable = if format == WriteFormat::Csv {
            "'=万和石材"
        } else {
            "=万和石材"
        };
        assert_eq!(value(&source, 0, "liable"), Some(liable), "{format:?}");
    }
}

#[test]
fn every_subject_is_written_or_refused_for_a_reason() {
    let directory = tempfile::tempdir().unwrap();
    let store = county(directory.path());
    for subject in ExportSubject::ALL {
        for format in WriteFormat::ALL {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(format!("out.{}", suffix(format)));
            let many = matches!(
                format,
                WriteFormat::GeoPackage
                    | WriteFormat::Shapefile
                    | WriteFormat::Kml
                    | WriteFormat::Xlsx
            );
            let expected = match subject {
                ExportSubject::Ledger if !many => Some("export.one_layer_only"),
                ExportSubject::Remaining if !format.takes_tables() => Some("export.no_geometry"),
                _ => None,
            };
            match (export(&store, &request(subject, format), &path), expected) {
                (Ok(written), None) => assert!(written.size_bytes > 0 && path.exists()),
                (Err(ExportError::Write(error)), Some(code)) => {
                    assert_eq!(error.code(), code);
                    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
                }
                (other, _) => panic!("{subject:?} {format:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn stages_partition_the_footprint_and_carry_what_was_claimed() {
    let directory = tempfile::tempdir().unwrap();
    let store = county(directory.path());
    let mut request = request(ExportSubject::Stages, WriteFormat::GeoJson);
    let areas = |request: &ExportRequest| -> Vec<(String, f64)> {
        let (_, source) = taken_out(&store, request).unwrap();
        (0..source.features.len())
            .map(|row| {
                let area: f64 = value(&source, row, "area_m2").unwrap().parse().unwrap();
                (value(&source, row, "stage_name").unwrap().to_owned(), area)
            })
            .collect()
    };
    let sum = |areas: &[(String, f64)], name: &str| -> f64 {
        areas
            .iter()
            .filter(|(stage, _)| stage == name)
            .map(|(_, area)| area)
            .sum()
    };
    // In columns of one box by ten: 10 regreened, 10 cleared, 5 exempt, 5 broken again.
    let whole = box_of(0.0, 0.0, 30.0, 10.0).area_m2();
    let now = areas(&request);
    for (name, share) in [
        ("复绿", 10.0),
        ("清理", 10.0),
        ("豁免", 5.0),
        ("未治理", 5.0),
    ] {
        let expected = whole * share / 30.0;
        assert!(
            (sum(&now, name) - expected).abs() < expected * 1e-6,
            "{name}: {now:?}"
        );
    }
    request.grade = Grade::Accepted;
    let accepted = areas(&request);
    assert!(
        sum(&accepted, "清理").abs() < 1e-9,
        "the clearing was only reported: {accepted:?}"
    );
    request.as_of = Some(day("2022-08-31"));
    assert!(sum(&areas(&request), "复绿").abs() < 1e-9);
}

#[test]
fn a_day_leaves_out_what_is_not_in_force_or_has_not_happened() {
    let directory = tempfile::tempdir().unwrap();
    let store = county(directory.path());
    for (subject, as_of, rows) in [
        (ExportSubject::Parcels, None, 1),
        (ExportSubject::Parcels, Some("2022-06-30"), 1),
        (ExportSubject::Parcels, Some("2022-07-01"), 0),
        (ExportSubject::Claims, None, 2),
        (ExportSubject::Claims, Some("2022-08-31"), 1),
        (ExportSubject::Disturbances, Some("2022-09-30"), 0),
        (ExportSubject::Boundaries, Some("2020-12-31"), 0),
    ] {
        let mut request = request(subject, WriteFormat::GeoJson);
        request.as_of = as_of.map(day);
        let folder = tempfile::tempdir().unwrap();
        let written = export(&store, &request, &folder.path().join("out.geojson")).unwrap();
        assert_eq!(written.features, rows, "{subject:?} {as_of:?}");
    }
}

#[test]
fn a_claim_brings_its_kept_columns_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = county(directory.path());
    let request = request(ExportSubject::Claims, WriteFormat::Shapefile);
    let (_, source) = taken_out(&store, &request).unwrap();
    assert_eq!(value(&source, 1, "soil_cm"), Some("35"));
    assert_eq!(value(&source, 1, "stage"), Some("4"));
    assert_eq!(value(&source, 1, "grade_name"), Some("验收"));
}

#[test]
fn a_site_without_ground_is_a_row_without_geometry() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    write(&store, &Actor("cli:test".into()), |tx| {
        let code = "WH-002".to_owned();
        let id = tx.add_site(&NewSite {
            code,
            kind: SiteKind::Quarry,
            synthetic: true,
        })?;
        tx.add_terms(id, &terms())?;
        let payload = serde_json::json!({});
        Ok((
            (),
            Change {
                action: "test.fill",
                subject: "WH-002".into(),
                payload,
            },
        ))
    })
    .unwrap();
    let request = request(ExportSubject::Sites, WriteFormat::GeoPackage);
    let (written, source) = taken_out(&store, &request).unwrap();
    assert_eq!(written.features, 1);
    assert_eq!(source.features[0].shape, None);
    assert_eq!(value(&source, 0, "area_m2"), Some("0"));
}

#[test]
fn every_word_of_an_export_has_its_sentence() {
    for code in [
        "export.bad_place",
        "export.crs_not_offered",
        "export.failed",
        "export.field_alias",
        "export.finer_precision",
        "export.no_geometry",
        "export.not_in_gbk",
        "export.one_layer_only",
        "export.outside_crs",
        "export.sheet_too_large",
        "export.table_left_out",
        "export.text_cut",
        "export.unwritable",
    ] {
        assert!(messages().contains_key(code), "{code}");
    }
}
