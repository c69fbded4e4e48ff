//! Which sites' ground may overlap which.

use std::collections::HashMap;

use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

use crate::domain::{BoundaryRole, Site};
use crate::geometry::BBox;

type Entry = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// The box of a site's footprints and disturbances, past ones too.
pub(super) fn ground_bbox(site: &Site) -> Option<BBox> {
    let footprints = site
        .boundaries
        .iter()
        .filter(|b| b.role == BoundaryRole::Footprint)
        .filter_map(|b| b.ground.bbox());
    let disturbances = site.disturbances.iter().filter_map(|d| d.ground.bbox());
    footprints.chain(disturbances).reduce(BBox::joined)
}

/// For each site, by place in the list, the places of the others whose boxes touch its own.
pub(super) fn neighbours(sites: &[&Site]) -> HashMap<usize, Vec<usize>> {
    let rectangle = |b: BBox| Rectangle::from_corners([b.west, b.south], [b.east, b.north]);
    let boxes: Vec<Option<BBox>> = sites.iter().map(|site| ground_bbox(site)).collect();
    let entries: Vec<Entry> = boxes
        .iter()
        .enumerate()
        .filter_map(|(place, bbox)| bbox.map(|b| Entry::new(rectangle(b), place)))
        .collect();
    let tree = RTree::bulk_load(entries);
    let mut found = HashMap::new();
    for (place, bbox) in boxes.iter().enumerate() {
        let Some(b) = bbox else { continue };
        let envelope = AABB::from_corners([b.west, b.south], [b.east, b.north]);
        let others: Vec<usize> = tree
            .locate_in_envelope_intersecting(&envelope)
            .map(|entry| entry.data)
            .filter(|other| *other != place)
            .collect();
        if !others.is_empty() {
            found.insert(place, others);
        }
    }
    found
}
