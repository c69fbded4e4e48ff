//! Features on their way out: typed fields, ordered rows, polygons in the stored coordinates.

use chrono::NaiveDate;
use geo::MultiPolygon;

/// One layer, table or sheet to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its name in files and databases: short, ASCII, e.g. `parcels`.
    pub name: String,
    /// Its title for people, e.g. `图斑`.
    pub title: String,
    /// Its columns, in order.
    pub fields: Vec<Field>,
    /// Its rows, in order.
    pub features: Vec<Feature>,
    /// Whether its rows are ground; a table of figures is not.
    pub has_geometry: bool,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name for programs: the standard import column (docs/IMPORT.md) where there is one.
    pub name: String,
    /// Its heading for people.
    pub heading: String,
    /// What it holds.
    pub kind: FieldKind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text of any length.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Areas in m²; a sheet for people shows them in its own unit.
    Area,
    /// Days.
    Date,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Feature {
    /// Its polygons in EPSG:4490 lon/lat; `None` in a table of figures.
    pub shape: Option<MultiPolygon<f64>>,
    /// One value per field, in their order; `None` is not known.
    pub values: Vec<Option<Value>>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number, or an area in m².
    Number(f64),
    /// A day.
    Date(NaiveDate),
}

impl Value {
    /// The value as text, numbers with as many digits as they need to be read back unchanged.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Date(day) => day.to_string(),
        }
    }
}

impl Field {
    /// A column of this name, heading and kind.
    #[must_use]
    pub fn new(name: &str, heading: &str, kind: FieldKind) -> Self {
        Self {
            name: name.to_owned(),
            heading: heading.to_owned(),
            kind,
        }
    }
}

impl Layer {
    /// The place of a column, by its name.
    #[must_use]
    pub fn place_of(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == field)
    }

    /// The value of a feature in the column of this name, when it has one.
    #[must_use]
    pub fn value<'f>(&self, feature: &'f Feature, field: &str) -> Option<&'f Value> {
        feature.values.get(self.place_of(field)?)?.as_ref()
    }
}

impl Feature {
    /// The fields of a layer with the feature's values; a missing value is not known.
    pub fn cells<'a>(
        &'a self,
        layer: &'a Layer,
    ) -> impl Iterator<Item = (&'a Field, Option<&'a Value>)> {
        let values = self
            .values
            .iter()
            .map(Option::as_ref)
            .chain(std::iter::repeat(None));
        layer.fields.iter().zip(values)
    }
}
