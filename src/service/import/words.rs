//! Single values: vocabulary words and days in the spellings people use.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::columns::Values;
use crate::domain::Day;
use crate::geometry::Finding;

/// A word of a closed vocabulary; `Err` is the finding of a word that is not in it.
pub(super) fn word<T>(
    values: &Values,
    field: &'static str,
    named: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Finding> {
    let Some(text) = values.text(field) else {
        return Ok(None);
    };
    // A spreadsheet turns 4 into 4.0, and people write "阶段4" or "4 复绿".
    let whole = text.trim_end_matches(".0");
    named(whole).map(Some).ok_or_else(|| {
        Finding::error("field.unknown_word")
            .with("field", field)
            .with("value", text)
    })
}

/// A day; `Err` is the finding of a text that is none.
pub(super) fn day(values: &Values, field: &'static str) -> Result<Option<Day>, Finding> {
    let Some(text) = values.text(field) else {
        return Ok(None);
    };
    day_of(text).map(Some).ok_or_else(|| {
        Finding::error("field.bad_date")
            .with("field", field)
            .with("value", text)
    })
}

/// The day a text means: `2022-06-30`, `2022/6/30`, `2022.6.30`, `20220630`, `2022年6月30日`, any of
/// them with a time behind, or the serial number of a spreadsheet (44742).
pub(super) fn day_of(text: &str) -> Option<Day> {
    let text = text.trim();
    let text = text.trim_end_matches(".0");
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.len() {
            8 => sensible(NaiveDate::parse_from_str(text, "%Y%m%d").ok()?),
            5 => serial_day(text.parse().ok()?),
            _ => None,
        };
    }
    let date = text.split([' ', 'T']).next()?;
    let mut numbers = date
        .split(['-', '/', '.', '年', '月', '日', '号'])
        .filter(|part| !part.is_empty())
        .map(|part| part.trim().parse::<u32>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() {
        return None;
    }
    sensible(NaiveDate::from_ymd_opt(
        i32::try_from(year).ok()?,
        month,
        day,
    )?)
}

/// Day 60 of the 1900 system is a 29 February that never was, so counting starts a day earlier.
fn serial_day(serial: i64) -> Option<Day> {
    sensible(NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(TimeDelta::days(serial))?)
}

/// Years outside 1950 to 2150 are misread numbers.
fn sensible(day: Day) -> Option<Day> {
    (1950..=2150).contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_in_every_spelling() {
        let expected = NaiveDate::from_ymd_opt(2022, 6, 30);
        for text in [
            "2022-06-30",
            "2022/6/30",
            "2022.6.30",
            "20220630",
            "2022年6月30日",
            " 2022年06月30号 ",
            "2022/06/30 00:00:00+08",
            "2022-06-30T08:00:00Z",
            // LibreOffice 7.4 and Excel both show 44742 as 2022-06-30.
            "44742",
            "44742.0",
        ] {
            assert_eq!(day_of(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "2022-06",
            "2022-13-01",
            "2022-02-30",
            "6月30日",
            "昨天",
            "22-6-30",
            "99999999",
            "",
        ] {
            assert_eq!(day_of(text), None, "{text}");
        }
    }
}
