//! Faces for the map: a number for each, and its stage over time.

use rayon::prelude::*;

use super::County;
use crate::domain::{Day, FaceStage, Grade, RecordId, face_histories};

/// Bits of a face's number that count within its site.
const FACE_BITS: u32 = 16;

/// The number of a face on the map: stable within a revision, below 2^53 for 2^37 sites.
#[must_use]
pub fn face_id(site_id: RecordId, face: usize) -> u64 {
    (site_id.unsigned_abs() << FACE_BITS) | (face as u64 & ((1 << FACE_BITS) - 1))
}

/// A face's number and the days on which its stage changes.
pub type FaceHistory = (u64, Vec<(Day, FaceStage)>);

/// The stage of every face of the county over time, as known now.
#[must_use]
pub fn faces(county: &County, grade: Grade) -> Vec<FaceHistory> {
    (0..county.sites.len())
        .into_par_iter()
        .filter_map(|place| {
            let site = &county.sites.get(place)?.site;
            let mosaic = county.mosaic(place)?;
            let known_at = county.recorded_until;
            let histories = face_histories(site, mosaic, &county.obligations, known_at, grade);
            let numbered = histories
                .into_iter()
                .enumerate()
                .map(|(face, history)| (face_id(site.id, face), history))
                .collect::<Vec<_>>();
            Some(numbered)
        })
        .flatten()
        .collect()
}
