//! The bridge: ties, meets what remains at both ends, and names each change as the rules do.

use proptest::prelude::*;
use proptest::sample::select;
use qingshan::domain::{Bridge, Grade, Pier, RecordId, SiteDay, Span, Subject, bridge};
use qingshan::geometry::{Ground, difference, intersection, union};

use super::history::{any_day, any_moment, history};
use super::measure::{TOLERANCE_M2, one_in_ten, thousand};
use super::oracle::{Moment, SiteState, fold};

fn moment(pier: Pier) -> Moment {
    Moment {
        as_of: pier.as_of,
        known_at: pier.known_at,
    }
}

/// One end of the bridge in polygons.
struct End {
    owed: Ground,
    left: Ground,
    exempt: Ground,
}

impl End {
    fn new(state: &SiteState<'_>, grade: Grade, subject: Subject) -> Self {
        let owed = state.subjects(subject);
        let asked = union(&owed.iter().map(|o| &o.asked).collect::<Vec<_>>());
        let folded = fold(state.site, state.at, grade.number(), &state.footprint);
        Self {
            owed: union(&owed.iter().map(|o| &o.ground).collect::<Vec<_>>()),
            left: state.remaining(subject, &folded),
            exempt: intersection(&asked, &state.exempt),
        }
    }
}

/// The first line that fits takes the ground.
fn take(rest: &mut Ground, line: &Ground) -> f64 {
    let taken = intersection(rest, line);
    *rest = difference(rest, line);
    taken.area_m2()
}

fn expected(before: &End, after: &End, newly_broken: &Ground) -> Bridge {
    let mut came = difference(&after.left, &before.left);
    let mut went = difference(&before.left, &after.left);
    Bridge {
        opening_m2: before.left.area_m2(),
        redisturbed_or_revoked_m2: take(&mut came, &before.owed),
        exemption_ended_m2: take(&mut came, &before.exempt),
        new_disturbance_m2: take(&mut came, newly_broken),
        boundary_or_scope_in_m2: came.area_m2(),
        reached_m2: take(&mut went, &after.owed),
        newly_exempt_m2: take(&mut went, &after.exempt),
        boundary_or_scope_out_m2: went.area_m2(),
        closing_m2: after.left.area_m2(),
    }
}

fn lines(b: &Bridge) -> [(&'static str, f64); 9] {
    [
        ("opening", b.opening_m2),
        ("redisturbed or revoked", b.redisturbed_or_revoked_m2),
        ("exemption ended", b.exemption_ended_m2),
        ("new disturbance", b.new_disturbance_m2),
        ("boundary or scope, in", b.boundary_or_scope_in_m2),
        ("newly exempt", b.newly_exempt_m2),
        ("boundary or scope, out", b.boundary_or_scope_out_m2),
        ("reached", b.reached_m2),
        ("closing", b.closing_m2),
    ]
}

/// The ends of a bridge in order, and what is asked about it.
fn span() -> impl Strategy<Value = Span> {
    let days = (any_day(), any_day());
    let moments = (any_moment(), any_moment());
    (days, moments, select(Grade::ALL), any::<bool>()).prop_map(|(days, moments, grade, all)| {
        let subject: Option<RecordId> = (!all).then_some(1);
        Span {
            from: Pier {
                as_of: days.0.min(days.1),
                known_at: moments.0.min(moments.1),
            },
            to: Pier {
                as_of: days.0.max(days.1),
                known_at: moments.0.max(moments.1),
            },
            grade,
            subject,
        }
    })
}

proptest! {
    #![proptest_config(thousand())]

    #[test]
    fn a_bridge_ties_and_meets_what_remains_at_both_ends(history in history(), span in span()) {
        let county = history.county();
        for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
            let found = bridge(site, &mosaic, &county.obligations, span);
            let came_m2 = found.redisturbed_or_revoked_m2
                + found.exemption_ended_m2
                + found.new_disturbance_m2
                + found.boundary_or_scope_in_m2;
            let went_m2 =
                found.newly_exempt_m2 + found.boundary_or_scope_out_m2 + found.reached_m2;
            let closing_m2 = found.opening_m2 + came_m2 - went_m2;
            prop_assert!((closing_m2 - found.closing_m2).abs() < 1e-6, "{found:?}");
            for (pier, end_m2) in [(span.from, found.opening_m2), (span.to, found.closing_m2)] {
                let day =
                    SiteDay::new(site, &mosaic, &county.obligations, pier.as_of, pier.known_at);
                let row = day.figures().into_iter().find(|(of, _)| *of == span.subject);
                let place = usize::from(span.grade.number() - 1);
                let remaining_m2 = row.map_or(0.0, |(_, by_grade)| by_grade[place].remaining_m2);
                prop_assert!((remaining_m2 - end_m2).abs() < 1e-6, "{remaining_m2} {found:?}");
            }
        }
    }
}

proptest! {
    // A tenth of the usual: overlaying differences of nearly equal ground takes a second at times.
    #![proptest_config(one_in_ten())]

    #[test]
    fn a_bridge_names_every_change_as_polygons_do(history in history(), span in span()) {
        let county = history.county();
        for (site, mosaic) in county.sites.iter().zip(county.mosaics()) {
            let found = bridge(site, &mosaic, &county.obligations, span);
            let [before, after] = [span.from, span.to].map(|pier| {
                End::new(&SiteState::new(&county, site, moment(pier)), span.grade, span.subject)
            });
            let newly_broken: Vec<&Ground> = site
                .disturbances
                .iter()
                .filter(|d| d.to_stage.number() == 0 && d.known.is_known(span.to.known_at))
                .filter(|d| span.from.as_of < d.valid_on && d.valid_on <= span.to.as_of)
                .map(|d| &d.ground)
                .collect();
            let expected = expected(&before, &after, &union(&newly_broken));
            for ((name, found), (_, expected)) in lines(&found).into_iter().zip(lines(&expected)) {
                prop_assert!((found - expected).abs() < TOLERANCE_M2, "{name}: {found}, not {expected}");
            }
        }
    }
}
