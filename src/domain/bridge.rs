//! From what remained then to what remains now, line by line.

use std::ops::AddAssign;

use super::Mosaic;
use super::accounting::{Demand, SiteDay, Subject};
use super::fold::{Folded, Standing};
use super::mosaic::Layer;
use super::obligation::Obligation;
use super::record::Site;
use super::time::{Day, Instant};
use super::words::{Grade, Stage};

/// The lines of a bridge, m². `opening + in − out = closing`, by construction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bridge {
    /// Remaining at the first date.
    pub opening_m2: f64,
    /// In: was done, and was broken again or its claim revoked.
    pub redisturbed_or_revoked_m2: f64,
    /// In: an exemption ended.
    pub exemption_ended_m2: f64,
    /// In: newly disturbed ground.
    pub new_disturbance_m2: f64,
    /// In: a boundary or a scope grew.
    pub boundary_or_scope_in_m2: f64,
    /// Out: newly exempt.
    pub newly_exempt_m2: f64,
    /// Out: a boundary or a scope shrank.
    pub boundary_or_scope_out_m2: f64,
    /// Out: reached the required stage.
    pub reached_m2: f64,
    /// Remaining at the second date.
    pub closing_m2: f64,
}

impl AddAssign for Bridge {
    fn add_assign(&mut self, other: Self) {
        self.opening_m2 += other.opening_m2;
        self.redisturbed_or_revoked_m2 += other.redisturbed_or_revoked_m2;
        self.exemption_ended_m2 += other.exemption_ended_m2;
        self.new_disturbance_m2 += other.new_disturbance_m2;
        self.boundary_or_scope_in_m2 += other.boundary_or_scope_in_m2;
        self.newly_exempt_m2 += other.newly_exempt_m2;
        self.boundary_or_scope_out_m2 += other.boundary_or_scope_out_m2;
        self.reached_m2 += other.reached_m2;
        self.closing_m2 += other.closing_m2;
    }
}

/// One end of a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pier {
    /// True on the ground on this day.
    pub as_of: Day,
    /// As known at this moment.
    pub known_at: Instant,
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The earlier end.
    pub from: Pier,
    /// The later end.
    pub to: Pier,
    /// Counting claims of this grade and above.
    pub grade: Grade,
    /// One obligation, or all with each ground once.
    pub subject: Subject,
}

/// A face at one end of the bridge.
struct End<'a> {
    standing: &'a Standing,
    folded: &'a Folded,
    demand: Option<Demand>,
}

impl End<'_> {
    /// In the obligation ground D.
    fn is_owed(&self) -> bool {
        self.demand.is_some()
            && self.standing.in_footprint
            && !self.standing.in_lower_site
            && !self.standing.is_exempt
    }

    fn is_left(&self) -> bool {
        self.is_owed()
            && self
                .demand
                .is_some_and(|demand| self.folded.stage < demand.high)
    }

    fn is_exempt(&self) -> bool {
        self.demand.is_some() && self.standing.in_footprint && self.standing.is_exempt
    }
}

/// The bridge of one site.
#[must_use]
pub fn bridge(site: &Site, mosaic: &Mosaic, obligations: &[Obligation], span: Span) -> Bridge {
    let at = |pier: Pier| SiteDay::new(site, mosaic, obligations, pier.as_of, pier.known_at);
    let (before, after) = (at(span.from), at(span.to));
    let (folds_before, folds_after) = (before.folds(span.grade), after.folds(span.grade));
    let (asked_before, asked_after) = (before.demands(span.subject), after.demands(span.subject));
    let ends_before = before
        .standings()
        .iter()
        .zip(&folds_before)
        .zip(asked_before);
    let ends_after = after.standings().iter().zip(&folds_after).zip(asked_after);
    let end = |((standing, folded), demand)| End {
        standing,
        folded,
        demand,
    };
    let mut lines = Bridge::default();
    for ((face, was), is) in mosaic.faces().iter().zip(ends_before).zip(ends_after) {
        let is_newly_broken = broken_within(mosaic, &face.layers, span);
        lines.count(face.area_m2, &end(was), &end(is), is_newly_broken);
    }
    lines
}

impl Bridge {
    fn count(&mut self, area_m2: f64, was: &End<'_>, is: &End<'_>, is_newly_broken: bool) {
        self.opening_m2 += if was.is_left() { area_m2 } else { 0.0 };
        self.closing_m2 += if is.is_left() { area_m2 } else { 0.0 };
        let line = match (was.is_left(), is.is_left()) {
            (false, true) if was.is_owed() => &mut self.redisturbed_or_revoked_m2,
            (false, true) if was.is_exempt() => &mut self.exemption_ended_m2,
            (false, true) if is_newly_broken => &mut self.new_disturbance_m2,
            (false, true) => &mut self.boundary_or_scope_in_m2,
            (true, false) if is.is_owed() => &mut self.reached_m2,
            (true, false) if is.is_exempt() => &mut self.newly_exempt_m2,
            (true, false) => &mut self.boundary_or_scope_out_m2,
            (true, true) | (false, false) => return,
        };
        *line += area_m2;
    }
}

/// Whether ground of these layers was broken after the first date, up to the second.
fn broken_within(mosaic: &Mosaic, layers: &[usize], span: Span) -> bool {
    layers
        .iter()
        .filter_map(|l| mosaic.layers.get(*l))
        .any(|layer| match layer {
            Layer::Disturbance {
                valid_on,
                to_stage: Stage::Untreated,
                known,
            } => {
                span.from.as_of < *valid_on
                    && *valid_on <= span.to.as_of
                    && known.is_known(span.to.known_at)
            }
            _ => false,
        })
}
