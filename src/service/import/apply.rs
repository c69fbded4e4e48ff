//! Carrying out a plan inside a write transaction.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::plan::{SiteRef, Step};
use crate::domain::RecordId;
use crate::service::ServiceError;
use crate::store::{EndKind, RecordKind, WriteTx};

/// What has to be known to undo a batch beyond ending its records.
#[derive(Debug, Default)]
pub(super) struct Undo {
    /// Claims that were raised: number, grade before, grade after.
    pub(super) raised: Vec<(RecordId, u8, u8)>,
    /// Records that were ended because another takes their place: kind and number.
    pub(super) replaced: Vec<(RecordKind, RecordId)>,
}

impl Undo {
    /// The form the change log keeps it in.
    pub(super) fn to_json(&self) -> Value {
        let replaced: Vec<_> = self
            .replaced
            .iter()
            .map(|(kind, id)| json!([kind.code(), id]))
            .collect();
        json!({ "raised": self.raised, "replaced": replaced })
    }
}

/// Writes every step under a batch.
pub(super) fn apply(
    tx: &WriteTx<'_>,
    steps: Vec<Step>,
    batch_id: RecordId,
) -> Result<Undo, ServiceError> {
    let mut undo = Undo::default();
    let mut new_sites: HashMap<String, RecordId> = HashMap::new();
    let reason = format!("import {batch_id}");
    for step in steps {
        match step {
            Step::Site(site) => {
                let code = site.code.clone();
                new_sites.insert(code, tx.add_site(&site)?);
            }
            Step::Terms(site, mut terms) => {
                terms.origin.batch_id = Some(batch_id);
                tx.add_terms(site_id(&site, &new_sites)?, &terms)?;
            }
            Step::Boundary(site, mut boundary) => {
                boundary.origin.batch_id = Some(batch_id);
                tx.add_boundary(site_id(&site, &new_sites)?, &boundary)?;
            }
            Step::Parcel {
                site,
                mut parcel,
                replaces,
            } => {
                if let Some(id) = replaces {
                    tx.end_record(RecordKind::Parcel, id, EndKind::Superseded, &reason)?;
                    undo.replaced.push((RecordKind::Parcel, id));
                }
                parcel.origin.batch_id = Some(batch_id);
                tx.add_parcel(site, &parcel)?;
            }
            Step::Claim(site, mut claim) => {
                claim.origin.batch_id = Some(batch_id);
                tx.add_claim(site, &claim)?;
            }
            Step::Grade { claim, from, grade } => {
                tx.add_grade(claim, &grade)?;
                undo.raised
                    .push((claim, from.number(), grade.grade.number()));
            }
            Step::Disturbance(site, mut disturbance) => {
                disturbance.origin.batch_id = Some(batch_id);
                tx.add_disturbance(site, &disturbance)?;
            }
            Step::Exemption(site, mut exemption) => {
                exemption.origin.batch_id = Some(batch_id);
                tx.add_exemption(site, &exemption)?;
            }
            Step::Area { mut area, replaces } => {
                for id in replaces {
                    tx.end_record(RecordKind::ReferenceArea, id, EndKind::Superseded, &reason)?;
                    undo.replaced.push((RecordKind::ReferenceArea, id));
                }
                area.origin.batch_id = Some(batch_id);
                tx.add_reference_area(&area)?;
            }
        }
    }
    Ok(undo)
}

fn site_id(site: &SiteRef, new: &HashMap<String, RecordId>) -> Result<RecordId, ServiceError> {
    match site {
        SiteRef::Known(id) => Ok(*id),
        SiteRef::New(code) => new
            .get(code)
            .copied()
            .ok_or_else(|| ServiceError::NotFound {
                what: "site",
                key: code.clone(),
            }),
    }
}
