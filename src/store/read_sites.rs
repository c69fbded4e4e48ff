//! Reading sites with all that is recorded of them.

use std::collections::{BTreeSet, HashMap};

use rusqlite::Row;

use super::snapshot::{known, stage};
use super::{Snapshot, StoreError, blob, text};
use crate::domain::{
    Boundary, BoundaryRole, Category, Claim, Disturbance, Exemption, ExemptionReason, Grade,
    GradeRecord, Parcel, PlaceType, RecordId, Site, SiteKind, SiteTerms,
};
use crate::geometry::{BBox, Ground};

/// Which sites to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    One(RecordId),
}

impl Which {
    /// The statement with its `{column}` made a condition: one site by index, or no condition. A
    /// condition that covers both would have SQLite read whole tables for one site.
    fn asked_of(self, sql: &str) -> String {
        match (self, sql.split_once('{')) {
            (Self::One(_), Some((before, after))) => {
                format!("{before}{}", after.replacen('}', " = ?1", 1))
            }
            (Self::All, Some((before, after))) => {
                let behind = after.split_once('}').map_or("", |(_, behind)| behind);
                format!("{before}?1 is null{behind}")
            }
            (_, None) => sql.to_owned(),
        }
    }

    /// The number to compare with, or null for all.
    fn number(self) -> Option<RecordId> {
        match self {
            Self::All => None,
            Self::One(id) => Some(id),
        }
    }
}

type BySite<T> = HashMap<RecordId, Vec<T>>;

fn corrupt(table: &'static str, id: RecordId, what: &str) -> StoreError {
    StoreError::Corrupt {
        table,
        id,
        what: what.to_owned(),
    }
}

fn ground(row: &Row<'_>, column: usize, table: &'static str) -> Result<Ground, StoreError> {
    let id: RecordId = row.get(0)?;
    blob::ground(row.get(column)?).ok_or_else(|| corrupt(table, id, "geom is no ground"))
}

fn word<T>(
    row: &Row<'_>,
    column: usize,
    table: &'static str,
    named: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    named(&text).ok_or_else(|| {
        let id = row.get(0).unwrap_or_default();
        corrupt(table, id, &format!("{text:?} is not in the vocabulary"))
    })
}

impl Snapshot<'_> {
    /// All sites, by code (bytewise), with everything recorded of them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a row cannot be read.
    pub fn sites(&self) -> Result<Vec<Site>, StoreError> {
        self.sites_of(Which::All)
    }

    /// One site with everything recorded of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a row cannot be read.
    pub fn site(&self, id: RecordId) -> Result<Option<Site>, StoreError> {
        Ok(self.sites_of(Which::One(id))?.pop())
    }

    /// Numbers of all sites by code.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn site_ids(&self) -> Result<HashMap<String, RecordId>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("select code, id from site")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Numbers of the sites whose footprints or disturbances, past ones too, touch the box.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn sites_touching(&self, bbox: BBox) -> Result<BTreeSet<RecordId>, StoreError> {
        let mut sites = BTreeSet::new();
        for sql in [
            "select b.site_id from rtree_boundary_geom r join boundary b on b.id = r.id
             where r.minx <= ?3 and r.maxx >= ?1 and r.miny <= ?4 and r.maxy >= ?2
               and b.role = 'footprint'",
            "select d.site_id from rtree_disturbance_geom r join disturbance d on d.id = r.id
             where r.minx <= ?3 and r.maxx >= ?1 and r.miny <= ?4 and r.maxy >= ?2",
        ] {
            let mut statement = self.connection.prepare_cached(sql)?;
            let corners = (bbox.west, bbox.south, bbox.east, bbox.north);
            for id in statement.query_map(corners, |row| row.get(0))? {
                sites.insert(id?);
            }
        }
        Ok(sites)
    }

    /// Numbers of the sites whose figures were computed anew after a change.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn sites_refreshed_after(&self, seq: i64) -> Result<BTreeSet<RecordId>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("select site_id from timeline where change_seq > ?1")?;
        let ids = statement.query_map([seq], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Codes of some sites.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn site_codes(
        &self,
        ids: &BTreeSet<RecordId>,
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("select code from site where id = ?1")?;
        ids.iter()
            .map(|id| Ok((*id, statement.query_row([id], |row| row.get(0))?)))
            .collect()
    }

    /// Whether a site is made up.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn is_synthetic(&self, site_id: RecordId) -> Result<bool, StoreError> {
        Ok(self
            .connection
            .prepare_cached("select synthetic from site where id = ?1")?
            .query_row([site_id], |row| row.get(0))?)
    }

    /// Numbers of the sites that are made up.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn synthetic_sites(&self) -> Result<BTreeSet<RecordId>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("select id from site where synthetic")?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    fn sites_of(&self, which: Which) -> Result<Vec<Site>, StoreError> {
        let mut terms = self.terms(which)?;
        let mut boundaries = self.boundaries(which)?;
        let mut parcels = self.parcels(which)?;
        let mut claims = self.claims(which)?;
        let mut disturbances = self.disturbances(which)?;
        let mut exemptions = self.exemptions(which)?;
        let sql = "select id, code, kind from site where {id} order by code";
        let mut statement = self.connection.prepare_cached(&which.asked_of(sql))?;
        let mut rows = statement.query([which.number()])?;
        let mut sites = Vec::new();
        while let Some(row) = rows.next()? {
            let id: RecordId = row.get(0)?;
            sites.push(Site {
                id,
                code: row.get(1)?,
                kind: word(row, 2, "site", SiteKind::named)?,
                terms: terms.remove(&id).unwrap_or_default(),
                boundaries: boundaries.remove(&id).unwrap_or_default(),
                parcels: parcels.remove(&id).unwrap_or_default(),
                claims: claims.remove(&id).unwrap_or_default(),
                disturbances: disturbances.remove(&id).unwrap_or_default(),
                exemptions: exemptions.remove(&id).unwrap_or_default(),
            });
        }
        Ok(sites)
    }

    /// Rows of a table by site; column 0 is the record's number, column 1 the site's.
    fn by_site<T>(
        &self,
        sql: &str,
        which: Which,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<BySite<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(&which.asked_of(sql))?;
        let mut rows = statement.query([which.number()])?;
        let mut by_site = BySite::new();
        while let Some(row) = rows.next()? {
            by_site.entry(row.get(1)?).or_default().push(read(row)?);
        }
        Ok(by_site)
    }

    fn terms(&self, which: Which) -> Result<BySite<SiteTerms>, StoreError> {
        let sql = "select t.id, t.site_id, t.name, t.category, t.township, t.liable, t.licence_no,
                          t.valid_from, t.valid_to, t.recorded_at, e.recorded_at
             from site_terms t
             left join record_end e on e.kind = 'site_terms' and e.record_id = t.id
             where {t.site_id} order by t.id";
        self.by_site(sql, which, |row| {
            let category: Option<String> = row.get(3)?;
            Ok(SiteTerms {
                name: row.get(2)?,
                category: category.as_deref().and_then(Category::named),
                township: row.get(4)?,
                liable: row.get(5)?,
                licence_no: row.get(6)?,
                in_force: text::in_force(row.get(7)?, row.get(8)?),
                known: known(row, 9, 10)?,
            })
        })
    }

    fn boundaries(&self, which: Which) -> Result<BySite<Boundary>, StoreError> {
        let sql = "select b.id, b.site_id, b.geom, b.role, b.valid_from, b.valid_to, b.recorded_at,
                          e.recorded_at
             from boundary b
             left join record_end e on e.kind = 'boundary' and e.record_id = b.id
             where {b.site_id} order by b.id";
        self.by_site(sql, which, |row| {
            Ok(Boundary {
                id: row.get(0)?,
                role: word(row, 3, "boundary", BoundaryRole::named)?,
                ground: ground(row, 2, "boundary")?,
                in_force: text::in_force(row.get(4)?, row.get(5)?),
                known: known(row, 6, 7)?,
            })
        })
    }

    fn parcels(&self, which: Which) -> Result<BySite<Parcel>, StoreError> {
        let sql = "select p.id, p.site_id, p.geom, p.parcel_no, p.place_type, p.valid_from,
                          p.valid_to, p.recorded_at, e.recorded_at
             from parcel p
             left join record_end e on e.kind = 'parcel' and e.record_id = p.id
             where {p.site_id} order by p.id";
        self.by_site(sql, which, |row| {
            Ok(Parcel {
                id: row.get(0)?,
                parcel_no: row.get(3)?,
                place_type: word(row, 4, "parcel", PlaceType::named)?,
                ground: ground(row, 2, "parcel")?,
                in_force: text::in_force(row.get(5)?, row.get(6)?),
                known: known(row, 7, 8)?,
            })
        })
    }

    fn claims(&self, which: Which) -> Result<BySite<Claim>, StoreError> {
        let mut grades = self.grades(which)?;
        let sql =
            "select c.id, c.site_id, c.geom, c.stage, c.valid_on, c.recorded_at, e.recorded_at
             from claim c
             left join record_end e on e.kind = 'claim' and e.record_id = c.id
             where {c.site_id} order by c.id";
        let mut by_site = self.by_site(sql, which, |row| {
            let id: RecordId = row.get(0)?;
            Ok(Claim {
                id,
                ground: ground(row, 2, "claim")?,
                stage: stage(row, 3, "claim", id)?,
                valid_on: text::day(row.get(4)?)
                    .ok_or_else(|| corrupt("claim", id, "valid_on is no date"))?,
                grades: Vec::new(),
                known: known(row, 5, 6)?,
            })
        })?;
        for claim in by_site.values_mut().flatten() {
            claim.grades = grades.remove(&claim.id).unwrap_or_default();
        }
        Ok(by_site)
    }

    /// Grade records by claim, in the order they were recorded.
    fn grades(&self, which: Which) -> Result<BySite<GradeRecord>, StoreError> {
        let sql = "select g.id, g.claim_id, g.grade, g.recorded_at
             from claim_grade g join claim c on c.id = g.claim_id
             where {c.site_id} order by g.id";
        self.by_site(sql, which, |row| {
            let id: RecordId = row.get(0)?;
            let number: u8 = row.get(2)?;
            let recorded_at: String = row.get(3)?;
            Ok(GradeRecord {
                grade: Grade::of_number(number)
                    .ok_or_else(|| corrupt("claim_grade", id, "there is no such grade"))?,
                recorded_at: text::instant(&recorded_at)
                    .ok_or_else(|| corrupt("claim_grade", id, "recorded_at is no instant"))?,
            })
        })
    }

    fn disturbances(&self, which: Which) -> Result<BySite<Disturbance>, StoreError> {
        let sql = "select d.id, d.site_id, d.geom, d.to_stage, d.valid_on, d.recorded_at,
                          e.recorded_at
             from disturbance d
             left join record_end e on e.kind = 'disturbance' and e.record_id = d.id
             where {d.site_id} order by d.id";
        self.by_site(sql, which, |row| {
            let id: RecordId = row.get(0)?;
            Ok(Disturbance {
                id,
                ground: ground(row, 2, "disturbance")?,
                to_stage: stage(row, 3, "disturbance", id)?,
                valid_on: text::day(row.get(4)?)
                    .ok_or_else(|| corrupt("disturbance", id, "valid_on is no date"))?,
                known: known(row, 5, 6)?,
            })
        })
    }

    fn exemptions(&self, which: Which) -> Result<BySite<Exemption>, StoreError> {
        let sql =
            "select x.id, x.site_id, x.geom, x.reason, x.valid_from, x.valid_to, x.recorded_at,
                          e.recorded_at
             from exemption x
             left join record_end e on e.kind = 'exemption' and e.record_id = x.id
             where {x.site_id} order by x.id";
        self.by_site(sql, which, |row| {
            Ok(Exemption {
                id: row.get(0)?,
                reason: word(row, 3, "exemption", ExemptionReason::named)?,
                ground: ground(row, 2, "exemption")?,
                in_force: text::in_force(row.get(4)?, row.get(5)?),
                known: known(row, 6, 7)?,
            })
        })
    }
}
