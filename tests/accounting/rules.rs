//! Versions, scope, dates and ownership: one small county per rule.

use qingshan::domain::{
    By, Category, Grade, GradeRecord, InForce, Known, PlaceType, Question, Scope, Stage,
};

use super::history::County;
use super::invariants::{answer, rows};
use super::oracle::Moment;
use super::scene::{
    assert_metres, at, boundary, claim, county, day, days, disturbance, due, exemption, figures,
    now, parcel, quarry, regreen, regreen_all, row_known, strip, terms,
};

const REGREENED: Stage = Stage::Regreen;
const ACCEPTED: Grade = Grade::Accepted;

fn scoped(scope: Scope) -> qingshan::domain::Obligation {
    regreen(vec![due("2022-12-31", scope, InForce::default())])
}

// ---- versions ----------------------------------------------------------------------------------

#[test]
fn a_boundary_ends_the_day_before_the_next_begins() {
    let mut site = quarry("A");
    site.boundaries = vec![
        boundary(1, strip(0, 200), InForce::default()),
        boundary(2, strip(100, 400), days("2022-03-01", "2022-06-30")),
        boundary(3, strip(0, 50), days("2022-09-01", "")),
    ];
    let county = county(site, regreen_all());
    for (as_of, metres) in [
        ("1990-01-01", 200),
        ("2022-02-28", 200),
        ("2022-03-01", 300),
        ("2022-06-30", 300),
        // The first version ended when the second began; it does not come back.
        ("2022-07-01", 0),
        ("2022-08-31", 0),
        ("2022-09-01", 50),
    ] {
        assert_metres(as_of, figures(&county, as_of).obligation_m2, metres);
    }
}

#[test]
fn a_superseded_boundary_is_as_if_it_had_never_been() {
    let mut site = quarry("A");
    let mut wrong = boundary(2, strip(0, 100), days("2022-03-01", ""));
    wrong.known = Known {
        recorded_at: at("2022-03-05"),
        ended_at: Some(at("2022-04-01")),
    };
    site.boundaries.push(wrong);
    let county = county(site, regreen_all());
    for (known_at, metres) in [
        ("2022-03-04", 400),
        ("2022-03-05", 100),
        ("2022-03-31", 100),
        ("2022-04-01", 400),
    ] {
        let row = row_known(&county, "2022-05-01", at(known_at), ACCEPTED);
        assert_metres(known_at, row.at(ACCEPTED).obligation_m2, metres);
    }
}

#[test]
fn a_later_boundary_applies_backwards_within_a_fold() {
    let mut site = quarry("A");
    site.boundaries = vec![
        boundary(1, strip(0, 200), InForce::default()),
        boundary(2, strip(0, 400), days("2022-06-01", "")),
    ];
    site.claims = vec![claim(
        10,
        strip(100, 300),
        REGREENED,
        "2022-02-01",
        ACCEPTED,
    )];
    let county = county(site, regreen_all());
    let before = figures(&county, "2022-05-31");
    assert_metres("done before", before.done_m2, 100);
    assert_metres("outside before", before.outside_m2, 100);
    let after = figures(&county, "2022-06-01");
    assert_metres("done after", after.done_m2, 200);
    assert_metres("outside after", after.outside_m2, 0);
}

#[test]
fn the_permit_never_clips_the_footprint() {
    let mut site = quarry("A");
    let mut permit = boundary(2, strip(0, 100), days("2022-03-01", ""));
    permit.role = qingshan::domain::BoundaryRole::Permit;
    site.boundaries.push(permit);
    let county = county(site, regreen_all());
    assert_metres(
        "footprint",
        figures(&county, "2022-05-01").obligation_m2,
        400,
    );
}

// ---- dates and knowledge -----------------------------------------------------------------------

#[test]
fn an_event_counts_from_its_own_day() {
    let mut site = quarry("A");
    site.claims = vec![claim(10, strip(0, 100), REGREENED, "2022-02-01", ACCEPTED)];
    site.disturbances = vec![disturbance(
        11,
        strip(50, 450),
        Stage::Untreated,
        "2022-03-01",
    )];
    let county = county(site, regreen_all());
    for (as_of, done, ground) in [
        ("2022-01-31", 0, 400),
        ("2022-02-01", 100, 400),
        ("2022-02-28", 100, 400),
        ("2022-03-01", 50, 450),
    ] {
        let figures = figures(&county, as_of);
        assert_metres(as_of, figures.done_m2, done);
        assert_metres(as_of, figures.obligation_m2, ground);
    }
}

#[test]
fn an_exemption_holds_on_its_last_day() {
    let mut site = quarry("A");
    site.exemptions = vec![exemption(strip(0, 100), days("2022-02-01", "2022-02-28"))];
    let county = county(site, regreen_all());
    for (as_of, metres) in [
        ("2022-01-31", 400),
        ("2022-02-01", 300),
        ("2022-02-28", 300),
        ("2022-03-01", 400),
    ] {
        assert_metres(as_of, figures(&county, as_of).obligation_m2, metres);
        // A timeline only looks at days on which something changes; the day itself must agree.
        let at = Moment {
            as_of: day(as_of),
            known_at: now(),
        };
        let [.., direct] = rows(&county, at)[0].2;
        assert_metres(as_of, direct.obligation_m2, metres);
    }
}

/// The book's own case: done on 2022-12-20, accepted on 2023-03-01.
#[test]
fn a_late_acceptance_counts_backwards_in_time_but_not_in_knowledge() {
    let mut site = quarry("A");
    let mut done = claim(10, strip(0, 400), REGREENED, "2022-12-20", Grade::Reported);
    done.known.recorded_at = at("2022-12-21");
    done.grades = vec![GradeRecord {
        grade: ACCEPTED,
        recorded_at: at("2023-03-01"),
    }];
    site.claims = vec![done];
    let county = county(site, regreen_all());
    for (known_at, reported, accepted) in [
        ("2022-12-20", 0, 0),
        ("2022-12-21", 400, 0),
        ("2022-12-31", 400, 0),
        ("2023-02-28", 400, 0),
        ("2023-03-01", 400, 400),
    ] {
        let row = row_known(&county, "2022-12-31", at(known_at), ACCEPTED);
        assert_metres(known_at, row.at(Grade::Reported).done_m2, reported);
        assert_metres(known_at, row.at(ACCEPTED).done_m2, accepted);
    }
}

#[test]
fn of_two_grades_the_later_recorded_counts_whatever_their_order_in_the_list() {
    let mut site = quarry("A");
    let mut done = claim(10, strip(0, 400), REGREENED, "2022-02-01", Grade::Reported);
    done.grades = vec![
        GradeRecord {
            grade: ACCEPTED,
            recorded_at: at("2022-05-01"),
        },
        GradeRecord {
            grade: Grade::Verified,
            recorded_at: at("2022-04-01"),
        },
    ];
    site.claims = vec![done];
    let county = county(site, regreen_all());
    assert_metres("accepted", figures(&county, "2022-06-01").done_m2, 400);
}

// ---- the fold ----------------------------------------------------------------------------------

#[test]
fn on_one_day_ground_is_broken_before_it_is_claimed_and_stages_rise() {
    let mut site = quarry("A");
    site.claims = vec![
        claim(10, strip(0, 400), Stage::Maintain, "2022-02-01", ACCEPTED),
        claim(12, strip(0, 400), REGREENED, "2022-02-01", ACCEPTED),
        claim(14, strip(0, 400), Stage::CoverSoil, "2022-02-01", ACCEPTED),
        claim(15, strip(0, 400), Stage::Shape, "2022-02-01", ACCEPTED),
        claim(16, strip(0, 400), Stage::Clear, "2022-02-01", ACCEPTED),
    ];
    site.disturbances = vec![disturbance(
        20,
        strip(0, 400),
        Stage::Untreated,
        "2022-02-01",
    )];
    let county = county(site, regreen_all());
    let figures = figures(&county, "2022-02-01");
    assert_metres("maintained", figures.by_stage_m2[5], 400);
    assert_metres("skipped", figures.skipped_m2, 0);
    assert_metres("redisturbed", figures.redisturbed_m2, 0);
}

#[test]
fn ground_that_died_back_owes_again_and_joins_nothing() {
    let mut site = quarry("A");
    site.claims = vec![
        claim(10, strip(0, 100), Stage::Maintain, "2022-02-01", ACCEPTED),
        claim(11, strip(100, 200), Stage::Shape, "2022-02-01", ACCEPTED),
    ];
    site.disturbances = vec![disturbance(
        20,
        strip(50, 500),
        Stage::CoverSoil,
        "2022-03-01",
    )];
    let county = county(site, regreen_all());
    let figures = figures(&county, "2022-04-01");
    assert_metres("footprint", figures.obligation_m2, 400);
    assert_metres("maintained", figures.by_stage_m2[5], 50);
    assert_metres("soil", figures.by_stage_m2[3], 50);
    assert_metres("lower ground stays", figures.by_stage_m2[2], 100);
    assert_metres("redisturbed", figures.redisturbed_m2, 50);
}

#[test]
fn a_claim_repeated_after_its_ground_was_lost_is_not_double() {
    let thrice = |between: Option<Stage>| {
        let mut site = quarry("A");
        site.claims = vec![
            claim(10, strip(0, 100), REGREENED, "2022-02-01", ACCEPTED),
            claim(11, strip(0, 100), REGREENED, "2022-02-02", ACCEPTED),
            claim(12, strip(0, 100), REGREENED, "2022-04-01", ACCEPTED),
            // Below what is required: no repeat of it is asked about.
            claim(13, strip(0, 100), Stage::Clear, "2022-04-02", ACCEPTED),
            claim(14, strip(0, 100), Stage::Clear, "2022-04-03", ACCEPTED),
        ];
        site.disturbances = between
            .map(|to| disturbance(20, strip(0, 100), to, "2022-03-01"))
            .into_iter()
            .collect();
        figures(&county(site, regreen_all()), "2022-05-01").double_claimed_m2
    };
    assert_metres("three times", thrice(None), 200);
    assert_metres("broken in between", thrice(Some(Stage::Untreated)), 100);
    assert_metres("died back to soil", thrice(Some(Stage::CoverSoil)), 100);
    assert_metres("fell back to regreen only", thrice(Some(REGREENED)), 200);
}

#[test]
fn a_skipped_stage_is_judged_by_what_was_reported() {
    let mut site = quarry("A");
    site.claims = vec![
        claim(
            10,
            strip(0, 300),
            Stage::Clear,
            "2022-02-01",
            Grade::Reported,
        ),
        claim(
            11,
            strip(0, 200),
            Stage::Shape,
            "2022-02-02",
            Grade::Reported,
        ),
        claim(
            12,
            strip(0, 100),
            Stage::CoverSoil,
            "2022-02-03",
            Grade::Reported,
        ),
        claim(13, strip(0, 400), REGREENED, "2022-02-04", ACCEPTED),
    ];
    let county = county(site, regreen_all());
    let figures = figures(&county, "2022-05-01");
    assert_metres("skipped", figures.skipped_m2, 300);
    assert_metres("done", figures.done_m2, 400);
}

#[test]
fn clearing_untreated_ground_skips_nothing() {
    let mut site = quarry("A");
    site.claims = vec![claim(
        10,
        strip(0, 400),
        Stage::Clear,
        "2022-02-01",
        ACCEPTED,
    )];
    let county = county(site, regreen_all());
    assert_metres("skipped", figures(&county, "2022-05-01").skipped_m2, 0);
}

#[test]
fn released_ground_stays_in_the_footprint() {
    let mut site = quarry("A");
    site.claims = vec![claim(
        10,
        strip(0, 400),
        Stage::Released,
        "2022-02-01",
        ACCEPTED,
    )];
    let figures = figures(&county(site, regreen_all()), "2022-05-01");
    assert_metres("ground", figures.obligation_m2, 400);
    assert_metres("released", figures.by_stage_m2[6], 400);
}

// ---- scope -------------------------------------------------------------------------------------

#[test]
fn place_types_ask_for_their_parcels_and_for_ground_under_none() {
    let mut site = quarry("A");
    site.parcels = vec![
        parcel(1, PlaceType::Bench, strip(0, 100), InForce::default()),
        // From 50 to 100 m under two parcels: either may match.
        parcel(2, PlaceType::Yard, strip(50, 200), days("", "2022-06-30")),
        parcel(3, PlaceType::Slope, strip(200, 250), InForce::default()),
    ];
    for (types, ground) in [
        (vec![], 400),
        (vec![PlaceType::Bench], 100 + 150),
        (vec![PlaceType::Yard], 150 + 150),
        (vec![PlaceType::Bench, PlaceType::Slope], 150 + 150),
        (vec![PlaceType::Pond], 150),
    ] {
        let scope = Scope {
            place_types: types.clone(),
            ..Scope::default()
        };
        let county = county(site.clone(), scoped(scope));
        let on = figures(&county, "2022-06-30");
        assert_metres(&format!("{types:?}"), on.obligation_m2, ground);
        assert_metres(&format!("{types:?} unclassified"), on.unclassified_m2, 150);
    }
    // The day after the yard's parcel ended its ground is under no parcel.
    let scope = Scope {
        place_types: vec![PlaceType::Pond],
        ..Scope::default()
    };
    let after = figures(&county(site, scoped(scope)), "2022-07-01");
    assert_metres("after", after.obligation_m2, 150 + 100);
    assert_metres("after, unclassified", after.unclassified_m2, 250);
}

#[test]
fn a_quarry_that_closes_enters_the_scope_of_closed_quarries_on_that_day() {
    let mut site = quarry("A");
    site.terms = vec![
        terms(Some(Category::Active), InForce::default()),
        terms(Some(Category::ClosedEnterprise), days("2022-03-01", "")),
    ];
    let categories = vec![Category::ClosedEnterprise, Category::LegacyGovernment];
    let county = county(
        site,
        scoped(Scope {
            categories,
            ..Scope::default()
        }),
    );
    assert_metres("before", figures(&county, "2022-02-28").obligation_m2, 0);
    assert_metres("after", figures(&county, "2022-03-01").obligation_m2, 400);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_site_is_chosen_by_code_kind_township_and_party_together() {
    use qingshan::domain::SiteKind;
    let mut site = quarry("A");
    site.terms = vec![terms(None, InForce::default())];
    let some = |text: &str| vec![text.to_owned()];
    for (scope, metres) in [
        (
            Scope {
                sites: some("A"),
                ..Scope::default()
            },
            400,
        ),
        (
            Scope {
                sites: some("B"),
                ..Scope::default()
            },
            0,
        ),
        (
            Scope {
                kinds: vec![SiteKind::Quarry],
                ..Scope::default()
            },
            400,
        ),
        (
            Scope {
                kinds: vec![SiteKind::Dump],
                ..Scope::default()
            },
            0,
        ),
        (
            Scope {
                townships: some("吴山"),
                ..Scope::default()
            },
            400,
        ),
        (
            Scope {
                townships: some("万和"),
                ..Scope::default()
            },
            0,
        ),
        (
            Scope {
                liable: some("甲公司"),
                ..Scope::default()
            },
            400,
        ),
        (
            Scope {
                liable: some("乙公司"),
                ..Scope::default()
            },
            0,
        ),
        (
            Scope {
                categories: vec![Category::Active],
                ..Scope::default()
            },
            0,
        ),
        (
            Scope {
                sites: some("A"),
                townships: some("万和"),
                ..Scope::default()
            },
            0,
        ),
    ] {
        let what = format!("{scope:?}");
        let county = county(site.clone(), scoped(scope));
        assert_metres(&what, figures(&county, "2022-06-01").obligation_m2, metres);
    }
}

#[test]
fn a_scope_polygon_cuts_the_ground_and_changes_with_its_version() {
    let polygon = |ground| Scope {
        ground: Some(ground),
        ..Scope::default()
    };
    let versions = vec![
        due("2022-12-31", polygon(strip(-50, 100)), InForce::default()),
        due(
            "2022-12-31",
            polygon(strip(100, 300)),
            days("2022-03-01", ""),
        ),
    ];
    let county = county(quarry("A"), regreen(versions));
    assert_metres("before", figures(&county, "2022-02-28").obligation_m2, 100);
    assert_metres("after", figures(&county, "2022-03-01").obligation_m2, 200);
}

// ---- two sites ---------------------------------------------------------------------------------

/// A and a (bytewise higher) overlap from 200 to 400 m; the lower site's ground is half done.
fn two_sites() -> County {
    let mut low = quarry("A");
    low.claims = vec![claim(
        10,
        strip(200, 300),
        REGREENED,
        "2022-02-01",
        ACCEPTED,
    )];
    low.boundaries[0].in_force = days("2022-01-01", "2022-06-30");
    let mut high = quarry("a");
    high.id = 2;
    high.boundaries = vec![boundary(2, strip(200, 600), InForce::default())];
    high.claims = vec![claim(
        11,
        strip(200, 400),
        REGREENED,
        "2022-02-01",
        ACCEPTED,
    )];
    // The order of the list says nothing: codes do.
    County {
        sites: vec![high, low],
        obligations: vec![regreen_all()],
    }
}

#[test]
fn ground_in_two_sites_counts_once_and_as_the_lower_code_has_it() {
    let county = two_sites();
    let question = Question {
        as_of: day("2022-06-30"),
        known_at: now(),
        grade: ACCEPTED,
        by: By::Site,
    };
    let answer = answer(&county, question);
    let figures = |key: &str| {
        *answer
            .rows
            .iter()
            .find(|r| r.key == key)
            .unwrap()
            .at(ACCEPTED)
    };
    assert_metres("lower: ground", figures("A").obligation_m2, 400);
    assert_metres("lower: done", figures("A").done_m2, 100);
    assert_metres("lower: overlap", figures("A").overlap_m2, 0);
    assert_metres("higher: ground", figures("a").obligation_m2, 200);
    assert_metres("higher: done", figures("a").done_m2, 0);
    assert_metres("higher: overlap", figures("a").overlap_m2, 200);
    let total = answer.total.at(ACCEPTED);
    assert_metres("total: ground", total.obligation_m2, 600);
    assert_metres("total: done", total.done_m2, 100);
}

#[test]
fn ground_returns_to_the_higher_code_when_the_lower_footprint_ends() {
    let mut county = two_sites();
    let question = Question {
        as_of: day("2022-07-01"),
        known_at: now(),
        grade: ACCEPTED,
        by: By::Site,
    };
    let higher = |county: &County| {
        *answer(county, question)
            .rows
            .iter()
            .find(|r| r.key == "a")
            .unwrap()
            .at(ACCEPTED)
    };
    assert_metres("done", higher(&county).done_m2, 200);
    assert_metres("overlap", higher(&county).overlap_m2, 0);
    // Planting that died back in the lower site takes no ground from the higher.
    county.sites[1].disturbances = vec![disturbance(
        20,
        strip(300, 350),
        Stage::CoverSoil,
        "2022-07-01",
    )];
    assert_metres("overlap", higher(&county).overlap_m2, 0);
    // Ground broken in the lower site is its footprint, whatever its boundary.
    county.sites[1].disturbances = vec![disturbance(
        20,
        strip(300, 350),
        Stage::Untreated,
        "2022-07-01",
    )];
    assert_metres("done", higher(&county).done_m2, 150);
    assert_metres("overlap", higher(&county).overlap_m2, 50);
}

#[test]
fn the_total_owes_the_highest_stage_and_counts_repeats_from_the_lowest() {
    let mut site = quarry("A");
    site.claims = vec![
        claim(10, strip(0, 300), Stage::Clear, "2022-02-01", ACCEPTED),
        claim(11, strip(0, 100), Stage::Clear, "2022-02-02", ACCEPTED),
        claim(12, strip(0, 200), REGREENED, "2022-02-03", ACCEPTED),
    ];
    let mut clear = scoped(Scope {
        ground: Some(strip(0, 400)),
        ..Scope::default()
    });
    clear.id = 2;
    clear.required_stage = Stage::Clear;
    let regreen = scoped(Scope {
        ground: Some(strip(50, 250)),
        ..Scope::default()
    });
    let county = County {
        sites: vec![site],
        obligations: vec![regreen, clear],
    };
    let question = Question {
        as_of: day("2022-06-01"),
        known_at: now(),
        grade: ACCEPTED,
        by: By::Obligation,
    };
    let total = answer(&county, question).total;
    let total = total.at(ACCEPTED);
    assert_metres("ground", total.obligation_m2, 400);
    // 200 to 250 m lacks regreening, 300 to 400 m lacks clearing.
    assert_metres("remaining", total.remaining_m2, 50 + 100);
    assert_metres("double", total.double_claimed_m2, 100);
}

// ---- the bridge --------------------------------------------------------------------------------

/// One strip of 100 m per line of the bridge, from 2022-02-01 to 2022-03-01.
#[test]
fn each_line_of_a_bridge_has_its_own_ground() {
    use qingshan::domain::{Pier, Span, bridge};
    let mut site = quarry("A");
    site.boundaries = vec![
        boundary(1, strip(0, 700), InForce::default()),
        boundary(2, strip(100, 800), days("2022-02-15", "")),
    ];
    site.exemptions = vec![
        exemption(strip(200, 300), days("", "2022-02-28")),
        exemption(strip(300, 400), days("2022-03-01", "")),
    ];
    site.claims = vec![
        claim(10, strip(400, 500), REGREENED, "2022-02-01", ACCEPTED),
        claim(11, strip(500, 600), REGREENED, "2022-02-02", ACCEPTED),
    ];
    site.disturbances = vec![
        disturbance(20, strip(400, 500), Stage::Untreated, "2022-03-01"),
        disturbance(21, strip(900, 1000), Stage::Untreated, "2022-03-01"),
        // On the first day itself: part of what there was, but out of scope until later.
        disturbance(22, strip(1000, 1100), Stage::Untreated, "2022-02-01"),
    ];
    let first = Scope {
        ground: Some(strip(0, 1000)),
        ..Scope::default()
    };
    let versions = vec![
        due("2022-12-31", first, InForce::default()),
        due("2022-12-31", Scope::default(), days("2022-02-20", "")),
    ];
    let county = county(site, regreen(versions));
    let pier = |text| Pier {
        as_of: day(text),
        known_at: now(),
    };
    let span = Span {
        from: pier("2022-02-01"),
        to: pier("2022-03-01"),
        grade: ACCEPTED,
        subject: Some(1),
    };
    let mosaic = county.mosaic(&county.sites[0]);
    let lines = bridge(&county.sites[0], &mosaic, &county.obligations, span);
    // 0–200, 300–400 and 500–700 m at first.
    assert_metres("opening", lines.opening_m2, 500);
    assert_metres("redisturbed", lines.redisturbed_or_revoked_m2, 100);
    assert_metres("exemption ended", lines.exemption_ended_m2, 100);
    assert_metres("new disturbance", lines.new_disturbance_m2, 100);
    assert_metres("boundary or scope, in", lines.boundary_or_scope_in_m2, 200);
    assert_metres("newly exempt", lines.newly_exempt_m2, 100);
    assert_metres(
        "boundary or scope, out",
        lines.boundary_or_scope_out_m2,
        100,
    );
    assert_metres("reached", lines.reached_m2, 100);
    assert_metres("closing", lines.closing_m2, 700);
}
