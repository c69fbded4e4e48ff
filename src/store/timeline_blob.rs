//! Timelines as bytes: most figures are zero, so each group of figures names those that are not.
//!
//! Layout, little endian: version byte; days recorded; steps; per step its day, the obligations in
//! scope, the subjects; per subject and grade a bit mask of the 17 figures and the ones that are set.

use crate::domain::{ByGrade, Day, Figures, RecordId, Step, Subject, Timeline};

const VERSION: u8 = 1;
/// Subject number of the union; obligations are numbered from 1.
const UNION: i64 = 0;
const FIGURES: usize = 17;

pub(super) fn encode(timeline: &Timeline) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    put_len(&mut bytes, timeline.record_days.len());
    for day in &timeline.record_days {
        put_day(&mut bytes, *day);
    }
    put_len(&mut bytes, timeline.steps.len());
    for step in &timeline.steps {
        put_day(&mut bytes, step.from);
        put_len(&mut bytes, step.in_scope.len());
        for id in &step.in_scope {
            bytes.extend(id.to_le_bytes());
        }
        put_len(&mut bytes, step.figures.len());
        for (subject, by_grade) in &step.figures {
            bytes.extend(subject.unwrap_or(UNION).to_le_bytes());
            for figures in by_grade {
                put_figures(&mut bytes, figures);
            }
        }
    }
    bytes
}

pub(super) fn decode(site_id: RecordId, bytes: &[u8]) -> Option<Timeline> {
    let mut from = Reader(bytes);
    if from.take::<1>()? != [VERSION] {
        return None;
    }
    let record_days = (0..from.len()?)
        .map(|_| from.day())
        .collect::<Option<_>>()?;
    let steps = (0..from.len()?)
        .map(|_| from.step())
        .collect::<Option<_>>()?;
    from.0.is_empty().then_some(Timeline {
        site_id,
        steps,
        record_days,
    })
}

fn put_len(bytes: &mut Vec<u8>, len: usize) {
    bytes.extend(u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_day(bytes: &mut Vec<u8>, day: Day) {
    use chrono::Datelike;
    bytes.extend(day.num_days_from_ce().to_le_bytes());
}

fn put_figures(bytes: &mut Vec<u8>, figures: &Figures) {
    let values = values(figures);
    let mask = values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.to_bits() != 0)
        .fold(0u32, |mask, (place, _)| mask | 1 << place);
    bytes.extend(mask.to_le_bytes());
    for value in values.iter().filter(|value| value.to_bits() != 0) {
        bytes.extend(value.to_le_bytes());
    }
}

fn values(f: &Figures) -> [f64; FIGURES] {
    let [s0, s1, s2, s3, s4, s5, s6] = f.by_stage_m2;
    [
        f.obligation_m2,
        f.done_m2,
        f.remaining_m2,
        s0,
        s1,
        s2,
        s3,
        s4,
        s5,
        s6,
        f.double_claimed_m2,
        f.outside_m2,
        f.skipped_m2,
        f.redisturbed_m2,
        f.unclassified_m2,
        f.sliver_m2,
        f.overlap_m2,
    ]
}

fn figures_of(values: [f64; FIGURES]) -> Figures {
    let [
        obligation_m2,
        done_m2,
        remaining_m2,
        s0,
        s1,
        s2,
        s3,
        s4,
        s5,
        s6,
        double_claimed_m2,
        outside_m2,
        skipped_m2,
        redisturbed_m2,
        unclassified_m2,
        sliver_m2,
        overlap_m2,
    ] = values;
    Figures {
        obligation_m2,
        done_m2,
        remaining_m2,
        by_stage_m2: [s0, s1, s2, s3, s4, s5, s6],
        double_claimed_m2,
        outside_m2,
        skipped_m2,
        redisturbed_m2,
        unclassified_m2,
        sliver_m2,
        overlap_m2,
    }
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    /// A count; never more than there are bytes left, so that a damaged blob costs nothing.
    fn len(&mut self) -> Option<usize> {
        let len = usize::try_from(u32::from_le_bytes(self.take()?)).ok()?;
        (len <= self.0.len()).then_some(len)
    }

    fn day(&mut self) -> Option<Day> {
        Day::from_num_days_from_ce_opt(i32::from_le_bytes(self.take()?))
    }

    fn step(&mut self) -> Option<Step> {
        let from = self.day()?;
        let in_scope = (0..self.len()?)
            .map(|_| self.take().map(i64::from_le_bytes))
            .collect::<Option<_>>()?;
        let figures = (0..self.len()?)
            .map(|_| self.subject())
            .collect::<Option<_>>()?;
        Some(Step {
            from,
            in_scope,
            figures,
        })
    }

    fn subject(&mut self) -> Option<(Subject, ByGrade)> {
        let number = i64::from_le_bytes(self.take()?);
        let mut by_grade = ByGrade::default();
        for figures in &mut by_grade {
            *figures = self.figures()?;
        }
        Some(((number != UNION).then_some(number), by_grade))
    }

    fn figures(&mut self) -> Option<Figures> {
        let mask = u32::from_le_bytes(self.take()?);
        let mut values = [0.0; FIGURES];
        for (place, value) in values.iter_mut().enumerate() {
            if mask & (1 << place) != 0 {
                *value = f64::from_le_bytes(self.take()?);
            }
        }
        Some(figures_of(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline() -> Timeline {
        let figures = Figures {
            obligation_m2: 12.5,
            remaining_m2: 12.5,
            by_stage_m2: [0.0, 12.5, 0.0, 0.0, 0.0, 0.0, 0.0],
            overlap_m2: 3.0,
            ..Figures::default()
        };
        let step = |from: Day| Step {
            from,
            in_scope: vec![3],
            figures: vec![(None, [figures; 4]), (Some(3), [figures; 4])],
        };
        Timeline {
            site_id: 9,
            steps: vec![step(Day::MIN), step("2022-12-31".parse().unwrap())],
            record_days: vec!["2022-12-31".parse().unwrap()],
        }
    }

    #[test]
    fn a_timeline_comes_back_as_it_was() {
        assert_eq!(decode(9, &encode(&timeline())), Some(timeline()));
    }

    #[test]
    fn a_damaged_blob_is_refused_wherever_it_is_cut() {
        let bytes = encode(&timeline());
        for end in 0..bytes.len() {
            assert_eq!(decode(9, &bytes[..end]), None, "cut at {end}");
        }
    }
}
