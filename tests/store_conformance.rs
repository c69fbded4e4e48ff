//! What any back end of the store must do; written against its interface only.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::path::Path;
use std::process::Command;

use qingshan::domain::{BoundaryRole, Category, Grade, InForce, Scope, SiteKind, Stage};
use qingshan::geometry::{Ground, MultiPolygon, Polygon};
use qingshan::store::{
    Actor, Change, EndKind, FILE_NAME, NewBoundary, NewClaim, NewGrade, NewObligation, NewSite,
    NewTerms, Origin, RecordKind, Store, StoreError, restore,
};
use serde_json::json;

fn open(directory: &Path) -> Store {
    Store::open(directory).unwrap()
}

fn actor() -> Actor {
    Actor("cli:测试".into())
}

fn square(lon: f64, lat: f64, size: f64) -> Ground {
    let corners = [
        (0.0, 0.0),
        (size, 0.0),
        (size, size),
        (0.0, size),
        (0.0, 0.0),
    ]
    .map(|(x, y)| (lon + x, lat + y));
    Ground::reread(MultiPolygon(vec![Polygon::new(
        corners.to_vec().into(),
        vec![],
    )]))
    .unwrap()
}

fn change(action: &'static str) -> Change {
    Change {
        action,
        subject: "WH-001".into(),
        payload: json!({"因": "测试"}),
    }
}

/// A site 万和1号矿 with a footprint and a claim; returns the claim's number.
fn fill(store: &Store) -> (i64, i64) {
    store
        .write(&actor(), |tx| {
            let site = NewSite {
                code: "WH-001".into(),
                kind: SiteKind::Quarry,
                synthetic: true,
            };
            let id = tx.add_site(&site)?;
            tx.add_terms(
                id,
                &NewTerms {
                    name: "万和1号矿".into(),
                    category: Some(Category::ClosedEnterprise),
                    township: Some("万和镇".into()),
                    liable: None,
                    licence_no: None,
                    in_force: InForce::default(),
                    origin: Origin::default(),
                },
            )?;
            tx.add_boundary(
                id,
                &NewBoundary {
                    role: BoundaryRole::Footprint,
                    ground: square(113.1, 32.0, 0.01),
                    in_force: InForce::default(),
                    origin: Origin::default(),
                },
            )?;
            let claim = tx.add_claim(
                id,
                &NewClaim {
                    ground: square(113.1, 32.0, 0.005),
                    stage: Stage::Regreen,
                    valid_on: "2022-12-20".parse().unwrap(),
                    grade: NewGrade {
                        grade: Grade::Reported,
                        person: "张三".into(),
                        reason: None,
                    },
                    origin: Origin::default(),
                },
            )?;
            Ok::<_, StoreError>(((id, claim), change("test.fill")))
        })
        .unwrap()
}

#[test]
fn what_was_written_is_read_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let (id, claim) = fill(&open(directory.path()));
    let store = open(directory.path());
    let site = store.read(|s| s.site(id)).unwrap().unwrap();
    assert_eq!(site.code, "WH-001");
    assert_eq!(site.terms[0].name, "万和1号矿");
    assert_eq!(site.boundaries[0].ground, square(113.1, 32.0, 0.01));
    assert_eq!(
        (site.claims[0].id, site.claims[0].stage),
        (claim, Stage::Regreen)
    );
    assert_eq!(
        site.claims[0].grade_at(site.claims[0].known.recorded_at),
        Grade::Reported
    );
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let failed = store.write(&actor(), |tx| {
        let site = NewSite {
            code: "A".into(),
            kind: SiteKind::Quarry,
            synthetic: true,
        };
        tx.add_site(&site)?;
        Err::<((), Change), _>(StoreError::WriterGone)
    });
    assert!(failed.is_err());
    assert!(store.read(|s| s.sites()).unwrap().is_empty());
    assert_eq!(store.read(|s| s.revision()).unwrap(), 0);
}

#[test]
fn a_panicking_write_leaves_nothing_behind_and_the_next_one_works() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let failed = store.write(&actor(), |tx| -> Result<((), Change), StoreError> {
        let site = NewSite {
            code: "A".into(),
            kind: SiteKind::Quarry,
            synthetic: true,
        };
        tx.add_site(&site)?;
        panic!("on purpose");
    });
    assert!(failed.is_err());
    fill(&store);
    assert_eq!(store.read(|s| s.sites()).unwrap().len(), 1);
}

#[test]
fn every_write_is_one_link_of_the_chain() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let (_, claim) = fill(&store);
    store
        .write(&actor(), move |tx| {
            tx.add_grade(
                claim,
                &NewGrade {
                    grade: Grade::Accepted,
                    person: "李四".into(),
                    reason: None,
                },
            )?;
            Ok::<_, StoreError>(((), change("claim.accept")))
        })
        .unwrap();
    let changes = store.read(|s| s.changes_after(0, 10)).unwrap();
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[1].prev_hash, changes[0].hash);
    assert_eq!(changes[1].actor, "cli:测试");
    assert_eq!(store.read(|s| s.faults()).unwrap(), []);
}

#[test]
fn a_revoked_claim_is_known_no_more_and_cannot_be_revoked_twice() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let (id, claim) = fill(&store);
    let revoke = move |tx: &qingshan::store::WriteTx<'_>| {
        tx.end_record(RecordKind::Claim, claim, EndKind::Revoked, "查无此事")?;
        Ok(((), change("claim.revoke")))
    };
    store.write::<_, StoreError>(&actor(), revoke).unwrap();
    let site = store.read(|s| s.site(id)).unwrap().unwrap();
    assert!(site.claims[0].known.ended_at.is_some());
    let again = store.write::<_, StoreError>(&actor(), revoke);
    assert!(
        matches!(again, Err(StoreError::AlreadyEnded { .. })),
        "{again:?}"
    );
}

#[test]
fn writers_from_many_threads_share_one_chain() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let (_, claim) = fill(&store);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    store
                        .write(&actor(), move |tx| {
                            let grade = NewGrade {
                                grade: Grade::Evidenced,
                                person: "王五".into(),
                                reason: None,
                            };
                            tx.add_grade(claim, &grade)?;
                            Ok::<_, StoreError>(((), change("claim.grade")))
                        })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(store.read(|s| s.revision()).unwrap(), 161);
    assert_eq!(store.read(|s| s.faults()).unwrap(), []);
}

#[test]
fn obligations_keep_their_scope() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let scope = Scope {
        townships: vec!["吴山镇".into()],
        categories: vec![Category::Active],
        ground: Some(square(113.0, 31.9, 0.2)),
        ..Scope::default()
    };
    let kept = scope.clone();
    store
        .write(&actor(), move |tx| {
            let id = tx.add_obligation(&NewObligation {
                key: "11-3".into(),
                title_zh: "平台、边坡、堆渣场复绿".into(),
                title_en: "Benches, slopes and dumps regreened".into(),
                item_no: Some(11),
                measure_no: Some(3),
                required_stage: Stage::Regreen,
                due_on: "2022-12-31".parse().unwrap(),
                scope,
                source_zh: String::new(),
                source_en: String::new(),
            })?;
            Ok::<_, StoreError>((id, change("obligation.add")))
        })
        .unwrap();
    let obligations = store.read(|s| s.obligations()).unwrap();
    let read = &obligations[0].terms[0].scope;
    assert_eq!(
        (&read.townships, &read.categories),
        (&kept.townships, &kept.categories)
    );
    assert_eq!(read.ground, kept.ground);
}

/// SQL given to the `sqlite3` program, as somebody else's process would.
fn outside(directory: &Path, sql: &str) -> (bool, String) {
    let output = Command::new("sqlite3")
        .arg(directory.join(FILE_NAME))
        .arg(sql)
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn the_file_refuses_writes_from_outside() {
    let directory = tempfile::tempdir().unwrap();
    fill(&open(directory.path()));
    for sql in [
        "update claim set stage = 6",
        "delete from claim",
        "insert into site (code, kind, synthetic, recorded_at, change_seq) values ('X','quarry',0,'2022-01-01T00:00:00.000Z',1)",
        "update change set actor = 'nobody'",
        "delete from change",
        "delete from timeline",
        "update boundary set valid_from = '2020-01-01'",
    ] {
        let (done, message) = outside(directory.path(), sql);
        // An empty table has no row whose trigger could refuse.
        let is_empty_table = sql.contains("timeline");
        assert!(!done || is_empty_table, "{sql} was let through");
        assert!(
            is_empty_table
                || message.contains("append-only")
                || message.contains("no such function"),
            "{sql}: {message}"
        );
    }
    assert_eq!(open(directory.path()).read(|s| s.faults()).unwrap(), []);
}

/// GDAL brings the functions of the R-tree triggers itself, so only our guard is in its way.
#[test]
fn gdal_cannot_change_the_file_either() {
    let directory = tempfile::tempdir().unwrap();
    fill(&open(directory.path()));
    for sql in [
        "update claim set stage = 6",
        "delete from claim",
        "insert into claim_grade (claim_id, grade, person, recorded_at, change_seq) values (1, 4, 'x', '2022-01-01T00:00:00.000Z', 1)",
    ] {
        Command::new("ogrinfo")
            .args(["-update", "-sql", sql])
            .arg(directory.path().join(FILE_NAME))
            .output()
            .unwrap();
    }
    let store = open(directory.path());
    assert_eq!(store.read(|s| s.faults()).unwrap(), []);
    let sites = store.read(|s| s.sites()).unwrap();
    assert_eq!(sites[0].claims[0].stage, Stage::Regreen);
    assert_eq!(sites[0].claims[0].grades.len(), 1);
}

#[test]
fn a_row_altered_behind_our_back_is_found_and_named() {
    let directory = tempfile::tempdir().unwrap();
    fill(&open(directory.path()));
    let (done, message) = outside(
        directory.path(),
        "drop trigger guard_claim_update;
         drop trigger rtree_claim_geom_update3; drop trigger rtree_claim_geom_update4;
         update claim set stage = 5 where id = 1;",
    );
    assert!(done, "{message}");
    let faults = open(directory.path()).read(|s| s.faults()).unwrap();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(
        (faults[0].code, faults[0].seq),
        ("verify.rows_altered", Some(1))
    );
}

#[test]
fn a_backup_restores_and_a_damaged_one_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("live"));
    let (id, _) = fill(&store);
    let out = directory.path().join("backup");
    let manifest = store.backup(&out).unwrap();
    assert_eq!(manifest.seq, 1);
    assert_eq!(
        restore(&out, &directory.path().join("again")).unwrap(),
        manifest
    );
    let again = open(&directory.path().join("again"));
    assert!(again.read(|s| s.site(id)).unwrap().is_some());

    let file = out.join(FILE_NAME);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let refused = restore(&out, &directory.path().join("third"));
    assert!(
        matches!(refused, Err(StoreError::BadBackup { .. })),
        "{refused:?}"
    );
    assert!(!directory.path().join("third").join(FILE_NAME).exists());
}

#[test]
fn a_store_is_made_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let failed = Store::create_whole(directory.path(), |store| {
        fill(store);
        Err::<(), _>(StoreError::WriterGone)
    });
    assert!(failed.is_err());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);

    let made = Store::create_whole(directory.path(), |store| Ok::<_, StoreError>(fill(store)));
    let (id, _) = made.unwrap().unwrap();
    assert!(
        open(directory.path())
            .read(|s| s.site(id))
            .unwrap()
            .is_some()
    );
    let again = Store::create_whole(directory.path(), |_| Ok::<_, StoreError>(()));
    assert!(again.unwrap().is_none());
}

#[test]
fn a_set_clock_cannot_go_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    fill(&store);
    let early =
        store.write_with_set_clock("2020-01-01T00:00:00Z".parse().unwrap(), &actor(), |_| {
            Ok::<_, StoreError>(((), change("test.early")))
        });
    assert!(
        matches!(early, Err(StoreError::ClockBack { .. })),
        "{early:?}"
    );
}

#[test]
fn other_programs_read_the_live_file_with_its_crs_and_chinese_text() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    fill(&store);
    let file = directory.path().join(FILE_NAME);
    let output = Command::new("ogrinfo")
        .args(["-al", "-ro"])
        .arg(&file)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains("EPSG\",4490") || text.contains("ID[\"EPSG\",4490]"),
        "{text}"
    );
    assert!(text.contains("万和1号矿"), "{text}");
    assert_eq!(
        text.matches("MULTIPOLYGON (((113.1 32").count(),
        2,
        "{text}"
    );
}

#[test]
fn the_file_is_a_valid_geopackage() {
    let directory = tempfile::tempdir().unwrap();
    fill(&open(directory.path()));
    let output = Command::new("/usr/bin/python3")
        .args(["-m", "osgeo_utils.samples.validate_gpkg"])
        .arg(directory.path().join(FILE_NAME))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}
