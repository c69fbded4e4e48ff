//! Undoing an import as a batch: its records are ended, and what they replaced is recorded again.

use serde_json::{Value, json};

use crate::domain::{Grade, RecordId};
use crate::service::{ServiceError, ledger};
use crate::store::{
    Actor, Change, ChangeEntry, EndKind, NewGrade, NewParcel, NewReferenceArea, Origin, RecordKind,
    Snapshot, Store, StoreError, WriteTx,
};

/// What a rollback did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RolledBack {
    /// Records of the import that were ended.
    pub ended: u64,
    /// Records it had replaced that were recorded again, and grades set back.
    pub restored: u64,
}

/// Ends everything an import brought. Nothing is deleted: any past report can be computed again.
///
/// # Errors
/// Batches that do not exist or were rolled back before, and failures of the store.
pub fn rollback(
    store: &Store,
    actor: &Actor,
    batch_id: RecordId,
) -> Result<RolledBack, ServiceError> {
    let person = actor.0.clone();
    ledger::write(store, actor, move |tx| {
        let commit = commit_of(&tx.snapshot(), batch_id)?;
        let reason = format!("import {batch_id} was rolled back");
        let records = tx.snapshot().records_of_batch(batch_id)?;
        let undo = commit.payload.get("undo").cloned().unwrap_or_default();
        let mut done = RolledBack {
            ended: 0,
            restored: 0,
        };
        for (kind, id) in records {
            tx.end_record(kind, id, EndKind::Superseded, &reason)?;
            done.ended += 1;
        }
        done.restored += restore_replaced(tx, &undo, batch_id)?;
        done.restored += lower_grades(tx, &undo, &person, &reason)?;
        let change = Change {
            action: "import.rollback",
            subject: format!("batch {batch_id}"),
            payload: json!({
                "batch_id": batch_id, "ended": done.ended, "restored": done.restored,
            }),
        };
        Ok((done, change))
    })
}

/// The log entry of an import that has not been rolled back.
fn commit_of(snapshot: &Snapshot<'_>, batch_id: RecordId) -> Result<ChangeEntry, ServiceError> {
    let is_of_batch = |entry: &ChangeEntry| {
        entry.payload.get("batch_id").and_then(Value::as_i64) == Some(batch_id)
    };
    let entries = snapshot.changes_after(0, usize::MAX)?;
    let mut commit = None;
    for entry in entries.into_iter().filter(is_of_batch) {
        match entry.action.as_str() {
            "import.commit" => commit = Some(entry),
            "import.rollback" => {
                return Err(ServiceError::invalid(
                    "import.rolled_back_before",
                    format!("import {batch_id} was rolled back before"),
                ));
            }
            _ => {}
        }
    }
    commit.ok_or_else(|| ServiceError::NotFound {
        what: "batch",
        key: batch_id.to_string(),
    })
}

/// Records again, as they were, what the import had put its own records in place of.
fn restore_replaced(tx: &WriteTx<'_>, undo: &Value, batch_id: RecordId) -> Result<u64, StoreError> {
    let replaced = undo.get("replaced").and_then(Value::as_array);
    let mut restored = 0;
    for entry in replaced.into_iter().flatten() {
        let (Some(kind), Some(id)) = (
            entry.get(0).and_then(Value::as_str),
            entry.get(1).and_then(Value::as_i64),
        ) else {
            continue;
        };
        let is_restored = if kind == RecordKind::Parcel.code() {
            restore_parcel(tx, id)?
        } else {
            restore_area(tx, id)?
        };
        if !is_restored {
            tracing::warn!(
                batch_id,
                kind,
                id,
                "a replaced record cannot be found any more"
            );
        }
        restored += u64::from(is_restored);
    }
    Ok(restored)
}

fn origin_of(tx: &WriteTx<'_>, kind: RecordKind, id: RecordId) -> Result<Origin, StoreError> {
    let details = tx.snapshot().details(kind, id)?;
    Ok(details.map_or_else(Origin::default, |details| Origin {
        batch_id: details.batch_id,
        attributes: details.attributes,
    }))
}

fn restore_parcel(tx: &WriteTx<'_>, id: RecordId) -> Result<bool, StoreError> {
    let sites = tx.snapshot().sites()?;
    let found = sites
        .iter()
        .flat_map(|site| site.parcels.iter().map(move |parcel| (site.id, parcel)))
        .find(|(_, parcel)| parcel.id == id);
    let Some((site_id, parcel)) = found else {
        return Ok(false);
    };
    let again = NewParcel {
        parcel_no: parcel.parcel_no.clone(),
        place_type: parcel.place_type,
        ground: parcel.ground.clone(),
        in_force: parcel.in_force,
        origin: origin_of(tx, RecordKind::Parcel, id)?,
    };
    tx.add_parcel(site_id, &again)?;
    Ok(true)
}

fn restore_area(tx: &WriteTx<'_>, id: RecordId) -> Result<bool, StoreError> {
    let Some(area) = tx.snapshot().reference_area(id)? else {
        return Ok(false);
    };
    let again = NewReferenceArea {
        kind: area.kind,
        name: area.name,
        synthetic: area.synthetic,
        ground: area.ground,
        origin: origin_of(tx, RecordKind::ReferenceArea, id)?,
    };
    tx.add_reference_area(&again)?;
    Ok(true)
}

/// Sets claims back to the grade they had, unless they have been given another one since.
fn lower_grades(
    tx: &WriteTx<'_>,
    undo: &Value,
    person: &str,
    reason: &str,
) -> Result<u64, StoreError> {
    let raised = undo.get("raised").and_then(Value::as_array);
    let raised: Vec<(RecordId, u8, u8)> = raised
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let number = |at: usize| entry.get(at).and_then(Value::as_i64);
            Some((
                number(0)?,
                u8::try_from(number(1)?).ok()?,
                u8::try_from(number(2)?).ok()?,
            ))
        })
        .collect();
    if raised.is_empty() {
        return Ok(0);
    }
    let sites = tx.snapshot().sites()?;
    let mut lowered = 0;
    for (id, before, after) in raised {
        let claim = sites
            .iter()
            .flat_map(|site| &site.claims)
            .find(|claim| claim.id == id);
        let is_still = claim.is_some_and(|claim| claim.grade_at(tx.now()).number() == after);
        if let Some(grade) = Grade::of_number(before).filter(|_| is_still) {
            let back = NewGrade {
                grade,
                person: person.to_owned(),
                reason: Some(reason.to_owned()),
            };
            tx.add_grade(id, &back)?;
            lowered += 1;
        }
    }
    Ok(lowered)
}
