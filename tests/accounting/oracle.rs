//! The accounting rules a second time, word for word: seven polygon buckets, no faces.
//!
//! Slow and plain on purpose. It shares with the product only the records, the overlay of two
//! grounds and the area of one.

use qingshan::domain::{
    BoundaryRole, Claim, Day, Disturbance, Figures, Grade, InForce, Instant, Known, Obligation,
    ObligationTerms, PlaceType, RecordId, Site, SiteTerms,
};
use qingshan::geometry::{Ground, difference, intersection, parts, union};

use super::history::County;

/// The two time axes of a question.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub as_of: Day,
    pub known_at: Instant,
}

impl Moment {
    fn knows(self, known: Known) -> bool {
        known.recorded_at <= self.known_at && known.ended_at.is_none_or(|e| self.known_at < e)
    }

    fn is_in_force(self, in_force: InForce, known: Known) -> bool {
        self.knows(known)
            && in_force.from.is_none_or(|from| self.as_of >= from)
            && in_force.to.is_none_or(|to| self.as_of <= to)
    }

    /// The version in force: each ends the day before the next begins.
    fn version<T>(self, versions: &[T], of: impl Fn(&T) -> (InForce, Known)) -> Option<&T> {
        let mut known: Vec<&T> = versions.iter().filter(|v| self.knows(of(v).1)).collect();
        known.sort_by_key(|v| (of(v).0.from.unwrap_or(Day::MIN), of(v).1.recorded_at));
        let mut next_begins: Option<Day> = None;
        for version in known.into_iter().rev() {
            let InForce { from, to } = of(version).0;
            let begins = from.unwrap_or(Day::MIN);
            let is_over = next_begins.is_some_and(|next| self.as_of >= next)
                || to.is_some_and(|to| self.as_of > to);
            if begins <= self.as_of && !is_over {
                return Some(version);
            }
            next_begins = Some(next_begins.map_or(begins, |next| next.min(begins)));
        }
        None
    }
}

fn all(grounds: &[&Ground]) -> Ground {
    union(grounds)
}

fn join(into: &mut Ground, more: &Ground) {
    if !more.is_empty() {
        *into = if into.is_empty() {
            more.clone()
        } else {
            union(&[into, more])
        };
    }
}

/// The footprint F(t) of a site.
pub fn footprint(site: &Site, at: Moment) -> Ground {
    let mut versions: Vec<_> = site
        .boundaries
        .iter()
        .filter(|b| b.role == BoundaryRole::Footprint)
        .collect();
    versions.sort_by_key(|b| b.id);
    let mut ground = Ground::empty();
    if let Some(boundary) = at.version(&versions, |b| (b.in_force, b.known)) {
        join(&mut ground, &boundary.ground);
    }
    for d in disturbances(site, at).filter(|d| d.to_stage.number() == 0) {
        join(&mut ground, &d.ground);
    }
    ground
}

/// Exempt ground X(t) of a site.
pub fn exempt(site: &Site, at: Moment) -> Ground {
    let in_force = site
        .exemptions
        .iter()
        .filter(|x| at.is_in_force(x.in_force, x.known));
    all(&in_force.map(|x| &x.ground).collect::<Vec<_>>())
}

fn disturbances(site: &Site, at: Moment) -> impl Iterator<Item = &Disturbance> {
    site.disturbances
        .iter()
        .filter(move |d| at.knows(d.known) && d.valid_on <= at.as_of)
}

fn grade_of(claim: &Claim, at: Moment) -> u8 {
    let known = claim.grades.iter().filter(|g| g.recorded_at <= at.known_at);
    known.map(|g| g.grade.number()).max().unwrap_or(1)
}

enum Event<'a> {
    Disturbance(&'a Disturbance),
    Claim(&'a Claim),
}

fn events(site: &Site, at: Moment) -> Vec<Event<'_>> {
    let claims = site
        .claims
        .iter()
        .filter(|c| at.knows(c.known) && c.valid_on <= at.as_of);
    let mut events: Vec<Event> = disturbances(site, at)
        .map(Event::Disturbance)
        .chain(claims.map(Event::Claim))
        .collect();
    events.sort_by_key(|event| match event {
        Event::Disturbance(d) => (d.valid_on, 0, 0, d.id),
        Event::Claim(c) => (c.valid_on, 1, c.stage.number(), c.id),
    });
    events
}

/// The buckets of a site and what happened on the way.
pub struct Fold {
    pub buckets: [Ground; 7],
    /// Ground that was once in each bucket.
    held: [Ground; 7],
    /// Per stage, ground claimed since it was last disturbed.
    standing_claims: [Ground; 7],
    /// Ground claimed again, stage by stage.
    repeats: Vec<(u8, Ground)>,
    /// Per claim, its ground that was below the stage before.
    skipped: Vec<(RecordId, Ground)>,
    claimed: Ground,
}

/// Folds the claims of a grade and above, all disturbances, on F(t).
pub fn fold(site: &Site, at: Moment, grade: u8, footprint: &Ground) -> Fold {
    let nothing = || [(); 7].map(|()| Ground::empty());
    let mut fold = Fold {
        buckets: nothing(),
        held: nothing(),
        standing_claims: nothing(),
        repeats: vec![],
        skipped: vec![],
        claimed: Ground::empty(),
    };
    fold.buckets[0] = footprint.clone();
    for event in events(site, at) {
        match event {
            Event::Disturbance(d) => fold.disturb(&d.ground, usize::from(d.to_stage.number())),
            Event::Claim(c) if grade_of(c, at) >= grade => fold.claim(c),
            Event::Claim(_) => {}
        }
    }
    fold
}

impl Fold {
    fn disturb(&mut self, ground: &Ground, to: usize) {
        for stage in to + 1..7 {
            self.take(ground, stage, to);
            self.standing_claims[stage] = difference(&self.standing_claims[stage], ground);
        }
        if to == 0 {
            self.standing_claims[0] = difference(&self.standing_claims[0], ground);
        }
    }

    fn claim(&mut self, claim: &Claim) {
        let stage = usize::from(claim.stage.number());
        let below = all(&self.buckets[..stage.saturating_sub(1)]
            .iter()
            .collect::<Vec<_>>());
        self.skipped
            .push((claim.id, intersection(&below, &claim.ground)));
        let again = intersection(&self.standing_claims[stage], &claim.ground);
        self.repeats.push((claim.stage.number(), again));
        join(&mut self.standing_claims[stage], &claim.ground);
        join(&mut self.claimed, &claim.ground);
        for lower in 0..stage {
            self.take(&claim.ground, lower, stage);
        }
    }

    fn take(&mut self, ground: &Ground, from: usize, to: usize) {
        let moved = intersection(&self.buckets[from], ground);
        if !moved.is_empty() {
            self.buckets[from] = difference(&self.buckets[from], ground);
            join(&mut self.buckets[to], &moved);
            join(&mut self.held[to], &moved);
        }
    }

    fn redisturbed(&self) -> Ground {
        let mut ground = Ground::empty();
        for stage in 1..7 {
            let below = all(&self.buckets[..stage].iter().collect::<Vec<_>>());
            join(&mut ground, &intersection(&self.held[stage], &below));
        }
        ground
    }

    pub fn at_least(&self, required: u8) -> Ground {
        all(&self.buckets[usize::from(required)..]
            .iter()
            .collect::<Vec<_>>())
    }
}

/// The ground of one obligation, or of several, on one site.
pub struct Owed {
    pub required: u8,
    /// Owned by the site, not exempt: D.
    pub ground: Ground,
    /// The rest of F ∩ scope − X, which a site of lower code has.
    pub elsewhere: Ground,
    /// F ∩ scope, exempt or not, whoever has it.
    pub asked: Ground,
}

/// A site on a day, with everything that does not depend on the grade.
pub struct SiteState<'a> {
    pub site: &'a Site,
    pub at: Moment,
    pub footprint: Ground,
    pub exempt: Ground,
    pub lower: Ground,
    parcels: Ground,
    /// What each obligation in whose scope the site is asks of it.
    pub owed: Vec<(RecordId, Owed)>,
}

impl<'a> SiteState<'a> {
    pub fn new(county: &'a County, site: &'a Site, at: Moment) -> Self {
        let footprint_of_site = footprint(site, at);
        let mut lower = Ground::empty();
        for other in county.lower(site) {
            join(&mut lower, &footprint(other, at));
        }
        let mut state = Self {
            site,
            at,
            exempt: exempt(site, at),
            lower,
            parcels: parcels(site, at, None),
            footprint: footprint_of_site,
            owed: vec![],
        };
        state.owed = county
            .obligations
            .iter()
            .filter_map(|o| Some((o.id, state.owed(o)?)))
            .collect();
        state
    }

    fn owed(&self, obligation: &Obligation) -> Option<Owed> {
        let terms = self
            .at
            .version(&obligation.terms, |t| (t.in_force, t.known))?;
        if !self.is_chosen(terms) {
            return None;
        }
        let mut asked = self.footprint.clone();
        if !terms.scope.place_types.is_empty() {
            let typed = parcels(self.site, self.at, Some(&terms.scope.place_types));
            let unmapped = difference(&asked, &self.parcels);
            asked = union(&[&intersection(&asked, &typed), &unmapped]);
        }
        if let Some(polygon) = &terms.scope.ground {
            asked = intersection(&asked, polygon);
        }
        let owing = difference(&asked, &self.exempt);
        Some(Owed {
            required: obligation.required_stage.number(),
            ground: difference(&owing, &self.lower),
            elsewhere: intersection(&owing, &self.lower),
            asked,
        })
    }

    fn is_chosen(&self, terms: &ObligationTerms) -> bool {
        let scope = &terms.scope;
        let of_site: Option<&SiteTerms> =
            self.at.version(&self.site.terms, |t| (t.in_force, t.known));
        let holds = |wanted: &[String], has: Option<&String>| {
            wanted.is_empty() || has.is_some_and(|has| wanted.iter().any(|w| w == has))
        };
        let category = of_site.and_then(|t| t.category);
        holds(&scope.sites, Some(&self.site.code))
            && holds(&scope.townships, of_site.and_then(|t| t.township.as_ref()))
            && (scope.categories.is_empty()
                || category.is_some_and(|c| scope.categories.contains(&c)))
    }

    /// The obligations of a row: one, or all.
    pub fn subjects(&self, subject: Option<RecordId>) -> Vec<&Owed> {
        let of_row = self
            .owed
            .iter()
            .filter(|(id, _)| subject.is_none_or(|s| s == *id));
        of_row.map(|(_, owed)| owed).collect()
    }

    /// The ground that remains for at least one obligation of the row.
    pub fn remaining(&self, subject: Option<RecordId>, fold: &Fold) -> Ground {
        let left: Vec<Ground> = self
            .subjects(subject)
            .into_iter()
            .map(|owed| difference(&owed.ground, &fold.at_least(owed.required)))
            .collect();
        all(&left.iter().collect::<Vec<_>>())
    }

    /// All figures of a row at a grade.
    ///
    /// `reported` is the fold at grade 1, in which skipped stages are judged.
    pub fn figures(&self, subject: Option<RecordId>, fold: &Fold, reported: &Fold) -> Figures {
        let owed = self.subjects(subject);
        let ground = all(&owed.iter().map(|o| &o.ground).collect::<Vec<_>>());
        let elsewhere = all(&owed.iter().map(|o| &o.elsewhere).collect::<Vec<_>>());
        let remaining = self.remaining(subject, fold);
        let skipped: Vec<&Ground> = reported
            .skipped
            .iter()
            .filter(|(id, _)| fold.skipped.iter().any(|(counted, _)| counted == id))
            .map(|(_, ground)| ground)
            .collect();
        let obligation_m2 = ground.area_m2();
        let remaining_m2 = remaining.area_m2();
        Figures {
            obligation_m2,
            done_m2: obligation_m2 - remaining_m2,
            remaining_m2,
            by_stage_m2: fold
                .buckets
                .each_ref()
                .map(|b| intersection(b, &ground).area_m2()),
            double_claimed_m2: double_m2(&owed, fold),
            outside_m2: difference(&fold.claimed, &self.footprint).area_m2(),
            skipped_m2: intersection(&all(&skipped), &ground).area_m2(),
            redisturbed_m2: intersection(&fold.redisturbed(), &ground).area_m2(),
            unclassified_m2: difference(&ground, &self.parcels).area_m2(),
            sliver_m2: small_parts_m2(&remaining),
            overlap_m2: elsewhere.area_m2(),
        }
    }
}

/// Σ over stages s of the ground claimed again for s, where an obligation asks for s or less.
fn double_m2(owed: &[&Owed], fold: &Fold) -> f64 {
    let of_stage = |(stage, again): &(u8, Ground)| {
        let asking: Vec<&Ground> = owed
            .iter()
            .filter(|o| o.required <= *stage)
            .map(|o| &o.ground)
            .collect();
        intersection(again, &all(&asking)).area_m2()
    };
    fold.repeats.iter().map(of_stage).sum()
}

/// The area of the parts below 1 m².
pub fn small_parts_m2(ground: &Ground) -> f64 {
    parts(ground)
        .iter()
        .map(Ground::area_m2)
        .filter(|area_m2| *area_m2 < 1.0)
        .sum()
}

fn parcels(site: &Site, at: Moment, types: Option<&[PlaceType]>) -> Ground {
    let in_force = site.parcels.iter().filter(|p| {
        at.is_in_force(p.in_force, p.known) && types.is_none_or(|t| t.contains(&p.place_type))
    });
    all(&in_force.map(|p| &p.ground).collect::<Vec<_>>())
}

/// The folds of a site at the four grades.
pub fn folds(state: &SiteState<'_>) -> Vec<Fold> {
    Grade::ALL
        .iter()
        .map(|grade| fold(state.site, state.at, grade.number(), &state.footprint))
        .collect()
}
