//! On which site a feature lies.

use std::collections::HashMap;
use std::sync::Arc;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::domain::{BoundaryRole, Day, Instant, Site};
use crate::geometry::{BBox, Finding, Ground, intersection, union};
use crate::service::neighbours::ground_bbox;

use super::rows::Row;

/// The sites of the ledger by code, with their ground in force today, made when first asked for.
pub(super) struct Sites {
    /// All sites, by code.
    pub(super) all: Vec<Site>,
    places: HashMap<String, usize>,
    boxes: Boxes<usize>,
    footprints: HashMap<usize, Arc<Ground>>,
    today: Day,
    now: Instant,
}

impl Sites {
    /// The sites as they stand.
    pub(super) fn new(all: Vec<Site>, today: Day, now: Instant) -> Self {
        let places = all
            .iter()
            .enumerate()
            .map(|(place, s)| (s.code.clone(), place))
            .collect();
        let mut boxes = Boxes::default();
        for (place, site) in all.iter().enumerate() {
            boxes.add(ground_bbox(site), place);
        }
        Self {
            all,
            places,
            boxes,
            footprints: HashMap::new(),
            today,
            now,
        }
    }

    /// The place of a site by its code.
    pub(super) fn place_of(&self, code: &str) -> Option<usize> {
        self.places.get(code).copied()
    }

    /// A site's footprint in force today with its disturbances.
    pub(super) fn footprint(&mut self, place: usize) -> Arc<Ground> {
        if let Some(known) = self.footprints.get(&place) {
            return Arc::clone(known);
        }
        let site = self.all.get(place);
        let made = site.map_or_else(Ground::empty, |site| footprint(site, self.today, self.now));
        let made = Arc::new(made);
        self.footprints.insert(place, Arc::clone(&made));
        made
    }

    /// The places of other sites whose ground may meet a box.
    pub(super) fn touching(&self, bbox: BBox) -> Vec<usize> {
        let mut places: Vec<usize> = self.boxes.touching(bbox).copied().collect();
        places.sort_unstable();
        places
    }

    /// The site a feature belongs to: the one it names, else the one whose footprint holds most of
    /// it, which is a finding.
    pub(super) fn of(&mut self, row: &mut Row) -> Option<usize> {
        if let Some(code) = row.values.text("site_code").map(str::to_owned) {
            let place = self.place_of(&code);
            if place.is_none() {
                row.find(Finding::error("import.site_unknown").with("site_code", &code));
            }
            return place;
        }
        let Some(ground) = row.ground.clone() else {
            row.find(Finding::error("field.missing").with("field", "site_code"));
            return None;
        };
        let bbox = ground.bbox()?;
        let mut best: Option<(usize, f64)> = None;
        for place in self.touching(bbox) {
            let shared_m2 = intersection(&ground, &self.footprint(place)).area_m2();
            if shared_m2 > best.map_or(0.0, |(_, most)| most) {
                best = Some((place, shared_m2));
            }
        }
        let Some((place, shared_m2)) = best else {
            row.find(Finding::error("site.none_under_it"));
            return None;
        };
        let code = self
            .all
            .get(place)
            .map(|site| site.code.clone())
            .unwrap_or_default();
        let share = 100.0 * shared_m2 / ground.area_m2();
        row.find(
            Finding::warning("site.by_ground")
                .with("site_code", code)
                .with("share_pct", format!("{share:.1}")),
        );
        Some(place)
    }
}

/// A site's footprint in force on a day with its disturbances, as known at a moment.
fn footprint(site: &Site, day: Day, now: Instant) -> Ground {
    let footprints: Vec<_> = site
        .boundaries
        .iter()
        .filter(|boundary| boundary.role == BoundaryRole::Footprint)
        .cloned()
        .collect();
    let in_force = crate::domain::in_force_at(&footprints, day, now);
    let broken = site.disturbances.iter().filter(|disturbance| {
        disturbance.breaks_ground()
            && disturbance.valid_on <= day
            && disturbance.known.is_known(now)
    });
    let grounds: Vec<&Ground> = in_force
        .and_then(|place| footprints.get(place))
        .map(|boundary| &boundary.ground)
        .into_iter()
        .chain(broken.map(|disturbance| &disturbance.ground))
        .collect();
    union(&grounds)
}

/// Things by their box, added one by one.
pub(super) struct Boxes<T> {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, T>>,
}

impl<T> Default for Boxes<T> {
    fn default() -> Self {
        Self { tree: RTree::new() }
    }
}

impl<T> Boxes<T> {
    /// Adds a thing; one without a box is never found.
    pub(super) fn add(&mut self, bbox: Option<BBox>, thing: T) {
        if let Some(b) = bbox {
            let rectangle = Rectangle::from_corners([b.west, b.south], [b.east, b.north]);
            self.tree.insert(GeomWithData::new(rectangle, thing));
        }
    }

    /// The things whose boxes touch a box.
    pub(super) fn touching(&self, b: BBox) -> impl Iterator<Item = &T> {
        let envelope = AABB::from_corners([b.west, b.south], [b.east, b.north]);
        self.tree
            .locate_in_envelope_intersecting(&envelope)
            .map(|entry| &entry.data)
    }
}
