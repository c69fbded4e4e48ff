//! The figures of one site on one day: what is owed, done and left, at each grade.

use std::ops::AddAssign;

use super::fold::{Folded, Standing, View};
use super::obligation::Obligation;
use super::record::{RecordId, Site, SiteTerms};
use super::slivers::sliver_m2;
use super::time::{Day, Instant, in_force_at};
use super::words::{Grade, PlaceType};

/// Areas of a row at one grade, all in m² on the CGCS2000 ellipsoid.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Obligation ground D.
    pub obligation_m2: f64,
    /// D at or above the required stage.
    pub done_m2: f64,
    /// D below it.
    pub remaining_m2: f64,
    /// D by stage 0 to 6.
    pub by_stage_m2: [f64; 7],
    /// D claimed again for the same stage without a disturbance in between.
    pub double_claimed_m2: f64,
    /// Claimed outside the footprint.
    pub outside_m2: f64,
    /// D that was claimed more than one stage ahead.
    pub skipped_m2: f64,
    /// D now below a stage once held.
    pub redisturbed_m2: f64,
    /// D under no parcel.
    pub unclassified_m2: f64,
    /// Parts of the remaining ground below 1 m².
    pub sliver_m2: f64,
    /// Ground asked for here that is counted in a site of lower code.
    pub overlap_m2: f64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.obligation_m2 += other.obligation_m2;
        self.done_m2 += other.done_m2;
        self.remaining_m2 += other.remaining_m2;
        for (sum, more) in self.by_stage_m2.iter_mut().zip(other.by_stage_m2) {
            *sum += more;
        }
        self.double_claimed_m2 += other.double_claimed_m2;
        self.outside_m2 += other.outside_m2;
        self.skipped_m2 += other.skipped_m2;
        self.redisturbed_m2 += other.redisturbed_m2;
        self.unclassified_m2 += other.unclassified_m2;
        self.sliver_m2 += other.sliver_m2;
        self.overlap_m2 += other.overlap_m2;
    }
}

impl Figures {
    /// The greatest difference of any figure to another's, m².
    #[must_use]
    pub fn greatest_difference(&self, other: &Self) -> f64 {
        let of = |f: &Self| {
            let mut all = f.by_stage_m2.to_vec();
            all.extend([
                f.obligation_m2,
                f.done_m2,
                f.remaining_m2,
                f.double_claimed_m2,
                f.outside_m2,
                f.skipped_m2,
                f.redisturbed_m2,
                f.unclassified_m2,
                f.sliver_m2,
                f.overlap_m2,
            ]);
            all
        };
        of(self)
            .iter()
            .zip(of(other))
            .fold(0.0, |worst, (a, b)| worst.max((a - b).abs()))
    }

    /// Whether nothing at all is recorded under this row.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.obligation_m2 <= 0.0 && self.outside_m2 <= 0.0 && self.overlap_m2 <= 0.0
    }

    /// Whether the remaining ground counts as zero: only slivers are left, and together they are
    /// below the larger of 1 m² and one millionth of the ground.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        let only_slivers = self.remaining_m2 <= self.sliver_m2 * (1.0 + 1e-9) + 1e-9;
        only_slivers && self.remaining_m2 < f64::max(1.0, self.obligation_m2 * 1e-6)
    }
}

/// Figures at the four grades, `reported` first.
pub type ByGrade = [Figures; 4];

/// What a row is about: one obligation, or all of them with each ground once.
pub type Subject = Option<RecordId>;

/// The stages asked of a face by the obligations whose ground it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The lowest required stage.
    pub low: u8,
    /// The highest: below it the ground is not done for every obligation.
    pub high: u8,
}

/// An obligation in whose scope the site is on the day.
#[derive(Debug)]
struct Active<'o> {
    id: RecordId,
    required: u8,
    place_types: &'o [PlaceType],
    /// The version whose polygon limits it, if a polygon does.
    polygon_terms: Option<usize>,
}

impl Active<'_> {
    fn asks_for(&self, standing: &Standing) -> bool {
        let in_types = self.place_types.is_empty()
            || !standing.is_under_parcel()
            || standing.is_under(self.place_types);
        in_types
            && self
                .polygon_terms
                .is_none_or(|terms| standing.is_in_scope(self.id, terms))
    }
}

/// A site's ground on one day: what is asked of every face, and where it stands.
#[derive(Debug)]
pub struct SiteDay<'a> {
    view: View<'a>,
    standings: Vec<Standing>,
    active: Vec<Active<'a>>,
}

impl<'a> SiteDay<'a> {
    /// Looks at a site as of a day, as known at a moment.
    #[must_use]
    pub fn new(
        site: &'a Site,
        mosaic: &'a super::Mosaic,
        obligations: &'a [Obligation],
        as_of: Day,
        known_at: Instant,
    ) -> Self {
        let view = View::new(mosaic, as_of, known_at);
        let standings = view.standings();
        let terms = site.terms_at(as_of, known_at);
        let active = obligations
            .iter()
            .filter_map(|o| active(site, terms, o, as_of, known_at))
            .collect();
        Self {
            view,
            standings,
            active,
        }
    }

    /// The obligations in whose scope the site is.
    pub fn obligations(&self) -> impl Iterator<Item = RecordId> {
        self.active.iter().map(|a| a.id)
    }

    /// Where each face stands, whatever the grade.
    #[must_use]
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// The fold of every face at a grade.
    #[must_use]
    pub fn folds(&self, grade: Grade) -> Vec<Folded> {
        (0..self.standings.len())
            .map(|face| self.view.fold(face, grade))
            .collect()
    }

    /// What the subject's obligations ask of each face, exempt or not, owned or not.
    #[must_use]
    pub fn demands(&self, subject: Subject) -> Vec<Option<Demand>> {
        self.standings
            .iter()
            .map(|standing| {
                self.active
                    .iter()
                    .filter(|a| subject.is_none_or(|id| a.id == id) && a.asks_for(standing))
                    .map(|a| Demand {
                        low: a.required,
                        high: a.required,
                    })
                    .reduce(|a, b| Demand {
                        low: a.low.min(b.low),
                        high: a.high.max(b.high),
                    })
            })
            .collect()
    }

    /// The figures of every subject that has any: the union first, then the obligations.
    #[must_use]
    pub fn figures(&self) -> Vec<(Subject, ByGrade)> {
        let folds: Vec<Vec<Folded>> = Grade::ALL.iter().map(|g| self.folds(*g)).collect();
        std::iter::once(None)
            .chain(self.active.iter().map(|a| Some(a.id)))
            .map(|subject| {
                let demands = self.demands(subject);
                let mut by_grade = ByGrade::default();
                for (figures, folds) in by_grade.iter_mut().zip(&folds) {
                    *figures = self.tally(folds, &demands);
                }
                (subject, by_grade)
            })
            .filter(|(_, by_grade)| !by_grade.iter().all(Figures::is_blank))
            .collect()
    }

    fn tally(&self, folds: &[Folded], demands: &[Option<Demand>]) -> Figures {
        let mosaic = self.view.mosaic();
        let mut figures = Figures::default();
        let mut left = vec![false; mosaic.faces().len()];
        let faces = mosaic
            .faces()
            .iter()
            .zip(&self.standings)
            .zip(folds)
            .zip(demands);
        for ((((face, standing), folded), demand), left) in faces.zip(&mut left) {
            if !standing.in_footprint {
                // Whose row it is does not depend on the obligation's ground: none lies here.
                figures.outside_m2 += if folded.is_claimed { face.area_m2 } else { 0.0 };
                continue;
            }
            let Some(demand) = demand else { continue };
            if standing.is_exempt {
                continue;
            }
            if standing.in_lower_site {
                figures.overlap_m2 += face.area_m2;
                continue;
            }
            figures.count(face.area_m2, standing, folded, *demand);
            *left = folded.stage < demand.high;
        }
        figures.obligation_m2 = figures.done_m2 + figures.remaining_m2;
        let is_left = |face: usize| left.get(face).copied().unwrap_or(false);
        figures.sliver_m2 = sliver_m2(&mosaic.small, is_left);
        figures
    }
}

impl Figures {
    fn count(&mut self, area_m2: f64, standing: &Standing, folded: &Folded, demand: Demand) {
        if folded.stage < demand.high {
            self.remaining_m2 += area_m2;
        } else {
            self.done_m2 += area_m2;
        }
        if let Some(bucket) = self.by_stage_m2.get_mut(usize::from(folded.stage)) {
            *bucket += area_m2;
        }
        let again: u16 = folded.repeats.iter().skip(usize::from(demand.low)).sum();
        self.double_claimed_m2 += f64::from(again) * area_m2;
        for (is_so, figure) in [
            (folded.is_skipped, &mut self.skipped_m2),
            (folded.is_redisturbed(), &mut self.redisturbed_m2),
            (!standing.is_under_parcel(), &mut self.unclassified_m2),
        ] {
            *figure += if is_so { area_m2 } else { 0.0 };
        }
    }
}

impl Site {
    /// The names and parties in force on a day as known at a moment.
    #[must_use]
    pub fn terms_at(&self, day: Day, known_at: Instant) -> Option<&SiteTerms> {
        in_force_at(&self.terms, day, known_at).and_then(|place| self.terms.get(place))
    }
}

fn active<'o>(
    site: &Site,
    terms: Option<&SiteTerms>,
    obligation: &'o Obligation,
    as_of: Day,
    known_at: Instant,
) -> Option<Active<'o>> {
    let version = in_force_at(&obligation.terms, as_of, known_at)?;
    let scope = &obligation.terms.get(version)?.scope;
    scope.takes_in(site, terms).then(|| Active {
        id: obligation.id,
        required: obligation.required_stage.number(),
        place_types: &scope.place_types,
        polygon_terms: scope.ground.is_some().then_some(version),
    })
}
