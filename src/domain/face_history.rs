//! The stage of each face over time: what a map recolours when its date is moved.

use super::Mosaic;
use super::accounting::SiteDay;
use super::obligation::Obligation;
use super::record::Site;
use super::time::{Day, Instant};
use super::timeline::break_days;
use super::words::Grade;

/// What a face is from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceStage {
    /// Not in the footprint, or counted in a site of lower code.
    Outside,
    /// Exempt.
    Exempt,
    /// In the footprint at a stage, 0 to 6.
    At(u8),
}

impl FaceStage {
    /// The number used on the wire: the stage, −1 outside, −2 exempt.
    #[must_use]
    pub const fn number(self) -> i8 {
        match self {
            Self::Outside => -1,
            Self::Exempt => -2,
            #[expect(clippy::cast_possible_wrap, reason = "a stage is at most 6")]
            Self::At(stage) => stage as i8,
        }
    }
}

/// For each face, in the order of the mosaic, the days on which its stage changes.
#[must_use]
pub fn face_histories(
    site: &Site,
    mosaic: &Mosaic,
    obligations: &[Obligation],
    known_at: Instant,
    grade: Grade,
) -> Vec<Vec<(Day, FaceStage)>> {
    let mut histories = vec![Vec::new(); mosaic.faces().len()];
    for day in break_days(site, mosaic, obligations, known_at) {
        let seen = SiteDay::new(site, mosaic, obligations, day, known_at);
        let states = seen
            .standings()
            .iter()
            .zip(seen.folds(grade))
            .map(|(standing, folded)| {
                if !standing.in_footprint || standing.in_lower_site {
                    FaceStage::Outside
                } else if standing.is_exempt {
                    FaceStage::Exempt
                } else {
                    FaceStage::At(folded.stage)
                }
            });
        for (history, state) in histories.iter_mut().zip(states) {
            let history: &mut Vec<(Day, FaceStage)> = history;
            if history.last().map_or(FaceStage::Outside, |(_, last)| *last) != state {
                history.push((day, state));
            }
        }
    }
    histories
}
