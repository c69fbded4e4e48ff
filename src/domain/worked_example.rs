//! The worked example of the accounting rules, exact in plane metres.

use geo::Area;

use super::*;
use crate::geometry::{Ground, MultiPolygon, Polygon};

/// One metre of the example is this many "degrees", so that it lies on the overlay's grid exactly.
const DEGREES_PER_METRE: f64 = 1e-5;
/// Square metres of a 亩.
const MU_M2: f64 = 10_000.0 / 15.0;

fn rectangle(west: f64, east: f64, south: f64, north: f64) -> Ground {
    let corners = [
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]
    .map(|(x, y)| (113.0 + x * DEGREES_PER_METRE, 31.0 + y * DEGREES_PER_METRE));
    Ground::reread(MultiPolygon(vec![Polygon::new(
        corners.to_vec().into(),
        vec![],
    )]))
    .unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn known() -> Known {
    Known {
        recorded_at: "2022-01-01T00:00:00Z".parse().unwrap(),
        ended_at: None,
    }
}

fn claim(id: RecordId, ground: Ground, stage: Stage, valid_on: &str) -> Claim {
    let grades = vec![GradeRecord {
        grade: Grade::Accepted,
        recorded_at: known().recorded_at,
    }];
    Claim {
        id,
        ground,
        stage,
        valid_on: day(valid_on),
        grades,
        known: known(),
    }
}

fn boundary(id: RecordId, role: BoundaryRole, ground: Ground) -> Boundary {
    Boundary {
        id,
        role,
        ground,
        in_force: InForce::default(),
        known: known(),
    }
}

fn site() -> Site {
    Site {
        id: 1,
        code: "EX-1".into(),
        kind: SiteKind::Quarry,
        terms: vec![],
        boundaries: vec![
            boundary(
                1,
                BoundaryRole::Footprint,
                rectangle(0.0, 400.0, 0.0, 300.0),
            ),
            boundary(2, BoundaryRole::Permit, rectangle(0.0, 380.0, 0.0, 300.0)),
        ],
        parcels: vec![],
        claims: vec![
            claim(
                1,
                rectangle(0.0, 300.0, 0.0, 300.0),
                Stage::Clear,
                "2022-02-01",
            ),
            claim(
                2,
                rectangle(0.0, 240.0, 0.0, 300.0),
                Stage::Shape,
                "2022-03-01",
            ),
            claim(
                3,
                rectangle(0.0, 200.0, 0.0, 200.0),
                Stage::CoverSoil,
                "2022-04-01",
            ),
            claim(
                4,
                rectangle(0.0, 120.0, 0.0, 150.0),
                Stage::Regreen,
                "2022-09-01",
            ),
            claim(
                5,
                rectangle(100.0, 200.0, 0.0, 150.0),
                Stage::Regreen,
                "2022-09-02",
            ),
            claim(
                6,
                rectangle(-30.0, 100.0, 150.0, 200.0),
                Stage::Regreen,
                "2022-09-03",
            ),
        ],
        disturbances: vec![Disturbance {
            id: 7,
            ground: rectangle(150.0, 200.0, 50.0, 150.0),
            to_stage: Stage::Untreated,
            valid_on: day("2022-10-01"),
            known: known(),
        }],
        exemptions: vec![Exemption {
            id: 8,
            ground: rectangle(300.0, 400.0, 250.0, 300.0),
            reason: ExemptionReason::Retained,
            in_force: InForce::default(),
            known: known(),
        }],
    }
}

fn obligation(required_stage: Stage) -> Obligation {
    let terms = ObligationTerms {
        due_on: day("2022-12-31"),
        scope: Scope::default(),
        in_force: InForce::default(),
        known: known(),
    };
    Obligation {
        id: i64::from(required_stage.number()),
        key: required_stage.code().into(),
        title_zh: String::new(),
        title_en: String::new(),
        item_no: None,
        measure_no: None,
        required_stage,
        terms: vec![terms],
    }
}

/// The example's mosaic with plane areas in place of ellipsoid areas.
fn plane_mosaic(site: &Site, obligations: &[Obligation]) -> Mosaic {
    let mut mosaic = Mosaic::new(site, &[], obligations);
    for face in &mut mosaic.faces {
        face.area_m2 = face.ground.shape().unsigned_area() / DEGREES_PER_METRE.powi(2);
    }
    mosaic
}

fn answer() -> Remaining {
    let site = site();
    let obligations =
        [Stage::Clear, Stage::Shape, Stage::CoverSoil, Stage::Regreen].map(obligation);
    let mosaic = plane_mosaic(&site, &obligations);
    let known_at = "2022-11-01T00:00:00Z".parse().unwrap();
    let timeline = Timeline::new(&site, &mosaic, &obligations, known_at);
    let question = Question {
        as_of: day("2022-11-01"),
        known_at,
        grade: Grade::Accepted,
        by: By::Obligation,
    };
    remaining(
        &[SiteAccount {
            site: &site,
            timeline: &timeline,
        }],
        &obligations,
        question,
    )
}

fn assert_mu(what: &str, m2: f64, mu: f64) {
    // The plane areas come back from decimal degrees: 1e-9 of the example's 115,000 m².
    assert!(
        (m2 - mu * MU_M2).abs() < 1e-4,
        "{what}: {} 亩 instead of {mu}",
        m2 / MU_M2
    );
}

#[test]
fn done_and_remaining_of_each_stage_are_exact() {
    let rows = answer().rows;
    for (row, done, remaining) in [
        (&rows[0], 127.50, 45.00),
        (&rows[1], 100.50, 72.00),
        (&rows[2], 52.50, 120.00),
        (&rows[3], 45.00, 127.50),
    ] {
        let figures = row.at(Grade::Accepted);
        assert_mu(&row.key, figures.done_m2, done);
        assert_mu(&row.key, figures.remaining_m2, remaining);
        assert_mu(&row.key, figures.obligation_m2, 172.50);
    }
}

#[test]
fn the_buckets_are_exact() {
    let rows = answer().rows;
    let by_stage = rows[3].at(Grade::Accepted).by_stage_m2;
    for (stage, mu) in [45.0, 27.0, 48.0, 7.5, 45.0, 0.0, 0.0]
        .into_iter()
        .enumerate()
    {
        assert_mu(&format!("stage {stage}"), by_stage[stage], mu);
    }
}

#[test]
fn the_side_figures_say_what_a_spreadsheet_would_have_got_wrong() {
    let rows = answer().rows;
    let figures = rows[3].at(Grade::Accepted);
    assert_mu("double", figures.double_claimed_m2, 4.5);
    assert_mu("outside", figures.outside_m2, 2.25);
    assert_mu("redisturbed", figures.redisturbed_m2, 7.5);
    assert_mu("skipped", figures.skipped_m2, 0.0);
    assert_mu("unclassified", figures.unclassified_m2, 172.5);
    assert_mu("sliver", figures.sliver_m2, 0.0);
}

#[test]
fn the_pace_is_the_examples() {
    let rows = answer().rows;
    let pace = rows[3].pace.unwrap();
    assert_mu("central", pace.central_m2_per_day, 0.5);
    assert_mu("required", pace.required_m2_per_day.unwrap(), 2.125);
    assert_mu("shortfall", pace.shortfall_at_due_m2, 97.5);
    assert_eq!(pace.forecast_on[1], Some(day("2023-07-14")));
    assert_eq!(rows[3].status, Some(Status::Behind));
}

#[test]
fn the_total_counts_each_ground_once() {
    let total = answer().total;
    let figures = total.at(Grade::Accepted);
    assert_mu("total D", figures.obligation_m2, 172.5);
    // The highest stage asked of all of it is regreen.
    assert_mu("total remaining", figures.remaining_m2, 127.5);
}
