//! Layers of what is recorded: sites, boundaries, parcels, claims, disturbances, exemptions.

use super::export::ExportError;
use super::export_fields::{Filling, area, columns, day, integer, optional, text};
use super::{County, footprint_on};
use crate::domain::{
    Boundary, BoundaryRole, Day, InForce, Instant, Known, Site, Stage, in_force_at,
};
use crate::formats::layer::{Layer, Value};
use crate::geometry::Ground;
use crate::store::{AreaKind, RecordDetails, RecordKind, Snapshot};

/// What a layer of records is made from.
#[derive(Clone, Copy)]
pub(super) struct Records<'a> {
    pub(super) snapshot: &'a Snapshot<'a>,
    pub(super) county: &'a County,
    /// Only what is in force or has happened on this day; `None` is everything that is known.
    pub(super) as_of: Option<Day>,
    pub(super) today: Day,
    pub(super) known_at: Instant,
    pub(super) in_english: bool,
}

impl Records<'_> {
    /// One row per site: its surveyed footprint, or the ground it broke where none was surveyed.
    pub(super) fn sites(&self) -> Layer {
        let names = [
            "site_code",
            "name",
            "kind",
            "category",
            "township",
            "liable",
            "licence_no",
            "role",
            "valid_on",
            "valid_to",
            "area_m2",
            "footprint_m2",
        ];
        let mut filling = self.filling("sites", ("矿山", "Sites"), &names);
        let on = self.as_of.unwrap_or(self.today);
        for site in self.all_sites() {
            let terms = site.terms_at(on, self.known_at);
            let footprint = footprint_on(site, on, self.known_at);
            let surveyed = self.surveyed_footprint(site, on);
            let ground = surveyed.map_or(&footprint, |boundary| &boundary.ground);
            let in_force = surveyed
                .map(|boundary| boundary.in_force)
                .unwrap_or_default();
            let values = vec![
                text(&site.code),
                optional(terms.map(|t| t.name.as_str())),
                self.word(site.kind.zh(), site.kind.code()),
                terms
                    .and_then(|t| t.category)
                    .and_then(|c| self.word(c.zh(), c.code())),
                optional(terms.and_then(|t| t.township.as_deref())),
                optional(terms.and_then(|t| t.liable.as_deref())),
                optional(terms.and_then(|t| t.licence_no.as_deref())),
                self.word(BoundaryRole::Footprint.zh(), BoundaryRole::Footprint.code()),
                day(in_force.from),
                day(in_force.to),
                area(ground.area_m2()),
                area(footprint.area_m2()),
            ];
            filling.push(Some(ground.shape()), values);
        }
        filling.finish()
    }

    fn surveyed_footprint<'s>(&self, site: &'s Site, on: Day) -> Option<&'s Boundary> {
        let versions: Vec<&Boundary> = site
            .boundaries
            .iter()
            .filter(|b| b.role == BoundaryRole::Footprint)
            .collect();
        let plain: Vec<Boundary> = versions.iter().map(|b| (*b).clone()).collect();
        versions
            .get(in_force_at(&plain, on, self.known_at)?)
            .copied()
    }

    /// One row per boundary version.
    pub(super) fn boundaries(&self) -> Result<Layer, ExportError> {
        let names = [
            "site_code",
            "name",
            "role",
            "valid_on",
            "valid_to",
            "area_m2",
            "recorded_at",
        ];
        let mut filling = self.filling("boundaries", ("界线", "Boundaries"), &names);
        for site in self.all_sites() {
            for b in site
                .boundaries
                .iter()
                .filter(|b| self.shows(b.known, b.in_force))
            {
                let values = vec![
                    text(&site.code),
                    self.site_name(site),
                    self.word(b.role.zh(), b.role.code()),
                    day(b.in_force.from),
                    day(b.in_force.to),
                    area(b.ground.area_m2()),
                    recorded_at(b.known),
                ];
                self.push(&mut filling, RecordKind::Boundary, b.id, &b.ground, values)?;
            }
        }
        Ok(filling.finish())
    }

    /// One row per parcel version.
    pub(super) fn parcels(&self) -> Result<Layer, ExportError> {
        let names = [
            "site_code",
            "name",
            "parcel_no",
            "place_type",
            "valid_on",
            "valid_to",
            "area_m2",
            "recorded_at",
        ];
        let mut filling = self.filling("parcels", ("图斑", "Parcels"), &names);
        for site in self.all_sites() {
            for p in site
                .parcels
                .iter()
                .filter(|p| self.shows(p.known, p.in_force))
            {
                let values = vec![
                    text(&site.code),
                    self.site_name(site),
                    text(&p.parcel_no),
                    self.word(p.place_type.zh(), p.place_type.code()),
                    day(p.in_force.from),
                    day(p.in_force.to),
                    area(p.ground.area_m2()),
                    recorded_at(p.known),
                ];
                self.push(&mut filling, RecordKind::Parcel, p.id, &p.ground, values)?;
            }
        }
        Ok(filling.finish())
    }

    /// One row per claim that holds, with its grade as known.
    pub(super) fn claims(&self) -> Result<Layer, ExportError> {
        let names = [
            "site_code",
            "name",
            "stage",
            "stage_name",
            "valid_on",
            "grade",
            "grade_name",
            "area_m2",
            "recorded_at",
        ];
        let mut filling = self.filling("claims", ("阶段申报", "Claims"), &names);
        for site in self.all_sites() {
            for c in site
                .claims
                .iter()
                .filter(|c| self.happened(c.known, c.valid_on))
            {
                let grade = c.grade_at(self.known_at);
                let values = vec![
                    text(&site.code),
                    self.site_name(site),
                    integer(c.stage.number()),
                    self.word(c.stage.zh(), c.stage.code()),
                    day(Some(c.valid_on)),
                    integer(grade.number()),
                    self.word(grade.zh(), grade.code()),
                    area(c.ground.area_m2()),
                    recorded_at(c.known),
                ];
                self.push(&mut filling, RecordKind::Claim, c.id, &c.ground, values)?;
            }
        }
        Ok(filling.finish())
    }

    /// One row per disturbance.
    pub(super) fn disturbances(&self) -> Result<Layer, ExportError> {
        let names = [
            "site_code",
            "name",
            "to_stage",
            "valid_on",
            "reason",
            "area_m2",
            "recorded_at",
        ];
        let mut filling = self.filling("disturbances", ("扰动", "Disturbances"), &names);
        for site in self.all_sites() {
            for d in site
                .disturbances
                .iter()
                .filter(|d| self.happened(d.known, d.valid_on))
            {
                let details = self.details(RecordKind::Disturbance, d.id)?;
                let reason = details
                    .as_ref()
                    .and_then(|details| details.reason.as_deref());
                let values = vec![
                    text(&site.code),
                    self.site_name(site),
                    Some(d.to_stage)
                        .filter(|stage| *stage != Stage::Untreated)
                        .and_then(|stage| integer(stage.number())),
                    day(Some(d.valid_on)),
                    optional(reason),
                    area(d.ground.area_m2()),
                    recorded_at(d.known),
                ];
                let attributes = details
                    .map(|details| details.attributes)
                    .unwrap_or_default();
                filling.push_with(Some(d.ground.shape()), values, attributes);
            }
        }
        Ok(filling.finish())
    }

    /// One row per exemption.
    pub(super) fn exemptions(&self) -> Result<Layer, ExportError> {
        let names = [
            "site_code",
            "name",
            "reason",
            "valid_on",
            "valid_to",
            "area_m2",
            "recorded_at",
        ];
        let mut filling = self.filling("exemptions", ("豁免", "Exemptions"), &names);
        for site in self.all_sites() {
            for x in site
                .exemptions
                .iter()
                .filter(|x| self.shows(x.known, x.in_force))
            {
                let values = vec![
                    text(&site.code),
                    self.site_name(site),
                    self.word(x.reason.zh(), x.reason.code()),
                    day(x.in_force.from),
                    day(x.in_force.to),
                    area(x.ground.area_m2()),
                    recorded_at(x.known),
                ];
                self.push(&mut filling, RecordKind::Exemption, x.id, &x.ground, values)?;
            }
        }
        Ok(filling.finish())
    }

    /// The county outline or the townships.
    pub(super) fn areas(&self, kind: AreaKind) -> Layer {
        let (name, title) = match kind {
            AreaKind::County => ("county", ("县界", "County")),
            AreaKind::Township => ("townships", ("乡镇", "Townships")),
        };
        let mut filling = self.filling(name, title, &["name", "area_m2"]);
        for found in self.county.areas.iter().filter(|found| found.kind == kind) {
            let values = vec![text(&found.name), area(found.ground.area_m2())];
            filling.push(Some(found.ground.shape()), values);
        }
        filling.finish()
    }

    fn filling(&self, name: &str, (zh, en): (&str, &str), names: &[&str]) -> Filling {
        let title = if self.in_english { en } else { zh };
        Filling::new(name, title, columns(names, self.in_english), true)
    }

    fn all_sites(&self) -> impl Iterator<Item = &Site> {
        self.county.sites.iter().map(|state| &state.site)
    }

    fn site_name(&self, site: &Site) -> Option<Value> {
        let on = self.as_of.unwrap_or(self.today);
        optional(
            site.terms_at(on, self.known_at)
                .map(|terms| terms.name.as_str()),
        )
    }

    fn word(&self, zh: &str, code: &str) -> Option<Value> {
        text(if self.in_english { code } else { zh })
    }

    fn shows(&self, known: Known, in_force: InForce) -> bool {
        known.is_known(self.known_at) && self.as_of.is_none_or(|on| in_force.holds(on))
    }

    fn happened(&self, known: Known, valid_on: Day) -> bool {
        known.is_known(self.known_at) && self.as_of.is_none_or(|on| valid_on <= on)
    }

    fn details(&self, kind: RecordKind, id: i64) -> Result<Option<RecordDetails>, ExportError> {
        Ok(self.snapshot.details(kind, id)?)
    }

    fn push(
        &self,
        filling: &mut Filling,
        kind: RecordKind,
        id: i64,
        ground: &Ground,
        values: Vec<Option<Value>>,
    ) -> Result<(), ExportError> {
        let attributes = self.details(kind, id)?.map(|details| details.attributes);
        filling.push_with(Some(ground.shape()), values, attributes.unwrap_or_default());
        Ok(())
    }
}

fn recorded_at(known: Known) -> Option<Value> {
    text(
        &known
            .recorded_at
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    )
}
