//! Sites and boundaries.

use super::locate::Sites;
use super::plan::{Planner, SiteRef, Step};
use super::rows::{Outcome, Row};
use super::same::is_same;
use super::words;
use crate::domain::{BoundaryRole, Category, Day, InForce, Site, SiteKind, SiteTerms, in_force_at};
use crate::geometry::{Finding, Ground, intersection};
use crate::store::{NewBoundary, NewSite, NewTerms, Origin};

/// Overlaps smaller than this are slivers of shared edges, m² (docs/ACCOUNTING.md).
const OVERLAP_M2: f64 = 1.0;

impl Planner {
    /// A site: new, or known with other names, parties or boundaries.
    pub(super) fn plan_site(&mut self, row: &mut Row) -> Option<Outcome> {
        let code = row.values.text("site_code").map(str::to_owned);
        let code = row.require("site_code", Ok(code))?;
        let kind = row.take(words::word(&row.values, "kind", SiteKind::named));
        let category = row.take(words::word(&row.values, "category", Category::named));
        let role = row.take(words::word(&row.values, "role", BoundaryRole::named));
        let from = self.past_day(row, words::day(&row.values, "valid_on"));
        let to = row.take(words::day(&row.values, "valid_to"));
        if row.is_rejected() {
            return None;
        }
        let place = self.sites.place_of(&code);
        let known = place.and_then(|place| self.sites.all.get(place)).cloned();
        let site = known.as_ref().map_or_else(
            || SiteRef::New(code.clone()),
            |site| SiteRef::Known(site.id),
        );
        let is_first = !self.of_file.contains_key(&code);
        if known.is_none() && is_first {
            if kind.is_none() {
                row.find(
                    Finding::notice("site.kind_assumed").with("kind", SiteKind::Quarry.code()),
                );
            }
            let kind = kind.unwrap_or(SiteKind::Quarry);
            self.steps.push(Step::Site(NewSite {
                code: code.clone(),
                kind,
                synthetic: false,
            }));
        }
        if let (Some(known), Some(kind)) = (&known, kind)
            && known.kind != kind
        {
            row.find(Finding::warning("site.kind_kept").with("kind", known.kind.code()));
        }
        let current = known
            .as_ref()
            .and_then(|site| self.terms_today(site))
            .cloned();
        let has_new_terms = self.plan_terms(row, &code, &site, category, from, current.as_ref());
        let has_new_boundary = self.plan_version(
            row,
            &code,
            &site,
            known.as_ref(),
            role,
            InForce { from, to },
        )?;
        Some(match (current, has_new_terms || has_new_boundary) {
            // A code whose only import was rolled back is as good as new.
            (None, _) => Outcome::Added,
            (Some(_), true) => Outcome::Changed,
            (Some(_), false) => Outcome::Skipped,
        })
    }

    /// A boundary version of a known site.
    pub(super) fn plan_boundary(&mut self, row: &mut Row) -> Option<Outcome> {
        Self::ground(row)?;
        let role = row.take(words::word(&row.values, "role", BoundaryRole::named));
        let from = self.past_day(row, words::day(&row.values, "valid_on"));
        let to = row.take(words::day(&row.values, "valid_to"));
        let place = self.sites.of(row)?;
        if row.is_rejected() {
            return None;
        }
        let known = self.sites.all.get(place)?.clone();
        let had_any = known.boundaries.iter().any(|boundary| {
            boundary.role == role.unwrap_or(BoundaryRole::Footprint)
                && boundary.known.is_known(self.now)
        });
        let site = SiteRef::Known(known.id);
        let code = known.code.clone();
        let is_new =
            self.plan_version(row, &code, &site, Some(&known), role, InForce { from, to })?;
        Some(match (is_new, had_any) {
            (false, _) => Outcome::Skipped,
            (true, false) => Outcome::Added,
            (true, true) => Outcome::Changed,
        })
    }

    fn terms_today<'s>(&self, site: &'s Site) -> Option<&'s SiteTerms> {
        let today = in_force_at(&site.terms, self.today, self.now);
        today.and_then(|place| site.terms.get(place)).or_else(|| {
            site.terms
                .iter()
                .rfind(|terms| terms.known.is_known(self.now))
        })
    }

    /// Plans a version of names and parties when the row says anything new; whether it does.
    fn plan_terms(
        &mut self,
        row: &Row,
        code: &str,
        site: &SiteRef,
        category: Option<Category>,
        from: Option<Day>,
        current: Option<&SiteTerms>,
    ) -> bool {
        let of_file = self.of_file.entry(code.to_owned()).or_default();
        if std::mem::replace(&mut of_file.has_terms, true) {
            return false;
        }
        let text = |field: &str| row.values.text(field).map(str::to_owned);
        let new = NewTerms {
            name: text("name")
                .or_else(|| current.map(|terms| terms.name.clone()))
                .unwrap_or_else(|| code.to_owned()),
            category: category.or_else(|| current.and_then(|terms| terms.category)),
            township: text("township").or_else(|| current.and_then(|terms| terms.township.clone())),
            liable: text("liable").or_else(|| current.and_then(|terms| terms.liable.clone())),
            licence_no: text("licence_no")
                .or_else(|| current.and_then(|terms| terms.licence_no.clone())),
            // Names hold from the beginning; a boundary's first day is not the name's. A change of
            // a known site holds from the day given, or takes the place of the version in force.
            in_force: InForce {
                from: current.and_then(|terms| from.or(terms.in_force.from)),
                to: None,
            },
            origin: Origin {
                batch_id: None,
                ..row.origin(0, &["reason"])
            },
        };
        let is_same = current.is_some_and(|terms| {
            terms.name == new.name
                && terms.category == new.category
                && terms.township == new.township
                && terms.liable == new.liable
                && terms.licence_no == new.licence_no
        });
        if !is_same {
            self.steps.push(Step::Terms(site.clone(), new));
        }
        !is_same
    }

    /// Plans a boundary version unless the site has it; whether it is new.
    fn plan_version(
        &mut self,
        row: &mut Row,
        code: &str,
        site: &SiteRef,
        known: Option<&Site>,
        role: Option<BoundaryRole>,
        in_force: InForce,
    ) -> Option<bool> {
        let Some(ground) = row.ground.clone() else {
            return Some(false);
        };
        let role = role.unwrap_or(BoundaryRole::Footprint);
        let of_file = self.of_file.entry(code.to_owned()).or_default();
        if of_file.boundaries.contains(&(role, in_force.from)) {
            row.find(
                Finding::error("site.boundary_twice")
                    .with("site_code", code)
                    .with("role", role.code()),
            );
            return None;
        }
        of_file.boundaries.push((role, in_force.from));
        let versions: Vec<_> = known
            .into_iter()
            .flat_map(|site| &site.boundaries)
            .filter(|boundary| boundary.role == role && boundary.known.is_known(self.now))
            .cloned()
            .collect();
        let today =
            in_force_at(&versions, self.today, self.now).and_then(|place| versions.get(place));
        let is_recorded = versions.iter().any(|version| {
            let same_day = in_force.from.is_none() || version.in_force.from == in_force.from;
            same_day && is_same(&version.ground, &ground)
        });
        if role == BoundaryRole::Footprint {
            self.find_overlaps(row, code, &ground);
        }
        if is_recorded {
            return Some(false);
        }
        // Without a day the new version takes the place of the one in force.
        let from = in_force
            .from
            .or_else(|| today.and_then(|version| version.in_force.from));
        let new = NewBoundary {
            role,
            ground: ground.clone(),
            in_force: InForce {
                from,
                to: in_force.to,
            },
            origin: row.origin(0, &["reason"]),
        };
        self.steps.push(Step::Boundary(site.clone(), new));
        Some(true)
    }

    /// The same ground in two sites is a finding.
    fn find_overlaps(&mut self, row: &mut Row, code: &str, ground: &Ground) {
        let Some(bbox) = ground.bbox() else { return };
        let mut shared: Vec<(String, f64)> = Vec::new();
        for place in self.sites.touching(bbox) {
            let Some(other) = other_code(&self.sites, place, code) else {
                continue;
            };
            // A site this file gives new ground is judged by that.
            if self
                .of_file
                .get(&other)
                .is_some_and(|site| !site.boundaries.is_empty())
            {
                continue;
            }
            let shared_m2 = intersection(ground, &self.sites.footprint(place)).area_m2();
            shared.push((other, shared_m2));
        }
        for (other, of_other) in self.new_footprints.touching(bbox) {
            if other != code {
                shared.push((other.clone(), intersection(ground, of_other).area_m2()));
            }
        }
        for (other, shared_m2) in shared.into_iter().filter(|(_, m2)| *m2 >= OVERLAP_M2) {
            row.find(
                Finding::warning("site.overlaps")
                    .with("site_code", other)
                    .with("area_m2", format!("{shared_m2:.1}")),
            );
        }
        self.new_footprints
            .add(Some(bbox), (code.to_owned(), ground.clone()));
    }
}

fn other_code(sites: &Sites, place: usize, code: &str) -> Option<String> {
    sites
        .all
        .get(place)
        .map(|site| site.code.clone())
        .filter(|other| other != code)
}
