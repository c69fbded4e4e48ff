//! Which column of a file means what: standard names, Chinese aliases, and what the user maps.

use crate::formats::FIELD_ALIASES;
use crate::formats::source::Format;

use super::Target;
use crate::geometry::Finding;
use crate::service::ServiceError;

/// A standard column: its name, and the Chinese names it goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name of product and API.
    pub name: &'static str,
    /// Names it goes by in the files of bureaus, the usual one first.
    pub aliases: &'static [&'static str],
}

const fn field(name: &'static str, aliases: &'static [&'static str]) -> Field {
    Field { name, aliases }
}

/// All standard columns.
pub const FIELDS: [Field; 22] = [
    field("site_code", &["矿山编号", "矿山代码", "编号"]),
    field("name", &["名称", "矿山名称", "地块名称"]),
    field("kind", &["矿山种类", "场所类别"]),
    field("category", &["矿山类别", "类别"]),
    field("township", &["乡镇", "所在乡镇"]),
    field("role", &["界线类型"]),
    field("parcel_no", &["图斑编号", "图斑号"]),
    field("place_type", &["类型", "图斑类型"]),
    field("stage", &["阶段", "治理阶段"]),
    field("valid_on", &["日期", "valid_from", "生效日期"]),
    field("valid_to", &["截止", "截止日期"]),
    field("grade", &["等级", "证据等级"]),
    field("reason", &["原因"]),
    field("liable", &["责任单位", "责任主体"]),
    field("licence_no", &["采矿许可证号", "许可证号"]),
    field("to_stage", &["退回阶段"]),
    field("soil_cm", &["覆土厚度"]),
    field("trees", &["乔", "乔木"]),
    field("shrubs", &["灌", "灌木"]),
    field("grass", &["草", "草本"]),
    field("survival_pct", &["成活率"]),
    field("cover_pct", &["盖度", "植被盖度"]),
];

/// How the columns of one file are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    /// Field and column, one column for each field.
    pub(super) columns: Vec<(&'static str, String)>,
    /// Field and the value every feature gets.
    pub(super) set: Vec<(&'static str, String)>,
    /// Columns that are kept as attributes.
    pub(super) kept: Vec<String>,
}

impl Mapping {
    /// The values of a feature's fields, and the rest of its attributes.
    pub(super) fn apply(&self, attributes: &[(String, String)]) -> Values {
        let mut values = Values::default();
        for (column, text) in attributes {
            match self.columns.iter().find(|(_, own)| own == column) {
                Some((field, _)) => values.known.push((field, text.trim().to_owned())),
                None => values.rest.push((column.clone(), text.clone())),
            }
        }
        for (field, value) in &self.set {
            values.known.retain(|(own, _)| own != field);
            values.known.push((field, value.clone()));
        }
        values
    }
}

/// One feature's values by standard column.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    known: Vec<(&'static str, String)>,
    /// Columns without a place of their own, as they came.
    pub(super) rest: Vec<(String, String)>,
}

impl Values {
    /// The text of a field, unless empty.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        let found = self.known.iter().find(|(own, _)| *own == field);
        found
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
    }
}

/// Decides which column means what: the user's word first, then names and aliases.
///
/// # Errors
/// Fields that do not exist, and columns the file does not have.
pub(super) fn map(
    columns: &[String],
    format: Format,
    target: Target,
    maps: &[(String, String)],
    sets: &[(String, String)],
) -> Result<(Mapping, Vec<Finding>), ServiceError> {
    let mut mapping = Mapping::default();
    for (name, column) in maps {
        let field = field_named(name)?;
        let found = columns
            .iter()
            .find(|own| plain(own) == plain(column))
            .ok_or_else(|| {
                ServiceError::invalid(
                    "import.unknown_column",
                    format!(
                        "there is no column {column:?}; there are: {}",
                        columns.join(", ")
                    ),
                )
            })?;
        mapping.columns.push((field, found.clone()));
    }
    for (name, value) in sets {
        mapping
            .set
            .push((field_named(name)?, value.trim().to_owned()));
    }
    let mut findings = Vec::new();
    for known in FIELDS {
        if mapping
            .columns
            .iter()
            .any(|(field, _)| *field == known.name)
        {
            continue;
        }
        let is_free = |column: &&String| !mapping.columns.iter().any(|(_, own)| own == *column);
        let mut fitting = names_of(known, format, target)
            .into_iter()
            .flat_map(|name| {
                columns
                    .iter()
                    .filter(move |column| plain(column) == plain(&name))
            });
        let Some(chosen) = fitting.find(is_free) else {
            continue;
        };
        if let Some(other) = fitting.find(|other| *other != chosen) {
            findings.push(
                Finding::notice("import.column_twice")
                    .with("field", known.name)
                    .with("used", chosen)
                    .with("kept_aside", other),
            );
        }
        mapping.columns.push((known.name, chosen.clone()));
    }
    let is_used = |column: &String| mapping.columns.iter().any(|(_, own)| own == column);
    mapping.kept = columns
        .iter()
        .filter(|column| !is_used(column))
        .cloned()
        .collect();
    Ok((mapping, findings))
}

fn field_named(name: &str) -> Result<&'static str, ServiceError> {
    FIELDS
        .iter()
        .find(|field| {
            plain(field.name) == plain(name)
                || field
                    .aliases
                    .iter()
                    .any(|alias| plain(alias) == plain(name))
        })
        .map(|field| field.name)
        .ok_or_else(|| {
            let names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
            ServiceError::invalid(
                "import.unknown_field",
                format!(
                    "there is no field {name:?}; there are: {}",
                    names.join(", ")
                ),
            )
        })
}

/// All names a field may stand under in a file of this format, the likeliest first.
fn names_of(field: Field, format: Format, target: Target) -> Vec<String> {
    let mut names: Vec<String> = vec![field.name.to_owned()];
    names.extend(field.aliases.iter().map(|alias| (*alias).to_owned()));
    if format == Format::Shapefile {
        // A DBF name has 10 bytes: GBK keeps five hanzi, UTF-8 three.
        let short = FIELD_ALIASES.iter().filter(|(name, _)| *name == field.name);
        names.extend(short.map(|(_, alias)| (*alias).to_owned()));
        names.extend(
            field
                .aliases
                .iter()
                .map(|alias| alias.chars().take(5).collect()),
        );
        names.push(field.name.chars().take(10).collect());
    }
    if format == Format::SurveyText {
        // 报盘 txt has columns of its own; what its number means depends on what is imported.
        let own = match (field.name, target) {
            ("parcel_no", Target::Parcels) => Some("地块编号"),
            ("site_code", target) if target != Target::Parcels => Some("地块编号"),
            ("stage", Target::Claims) => Some("地块用途"),
            ("valid_on", _) => Some("数据产生日期"),
            _ => None,
        };
        names.extend(own.map(str::to_owned));
    }
    names
}

/// A column name without case, blanks, underscores and marks.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | ':' | '：'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn mapped(names: &[&str], format: Format, target: Target) -> Vec<(&'static str, String)> {
        map(&columns(names), format, target, &[], &[])
            .unwrap()
            .0
            .columns
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        let got = mapped(
            &["Site Code", " 阶 段 ", "VALID_ON"],
            Format::GeoJson,
            Target::Claims,
        );
        let expected = [
            ("site_code", "Site Code"),
            ("stage", " 阶 段 "),
            ("valid_on", "VALID_ON"),
        ];
        assert_eq!(
            got,
            expected.map(|(field, column)| (field, column.to_owned()))
        );
    }

    #[test]
    fn names_cut_by_a_dbf_are_known() {
        let got = mapped(
            &["采矿许可证", "surviv_pct"],
            Format::Shapefile,
            Target::Sites,
        );
        assert_eq!(got.len(), 2, "{got:?}");
    }

    #[test]
    fn the_number_of_a_survey_plot_is_what_is_imported() {
        let names = ["地块编号", "地块名称", "地块用途"];
        assert_eq!(
            mapped(&names, Format::SurveyText, Target::Parcels)[1].0,
            "parcel_no"
        );
        assert_eq!(
            mapped(&names, Format::SurveyText, Target::Claims)[0].0,
            "site_code"
        );
    }

    #[test]
    fn the_users_word_comes_first_and_is_checked() {
        let names = columns(&["a", "stage"]);
        let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        let of =
            |maps: &[(String, String)]| map(&names, Format::GeoJson, Target::Claims, maps, &[]);
        assert_eq!(
            of(&pair("阶段", "A")).unwrap().0.columns,
            [("stage", "a".to_owned())]
        );
        assert!(of(&pair("nonsense", "a")).is_err());
        assert!(of(&pair("stage", "b")).is_err());
    }
}
