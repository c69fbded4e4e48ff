//! A site's figures on every day on which any of them changes.

use super::Mosaic;
use super::accounting::{ByGrade, SiteDay, Subject};
use super::mosaic::Layer;
use super::obligation::Obligation;
use super::record::{RecordId, Site};
use super::time::{Day, Instant, Known};

/// The figures of one site over time, as known at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The site's number.
    pub site_id: RecordId,
    /// From each day on (until the next step) these figures hold; the first step is from the
    /// beginning of time.
    pub steps: Vec<Step>,
    /// The days on which something was recorded of the site (claims and disturbances), ascending.
    pub record_days: Vec<Day>,
}

/// Figures that hold from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The first day.
    pub from: Day,
    /// Obligations in whose scope the site is, with or without ground.
    pub in_scope: Vec<RecordId>,
    /// The figures of each subject that has any.
    pub figures: Vec<(Subject, ByGrade)>,
}

impl Timeline {
    /// Computes the figures of a site on every day on which they change.
    #[must_use]
    pub fn new(
        site: &Site,
        mosaic: &Mosaic,
        obligations: &[Obligation],
        known_at: Instant,
    ) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        for from in break_days(site, mosaic, obligations, known_at) {
            let day = SiteDay::new(site, mosaic, obligations, from, known_at);
            let mut in_scope: Vec<RecordId> = day.obligations().collect();
            in_scope.sort_unstable();
            let step = Step {
                from,
                in_scope,
                figures: day.figures(),
            };
            let is_news = steps
                .last()
                .is_none_or(|last| last.figures != step.figures || last.in_scope != step.in_scope);
            if is_news {
                steps.push(step);
            }
        }
        Self {
            site_id: site.id,
            steps,
            record_days: record_days(mosaic, known_at),
        }
    }

    /// The step in force on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&Step> {
        let after = self.steps.partition_point(|step| step.from <= day);
        after.checked_sub(1).and_then(|place| self.steps.get(place))
    }

    /// The figures of a subject on a day; all zero when it has none.
    #[must_use]
    pub fn figures(&self, subject: Subject, day: Day) -> ByGrade {
        self.at(day)
            .map_or_else(ByGrade::default, |step| step.figures_of(subject))
    }

    /// The last day up to `day` on which something was recorded of the site.
    #[must_use]
    pub fn last_record_on(&self, day: Day) -> Option<Day> {
        let after = self
            .record_days
            .partition_point(|recorded| *recorded <= day);
        after
            .checked_sub(1)
            .and_then(|place| self.record_days.get(place))
            .copied()
    }
}

impl Step {
    /// The figures of a subject; all zero when it has none.
    #[must_use]
    pub fn figures_of(&self, subject: Subject) -> ByGrade {
        self.figures
            .iter()
            .find(|(of, _)| *of == subject)
            .map_or_else(ByGrade::default, |(_, figures)| *figures)
    }
}

/// The days on which a figure of the site may change, ascending, the beginning of time first.
#[must_use]
pub fn break_days(
    site: &Site,
    mosaic: &Mosaic,
    obligations: &[Obligation],
    known_at: Instant,
) -> Vec<Day> {
    let mut days = vec![Day::MIN];
    for layer in &mosaic.layers {
        match layer {
            Layer::Footprint { in_force, known }
            | Layer::Exemption { in_force, known }
            | Layer::Parcel {
                in_force, known, ..
            }
            | Layer::LowerFootprint {
                in_force, known, ..
            } => {
                extend_known(&mut days, *known, known_at, in_force.breaks());
            }
            Layer::Disturbance {
                valid_on, known, ..
            }
            | Layer::Claim {
                valid_on, known, ..
            }
            | Layer::LowerBroken { valid_on, known } => {
                extend_known(&mut days, *known, known_at, std::iter::once(*valid_on));
            }
            Layer::Scope { .. } => {}
        }
    }
    for terms in &site.terms {
        extend_known(&mut days, terms.known, known_at, terms.in_force.breaks());
    }
    for terms in obligations.iter().flat_map(|o| &o.terms) {
        extend_known(&mut days, terms.known, known_at, terms.in_force.breaks());
    }
    days.sort_unstable();
    days.dedup();
    days
}

fn extend_known(
    days: &mut Vec<Day>,
    known: Known,
    known_at: Instant,
    breaks: impl Iterator<Item = Day>,
) {
    if known.is_known(known_at) {
        days.extend(breaks);
    }
}

fn record_days(mosaic: &Mosaic, known_at: Instant) -> Vec<Day> {
    let mut days: Vec<Day> = mosaic
        .layers
        .iter()
        .filter_map(|layer| match layer {
            Layer::Disturbance {
                valid_on, known, ..
            }
            | Layer::Claim {
                valid_on, known, ..
            } => known.is_known(known_at).then_some(*valid_on),
            _ => None,
        })
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}
