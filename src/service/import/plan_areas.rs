//! The county's outline and its townships.

use super::Target;
use super::plan::{Planner, Step};
use super::rows::{Outcome, Row};
use super::same::is_same;
use crate::store::{AreaKind, NewReferenceArea};

impl Planner {
    /// An outline: there is one county, and one township of a name.
    pub(super) fn plan_area(&mut self, target: Target, row: &mut Row) -> Option<Outcome> {
        let ground = Self::ground(row)?;
        let kind = if target == Target::County {
            AreaKind::County
        } else {
            AreaKind::Township
        };
        let name = row
            .values
            .text("name")
            .or_else(|| row.values.text("township"))
            .map(str::to_owned);
        let name = match kind {
            AreaKind::County => name.unwrap_or_default(),
            AreaKind::Township => row.require("name", Ok(name))?,
        };
        let earlier: Vec<_> = self
            .areas
            .iter()
            .filter(|area| area.kind == kind && (kind == AreaKind::County || area.name == name))
            .collect();
        if earlier
            .iter()
            .any(|area| area.name == name && is_same(&area.ground, &ground))
        {
            return Some(Outcome::Skipped);
        }
        let is_change = !earlier.is_empty();
        let replaces = earlier.iter().map(|area| area.id).collect();
        // The next feature of this file stands beside this one, not in its place.
        self.areas
            .retain(|area| area.kind != kind || (kind == AreaKind::Township && area.name != name));
        let area = NewReferenceArea {
            kind,
            name,
            synthetic: false,
            ground,
            origin: row.origin(0, &[]),
        };
        self.steps.push(Step::Area { area, replaces });
        Some(if is_change {
            Outcome::Changed
        } else {
            Outcome::Added
        })
    }
}
