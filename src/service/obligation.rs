//! Obligations: adding one, adding the seeds, listing them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{County, ServiceError, write};
use crate::domain::{Category, Obligation, PlaceType, Scope, SiteKind, Stage};
use crate::store::{Actor, Change, NewObligation, Store};

/// The seed obligations, made from the plan's facts in our own words.
const SEEDS: &str = include_str!("../../seeds/obligations.json");

/// An obligation and what it cites.
#[derive(Clone, Debug)]
pub struct ObligationEntry {
    /// The obligation.
    pub obligation: Obligation,
    /// What it cites, Chinese.
    pub source_zh: String,
    /// What it cites, English.
    pub source_en: String,
}

/// All obligations with what they cite.
///
/// # Errors
/// When the store fails.
pub fn list_obligations(store: &Store) -> Result<Vec<ObligationEntry>, ServiceError> {
    store.read(|snapshot| {
        snapshot
            .obligations()?
            .into_iter()
            .map(|obligation| {
                let (source_zh, source_en) = snapshot.obligation_source(obligation.id)?;
                Ok(ObligationEntry {
                    obligation,
                    source_zh,
                    source_en,
                })
            })
            .collect()
    })
}

/// Adds an obligation and returns its key: the given one, or the next free `own-N` when it is empty.
///
/// # Errors
/// [`ServiceError::Invalid`] when the key is taken or a site code is unknown.
pub fn add_obligation(
    store: &Store,
    actor: &Actor,
    mut new: NewObligation,
) -> Result<String, ServiceError> {
    write(store, actor, move |tx| {
        let taken: HashSet<String> = tx
            .snapshot()
            .obligations()?
            .into_iter()
            .map(|o| o.key)
            .collect();
        if new.key.is_empty() {
            new.key = free_key(&taken);
        }
        if taken.contains(&new.key) {
            let what = format!("there is an obligation {:?} already", new.key);
            return Err(ServiceError::invalid("obligation.key_taken", what));
        }
        let codes = tx.snapshot().site_ids()?;
        if let Some(code) = new
            .scope
            .sites
            .iter()
            .find(|code| !codes.contains_key(*code))
        {
            return Err(ServiceError::NotFound {
                what: "site",
                key: code.clone(),
            });
        }
        tx.add_obligation(&new)?;
        let change = added(&new);
        Ok((new.key, change))
    })
}

fn free_key(taken: &HashSet<String>) -> String {
    (1..=taken.len() + 1)
        .map(|number| format!("own-{number}"))
        .find(|key| !taken.contains(key))
        .unwrap_or_default()
}

fn added(new: &NewObligation) -> Change {
    Change {
        action: "obligation.add",
        subject: new.key.clone(),
        payload: json!({
            "title_zh": new.title_zh,
            "title_en": new.title_en,
            "required_stage": new.required_stage.code(),
            "due_on": new.due_on.to_string(),
        }),
    }
}

/// Adds the seed obligations that are not there yet, and returns how many.
///
/// # Errors
/// When the store fails.
pub fn add_seed_obligations(store: &Store, actor: &Actor) -> Result<usize, ServiceError> {
    let seeds = seed_obligations()?;
    write(store, actor, move |tx| {
        let taken: HashSet<String> = tx
            .snapshot()
            .obligations()?
            .into_iter()
            .map(|o| o.key)
            .collect();
        let fresh: Vec<&NewObligation> = seeds
            .iter()
            .filter(|seed| !taken.contains(&seed.key))
            .collect();
        for seed in &fresh {
            tx.add_obligation(seed)?;
        }
        let keys: Vec<&str> = fresh.iter().map(|seed| seed.key.as_str()).collect();
        let change = Change {
            action: "obligation.add_seeds",
            subject: "seeds".to_owned(),
            payload: json!({ "keys": keys }),
        };
        Ok((fresh.len(), change))
    })
}

pub(super) fn seed_obligations() -> Result<Vec<NewObligation>, ServiceError> {
    let file: Value = serde_json::from_str(SEEDS).map_err(|error| bad(&error.to_string()))?;
    let list = file
        .get("obligations")
        .and_then(Value::as_array)
        .ok_or_else(|| bad("no list"))?;
    list.iter().map(read_obligation).collect()
}

fn bad(what: &str) -> ServiceError {
    ServiceError::Embedded {
        file: "seeds/obligations.json",
        what: what.to_owned(),
    }
}

/// An obligation in the form of the seed file.
pub(super) fn read_obligation(value: &Value) -> Result<NewObligation, ServiceError> {
    let text = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let number = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|n| n.try_into().ok())
    };
    let key = text("key");
    let wrong = |what: &str| bad(&format!("{key}: {what}"));
    Ok(NewObligation {
        title_zh: text("title_zh"),
        title_en: text("title_en"),
        item_no: number("item_no"),
        measure_no: number("measure_no"),
        required_stage: Stage::named(&text("required_stage"))
            .ok_or_else(|| wrong("required_stage is no stage"))?,
        due_on: text("due_on")
            .parse()
            .map_err(|_error| wrong("due_on is no date"))?,
        scope: read_scope(value.get("scope"))
            .ok_or_else(|| wrong("the scope has unknown words"))?,
        source_zh: text("source_zh"),
        source_en: text("source_en"),
        key: key.clone(),
    })
}

fn read_scope(value: Option<&Value>) -> Option<Scope> {
    let texts = |key: &str| -> Vec<String> {
        let list = value.and_then(|v| v.get(key)).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    Some(Scope {
        sites: texts("sites"),
        kinds: texts("kinds")
            .iter()
            .map(|t| SiteKind::named(t))
            .collect::<Option<_>>()?,
        categories: texts("categories")
            .iter()
            .map(|t| Category::named(t))
            .collect::<Option<_>>()?,
        townships: texts("townships"),
        liable: texts("liable"),
        place_types: texts("place_types")
            .iter()
            .map(|t| PlaceType::named(t))
            .collect::<Option<_>>()?,
        ground: None,
    })
}

impl County {
    /// The obligation of a key.
    #[must_use]
    pub fn obligation(&self, key: &str) -> Option<&Obligation> {
        self.obligations.iter().find(|o| o.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_can_be_read_and_cite_their_measures() {
        let seeds = seed_obligations().unwrap();
        assert!(seeds.len() >= 5, "{}", seeds.len());
        for seed in seeds {
            assert!(
                seed.item_no.is_some() && !seed.source_zh.is_empty(),
                "{}",
                seed.key
            );
        }
    }
}
