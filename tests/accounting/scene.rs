//! Small counties drawn by hand for the tables: strips of ground, 100 m from south to north.

use qingshan::domain::{
    Boundary, BoundaryRole, By, Claim, Day, Disturbance, Exemption, ExemptionReason, Figures,
    Grade, GradeRecord, InForce, Instant, Known, Obligation, ObligationTerms, Parcel, PlaceType,
    Question, RecordId, Row, Scope, Site, SiteKind, SiteTerms, Stage,
};
use qingshan::geometry::Ground;

use super::history::{County, Patch, Shape, ground};
use super::invariants::answer;

/// What a strip may differ by after being cut, m².
const TOLERANCE_M2: f64 = 0.01;

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Midnight UTC of a day.
pub fn at(text: &str) -> Instant {
    format!("{text}T00:00:00Z").parse().unwrap()
}

/// Long after every record of a scene.
pub fn now() -> Instant {
    at("2030-01-01")
}

/// Known since before every scene.
pub fn known() -> Known {
    Known {
        recorded_at: at("2021-01-01"),
        ended_at: None,
    }
}

/// Ground from `west` to `east` metres.
pub fn strip(west: i32, east: i32) -> Ground {
    let shape = Shape::Rectangle {
        east: east - west,
        north: 100,
    };
    let patch = Patch {
        x: west,
        y: 0,
        turn_deg: 0,
        shape,
    };
    ground(&patch, (0.0, 0.0))
}

/// From and to, both inclusive; an empty text is open.
pub fn days(from: &str, to: &str) -> InForce {
    let open = |text: &str| (!text.is_empty()).then(|| day(text));
    InForce {
        from: open(from),
        to: open(to),
    }
}

pub fn boundary(id: RecordId, ground: Ground, in_force: InForce) -> Boundary {
    Boundary {
        id,
        role: BoundaryRole::Footprint,
        ground,
        in_force,
        known: known(),
    }
}

/// A quarry with a footprint of 0 to 400 m.
pub fn quarry(code: &str) -> Site {
    Site {
        id: 1,
        code: code.into(),
        kind: SiteKind::Quarry,
        terms: vec![],
        boundaries: vec![boundary(1, strip(0, 400), InForce::default())],
        parcels: vec![],
        claims: vec![],
        disturbances: vec![],
        exemptions: vec![],
    }
}

pub fn terms(category: Option<qingshan::domain::Category>, in_force: InForce) -> SiteTerms {
    SiteTerms {
        name: String::new(),
        category,
        township: Some("吴山".into()),
        liable: Some("甲公司".into()),
        licence_no: None,
        in_force,
        known: known(),
    }
}

/// A claim at a grade from the first.
pub fn claim(id: RecordId, ground: Ground, stage: Stage, valid_on: &str, grade: Grade) -> Claim {
    let grades = vec![GradeRecord {
        grade,
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

pub fn disturbance(id: RecordId, ground: Ground, to: Stage, valid_on: &str) -> Disturbance {
    Disturbance {
        id,
        ground,
        to_stage: to,
        valid_on: day(valid_on),
        known: known(),
    }
}

pub fn exemption(ground: Ground, in_force: InForce) -> Exemption {
    Exemption {
        id: 900,
        ground,
        reason: ExemptionReason::Retained,
        in_force,
        known: known(),
    }
}

pub fn parcel(id: RecordId, place_type: PlaceType, ground: Ground, in_force: InForce) -> Parcel {
    Parcel {
        id,
        parcel_no: String::new(),
        place_type,
        ground,
        in_force,
        known: known(),
    }
}

pub fn due(due_on: &str, scope: Scope, in_force: InForce) -> ObligationTerms {
    ObligationTerms {
        due_on: day(due_on),
        scope,
        in_force,
        known: known(),
    }
}

/// Regreening, by the end of 2022 unless other terms are given.
pub fn regreen(terms: Vec<ObligationTerms>) -> Obligation {
    Obligation {
        id: 1,
        key: "regreen".into(),
        title_zh: String::new(),
        title_en: String::new(),
        item_no: None,
        measure_no: None,
        required_stage: Stage::Regreen,
        terms,
    }
}

/// Regreening of all ground by 2022-12-31.
pub fn regreen_all() -> Obligation {
    regreen(vec![due(
        "2022-12-31",
        Scope::default(),
        InForce::default(),
    )])
}

pub fn county(site: Site, obligation: Obligation) -> County {
    County {
        sites: vec![site],
        obligations: vec![obligation],
    }
}

/// The row of the only obligation.
pub fn row(county: &County, as_of: &str, grade: Grade) -> Row {
    row_known(county, as_of, now(), grade)
}

pub fn row_known(county: &County, as_of: &str, known_at: Instant, grade: Grade) -> Row {
    let question = Question {
        as_of: day(as_of),
        known_at,
        grade,
        by: By::Obligation,
    };
    answer(county, question).rows.remove(0)
}

/// The accepted figures of the only obligation.
pub fn figures(county: &County, as_of: &str) -> Figures {
    *row(county, as_of, Grade::Accepted).at(Grade::Accepted)
}

/// Holds an area to that of a strip of so many metres.
pub fn assert_metres(what: &str, found_m2: f64, metres: i32) {
    let expected_m2 = if metres == 0 {
        0.0
    } else {
        strip(0, metres).area_m2()
    };
    assert!(
        (found_m2 - expected_m2).abs() < TOLERANCE_M2,
        "{what}: {found_m2} m² instead of {metres} m × 100 m = {expected_m2} m²"
    );
}

/// Ground some metres further east.
pub fn shifted(ground: &Ground, east_m: f64) -> Ground {
    use geo::MapCoords;
    let east_degrees = east_m / super::history::METRES_PER_DEGREE.0;
    let moved = ground.shape().map_coords(|c| geo::Coord {
        x: c.x + east_degrees,
        y: c.y,
    });
    Ground::reread(moved).unwrap()
}
