//! Files into the ledger: dry run, commit, repetition, doubt, refusal, rollback.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a snapshot borrows"
)]

use std::path::{Path, PathBuf};

use qingshan::domain::{Grade, Instant, RecordId, Scope, Stage};
use qingshan::formats::crs::Reading;
use qingshan::formats::source::ReadOptions;
use qingshan::geometry::Severity;
use qingshan::service::import::{ImportReport, ImportRequest, Target, import, rollback};
use qingshan::service::{verify, write};
use qingshan::store::{Actor, Change, NewObligation, Store};

struct Bureau {
    folder: tempfile::TempDir,
    store: Store,
    actor: Actor,
}

impl Bureau {
    /// An empty ledger with one obligation: everything regreened.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).unwrap();
        let actor = Actor("cli:test".to_owned());
        let obligation = NewObligation {
            key: "all".to_owned(),
            title_zh: "全部复绿".to_owned(),
            title_en: "all regreened".to_owned(),
            item_no: None,
            measure_no: None,
            required_stage: Stage::Regreen,
            due_on: "2030-12-31".parse().unwrap(),
            scope: Scope::default(),
            source_zh: String::new(),
            source_en: String::new(),
        };
        write(&store, &actor, move |tx| {
            tx.add_obligation(&obligation)?;
            let subject = "all".to_owned();
            let payload = serde_json::Value::Null;
            Ok((
                (),
                Change {
                    action: "obligation.add",
                    subject,
                    payload,
                },
            ))
        })
        .unwrap();
        Self {
            folder,
            store,
            actor,
        }
    }

    /// A ledger with the site S-1, 400 m by 300 m in plane metres from E 416400, N 3534000.
    fn with_site() -> Self {
        let bureau = Self::new();
        let sites = features(&[(
            r#""site_code":"S-1","name":"一号矿","kind":"quarry""#,
            (0, 0, 400, 300),
        )]);
        let report = bureau.import(Target::Sites, &sites, true);
        assert_eq!(
            (report.added, report.rejected),
            (1, 0),
            "{:?}",
            report.findings
        );
        bureau
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn request(path: &Path, target: Target, crs: Option<&str>, commits: bool) -> ImportRequest {
        ImportRequest {
            path: path.to_owned(),
            target,
            options: ReadOptions {
                crs: crs.map(|crs| crs.parse::<Reading>().unwrap()),
                ..ReadOptions::default()
            },
            maps: Vec::new(),
            sets: Vec::new(),
            applies_repairs: false,
            commits,
        }
    }

    /// Imports plane coordinates of EPSG:4547.
    fn import(&self, target: Target, content: &str, commits: bool) -> ImportReport {
        let path = self.file("in.geojson", content);
        self.run(&Self::request(&path, target, Some("4547"), commits))
    }

    fn run(&self, request: &ImportRequest) -> ImportReport {
        import(&self.store, &self.actor, request).unwrap_or_else(|error| panic!("{error}"))
    }

    fn revision(&self) -> i64 {
        self.store.read(|snapshot| snapshot.revision()).unwrap()
    }

    fn claims(&self) -> Vec<(RecordId, Grade)> {
        let sites = self.store.read(|snapshot| snapshot.sites()).unwrap();
        let now = Instant::MAX_UTC;
        let claims = sites.iter().flat_map(|site| &site.claims);
        claims
            .filter(|c| c.known.is_known(now))
            .map(|c| (c.id, c.grade_at(now)))
            .collect()
    }

    /// The kept figures are those of the polygons.
    fn assert_sound(&self) {
        let verification = verify(&self.store).unwrap();
        assert!(verification.faults.is_empty(), "{:?}", verification.faults);
    }
}

/// X, y, width and height in metres from the origin.
type Rectangle = (u32, u32, u32, u32);

/// Features with properties and a rectangle.
fn features(of: &[(&str, Rectangle)]) -> String {
    let one = |(properties, (x, y, w, h)): &(&str, Rectangle)| {
        let at = |x: u32, y: u32| format!("[{},{}]", 416_400 + x, 3_534_000 + y);
        let ring = [
            at(*x, *y),
            at(x + w, *y),
            at(x + w, y + h),
            at(*x, y + h),
            at(*x, *y),
        ]
        .join(",");
        format!(
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
        )
    };
    let all: Vec<String> = of.iter().map(one).collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        all.join(",")
    )
}

fn codes(report: &ImportReport, worst: Severity) -> Vec<&'static str> {
    report
        .findings
        .iter()
        .filter(|f| f.severity >= worst)
        .map(|f| f.code)
        .collect()
}

/// Remaining of the one obligation before and after, accepted claims, m².
fn remaining(report: &ImportReport) -> (f64, f64) {
    let totals = report.totals.as_ref().expect("totals");
    let of = |answer: &qingshan::domain::Remaining| answer.total.at(Grade::Accepted).remaining_m2;
    (of(&totals.before), of(&totals.after))
}

const CLAIM: &str =
    r#""site_code":"S-1","阶段":"复绿","日期":"2022年6月30日","等级":"验收","覆土厚度":"30""#;

#[test]
fn a_dry_run_says_what_the_commit_does_and_writes_nothing() {
    let bureau = Bureau::with_site();
    let before = bureau.revision();
    let claims = features(&[(CLAIM, (0, 0, 100, 300))]);
    let tried = bureau.import(Target::Claims, &claims, false);
    assert_eq!((bureau.revision(), tried.batch_id), (before, None));
    let done = bureau.import(Target::Claims, &claims, true);
    assert_eq!(bureau.revision(), before + 1);
    assert_eq!(
        (tried.added, tried.area_m2.to_bits()),
        (done.added, done.area_m2.to_bits())
    );
    assert_eq!(remaining(&tried), remaining(&done));
    // 400 × 300 m and 100 × 300 m less 171.5 ppm.
    let (left_before, left_after) = remaining(&done);
    assert!(
        (left_before - 120_000.0 * (1.0 - 171.5e-6)).abs() < 0.6,
        "{left_before}"
    );
    assert!(
        (left_after - 90_000.0 * (1.0 - 171.5e-6)).abs() < 0.6,
        "{left_after}"
    );
    bureau.assert_sound();
}

#[test]
fn the_same_claims_again_are_skipped_and_a_higher_grade_is_a_change() {
    let bureau = Bureau::with_site();
    let reported = CLAIM.replace("验收", "1");
    bureau.import(
        Target::Claims,
        &features(&[(&reported, (0, 0, 100, 300))]),
        true,
    );
    let again = bureau.import(
        Target::Claims,
        &features(&[(&reported, (0, 0, 100, 300))]),
        true,
    );
    assert_eq!((again.added, again.skipped, again.batch_id), (0, 1, None));
    let raised = bureau.import(
        Target::Claims,
        &features(&[(CLAIM, (0, 0, 100, 300))]),
        true,
    );
    assert_eq!((raised.added, raised.changed), (0, 1));
    assert_eq!(bureau.claims()[0].1, Grade::Accepted);
    rollback(&bureau.store, &bureau.actor, raised.batch_id.unwrap()).unwrap();
    assert_eq!(bureau.claims()[0].1, Grade::Reported);
    bureau.assert_sound();
}

#[test]
fn two_of_the_same_in_one_file_are_one() {
    let bureau = Bureau::with_site();
    let claims = features(&[(CLAIM, (0, 0, 100, 300)), (CLAIM, (0, 0, 100, 300))]);
    let report = bureau.import(Target::Claims, &claims, true);
    assert_eq!(
        (report.added, report.skipped, bureau.claims().len()),
        (1, 1, 1)
    );
}

#[test]
fn a_rolled_back_import_leaves_every_figure_as_it_was() {
    let bureau = Bureau::with_site();
    let report = bureau.import(
        Target::Claims,
        &features(&[(CLAIM, (0, 0, 100, 300))]),
        true,
    );
    let (before, _) = remaining(&report);
    let batch = report.batch_id.unwrap();
    let done = rollback(&bureau.store, &bureau.actor, batch).unwrap();
    assert_eq!(done.ended, 1);
    let next = bureau.import(
        Target::Claims,
        &features(&[(CLAIM, (0, 0, 100, 300))]),
        false,
    );
    // The ended claim still cuts the faces; cuts move corners by less than 0.1 mm.
    assert!(
        (remaining(&next).0 - before).abs() < 0.1,
        "{} {before}",
        remaining(&next).0
    );
    // The record is ended, so the same claim is new again.
    assert_eq!(next.added, 1);
    let twice = rollback(&bureau.store, &bureau.actor, batch).unwrap_err();
    assert!(
        twice.to_string().contains("import.rolled_back_before"),
        "{twice}"
    );
    assert!(rollback(&bureau.store, &bureau.actor, 99).is_err());
    bureau.assert_sound();
}

#[test]
fn a_parcel_that_was_replaced_comes_back_with_the_rollback() {
    let bureau = Bureau::with_site();
    let parcel = |kind: &str, w| {
        features(&[(
            &format!(r#""site_code":"S-1","图斑编号":"P-1","类型":"{kind}""#),
            (0, 0, w, 50),
        )])
    };
    bureau.import(Target::Parcels, &parcel("平台", 50), true);
    let changed = bureau.import(Target::Parcels, &parcel("边坡", 80), true);
    assert_eq!((changed.added, changed.changed), (0, 1));
    let done = rollback(&bureau.store, &bureau.actor, changed.batch_id.unwrap()).unwrap();
    assert_eq!((done.ended, done.restored), (1, 1));
    assert_eq!(
        bureau
            .import(Target::Parcels, &parcel("平台", 50), false)
            .skipped,
        1
    );
    bureau.assert_sound();
}

#[test]
fn an_event_without_code_goes_to_the_site_under_it_as_a_finding() {
    let bureau = Bureau::with_site();
    let other = features(&[(r#""site_code":"S-2","kind":"quarry""#, (400, 0, 400, 300))]);
    bureau.import(Target::Sites, &other, true);
    let event = r#""valid_on":"2022-06-30","reason":"爆破""#;
    // 30 m on S-1, 70 m on S-2.
    let report = bureau.import(
        Target::Disturbances,
        &features(&[(event, (370, 0, 100, 100))]),
        true,
    );
    let finding = report
        .findings
        .iter()
        .find(|f| f.code == "site.by_ground")
        .unwrap();
    assert_eq!(
        finding.values,
        [
            ("site_code", "S-2".to_owned()),
            ("share_pct", "70.0".to_owned())
        ]
    );
    let nowhere = bureau.import(
        Target::Disturbances,
        &features(&[(event, (5_000, 0, 100, 100))]),
        true,
    );
    assert_eq!(codes(&nowhere, Severity::Error), ["site.none_under_it"]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn what_cannot_be_true_is_rejected_with_its_code() {
    let bureau = Bureau::with_site();
    let cases = [
        (
            Target::Claims,
            CLAIM.replace("S-1", "S-9"),
            "import.site_unknown",
        ),
        (
            Target::Claims,
            CLAIM.replace("2022年6月30日", "2100-01-01"),
            "date.in_future",
        ),
        (
            Target::Claims,
            CLAIM.replace("2022年6月30日", "去年夏天"),
            "field.bad_date",
        ),
        (
            Target::Claims,
            CLAIM.replace("2022年6月30日", ""),
            "field.missing",
        ),
        (
            Target::Claims,
            CLAIM.replace("复绿", "绿化"),
            "field.unknown_word",
        ),
        (
            Target::Claims,
            CLAIM.replace("验收", "很好"),
            "field.unknown_word",
        ),
        (
            Target::Claims,
            CLAIM.replace("复绿", "0"),
            "claim.stage_untreated",
        ),
        (
            Target::Claims,
            CLAIM.replace("复绿", "销号").replace("验收", "核查"),
            "claim.release_not_accepted",
        ),
        (
            Target::Parcels,
            r#""site_code":"S-1""#.to_owned(),
            "field.missing",
        ),
        (
            Target::Exemptions,
            r#""site_code":"S-1","valid_on":"2022-01-01""#.to_owned(),
            "field.missing",
        ),
        (
            Target::Exemptions,
            r#""site_code":"S-1","valid_on":"2022-02-01","valid_to":"2022-01-01","reason":"保留""#
                .to_owned(),
            "date.ends_before_it_begins",
        ),
        (
            Target::Sites,
            r#""name":"无编号""#.to_owned(),
            "field.missing",
        ),
        (
            Target::Townships,
            r#""编码":"1""#.to_owned(),
            "field.missing",
        ),
    ];
    let before = bureau.revision();
    for (target, properties, code) in cases {
        let report = bureau.import(target, &features(&[(&properties, (0, 0, 50, 50))]), true);
        assert!(
            codes(&report, Severity::Error).contains(&code),
            "{code}: {:?}",
            report.findings
        );
        let finding = report.findings.iter().find(|f| f.code == code).unwrap();
        assert_eq!(finding.feature, Some(1));
        assert!(report.is_refused() && report.batch_id.is_none());
    }
    assert_eq!(bureau.revision(), before);
}

#[test]
fn good_features_are_taken_beside_rejected_ones() {
    let bureau = Bureau::with_site();
    let claims = features(&[
        (CLAIM, (0, 0, 100, 300)),
        (&CLAIM.replace("S-1", "S-9"), (0, 0, 50, 50)),
    ]);
    let report = bureau.import(Target::Claims, &claims, true);
    assert_eq!(
        (report.added, report.rejected, report.is_refused()),
        (1, 1, false)
    );
    assert_eq!(bureau.claims().len(), 1);
}

#[test]
fn ground_outside_the_footprint_and_in_two_sites_is_told() {
    let bureau = Bureau::with_site();
    let claim = bureau.import(
        Target::Claims,
        &features(&[(CLAIM, (350, 0, 100, 100))]),
        false,
    );
    let outside = claim
        .findings
        .iter()
        .find(|f| f.code == "claim.outside_footprint")
        .unwrap();
    let outside_m2: f64 = outside.values[0].1.parse().unwrap();
    assert!((outside_m2 - 5_000.0).abs() < 2.0, "{outside_m2}");
    let sites = features(&[(r#""site_code":"S-2","kind":"quarry""#, (390, 0, 100, 100))]);
    let report = bureau.import(Target::Sites, &sites, false);
    assert_eq!(codes(&report, Severity::Warning), ["site.overlaps"]);
    let both = features(&[
        (r#""site_code":"S-3","kind":"quarry""#, (1_000, 0, 100, 100)),
        (r#""site_code":"S-4","kind":"quarry""#, (1_050, 0, 100, 100)),
    ]);
    let report = bureau.import(Target::Sites, &both, false);
    assert_eq!(codes(&report, Severity::Warning), ["site.overlaps"]);
}

#[test]
fn a_site_again_with_another_party_is_a_change_and_the_same_is_not() {
    let bureau = Bureau::with_site();
    let site = r#""site_code":"S-1","name":"一号矿","kind":"quarry""#;
    let same = bureau.import(Target::Sites, &features(&[(site, (0, 0, 400, 300))]), true);
    assert_eq!(
        (same.skipped, same.batch_id),
        (1, None),
        "{:?}",
        same.findings
    );
    let party = format!(r#"{site},"责任单位":"某公司""#);
    let changed = bureau.import(
        Target::Sites,
        &features(&[(&party, (0, 0, 400, 300))]),
        true,
    );
    assert_eq!((changed.added, changed.changed), (0, 1));
    let larger = bureau.import(
        Target::Sites,
        &features(&[(&party, (0, 0, 500, 300))]),
        true,
    );
    let (before, after) = remaining(&larger);
    assert!(
        (after - before - 30_000.0 * (1.0 - 171.5e-6)).abs() < 0.6,
        "{before} {after}"
    );
    rollback(&bureau.store, &bureau.actor, larger.batch_id.unwrap()).unwrap();
    let again = bureau.import(
        Target::Sites,
        &features(&[(&party, (0, 0, 400, 300))]),
        false,
    );
    assert_eq!(again.skipped, 1, "{:?}", again.findings);
    bureau.assert_sound();
}

/// The site's west half in GCJ-02, some 625 m off (formula of 2013, GDAL fixture script).
const IN_GCJ02: &str = r#"{"type":"Feature","properties":{"site_code":"S-1","stage":4,"valid_on":"2022-06-30"},
 "geometry":{"type":"Polygon","coordinates":[[[113.12221536021,31.92419261677],[113.1242,31.9242],[113.1242,31.9260],[113.1222,31.9260],[113.12221536021,31.92419261677]]]}}"#;

#[test]
fn coordinates_that_contradict_the_ground_are_refused_until_the_user_decides() {
    let bureau = Bureau::with_site();
    let path = bureau.file("claim.geojson", IN_GCJ02);
    let guessed = bureau.run(&Bureau::request(&path, Target::Claims, None, true));
    assert_eq!(codes(&guessed, Severity::Error), ["crs.contradicts_ground"]);
    assert!(guessed.is_refused() && bureau.claims().is_empty());
    assert_eq!(guessed.candidates[0].reading.to_string(), "GCJ-02");
    let offset_m = guessed.candidates[0].offset_m.unwrap();
    assert!((offset_m - 625.0).abs() < 5.0, "{offset_m}");
    let declared = bureau.run(&Bureau::request(
        &path,
        Target::Claims,
        Some("GCJ-02"),
        true,
    ));
    assert_eq!(
        (declared.added, codes(&declared, Severity::Error)),
        (1, vec![])
    );
    // The user's own word is taken even against the ground, with a warning.
    let insisted = bureau.run(&Bureau::request(
        &path,
        Target::Claims,
        Some("EPSG:4326"),
        false,
    ));
    assert!(codes(&insisted, Severity::Warning).contains(&"crs.contradicts_ground"));
    assert!(!insisted.is_refused());
}

#[test]
fn every_wrong_reading_is_told_by_the_right_one() {
    let bureau = Bureau::with_site();
    let plane = |x: f64, y: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"site_code":"S-1","stage":4,"valid_on":"2022-06-30"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]]}}}}"#,
            x + 50.0,
            x + 50.0,
            y + 50.0,
            y + 50.0
        )
    };
    let cases = [
        // The zone prefix is missing.
        (plane(416_450.0, 3_534_050.0), "EPSG:4526", "EPSG:4547"),
        // There is a prefix where there should be none.
        (plane(38_416_450.0, 3_534_050.0), "EPSG:4547", "EPSG:4526"),
        // The neighbouring zone.
        (plane(416_450.0, 3_534_050.0), "EPSG:4546", "EPSG:4547"),
        // North before east.
        (plane(3_534_050.0, 416_450.0), "EPSG:4547", "EPSG:4547:yx"),
    ];
    for (text, claimed, right) in cases {
        let with_claim = text.replacen(
            "{\"type\":\"Feature\"",
            &format!("{{\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"{claimed}\"}}}},\"type\":\"Feature\""),
            1,
        );
        let path = bureau.file("claim.geojson", &with_claim);
        let report = bureau.run(&Bureau::request(&path, Target::Claims, None, true));
        assert_eq!(
            codes(&report, Severity::Error),
            ["crs.contradicts_ground"],
            "{claimed}"
        );
        assert_eq!(
            report.candidates[0].reading.to_string(),
            right,
            "{:?}",
            report.candidates
        );
        let settled = bureau.run(&Bureau::request(&path, Target::Claims, Some(right), false));
        assert_eq!(settled.added, 1, "{right}: {:?}", settled.findings);
    }
}

#[test]
fn ground_far_outside_the_county_is_rejected_once_the_county_is_known() {
    let bureau = Bureau::with_site();
    let county = features(&[(r#""name":"示例县""#, (0, 0, 5_000, 5_000))]);
    assert_eq!(bureau.import(Target::County, &county, true).added, 1);
    assert_eq!(bureau.import(Target::County, &county, true).skipped, 1);
    let far = features(&[
        (
            r#""site_code":"S-7","kind":"quarry""#,
            (90_000, 0, 100, 100),
        ),
        (r#""site_code":"S-8","kind":"quarry""#, (6_000, 0, 100, 100)),
        (r#""site_code":"S-9","kind":"quarry""#, (4_000, 0, 100, 100)),
    ]);
    let report = bureau.import(Target::Sites, &far, false);
    let told: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.feature, f.code, f.severity))
        .collect();
    assert_eq!(
        told,
        [
            (Some(1), "geometry.outside_county", Severity::Error),
            (Some(2), "geometry.outside_county", Severity::Warning),
        ]
    );
    assert_eq!((report.added, report.rejected), (2, 1));
}

#[test]
fn a_repair_is_proposed_and_taken_only_when_asked() {
    let bureau = Bureau::with_site();
    let bow_tie = format!(
        r#"{{"type":"Feature","properties":{{{CLAIM}}},"geometry":{{"type":"Polygon","coordinates":[[[416400,3534000],[416500,3534100],[416500,3534000],[416400,3534100],[416400,3534000]]]}}}}"#
    );
    let path = bureau.file("bow.geojson", &bow_tie);
    let mut request = Bureau::request(&path, Target::Claims, Some("4547"), true);
    let refused = bureau.run(&request);
    assert_eq!(
        codes(&refused, Severity::Error),
        ["geometry.self_intersects"]
    );
    let proposal = refused
        .findings
        .iter()
        .find(|f| f.code == "geometry.repair_proposed")
        .unwrap();
    let after_m2: f64 = proposal.values[1].1.parse().unwrap();
    // Two triangles of 50 × 100 / 2 m².
    assert!((after_m2 - 5_000.0).abs() < 2.0, "{after_m2}");
    request.applies_repairs = true;
    let repaired = bureau.run(&request);
    assert_eq!(
        (repaired.added, codes(&repaired, Severity::Error)),
        (1, vec![])
    );
}

#[test]
fn columns_are_mapped_and_set_by_the_users_word() {
    let bureau = Bureau::with_site();
    let path = bureau.file(
        "in.geojson",
        &features(&[(
            r#""mine":"S-1","step":"3","when":"20220630""#,
            (0, 0, 10, 10),
        )]),
    );
    let mut request = Bureau::request(&path, Target::Claims, Some("4547"), true);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    request.maps = vec![
        pair("site_code", "mine"),
        pair("stage", "step"),
        pair("valid_on", "when"),
    ];
    request.sets = vec![pair("grade", "verified")];
    assert_eq!(bureau.run(&request).added, 1);
    assert_eq!(bureau.claims()[0].1, Grade::Verified);
    request.maps.push(pair("grade", "nothing"));
    let refused = import(&bureau.store, &bureau.actor, &request).unwrap_err();
    assert_eq!(refused.code(), "import.unknown_column");
}

#[test]
fn ledger_rows_claim_the_ground_of_the_parcels_they_name() {
    let bureau = Bureau::with_site();
    let parcel = features(&[(
        r#""site_code":"S-1","parcel_no":"P-1","place_type":"bench""#,
        (0, 0, 100, 100),
    )]);
    bureau.import(Target::Parcels, &parcel, true);
    let ledger = "矿山编号,图斑编号,阶段,日期,等级\nS-1,P-1,复绿,2022/6/30,4\nS-1,P-2,复绿,2022/6/30,4\nS-1,,复绿,2022/6/30,4\n";
    let path = bureau.file("ledger.csv", ledger);
    let report = bureau.run(&Bureau::request(&path, Target::Claims, None, true));
    assert_eq!((report.added, report.rejected), (1, 2));
    assert_eq!(
        codes(&report, Severity::Error),
        ["parcel.unknown", "ledger.no_ground"]
    );
    let (before, after) = remaining(&report);
    assert!((before - after - 10_000.0 * (1.0 - 171.5e-6)).abs() < 0.1);
}

#[test]
fn the_stores_own_file_is_never_opened_by_an_import() {
    let bureau = Bureau::with_site();
    let mut own = std::fs::read_dir(bureau.store.directory())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let gpkg = own
        .find(|path| path.extension().is_some_and(|e| e == "gpkg"))
        .unwrap();
    let request = Bureau::request(&gpkg, Target::Sites, None, false);
    let refused = import(&bureau.store, &bureau.actor, &request).unwrap_err();
    assert_eq!(refused.code(), "import.own_store");
}

#[test]
fn four_files_of_the_same_ground_are_one_site_each() {
    let bureau = Bureau::new();
    let fixture = |name: &str| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/formats")
            .join(name)
    };
    let mut areas = Vec::new();
    for (name, crs) in [
        ("gbk_4526.shp", None),
        ("gbk_4547.txt", None),
        ("gcj02.geojson", Some("GCJ-02")),
        ("sites.kml", None),
    ] {
        let mut request = Bureau::request(&fixture(name), Target::Sites, crs, false);
        if name != "gbk_4547.txt" {
            request.maps = vec![("site_code".to_owned(), "code".to_owned())];
        }
        let report = bureau.run(&request);
        assert_eq!(
            (report.added, report.rejected),
            (2, 0),
            "{name}: {:?}",
            report.findings
        );
        areas.push(report.area_m2);
    }
    for area_m2 in &areas {
        assert!((area_m2 / areas[0] - 1.0).abs() < 1e-5, "{areas:?}");
    }
    let mut first = Bureau::request(&fixture("gbk_4526.shp"), Target::Sites, None, true);
    first.maps = vec![("site_code".to_owned(), "code".to_owned())];
    assert_eq!(bureau.run(&first).added, 2);
    // GCJ-02 through the formula and its inverse comes back within 1 mm: the same boundary.
    let mut again = Bureau::request(
        &fixture("gcj02.geojson"),
        Target::Sites,
        Some("GCJ-02"),
        false,
    );
    again.maps = vec![("site_code".to_owned(), "code".to_owned())];
    let report = bureau.run(&again);
    assert_eq!(
        (report.skipped, report.changed),
        (2, 0),
        "{:?}",
        report.findings
    );
}

#[test]
fn an_export_of_the_demo_county_brings_nothing_new_back() {
    use qingshan::domain::By;
    use qingshan::formats::{WriteFormat, WriteOptions};
    use qingshan::service::{ExportRequest, ExportSubject, export};
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data")).unwrap();
    let actor = Actor("cli:test".to_owned());
    assert!(qingshan::service::fill_demo(&store, &actor).unwrap());
    let formats = [
        (WriteFormat::GeoJson, "geojson"),
        (WriteFormat::GeoPackage, "gpkg"),
        (WriteFormat::Shapefile, "zip"),
        (WriteFormat::Kml, "kml"),
    ];
    let subjects = [
        (ExportSubject::Sites, Target::Sites),
        (ExportSubject::Parcels, Target::Parcels),
        (ExportSubject::Claims, Target::Claims),
        (ExportSubject::Disturbances, Target::Disturbances),
        (ExportSubject::Exemptions, Target::Exemptions),
    ];
    for (place, (subject, target)) in subjects.into_iter().enumerate() {
        // Every format for the sites, one for each kind of record: together they meet all columns.
        for (_, (format, suffix)) in formats
            .into_iter()
            .enumerate()
            .filter(|(own, _)| place == 0 || place - 1 == *own)
        {
            let path = folder.path().join(format!("out.{suffix}"));
            let _ = std::fs::remove_file(&path);
            let request = ExportRequest {
                subject,
                as_of: None,
                today: chrono::Utc::now().date_naive(),
                known_at: chrono::Utc::now(),
                grade: Grade::Accepted,
                by: By::Site,
                write: WriteOptions::of(format),
            };
            export(&store, &request, &path).unwrap();
            let report =
                import(&store, &actor, &Bureau::request(&path, target, None, false)).unwrap();
            let counts = (report.added, report.changed, report.rejected);
            assert_eq!(
                counts,
                (0, 0, 0),
                "{suffix} {target:?}: {:?}",
                report.findings
            );
            assert!(
                report.skipped > 10,
                "{suffix} {target:?}: {}",
                report.skipped
            );
        }
    }
}
