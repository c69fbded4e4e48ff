//! Query parameters: strictly the ones an endpoint has, each read with an answer that helps.

use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::http::request::Parts;
use chrono::{DateTime, Datelike as _, Utc};
use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess,
    Visitor,
};

use super::refusal::Refusal;
use crate::domain::{Category, Day, Grade, Instant};
use crate::geometry::BBox;

/// Query parameters of an endpoint. `T` must deny unknown fields.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_unreadable| Refusal::bad_request("request.invalid"))?;
        let given = Given {
            rest: pairs.into_iter(),
            current: None,
        };
        let read = T::deserialize(MapAccessDeserializer::new(given));
        Ok(Self(read.map_err(Refusal::from)?))
    }
}

/// What is wrong with a parameter.
#[derive(Debug)]
enum Fault {
    Unknown {
        name: String,
        known: &'static [&'static str],
    },
    Repeated(&'static str),
    Missing(&'static str),
    /// The code comes from the reading function below.
    Value {
        code: String,
        name: String,
        value: String,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Value {
            code: message.to_string(),
            name: String::new(),
            value: String::new(),
        }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::Unknown {
            name: field.to_owned(),
            known: expected,
        }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Repeated(field)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// Codes that reading functions use; anything else is a value of the wrong kind.
const VALUE_CODES: [&str; 5] = [
    "query.date_invalid",
    "query.instant_invalid",
    "query.grade_invalid",
    "query.bbox_invalid",
    "query.limit_invalid",
];

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown { name, known } => Self::bad_request("query.unknown_parameter")
                .with("name", name)
                .with(
                    "known",
                    if known.is_empty() {
                        "—".to_owned()
                    } else {
                        known.join(", ")
                    },
                ),
            Fault::Repeated(name) => {
                Self::bad_request("query.repeated_parameter").with("name", name)
            }
            Fault::Missing(name) => Self::bad_request("query.missing_parameter").with("name", name),
            Fault::Value { code, name, value } => {
                let known = VALUE_CODES.into_iter().find(|known| *known == code);
                Self::bad_request(known.unwrap_or("query.value_invalid"))
                    .with("name", name)
                    .with("value", value)
                    .with("max", LARGEST_PAGE.to_string())
            }
        }
    }
}

/// The parameters as they were given; a fault in a value learns its name here.
struct Given {
    rest: std::vec::IntoIter<(String, String)>,
    current: Option<(String, String)>,
}

impl<'de> MapAccess<'de> for Given {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        seed.deserialize(StringDeserializer::new(name.clone()))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (name, value) = self.current.take().unwrap_or_default();
        seed.deserialize(OneValue(value.clone()))
            .map_err(|fault| match fault {
                Fault::Value { code, .. } => Fault::Value { code, name, value },
                other => other,
            })
    }
}

/// The text of one parameter, which may be read as an optional one.
struct OneValue(String);

impl<'de> Deserializer<'de> for OneValue {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(IntoDeserializer::<Fault>::into_deserializer(self.0))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// Reads a parameter with a function; the code is what is answered when it returns `None`.
fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    code: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    read(text.trim()).ok_or_else(|| serde::de::Error::custom(code))
}

fn some_day(text: &str) -> Option<Day> {
    const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;
    text.parse::<Day>()
        .ok()
        .filter(|day| YEARS.contains(&day.year()))
}

/// A date.
pub(super) fn required_day<'de, D: Deserializer<'de>>(d: D) -> Result<Day, D::Error> {
    read(d, "query.date_invalid", some_day)
}

/// A date, if given.
pub(super) fn day<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Day>, D::Error> {
    read(d, "query.date_invalid", some_day).map(Some)
}

/// An instant, if given.
pub(super) fn instant<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Instant>, D::Error> {
    // A plus sign that was not written as %2B arrives as a space.
    let read_instant = |text: &str| {
        let at = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok()?;
        some_day(&at.date_naive().to_string()).map(|_| at.with_timezone(&Utc))
    };
    read(d, "query.instant_invalid", read_instant).map(Some)
}

/// A grade by number, code or Chinese word, if given.
pub(super) fn grade<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Grade>, D::Error> {
    read(d, "query.grade_invalid", Grade::named).map(Some)
}

/// A category by code or Chinese word, if given.
pub(super) fn category<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Category>, D::Error> {
    read(d, "query.value_invalid", Category::named).map(Some)
}

/// A box west,south,east,north in degrees, if given.
pub(super) fn bbox<'de, D: Deserializer<'de>>(d: D) -> Result<Option<BBox>, D::Error> {
    let read_box = |text: &str| {
        let numbers: Vec<f64> = text
            .split(',')
            .map(|n| n.trim().parse().ok())
            .collect::<Option<_>>()?;
        let &[west, south, east, north] = numbers.as_slice() else {
            return None;
        };
        let is_box = -180.0 <= west
            && west <= east
            && east <= 180.0
            && -90.0 <= south
            && south <= north
            && north <= 90.0;
        is_box.then_some(BBox {
            west,
            south,
            east,
            north,
        })
    };
    read(d, "query.bbox_invalid", read_box).map(Some)
}

/// The longest page of any list.
pub(super) const LARGEST_PAGE: usize = 5000;
/// The page when nothing is asked.
pub(super) const USUAL_PAGE: usize = 500;

/// How many rows a page may have, if given: 1 to [`LARGEST_PAGE`].
pub(super) fn limit<'de, D: Deserializer<'de>>(d: D) -> Result<Option<usize>, D::Error> {
    let read_limit = |text: &str| {
        text.parse()
            .ok()
            .filter(|limit| (1..=LARGEST_PAGE).contains(limit))
    };
    read(d, "query.limit_invalid", read_limit).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Params {
        #[serde(deserialize_with = "required_day")]
        from: Day,
        #[serde(default, deserialize_with = "instant")]
        known_at: Option<Instant>,
        #[serde(default, deserialize_with = "grade")]
        grade: Option<Grade>,
        #[serde(default, deserialize_with = "bbox")]
        bbox: Option<BBox>,
        #[serde(default, deserialize_with = "limit")]
        limit: Option<usize>,
        site: Option<String>,
    }

    fn asked(query: &str) -> Result<Params, Refusal> {
        let request = Request::builder()
            .uri(format!("/?{query}"))
            .body(())
            .unwrap();
        let (mut parts, ()) = request.into_parts();
        let read = Asked::<Params>::from_request_parts(&mut parts, &());
        futures_now(read).map(|asked| asked.0)
    }

    /// The extractor never waits, so one poll is enough.
    fn futures_now<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("the extractor waited"),
        }
    }

    #[test]
    fn each_parameter_is_read_in_all_its_spellings() {
        let read = asked("from=2022-01-31&known_at=2022-12-31T16:00:00%2B08:00&grade=核查&limit=7&bbox=113,31.9,113.3,32&site=a%20b").unwrap();
        assert_eq!(read.from.to_string(), "2022-01-31");
        assert_eq!(
            read.known_at.unwrap().to_rfc3339(),
            "2022-12-31T08:00:00+00:00"
        );
        assert_eq!(read.grade, Some(Grade::Verified));
        assert_eq!(read.limit, Some(7));
        assert_eq!(read.bbox.map(|b| b.north), Some(32.0));
        assert_eq!(read.site.as_deref(), Some("a b"));
        let plus = asked("from=2022-01-31&known_at=2022-12-31T16:00:00+08:00").unwrap();
        assert_eq!(plus.known_at, read.known_at);
        for grade in ["1", "reported", "自报"] {
            let read = asked(&format!("from=2022-01-31&grade={grade}")).unwrap();
            assert_eq!(read.grade, Some(Grade::Reported), "{grade}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_code() {
        for (query, code, quoted) in [
            ("", "query.missing_parameter", "from"),
            ("from=2022-02-30", "query.date_invalid", "2022-02-30"),
            ("from=", "query.date_invalid", "from"),
            ("from=0001-01-01", "query.date_invalid", "0001-01-01"),
            ("from=%2B99999-01-01", "query.date_invalid", "+99999-01-01"),
            ("from=2022-01-01&grade=5", "query.grade_invalid", "5"),
            ("from=2022-01-01&grade=0", "query.grade_invalid", "0"),
            (
                "from=2022-01-01&known_at=yesterday",
                "query.instant_invalid",
                "yesterday",
            ),
            ("from=2022-01-01&bbox=1,2,3", "query.bbox_invalid", "1,2,3"),
            (
                "from=2022-01-01&bbox=3,2,1,4",
                "query.bbox_invalid",
                "3,2,1,4",
            ),
            (
                "from=2022-01-01&bbox=NaN,2,3,4",
                "query.bbox_invalid",
                "NaN,2,3,4",
            ),
            (
                "from=2022-01-01&bbox=1,2,3,1e308",
                "query.bbox_invalid",
                "bbox",
            ),
            ("from=2022-01-01&limit=0", "query.limit_invalid", "5000"),
            ("from=2022-01-01&limit=5001", "query.limit_invalid", "5001"),
            ("from=2022-01-01&limit=-1", "query.limit_invalid", "limit"),
            ("from=2022-01-01&form=x", "query.unknown_parameter", "form"),
            (
                "from=2022-01-01&from=2022-01-02",
                "query.repeated_parameter",
                "from",
            ),
        ] {
            let refusal = asked(query).unwrap_err();
            assert_eq!(refusal.code, code, "{query}");
            let quotes = refusal.values.iter().any(|(_, value)| value == quoted);
            assert!(quotes, "{query}: {:?}", refusal.values);
        }
    }
}
