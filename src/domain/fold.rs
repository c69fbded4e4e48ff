//! The stage fold of one face, as of a day and as known at a moment.

use super::mosaic::{Layer, Mosaic};
use super::record::{RecordId, grade_at};
use super::time::{Day, InForce, Instant, Known};
use super::words::{Grade, PlaceType, Stage};

/// What one layer does at a day and a state of knowledge.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    /// Nothing: not known, not in force, or still to come.
    None,
    Footprint,
    Broken,
    DiedBack(Stage),
    Claimed(Stage, Grade),
    Exempt,
    Parcel(PlaceType),
    Lower,
    Scope(RecordId, usize),
}

/// A mosaic seen as of a day, as known at a moment.
#[derive(Debug)]
pub struct View<'m> {
    mosaic: &'m Mosaic,
    effects: Vec<Effect>,
}

/// What holds of a face at every grade.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// In the site's footprint F(t).
    pub in_footprint: bool,
    /// Also in the footprint of a site of lower code, to which it belongs.
    pub in_lower_site: bool,
    /// Exempt.
    pub is_exempt: bool,
    /// Types of the parcels that cover it, as bits of [`PlaceType`]; 0 is under no parcel.
    place_types: u16,
    /// Scope polygons (obligation, version of its terms) that cover it.
    scopes: Vec<(RecordId, usize)>,
}

impl Standing {
    /// Whether any parcel covers the face.
    #[must_use]
    pub fn is_under_parcel(&self) -> bool {
        self.place_types != 0
    }

    /// Whether a parcel of one of the types covers the face.
    #[must_use]
    pub fn is_under(&self, types: &[PlaceType]) -> bool {
        types.iter().any(|t| self.place_types & bit(*t) != 0)
    }

    /// Whether the polygon of this version of the obligation's scope covers the face.
    #[must_use]
    pub fn is_in_scope(&self, obligation: RecordId, terms: usize) -> bool {
        self.scopes.contains(&(obligation, terms))
    }
}

fn bit(place_type: PlaceType) -> u16 {
    1 << (place_type as u16)
}

/// Where a face stands after folding the claims of a grade and above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Its stage number, 0 to 6.
    pub stage: u8,
    /// The highest stage it ever held.
    pub held: u8,
    /// Per stage, how often it was claimed again without a disturbance in between.
    pub repeats: [u16; 7],
    /// Whether a claim of this grade found it more than one stage below, in the grade-1 fold.
    pub is_skipped: bool,
    /// Whether any claim of this grade covers it.
    pub is_claimed: bool,
}

impl Folded {
    /// Whether it is below a stage it once held: only a disturbance brings ground back.
    #[must_use]
    pub fn is_redisturbed(&self) -> bool {
        self.stage < self.held
    }
}

impl<'m> View<'m> {
    /// The mosaic as of a day, as known at a moment.
    #[must_use]
    pub fn new(mosaic: &'m Mosaic, as_of: Day, known_at: Instant) -> Self {
        let at = When { as_of, known_at };
        let footprint = at.footprint(mosaic.layers.iter().map(|l| match l {
            Layer::Footprint { in_force, known } => Some((*in_force, *known)),
            _ => None,
        }));
        let effects = mosaic
            .layers
            .iter()
            .enumerate()
            .map(|(place, layer)| at.effect(mosaic, place, layer, footprint))
            .collect();
        Self { mosaic, effects }
    }

    /// The mosaic that is seen.
    #[must_use]
    pub fn mosaic(&self) -> &'m Mosaic {
        self.mosaic
    }

    /// What holds of each face at every grade, in the order of the faces.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        self.mosaic
            .faces
            .iter()
            .map(|face| self.standing(&face.layers))
            .collect()
    }

    fn standing(&self, layers: &[usize]) -> Standing {
        let mut standing = Standing::default();
        for effect in layers.iter().filter_map(|l| self.effects.get(*l)) {
            match *effect {
                Effect::Footprint | Effect::Broken => standing.in_footprint = true,
                Effect::Lower => standing.in_lower_site = true,
                Effect::Exempt => standing.is_exempt = true,
                Effect::Parcel(place_type) => standing.place_types |= bit(place_type),
                Effect::Scope(obligation, terms) => standing.scopes.push((obligation, terms)),
                Effect::None | Effect::DiedBack(_) | Effect::Claimed(..) => {}
            }
        }
        standing
    }

    /// Folds the events of one face, taking only claims of the grade or above.
    #[must_use]
    pub fn fold(&self, face: usize, grade: Grade) -> Folded {
        let mut folded = Folded::default();
        let mut claimed = [0u16; 7];
        // The same fold with claims of every grade: what the ground was really said to be.
        let mut reported = 0u8;
        let layers = self.mosaic.faces.get(face).map_or(&[][..], |f| &f.layers);
        for effect in layers.iter().filter_map(|l| self.effects.get(*l)) {
            match *effect {
                Effect::Broken => {
                    (folded.stage, reported, claimed) = (0, 0, [0; 7]);
                }
                Effect::DiedBack(to) => {
                    folded.stage = folded.stage.min(to.number());
                    reported = reported.min(to.number());
                    for count in claimed.iter_mut().skip(usize::from(to.number()) + 1) {
                        *count = 0;
                    }
                }
                Effect::Claimed(stage, of_grade) => {
                    if of_grade >= grade {
                        folded.claim(stage, reported, &mut claimed);
                    }
                    reported = reported.max(stage.number());
                }
                _ => {}
            }
        }
        folded
    }
}

impl Folded {
    fn claim(&mut self, stage: Stage, reported: u8, claimed: &mut [u16; 7]) {
        let number = stage.number();
        self.is_claimed = true;
        self.is_skipped |= reported + 1 < number;
        let place = usize::from(number);
        if let (Some(count), Some(repeats)) = (claimed.get_mut(place), self.repeats.get_mut(place))
        {
            *repeats += u16::from(*count > 0);
            *count += 1;
        }
        self.stage = self.stage.max(number);
        self.held = self.held.max(self.stage);
    }
}

#[derive(Clone, Copy)]
struct When {
    as_of: Day,
    known_at: Instant,
}

impl When {
    fn happened(self, valid_on: Day, known: Known) -> bool {
        valid_on <= self.as_of && known.is_known(self.known_at)
    }

    fn holds(self, in_force: InForce, known: Known) -> bool {
        in_force.holds(self.as_of) && known.is_known(self.known_at)
    }

    /// The place of the footprint version in force: the one that began last, if it still holds.
    fn footprint(self, versions: impl Iterator<Item = Option<(InForce, Known)>>) -> Option<usize> {
        versions
            .enumerate()
            .filter_map(|(place, version)| {
                version.map(|(in_force, known)| (place, in_force, known))
            })
            .filter(|(_, in_force, known)| {
                known.is_known(self.known_at) && in_force.from.is_none_or(|f| f <= self.as_of)
            })
            .max_by_key(|(place, in_force, known)| (in_force.from, known.recorded_at, *place))
            .filter(|(_, in_force, _)| in_force.holds(self.as_of))
            .map(|(place, ..)| place)
    }

    fn effect(
        self,
        mosaic: &Mosaic,
        place: usize,
        layer: &Layer,
        footprint: Option<usize>,
    ) -> Effect {
        match layer {
            Layer::Footprint { .. } if footprint == Some(place) => Effect::Footprint,
            Layer::Disturbance {
                valid_on,
                to_stage,
                known,
            } if self.happened(*valid_on, *known) => {
                if *to_stage == Stage::Untreated {
                    Effect::Broken
                } else {
                    Effect::DiedBack(*to_stage)
                }
            }
            Layer::Claim {
                valid_on,
                stage,
                grades,
                known,
            } if self.happened(*valid_on, *known) => {
                Effect::Claimed(*stage, grade_at(grades, self.known_at))
            }
            Layer::Exemption { in_force, known } if self.holds(*in_force, *known) => Effect::Exempt,
            Layer::Parcel {
                place_type,
                in_force,
                known,
            } if self.holds(*in_force, *known) => Effect::Parcel(*place_type),
            Layer::LowerFootprint { site, .. } if self.lower(mosaic, *site) == Some(place) => {
                Effect::Lower
            }
            Layer::LowerBroken { valid_on, known } if self.happened(*valid_on, *known) => {
                Effect::Lower
            }
            Layer::Scope { obligation, terms } => Effect::Scope(*obligation, *terms),
            _ => Effect::None,
        }
    }

    fn lower(self, mosaic: &Mosaic, of: usize) -> Option<usize> {
        self.footprint(mosaic.layers.iter().map(|layer| match layer {
            Layer::LowerFootprint {
                site,
                in_force,
                known,
            } if *site == of => Some((*in_force, *known)),
            _ => None,
        }))
    }
}
