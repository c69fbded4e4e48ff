//! A site's ground cut once by everything ever recorded of it.
//!
//! The stage fold is defined on buckets of ground. Because every record's polygon is a layer of the
//! arrangement, each face of it lies wholly inside or outside every record, so the fold of a face is
//! a fold of numbers, and any bucket is a sum of faces. Buckets are disjoint and add up to the
//! footprint by construction, at every date, grade and state of knowledge.

use crate::geometry::{Face, Ground, arrange};

use super::obligation::Obligation;
use super::record::{Boundary, Claim, Disturbance, GradeRecord, RecordId, Site};
use super::slivers::{SmallPart, small_parts};
use super::time::{Day, InForce, Known};
use super::words::{BoundaryRole, PlaceType, Stage};

/// What a layer of the arrangement stands for. Events come in the order of the fold.
#[derive(Clone, Debug)]
pub(super) enum Layer {
    /// A footprint boundary version of the site.
    Footprint { in_force: InForce, known: Known },
    /// Ground broken, or died back to a stage.
    Disturbance {
        valid_on: Day,
        to_stage: Stage,
        known: Known,
    },
    /// A claim.
    Claim {
        valid_on: Day,
        stage: Stage,
        grades: Vec<GradeRecord>,
        known: Known,
    },
    /// An exemption.
    Exemption { in_force: InForce, known: Known },
    /// A parcel.
    Parcel {
        place_type: PlaceType,
        in_force: InForce,
        known: Known,
    },
    /// A footprint version of the `site`-th overlapping site of lower code.
    LowerFootprint {
        site: usize,
        in_force: InForce,
        known: Known,
    },
    /// Ground broken in a site of lower code.
    LowerBroken { valid_on: Day, known: Known },
    /// The polygon of one version of an obligation's scope.
    Scope { obligation: RecordId, terms: usize },
}

impl Layer {
    /// Whether the layer can make ground that counts; the others only cut what is there.
    fn makes_ground(&self) -> bool {
        matches!(
            self,
            Self::Footprint { .. } | Self::Disturbance { .. } | Self::Claim { .. }
        )
    }
}

/// The faces of one site and what covers them.
#[derive(Clone, Debug)]
pub struct Mosaic {
    /// The site's number.
    pub site_id: RecordId,
    pub(super) layers: Vec<Layer>,
    pub(super) faces: Vec<Face>,
    pub(super) small: Vec<SmallPart>,
}

impl Mosaic {
    /// Cuts a site's ground.
    ///
    /// `lower` are the sites of lower code whose ground may overlap it: ground in two sites belongs
    /// to the lower code. `obligations` matter only where their scope is a polygon.
    #[must_use]
    pub fn new(site: &Site, lower: &[&Site], obligations: &[Obligation]) -> Self {
        let mut layers: Vec<(Layer, &Ground)> = footprint_layers(site);
        layers.extend(event_layers(site));
        layers.extend(cutting_layers(site));
        for (place, other) in lower.iter().enumerate() {
            layers.extend(lower_layers(place, other));
        }
        layers.extend(obligations.iter().flat_map(scope_layers));
        let grounds: Vec<&Ground> = layers.iter().map(|(_, ground)| *ground).collect();
        let layers: Vec<Layer> = layers.into_iter().map(|(layer, _)| layer).collect();
        let mut faces = arrange(&grounds);
        faces.retain(|face| {
            face.layers
                .iter()
                .any(|&l| layers.get(l).is_some_and(Layer::makes_ground))
        });
        let small = small_parts(&faces);
        Self {
            site_id: site.id,
            layers,
            faces,
            small,
        }
    }

    /// The faces: ground, area in m² and the layers that cover it.
    #[must_use]
    pub fn faces(&self) -> &[Face] {
        &self.faces
    }
}

fn footprint_layers(site: &Site) -> Vec<(Layer, &Ground)> {
    footprints(site)
        .into_iter()
        .map(|b| {
            (
                Layer::Footprint {
                    in_force: b.in_force,
                    known: b.known,
                },
                &b.ground,
            )
        })
        .collect()
}

/// Footprint versions by number, so that of two that begin and were recorded together (one import)
/// the same one always decides.
fn footprints(site: &Site) -> Vec<&Boundary> {
    let mut versions: Vec<&Boundary> = site
        .boundaries
        .iter()
        .filter(|b| b.role == BoundaryRole::Footprint)
        .collect();
    versions.sort_by_key(|b| b.id);
    versions
}

/// Claims and disturbances in fold order: by day; disturbances first, then claims by ascending
/// stage, then by number.
fn event_layers(site: &Site) -> Vec<(Layer, &Ground)> {
    type Key = (Day, bool, Stage, RecordId);
    let of_disturbance = |d: &Disturbance| (d.valid_on, false, Stage::Untreated, d.id);
    let of_claim = |c: &Claim| (c.valid_on, true, c.stage, c.id);
    let mut events: Vec<(Key, Layer, &Ground)> = Vec::new();
    for d in &site.disturbances {
        let layer = Layer::Disturbance {
            valid_on: d.valid_on,
            to_stage: d.to_stage,
            known: d.known,
        };
        events.push((of_disturbance(d), layer, &d.ground));
    }
    for c in &site.claims {
        let layer = Layer::Claim {
            valid_on: c.valid_on,
            stage: c.stage,
            grades: c.grades.clone(),
            known: c.known,
        };
        events.push((of_claim(c), layer, &c.ground));
    }
    events.sort_by_key(|(key, ..)| *key);
    events
        .into_iter()
        .map(|(_, layer, ground)| (layer, ground))
        .collect()
}

fn cutting_layers(site: &Site) -> impl Iterator<Item = (Layer, &Ground)> {
    let exemptions = site.exemptions.iter().map(|x| {
        (
            Layer::Exemption {
                in_force: x.in_force,
                known: x.known,
            },
            &x.ground,
        )
    });
    let parcels = site.parcels.iter().map(|p| {
        let layer = Layer::Parcel {
            place_type: p.place_type,
            in_force: p.in_force,
            known: p.known,
        };
        (layer, &p.ground)
    });
    exemptions.chain(parcels)
}

fn lower_layers(place: usize, other: &Site) -> impl Iterator<Item = (Layer, &Ground)> {
    let footprints = footprints(other).into_iter().map(move |b| {
        let layer = Layer::LowerFootprint {
            site: place,
            in_force: b.in_force,
            known: b.known,
        };
        (layer, &b.ground)
    });
    let broken = other
        .disturbances
        .iter()
        .filter(|d| d.breaks_ground())
        .map(|d| {
            (
                Layer::LowerBroken {
                    valid_on: d.valid_on,
                    known: d.known,
                },
                &d.ground,
            )
        });
    footprints.chain(broken)
}

fn scope_layers(obligation: &Obligation) -> impl Iterator<Item = (Layer, &Ground)> {
    obligation
        .terms
        .iter()
        .enumerate()
        .filter_map(|(terms, version)| {
            let ground = version.scope.ground.as_ref()?;
            Some((
                Layer::Scope {
                    obligation: obligation.id,
                    terms,
                },
                ground,
            ))
        })
}
