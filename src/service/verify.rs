//! Is it real? The file against its own log, and the kept figures against the polygons.

use super::ServiceError;
use super::ledger::{refresh_county, timelines};
use crate::domain::Timeline;
use crate::store::{Actor, Change, Fault, Store};

/// What `verify` found.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Everything that is not as it was written; empty when all is sound.
    pub faults: Vec<Fault>,
    /// Changes in the log.
    pub changes: i64,
    /// The hash of the last one.
    pub chain_head: String,
    /// Sites whose figures were computed anew and compared.
    pub sites: usize,
    /// The greatest difference of any figure, m².
    pub worst_m2: f64,
}

/// Kept and recomputed figures may differ by this much, m²: both come from the same code and data,
/// so only another machine's floating point could make a difference at all.
const TOLERANCE_M2: f64 = 1e-6;

/// Checks the file, the chain and every kept figure.
///
/// # Errors
/// When the store cannot be read at all.
pub fn verify(store: &Store) -> Result<Verification, ServiceError> {
    store.read(|snapshot| {
        let mut faults = snapshot.faults()?;
        let sites = snapshot.sites()?;
        let obligations = snapshot.obligations()?;
        let fresh = timelines(&sites, &obligations, snapshot.recorded_until()?, None);
        let mut worst_m2 = 0.0f64;
        for timeline in &fresh {
            let kept = snapshot.timeline(timeline.site_id)?.unwrap_or_default();
            match difference_m2(&kept, timeline) {
                Some(difference) if difference <= TOLERANCE_M2 => {
                    worst_m2 = worst_m2.max(difference);
                }
                difference => faults.push(Fault {
                    code: "verify.figures_differ",
                    seq: None,
                    what: format!(
                        "the kept figures of site {} are not what its polygons give (by {} m²); run `qingshan verify --rebuild`",
                        timeline.site_id,
                        difference.map_or_else(|| "other dates".to_owned(), |d| d.to_string())
                    ),
                }),
            }
        }
        Ok(Verification {
            faults,
            changes: snapshot.revision()?,
            chain_head: snapshot.chain_head()?,
            sites: sites.len(),
            worst_m2,
        })
    })
}

/// The greatest difference of any figure, or `None` when even the dates differ.
fn difference_m2(kept: &Timeline, fresh: &Timeline) -> Option<f64> {
    if kept.record_days != fresh.record_days || kept.steps.len() != fresh.steps.len() {
        return None;
    }
    let mut worst = 0.0f64;
    for (a, b) in kept.steps.iter().zip(&fresh.steps) {
        if a.from != b.from || a.in_scope != b.in_scope || a.figures.len() != b.figures.len() {
            return None;
        }
        for ((subject_a, figures_a), (subject_b, figures_b)) in a.figures.iter().zip(&b.figures) {
            if subject_a != subject_b {
                return None;
            }
            for (x, y) in figures_a.iter().zip(figures_b) {
                worst = worst.max(x.greatest_difference(y));
            }
        }
    }
    Some(worst)
}

/// Computes all kept figures anew from the polygons.
///
/// # Errors
/// When the store fails.
pub fn rebuild_timelines(store: &Store, actor: &Actor) -> Result<(), ServiceError> {
    store.write(actor, |tx| {
        refresh_county(tx, None)?;
        let change = Change {
            action: "timeline.rebuild",
            subject: "county".to_owned(),
            payload: serde_json::json!({}),
        };
        Ok(((), change))
    })
}
