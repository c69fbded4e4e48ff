//! Adding records. Each function adds one row under the transaction's change.

use std::collections::BTreeSet;

use rusqlite::{ErrorCode, params};
use serde_json::{Value, json};

use super::new_records::{
    Attributes, EndKind, NewBatch, NewBoundary, NewClaim, NewDisturbance, NewExemption, NewGrade,
    NewObligation, NewParcel, NewReferenceArea, NewSite, NewTerms, RecordKind, Touched,
};
use super::{StoreError, WriteTx, blob, text, timeline_blob};
use crate::domain::{Category, Day, InForce, RecordId, Scope, Timeline};
use crate::geometry::Ground;

fn attributes_text(attributes: &Attributes) -> String {
    Value::Object(attributes.clone()).to_string()
}

impl WriteTx<'_> {
    fn recorded_at(&self) -> String {
        text::of_instant(self.now)
    }

    fn blob_of(ground: &Ground) -> Result<Vec<u8>, StoreError> {
        blob::of_ground(ground).map_err(|error| StoreError::Corrupt {
            table: "geometry",
            id: 0,
            what: error.to_string(),
        })
    }

    fn insert(&self, sql: &str, values: impl rusqlite::Params) -> Result<RecordId, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.insert(values)?)
    }

    /// Adds a site and returns its number.
    ///
    /// # Errors
    /// When the code is taken, or the database refuses.
    pub fn add_site(&self, site: &NewSite) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into site (code, kind, synthetic, recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5)",
            (
                &site.code,
                site.kind.code(),
                site.synthetic,
                self.recorded_at(),
                self.seq,
            ),
        )
    }

    /// Adds names and parties of a site.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_terms(&self, site_id: RecordId, terms: &NewTerms) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into site_terms (site_id, name, category, township, liable, licence_no,
               attributes, valid_from, valid_to, batch_id, recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                site_id,
                terms.name,
                terms.category.map(Category::code),
                terms.township,
                terms.liable,
                terms.licence_no,
                attributes_text(&terms.origin.attributes),
                text::of_day(terms.in_force.from),
                text::of_day(terms.in_force.to),
                terms.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds a boundary version of a site.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_boundary(
        &self,
        site_id: RecordId,
        boundary: &NewBoundary,
    ) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into boundary (geom, site_id, site_code, role, valid_from, valid_to,
               attributes, batch_id, recorded_at, change_seq)
             values (?1, ?2, (select code from site where id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Self::blob_of(&boundary.ground)?,
                site_id,
                boundary.role.code(),
                text::of_day(boundary.in_force.from),
                text::of_day(boundary.in_force.to),
                attributes_text(&boundary.origin.attributes),
                boundary.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds a parcel of a site.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_parcel(
        &self,
        site_id: RecordId,
        parcel: &NewParcel,
    ) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into parcel (geom, site_id, site_code, parcel_no, place_type, valid_from,
               valid_to, attributes, batch_id, recorded_at, change_seq)
             values (?1, ?2, (select code from site where id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                Self::blob_of(&parcel.ground)?,
                site_id,
                parcel.parcel_no,
                parcel.place_type.code(),
                text::of_day(parcel.in_force.from),
                text::of_day(parcel.in_force.to),
                attributes_text(&parcel.origin.attributes),
                parcel.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds a claim of a site with its first grade.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_claim(&self, site_id: RecordId, claim: &NewClaim) -> Result<RecordId, StoreError> {
        let id = self.insert(
            "insert into claim (geom, site_id, site_code, stage, valid_on, attributes, batch_id,
               recorded_at, change_seq)
             values (?1, ?2, (select code from site where id = ?2), ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                Self::blob_of(&claim.ground)?,
                site_id,
                claim.stage.number(),
                claim.valid_on.to_string(),
                attributes_text(&claim.origin.attributes),
                claim.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )?;
        self.add_grade(id, &claim.grade)?;
        Ok(id)
    }

    /// Gives a claim a grade from now on.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_grade(&self, claim_id: RecordId, grade: &NewGrade) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into claim_grade (claim_id, grade, person, reason, recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                claim_id,
                grade.grade.number(),
                grade.person,
                grade.reason,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds a disturbance of a site.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_disturbance(
        &self,
        site_id: RecordId,
        disturbance: &NewDisturbance,
    ) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into disturbance (geom, site_id, site_code, to_stage, valid_on, reason,
               attributes, batch_id, recorded_at, change_seq)
             values (?1, ?2, (select code from site where id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Self::blob_of(&disturbance.ground)?,
                site_id,
                disturbance.to_stage.number(),
                disturbance.valid_on.to_string(),
                disturbance.reason,
                attributes_text(&disturbance.origin.attributes),
                disturbance.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds an exemption of a site.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_exemption(
        &self,
        site_id: RecordId,
        exemption: &NewExemption,
    ) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into exemption (geom, site_id, site_code, reason, valid_from, valid_to,
               attributes, batch_id, recorded_at, change_seq)
             values (?1, ?2, (select code from site where id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Self::blob_of(&exemption.ground)?,
                site_id,
                exemption.reason.code(),
                text::of_day(exemption.in_force.from),
                text::of_day(exemption.in_force.to),
                attributes_text(&exemption.origin.attributes),
                exemption.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds a county outline or a township.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_reference_area(&self, area: &NewReferenceArea) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into reference_area (geom, kind, name, synthetic, attributes, batch_id,
               recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                Self::blob_of(&area.ground)?,
                area.kind.code(),
                area.name,
                area.synthetic,
                attributes_text(&area.origin.attributes),
                area.origin.batch_id,
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Adds an obligation with its first terms and returns its number.
    ///
    /// # Errors
    /// When the key is taken, or the database refuses.
    pub fn add_obligation(&self, new: &NewObligation) -> Result<RecordId, StoreError> {
        let id = self.insert(
            "insert into obligation (key, title_zh, title_en, item_no, measure_no, required_stage,
               source_zh, source_en, recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                new.key,
                new.title_zh,
                new.title_en,
                new.item_no,
                new.measure_no,
                new.required_stage.number(),
                new.source_zh,
                new.source_en,
                self.recorded_at(),
                self.seq
            ],
        )?;
        self.add_obligation_terms(id, new.due_on, &new.scope, InForce::default())?;
        Ok(id)
    }

    /// Adds a version of an obligation's due date and scope.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_obligation_terms(
        &self,
        obligation_id: RecordId,
        due_on: Day,
        scope: &Scope,
        in_force: InForce,
    ) -> Result<RecordId, StoreError> {
        let ground = scope.ground.as_ref().map(Self::blob_of).transpose()?;
        self.insert(
            "insert into obligation_terms (obligation_id, due_on, scope, scope_geom, valid_from,
               valid_to, recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                obligation_id,
                due_on.to_string(),
                scope_text(scope),
                ground,
                text::of_day(in_force.from),
                text::of_day(in_force.to),
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Records an import and returns its number.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn add_batch(&self, batch: &NewBatch) -> Result<RecordId, StoreError> {
        self.insert(
            "insert into import_batch (file_name, sha256, what, crs, encoding, mapping, counts,
               recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                batch.file_name,
                batch.sha256,
                batch.what,
                batch.crs,
                batch.encoding,
                batch.mapping.to_string(),
                batch.counts.to_string(),
                self.recorded_at(),
                self.seq
            ],
        )
    }

    /// Ends a record: from now on it is as if it had never been, or another stands in its place.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRecord`], [`StoreError::AlreadyEnded`], or the database refuses.
    pub fn end_record(
        &self,
        kind: RecordKind,
        id: RecordId,
        why: EndKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "select exists (select 1 from {} where id = ?1)",
            kind.code()
        );
        let exists: bool = self
            .connection
            .prepare_cached(&sql)?
            .query_row([id], |row| row.get(0))?;
        if !exists {
            return Err(StoreError::NoSuchRecord {
                kind: kind.code(),
                id,
            });
        }
        let ended = self.insert(
            "insert into record_end (kind, record_id, why, reason, recorded_at, change_seq)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                kind.code(),
                id,
                why.code(),
                reason,
                self.recorded_at(),
                self.seq
            ],
        );
        match ended {
            Err(StoreError::Database(rusqlite::Error::SqliteFailure(error, _)))
                if error.code == ErrorCode::ConstraintViolation =>
            {
                Err(StoreError::AlreadyEnded {
                    kind: kind.code(),
                    id,
                })
            }
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Keeps the computed figures of a site.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_timeline(&self, timeline: &Timeline) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "insert or replace into timeline (site_id, change_seq, steps) values (?1, ?2, ?3)",
            )?
            .execute((timeline.site_id, self.seq, timeline_blob::encode(timeline)))?;
        Ok(())
    }

    /// What this transaction has touched so far.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn touched(&self) -> Result<Touched, StoreError> {
        let mut sites = BTreeSet::new();
        for sql in [
            "select id from site where change_seq = ?1",
            "select site_id from site_terms where change_seq = ?1",
            "select site_id from boundary where change_seq = ?1",
            "select site_id from parcel where change_seq = ?1",
            "select site_id from claim where change_seq = ?1",
            "select c.site_id from claim_grade g join claim c on c.id = g.claim_id
               where g.change_seq = ?1",
            "select site_id from disturbance where change_seq = ?1",
            "select site_id from exemption where change_seq = ?1",
            "select r.site_id from record_end e join site_terms r on r.id = e.record_id
               where e.change_seq = ?1 and e.kind = 'site_terms'",
            "select r.site_id from record_end e join boundary r on r.id = e.record_id
               where e.change_seq = ?1 and e.kind = 'boundary'",
            "select r.site_id from record_end e join parcel r on r.id = e.record_id
               where e.change_seq = ?1 and e.kind = 'parcel'",
            "select r.site_id from record_end e join claim r on r.id = e.record_id
               where e.change_seq = ?1 and e.kind = 'claim'",
            "select r.site_id from record_end e join disturbance r on r.id = e.record_id
               where e.change_seq = ?1 and e.kind = 'disturbance'",
            "select r.site_id from record_end e join exemption r on r.id = e.record_id
               where e.change_seq = ?1 and e.kind = 'exemption'",
        ] {
            let mut statement = self.connection.prepare_cached(sql)?;
            for id in statement.query_map([self.seq], |row| row.get(0))? {
                sites.insert(id?);
            }
        }
        let obligations: bool = self
            .connection
            .prepare_cached(
                "select exists (select 1 from obligation_terms where change_seq = ?1)
                   or exists (select 1 from record_end
                              where change_seq = ?1 and kind = 'obligation_terms')",
            )?
            .query_row([self.seq], |row| row.get(0))?;
        Ok(Touched { sites, obligations })
    }
}

fn scope_text(scope: &Scope) -> String {
    json!({
        "sites": scope.sites,
        "kinds": scope.kinds.iter().map(|k| k.code()).collect::<Vec<_>>(),
        "categories": scope.categories.iter().map(|c| c.code()).collect::<Vec<_>>(),
        "townships": scope.townships,
        "liable": scope.liable,
        "place_types": scope.place_types.iter().map(|p| p.code()).collect::<Vec<_>>(),
    })
    .to_string()
}
