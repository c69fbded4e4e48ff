//! What was found wrong with an input: a code, a place and the values a message needs.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was done that the user should know of; nothing is wrong.
    Notice,
    /// The value can be used, and a person should look at it.
    Warning,
    /// The value cannot be used as it is.
    Error,
}

/// A position in degrees (lon, lat), or in the source's own units before its CRS is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Longitude in degrees, or easting of the source.
    pub lon: f64,
    /// Latitude in degrees, or northing of the source.
    pub lat: f64,
}

/// One thing found in messy input. The sentence (zh, en) and the cure are looked up by `code`.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable dotted code, e.g. `geometry.self_intersects`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is, when it is somewhere.
    pub place: Option<Place>,
    /// The feature's number in its file, counted from 1.
    pub feature: Option<u64>,
    /// Named values the message quotes, e.g. `("vertices", "200001")`.
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    /// A finding of the given severity with no place yet.
    #[must_use]
    pub fn new(code: &'static str, severity: Severity) -> Self {
        Self {
            code,
            severity,
            place: None,
            feature: None,
            values: Vec::new(),
        }
    }

    /// An error: the value cannot be used as it is.
    #[must_use]
    pub fn error(code: &'static str) -> Self {
        Self::new(code, Severity::Error)
    }

    /// A warning: usable, but a person should look.
    #[must_use]
    pub fn warning(code: &'static str) -> Self {
        Self::new(code, Severity::Warning)
    }

    /// A notice: something was done that the user should know of.
    #[must_use]
    pub fn notice(code: &'static str) -> Self {
        Self::new(code, Severity::Notice)
    }

    /// The same finding at a place.
    #[must_use]
    pub fn at(mut self, lon: f64, lat: f64) -> Self {
        self.place = Some(Place { lon, lat });
        self
    }

    /// The same finding of a feature, counted from 1.
    #[must_use]
    pub fn of_feature(mut self, number: u64) -> Self {
        self.feature = Some(number);
        self
    }

    /// The same finding with one more value for its message.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers pass numbers and literals"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }
}
