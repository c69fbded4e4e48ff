//! Shall we make it? Pace over three windows, what would be needed, and a forecast.

use chrono::Days;

use super::time::Day;

/// Windows over which pace is measured, days; the middle one is the central pace.
pub const WINDOWS_DAYS: [u16; 3] = [30, 90, 365];

/// How fast ground is being done on a day, and where that leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Least pace of the three windows, m² per day.
    pub slow_m2_per_day: f64,
    /// Pace of the last 90 days, m² per day; it gives the ratio.
    pub central_m2_per_day: f64,
    /// Greatest pace of the three windows, m² per day.
    pub fast_m2_per_day: f64,
    /// What would be needed to be in time, m² per day; `None` on and after the due day.
    pub required_m2_per_day: Option<f64>,
    /// Central pace over required pace; `None` when nothing is required any more.
    pub ratio: Option<f64>,
    /// When the rest is done at the slow, central and fast pace; `None` is no forecast.
    pub forecast_on: [Option<Day>; 3],
    /// What will be missing on the due day at the central pace, m².
    pub shortfall_at_due_m2: f64,
}

/// The pace of a row on a day.
///
/// `done_before_m2` is what was done 30, 90 and 365 days earlier.
#[must_use]
pub fn pace(
    as_of: Day,
    due_on: Day,
    remaining_m2: f64,
    done_m2: f64,
    done_before_m2: [f64; 3],
) -> Pace {
    let mut per_day = [0.0; 3];
    for ((v, before_m2), days) in per_day.iter_mut().zip(done_before_m2).zip(WINDOWS_DAYS) {
        *v = (done_m2 - before_m2) / f64::from(days);
    }
    let [_, central, _] = per_day;
    let slow = per_day.into_iter().fold(f64::INFINITY, f64::min);
    let fast = per_day.into_iter().fold(f64::NEG_INFINITY, f64::max);
    #[expect(
        clippy::cast_precision_loss,
        reason = "days between two calendar dates are few"
    )]
    let days_left = (due_on - as_of).num_days().max(0) as f64;
    let required = (days_left > 0.0).then(|| remaining_m2 / days_left);
    Pace {
        slow_m2_per_day: slow,
        central_m2_per_day: central,
        fast_m2_per_day: fast,
        required_m2_per_day: required,
        ratio: required.filter(|r| *r > 0.0).map(|r| central / r),
        forecast_on: [slow, central, fast].map(|v| forecast(as_of, remaining_m2, v)),
        shortfall_at_due_m2: (remaining_m2 - central.max(0.0) * days_left).max(0.0),
    }
}

/// The day the rest is done at a pace, to the nearest day.
fn forecast(as_of: Day, remaining_m2: f64, m2_per_day: f64) -> Option<Day> {
    // A forecast beyond a century says "never" better than a date does.
    const HORIZON_DAYS: f64 = 36_525.0;
    if m2_per_day <= 0.0 {
        return None;
    }
    let days = (remaining_m2 / m2_per_day).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the horizon"
    )]
    (0.0..=HORIZON_DAYS)
        .contains(&days)
        .then(|| as_of.checked_add_days(Days::new(days as u64)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// The worked example of the accounting rules: 45 of 172.5 亩 done, all in the last 90 days.
    #[test]
    fn the_worked_example_is_forecast_for_july() {
        let p = pace(
            day("2022-11-01"),
            day("2022-12-31"),
            127.5,
            45.0,
            [45.0, 0.0, 0.0],
        );
        assert!((p.central_m2_per_day - 0.5).abs() < 1e-12);
        assert!((p.required_m2_per_day.unwrap() - 2.125).abs() < 1e-12);
        assert!((p.ratio.unwrap() - 0.5 / 2.125).abs() < 1e-12);
        assert_eq!(p.forecast_on[1], Some(day("2023-07-14")));
        assert!((p.shortfall_at_due_m2 - 97.5).abs() < 1e-12);
    }

    #[test]
    fn no_pace_is_no_forecast() {
        let p = pace(
            day("2022-11-01"),
            day("2022-12-31"),
            10.0,
            5.0,
            [5.0, 5.0, 5.0],
        );
        assert_eq!(p.forecast_on, [None; 3]);
        assert_eq!(p.ratio, Some(0.0));
    }

    #[test]
    fn on_the_due_day_nothing_can_be_required() {
        let p = pace(
            day("2022-12-31"),
            day("2022-12-31"),
            10.0,
            5.0,
            [5.0, 0.0, 0.0],
        );
        assert_eq!((p.required_m2_per_day, p.ratio), (None, None));
        assert!((p.shortfall_at_due_m2 - 10.0).abs() < 1e-12);
    }
}
