//! One feature on its way in.

use serde_json::{Map, Value};

use super::columns::Values;
use crate::domain::RecordId;
use crate::geometry::{Finding, Ground, Severity};
use crate::store::Origin;

/// What becomes of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A new record.
    Added,
    /// A record that changes what is known.
    Changed,
    /// Recorded already.
    Skipped,
    /// It cannot be taken; a finding says why.
    Rejected,
}

/// One feature, judged.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its number in the file.
    pub(super) number: u64,
    /// Its checked ground in stored coordinates; ledgers have none.
    pub(super) ground: Option<Ground>,
    /// Its values.
    pub(super) values: Values,
    /// What was found about it.
    pub(super) findings: Vec<Finding>,
}

impl Row {
    /// Adds a finding of this feature, at the feature's own place unless it has one.
    pub(super) fn find(&mut self, finding: Finding) {
        let mut finding = finding.of_feature(self.number);
        if finding.place.is_none()
            && let Some(bbox) = self.ground.as_ref().and_then(Ground::bbox)
        {
            let middle = (
                bbox.west.midpoint(bbox.east),
                bbox.south.midpoint(bbox.north),
            );
            finding = finding.at(middle.0, middle.1);
        }
        self.findings.push(finding);
    }

    /// Adds the finding of a value that cannot be read and goes on without the value.
    pub(super) fn take<T>(&mut self, read: Result<Option<T>, Finding>) -> Option<T> {
        read.unwrap_or_else(|finding| {
            self.find(finding);
            None
        })
    }

    /// A value that has to be there.
    pub(super) fn require<T>(
        &mut self,
        field: &'static str,
        read: Result<Option<T>, Finding>,
    ) -> Option<T> {
        match read {
            Ok(None) => {
                self.find(Finding::error("field.missing").with("field", field));
                None
            }
            other => self.take(other),
        }
    }

    /// Lets a site without geometry pass as a warning: its code can be entered before its ground.
    pub(super) fn take_without_ground(&mut self) {
        for finding in self
            .findings
            .iter_mut()
            .filter(|f| f.code == "geometry.missing")
        {
            finding.severity = Severity::Warning;
        }
    }

    /// Whether something forbids taking it.
    pub(super) fn is_rejected(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    /// Where its record comes from, with the columns that have no place of their own and the
    /// standard columns that only some records have.
    pub(super) fn origin(&self, batch_id: RecordId, kept_fields: &[&str]) -> Origin {
        let mut attributes: Map<String, Value> = kept_fields
            .iter()
            .filter_map(|field| {
                Some((
                    (*field).to_owned(),
                    number_or_text(self.values.text(field)?),
                ))
            })
            .collect();
        for (name, text) in &self.values.rest {
            attributes
                .entry(name.clone())
                .or_insert_with(|| Value::String(text.clone()));
        }
        Origin {
            batch_id: Some(batch_id),
            attributes,
        }
    }
}

fn number_or_text(text: &str) -> Value {
    let number = text
        .parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64);
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}
