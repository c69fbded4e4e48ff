//! Answers that hold for a whole revision of the ledger, made once and kept compressed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Entity;
use super::refusal::Refusal;
use crate::domain::Grade;

/// Which answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Timeline,
    Faces,
}

/// An answer of a revision, once it is made.
#[derive(Default)]
struct Slot {
    revision: i64,
    entity: Arc<Mutex<Option<Entity>>>,
}

/// One answer per kind and grade: those of the latest revision that was asked about.
#[derive(Default)]
pub(super) struct Kept(Mutex<HashMap<(Kind, Grade), Slot>>);

impl Kept {
    /// The answer of a revision; made when it is not there. A burst of the same question makes it
    /// once, other questions do not wait for it.
    pub(super) fn entity(
        &self,
        kind: Kind,
        grade: Grade,
        revision: i64,
        make: impl FnOnce() -> Result<Entity, Refusal>,
    ) -> Result<Entity, Refusal> {
        let entity = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = slots.entry((kind, grade)).or_default();
            if slot.revision != revision {
                *slot = Slot {
                    revision,
                    entity: Arc::default(),
                };
            }
            Arc::clone(&slot.entity)
        };
        let mut entity = entity.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = entity.as_ref() {
            return Ok(made.clone());
        }
        let made = make()?.compressed();
        *entity = Some(made.clone());
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::answer::JSON;

    #[test]
    fn an_answer_is_made_once_per_revision_and_grade() {
        let kept = Kept::default();
        let mut made = Vec::new();
        for (grade, revision) in [
            (Grade::Reported, 1),
            (Grade::Reported, 1),
            (Grade::Accepted, 1),
            (Grade::Reported, 2),
        ] {
            let entity = kept.entity(Kind::Faces, grade, revision, || {
                made.push((grade, revision));
                Ok(Entity::new(
                    format!("{grade:?} {revision}").into_bytes(),
                    JSON,
                ))
            });
            assert_eq!(
                &*entity.unwrap().bytes,
                format!("{grade:?} {revision}").as_bytes()
            );
        }
        assert_eq!(made.len(), 3, "{made:?}");
    }

    #[test]
    fn a_failure_is_not_kept() {
        let kept = Kept::default();
        let failed = kept.entity(
            Kind::Timeline,
            Grade::Reported,
            1,
            || Err(Refusal::failed()),
        );
        assert!(failed.is_err());
        let made = kept.entity(Kind::Timeline, Grade::Reported, 1, || {
            Ok(Entity::new(vec![b'1'], JSON))
        });
        assert_eq!(&*made.unwrap().bytes, b"1");
    }
}
