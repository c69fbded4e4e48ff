//! Each status, on both sides of each of its edges; and the fine print of pace.

use qingshan::domain::{
    By, Claim, Disturbance, Figures, Grade, InForce, PlaceType, Question, Scope, Stage, Status,
    pace,
};

use super::history::County;
use super::invariants::answer;
use super::scene::{
    assert_metres, boundary, claim, county, day, days, disturbance, due, figures, now, parcel,
    quarry, regreen, regreen_all, row, shifted, strip,
};

const DUE: &str = "2022-12-31";

/// Regreened from the west up to `east` metres of 400, at a grade, on a day.
fn regreened(east: i32, grade: Grade, on: &str) -> County {
    let mut site = quarry("A");
    if east > 0 {
        site.claims
            .push(claim(10, strip(0, east), Stage::Regreen, on, grade));
    }
    county(site, regreen_all())
}

fn status(county: &County, as_of: &str, grade: Grade) -> Status {
    row(county, as_of, grade).status.unwrap()
}

#[test]
fn an_obligation_without_ground_is_never_done() {
    let mut mapped_later = regreened(400, Grade::Accepted, "2022-01-01");
    mapped_later.sites[0].boundaries = vec![boundary(1, strip(0, 400), days("2022-06-01", ""))];
    let check = |as_of, expected| {
        assert_eq!(
            status(&mapped_later, as_of, Grade::Accepted),
            expected,
            "{as_of}"
        );
    };
    check("2022-05-31", Status::NoGround);
    check("2022-06-01", Status::Done);
    let mut long_after = mapped_later.clone();
    long_after.sites[0].boundaries.clear();
    assert_eq!(
        status(&long_after, "2023-06-01", Grade::Accepted),
        Status::NoGround
    );
}

#[test]
fn done_is_accepted_and_outlasts_the_due_day() {
    let all = regreened(400, Grade::Accepted, "2022-06-01");
    for grade in Grade::ALL {
        for as_of in ["2022-06-01", DUE, "2023-01-01", "2029-01-01"] {
            assert_eq!(
                status(&all, as_of, *grade),
                Status::Done,
                "{as_of} {grade:?}"
            );
        }
    }
}

#[test]
fn ground_done_at_the_asked_grade_awaits_acceptance_even_after_the_due_day() {
    let verified = regreened(400, Grade::Verified, "2022-12-01");
    assert_eq!(
        status(&verified, DUE, Grade::Reported),
        Status::AwaitingAcceptance
    );
    assert_eq!(
        status(&verified, "2023-12-01", Grade::Verified),
        Status::AwaitingAcceptance
    );
    assert_eq!(
        status(&verified, "2023-12-01", Grade::Accepted),
        Status::Overdue
    );
}

#[test]
fn the_due_day_itself_is_in_time() {
    let most = regreened(320, Grade::Accepted, "2022-12-01");
    // Nothing can be required per day any more, so it is not behind either.
    assert_eq!(status(&most, DUE, Grade::Accepted), Status::NearDue);
    assert_eq!(
        status(&most, "2023-01-01", Grade::Accepted),
        Status::Overdue
    );
}

#[test]
fn overdue_outranks_no_data() {
    let old = regreened(320, Grade::Accepted, "2022-01-01");
    assert_eq!(status(&old, DUE, Grade::Accepted), Status::NoData);
    assert_eq!(status(&old, "2023-01-01", Grade::Accepted), Status::Overdue);
}

#[test]
fn ninety_days_without_a_record_are_no_data() {
    // 2022-03-01 + 89 days = 2022-05-29.
    let slow = regreened(40, Grade::Accepted, "2022-03-01");
    assert_eq!(status(&slow, "2022-05-29", Grade::Accepted), Status::Behind);
    assert_eq!(status(&slow, "2022-05-30", Grade::Accepted), Status::NoData);
    // A record of any grade, stage or kind is a record; one of the future is not.
    let mut reported = slow.clone();
    let cleared = claim(
        11,
        strip(300, 310),
        Stage::Clear,
        "2022-05-30",
        Grade::Reported,
    );
    reported.sites[0].claims.push(cleared);
    assert_eq!(
        status(&reported, "2022-05-30", Grade::Accepted),
        Status::Behind
    );
    let mut broken = slow.clone();
    broken.sites[0].disturbances =
        vec![disturbance(12, strip(0, 1), Stage::Untreated, "2022-05-30")];
    assert_eq!(
        status(&broken, "2022-05-30", Grade::Accepted),
        Status::Behind
    );
    let mut future = slow.clone();
    let later = claim(
        13,
        strip(300, 310),
        Stage::Clear,
        "2022-05-31",
        Grade::Reported,
    );
    future.sites[0].claims.push(later);
    assert_eq!(
        status(&future, "2022-05-30", Grade::Accepted),
        Status::NoData
    );
    let never = regreened(0, Grade::Accepted, "2022-01-01");
    assert_eq!(
        status(&never, "2022-05-30", Grade::Accepted),
        Status::NoData
    );
}

#[test]
fn ground_is_stale_when_its_site_has_no_record_for_ninety_days() {
    let slow = regreened(40, Grade::Accepted, "2022-03-01");
    assert_metres(
        "fresh",
        row(&slow, "2022-05-29", Grade::Accepted).stale_m2,
        0,
    );
    assert_metres(
        "stale",
        row(&slow, "2022-05-30", Grade::Accepted).stale_m2,
        400,
    );
}

#[test]
fn thirty_days_are_near_and_thirty_one_are_not() {
    // 320 of 400 m in the last 90 days against 80 m in 30 or 31: the pace is enough.
    let most = regreened(320, Grade::Accepted, "2022-10-15");
    assert_eq!(
        status(&most, "2022-11-30", Grade::Accepted),
        Status::OnTrack
    );
    assert_eq!(
        status(&most, "2022-12-01", Grade::Accepted),
        Status::NearDue
    );
}

#[test]
fn too_slow_is_behind_however_near_the_due_day() {
    let little = regreened(40, Grade::Accepted, "2022-11-20");
    assert_eq!(
        status(&little, "2022-11-21", Grade::Accepted),
        Status::Behind
    );
    assert_eq!(
        status(&little, "2022-12-30", Grade::Accepted),
        Status::Behind
    );
}

#[test]
fn a_pace_of_exactly_what_is_required_is_on_track() {
    // 300 m in 90 days; 100 m left and 30 days: ratio 1 but for rounding.
    let ratio = pace(day("2022-12-01"), day(DUE), 100.0, 300.0, [0.0; 3]).ratio;
    assert_eq!(ratio, Some(1.0));
}

#[test]
fn less_than_a_square_metre_left_is_nothing_left() {
    let with_gap = |millimetres: i32| {
        let mut county = regreened(400, Grade::Accepted, "2022-06-01");
        let gap = f64::from(millimetres) / 1000.0;
        county.sites[0].claims = [(10, strip(0, 200), 0.0), (11, strip(200, 400), gap)]
            .map(|(id, ground, shift)| {
                let moved = shifted(&ground, shift);
                claim(id, moved, Stage::Regreen, "2022-06-01", Grade::Accepted)
            })
            .to_vec();
        county
    };
    // A slit of 100 m × 9 mm is 0.9 m², one of 11 mm is 1.1 m² (the far end pokes out).
    assert_eq!(status(&with_gap(9), DUE, Grade::Accepted), Status::Done);
    assert_ne!(status(&with_gap(11), DUE, Grade::Accepted), Status::Done);
    let slit = *row(&with_gap(9), DUE, Grade::Accepted).at(Grade::Accepted);
    assert!((slit.sliver_m2 - 0.9).abs() < 0.01, "{slit:?}");
    assert!(
        (slit.remaining_m2 - 0.9).abs() < 0.01,
        "the fold drops nothing: {slit:?}"
    );
    let gap = *row(&with_gap(11), DUE, Grade::Accepted).at(Grade::Accepted);
    assert!(gap.sliver_m2 < 0.01, "{gap:?}");
}

#[test]
fn a_small_piece_beside_other_remaining_ground_is_no_sliver() {
    let cut = |parcel_from_mm: i32, remaining: Vec<Claim>| {
        let mut site = quarry("A");
        let moved = shifted(&strip(0, 200), f64::from(parcel_from_mm) / 1000.0);
        site.parcels = vec![parcel(1, PlaceType::Bench, moved, InForce::default())];
        site.claims = remaining;
        figures(&county(site, regreen_all()), DUE)
    };
    // A parcel's outline cuts 0.6 m² off the edge of a field of which nothing is done.
    let beside_field = cut(6, vec![]);
    assert!(beside_field.sliver_m2 < 0.01, "{beside_field:?}");
    // It also cuts a slit of 1.2 m² between two claims into halves of 0.6 m².
    let sides = |east_mm: i32| {
        let east = shifted(&strip(0, 400), f64::from(east_mm) / 1000.0);
        vec![claim(
            10,
            east,
            Stage::Regreen,
            "2022-06-01",
            Grade::Accepted,
        )]
    };
    let two_halves = cut(6, sides(12));
    assert!(
        (two_halves.remaining_m2 - 1.2).abs() < 0.01,
        "{two_halves:?}"
    );
    assert!(two_halves.sliver_m2 < 0.01, "{two_halves:?}");
    // And one of 0.9 m² into 0.6 and 0.3 m², which stay a sliver together.
    let one_sliver = cut(6, sides(9));
    assert!((one_sliver.sliver_m2 - 0.9).abs() < 0.01, "{one_sliver:?}");
}

#[test]
fn many_slivers_together_are_something_left() {
    let finished = |remaining_m2, sliver_m2, obligation_m2| {
        Figures {
            remaining_m2,
            sliver_m2,
            obligation_m2,
            ..Figures::default()
        }
        .is_finished()
    };
    for (remaining_m2, sliver_m2, obligation_m2, expected) in [
        (0.0, 0.0, 1e5, true),
        (0.99, 0.99, 1e5, true),
        // Every part is small, but together they are 1 m².
        (1.0, 1.0, 1e5, false),
        // A millionth of 5 km² is 5 m².
        (4.9, 4.9, 5e6, true),
        (5.1, 5.1, 5e6, false),
        // One part of 1.2 m² is no sliver, even where 5 m² would do.
        (1.2, 0.0, 5e6, false),
    ] {
        assert_eq!(
            finished(remaining_m2, sliver_m2, obligation_m2),
            expected,
            "{remaining_m2} {sliver_m2} {obligation_m2}"
        );
    }
}

// ---- pace --------------------------------------------------------------------------------------

#[test]
fn a_window_takes_its_last_day_and_not_the_day_before_its_first() {
    // 90 days before 2022-11-30 is 2022-09-01: done(as_of − 90) already holds it.
    for (on, metres) in [("2022-09-01", 0), ("2022-09-02", 100), ("2022-11-30", 100)] {
        let county = regreened(100, Grade::Accepted, on);
        let pace = row(&county, "2022-11-30", Grade::Accepted).pace.unwrap();
        assert_metres(on, pace.central_m2_per_day * 90.0, metres);
    }
}

#[test]
fn slow_and_fast_are_the_extremes_of_three_windows() {
    // 60 m in the last 30 days, 90 m more before, within the year.
    let mut county = regreened(90, Grade::Accepted, "2022-03-01");
    let late = claim(
        11,
        strip(90, 150),
        Stage::Regreen,
        "2022-11-20",
        Grade::Accepted,
    );
    county.sites[0].claims.push(late);
    let pace = row(&county, "2022-11-30", Grade::Accepted).pace.unwrap();
    assert_metres("30 days", pace.fast_m2_per_day * 30.0, 60);
    assert_metres("90 days", pace.central_m2_per_day * 90.0, 60);
    assert_metres("365 days", pace.slow_m2_per_day * 365.0, 150);
    let [slow, central, fast] = pace.forecast_on;
    assert!(slow > central && central > fast);
}

#[test]
fn ground_lost_makes_a_negative_pace_and_no_forecast() {
    let mut county = regreened(200, Grade::Accepted, "2022-03-01");
    let lost: Disturbance = disturbance(11, strip(100, 200), Stage::Untreated, "2022-11-20");
    county.sites[0].disturbances.push(lost);
    let pace = row(&county, "2022-11-30", Grade::Accepted).pace.unwrap();
    assert_metres("lost", -pace.central_m2_per_day * 90.0, 100);
    assert!(pace.slow_m2_per_day < 0.0 && pace.fast_m2_per_day > 0.0);
    assert_eq!(pace.forecast_on[0], None);
    assert_eq!(pace.forecast_on[1], None);
    assert!(pace.forecast_on[2].is_some());
    assert!(pace.ratio.unwrap() < 0.0);
    assert_metres("shortfall", pace.shortfall_at_due_m2, 300);
}

#[test]
fn pace_is_measured_at_the_asked_grade() {
    let reported = regreened(200, Grade::Reported, "2022-11-20");
    let of = |grade| {
        row(&reported, "2022-11-30", grade)
            .pace
            .unwrap()
            .central_m2_per_day
    };
    assert_metres("reported", of(Grade::Reported) * 90.0, 200);
    assert_metres("accepted", of(Grade::Accepted) * 90.0, 0);
}

#[test]
fn on_and_after_the_due_day_no_pace_is_required() {
    let county = regreened(200, Grade::Accepted, "2022-11-20");
    let required = |as_of| {
        row(&county, as_of, Grade::Accepted)
            .pace
            .unwrap()
            .required_m2_per_day
    };
    assert_metres("a day before", required("2022-12-30").unwrap(), 200);
    assert_eq!(required(DUE), None);
    assert_eq!(required("2023-01-01"), None);
    let late = row(&county, "2023-06-01", Grade::Accepted).pace.unwrap();
    assert_metres("shortfall once due", late.shortfall_at_due_m2, 200);
}

#[test]
fn a_deadline_extended_by_a_document_moves_on_the_day_the_document_says() {
    let first = due("2022-12-31", Scope::default(), InForce::default());
    let second = due("2023-12-31", Scope::default(), days("2023-02-01", ""));
    let mut extended = regreened(320, Grade::Accepted, "2023-01-10");
    extended.obligations = vec![regreen(vec![first, second])];
    let row_on = |as_of| row(&extended, as_of, Grade::Accepted);
    assert_eq!(row_on("2023-01-31").status, Some(Status::Overdue));
    assert_eq!(
        row_on("2023-01-31").obligation.unwrap().due_on,
        Some(day("2022-12-31"))
    );
    assert_eq!(row_on("2023-02-01").status, Some(Status::OnTrack));
    assert_eq!(
        row_on("2023-02-01").obligation.unwrap().due_on,
        Some(day("2023-12-31"))
    );
}

#[test]
fn union_rows_have_no_pace_and_no_due_day() {
    let county = regreened(100, Grade::Accepted, "2022-11-01");
    for by in [By::Site, By::Township, By::Liable] {
        let as_of = day("2022-11-30");
        let question = Question {
            as_of,
            known_at: now(),
            grade: Grade::Accepted,
            by,
        };
        let answer = answer(&county, question);
        for row in answer.rows.iter().chain([&answer.total]) {
            assert!(row.pace.is_none() && row.obligation.is_none(), "{by:?}");
            assert_eq!(row.status, Some(Status::Behind), "{by:?}");
        }
    }
}
