//! Slivers: parts of remaining ground too small to be anybody's work.

use crate::geometry::{Face, Ground, SLIVER_M2, parts, union};

/// A part below this is not asked for its neighbours: it cannot change any figure that is shown.
const SPECK_M2: f64 = 1e-4;

/// A part of a face below 1 m², with the parts it shares an edge with.
#[derive(Clone, Debug)]
pub(super) struct SmallPart {
    face: usize,
    area_m2: f64,
    /// Faces of which a part of at least 1 m² adjoins.
    large_neighbours: Vec<usize>,
    /// Other small parts that adjoin, by place in the list.
    small_neighbours: Vec<usize>,
}

struct Part {
    face: usize,
    ground: Ground,
    area_m2: f64,
}

/// All parts below 1 m² of an arrangement, with their neighbours.
pub(super) fn small_parts(faces: &[Face]) -> Vec<SmallPart> {
    let parts: Vec<Part> = faces
        .iter()
        .enumerate()
        .flat_map(|(face, of)| {
            parts(&of.ground).into_iter().map(move |ground| {
                let area_m2 = ground.area_m2();
                Part {
                    face,
                    ground,
                    area_m2,
                }
            })
        })
        .collect();
    // Specks have no say in any figure that is shown, so nobody asks for their neighbours; there may
    // be very many of them where records nearly coincide.
    let asked: Vec<(usize, &Part)> = parts
        .iter()
        .filter(|part| part.area_m2 < SLIVER_M2)
        .enumerate()
        .filter(|(_, part)| part.area_m2 >= SPECK_M2)
        .collect();
    let mut small: Vec<SmallPart> = parts
        .iter()
        .filter(|part| part.area_m2 < SLIVER_M2)
        .map(SmallPart::alone)
        .collect();
    for (place, part) in &asked {
        let Some(found) = small.get_mut(*place) else {
            continue;
        };
        found.large_neighbours = parts
            .iter()
            .filter(|other| other.area_m2 >= SLIVER_M2 && adjoin(part, other))
            .map(|other| other.face)
            .collect();
        found.small_neighbours = asked
            .iter()
            .filter(|(other, of)| other != place && adjoin(part, of))
            .map(|(other, _)| *other)
            .collect();
    }
    small
}

impl SmallPart {
    fn alone(part: &Part) -> Self {
        Self {
            face: part.face,
            area_m2: part.area_m2,
            large_neighbours: Vec::new(),
            small_neighbours: Vec::new(),
        }
    }
}

/// Whether two parts share an edge: together they are one part.
fn adjoin(a: &Part, b: &Part) -> bool {
    // Two cells of the overlay grid, so that rounding does not part neighbours.
    const REACH_DEGREES: f64 = 2e-10;
    let (Some(of_a), Some(of_b)) = (a.ground.bbox(), b.ground.bbox()) else {
        return false;
    };
    of_a.widened(REACH_DEGREES).touches(&of_b)
        && union(&[&a.ground, &b.ground]).shape().0.len() == 1
}

/// The area in m² of the parts below 1 m² of the ground that `is_left` leaves.
pub(super) fn sliver_m2(small: &[SmallPart], is_left: impl Fn(usize) -> bool) -> f64 {
    let mut seen = vec![false; small.len()];
    let mut total_m2 = 0.0;
    for start in 0..small.len() {
        let Some(component) = component(small, start, &mut seen, &is_left) else {
            continue;
        };
        if !component.is_joined && component.area_m2 < SLIVER_M2 {
            total_m2 += component.area_m2;
        }
    }
    total_m2
}

struct Component {
    area_m2: f64,
    /// Whether it adjoins a part of at least 1 m² that is left as well.
    is_joined: bool,
}

fn component(
    small: &[SmallPart],
    start: usize,
    seen: &mut [bool],
    is_left: &impl Fn(usize) -> bool,
) -> Option<Component> {
    let mut found = Component {
        area_m2: 0.0,
        is_joined: false,
    };
    let mut open = vec![start];
    let mut any = false;
    while let Some(place) = open.pop() {
        let (Some(part), Some(mark)) = (small.get(place), seen.get_mut(place)) else {
            continue;
        };
        if *mark || !is_left(part.face) {
            continue;
        }
        *mark = true;
        any = true;
        found.area_m2 += part.area_m2;
        found.is_joined |= part.large_neighbours.iter().any(|face| is_left(*face));
        open.extend(&part.small_neighbours);
    }
    any.then_some(found)
}
