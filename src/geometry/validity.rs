//! The gate: whether rings from outside are ground, and what is wrong when they are not.
//!
//! | code | severity | meaning |
//! |---|---|---|
//! | `geometry.empty` | error | no polygon, or none with a vertex |
//! | `geometry.too_many_vertices` | error | more than the limit in one feature |
//! | `geometry.not_finite` | error | NaN or infinity |
//! | `geometry.out_of_range` | error | longitude beyond ±180° or latitude beyond ±90° |
//! | `geometry.too_wide` | error | wider or higher than a county; so is ground over the antimeridian |
//! | `geometry.near_pole` | error | beyond ±85°, where no map of ours reaches |
//! | `geometry.not_closed` | error | the last point of a ring is not its first |
//! | `geometry.too_few_points` | error | a ring of fewer than three different points |
//! | `geometry.duplicate_points` | notice | consecutive equal points; kept as they came |
//! | `geometry.zero_area` | error | a ring on one line, or smaller than 1 cm² |
//! | `geometry.duplicate_ring` | error | the same ring twice |
//! | `geometry.spike` | error | out to a vertex and back the same way |
//! | `geometry.self_intersects` | error | a ring crosses, follows or touches itself |
//! | `geometry.hole_outside` | error | a hole outside its shell, or across it |
//! | `geometry.holes_overlap` | error | holes that cross or lie in one another |
//! | `geometry.parts_overlap` | error | parts that cross, share an edge or lie in one another |
//! | `geometry.inside_cut` | error | holes that touch so that the inside falls apart |
//!
//! Rings may touch at single points (OGC 06-103r4, 6.1.11); a shared edge is an overlap. Either
//! winding is taken in. Surveyed vertices are kept: none is added, moved or dropped.

use std::collections::HashMap;

use geo::algorithm::kernels::Orientation;
use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::repair::{self, Repair};
use super::ring_set::{RingSet, RingSpan, rings_of, turn};
use super::simplicity::{Flaw, Survey, survey};
use super::{Finding, Ground, area};

/// What one feature may be at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Most vertices in a feature, closing points not counted.
    pub most_vertices: usize,
    /// Most degrees a feature may reach in longitude or latitude.
    pub most_degrees: f64,
    /// Most findings given for a feature.
    pub most_findings: usize,
}

impl Default for Limits {
    /// 200,000 vertices (the product's cap), 10 degrees (no county is wider), 20 findings.
    fn default() -> Self {
        Self {
            most_vertices: 200_000,
            most_degrees: 10.0,
            most_findings: 20,
        }
    }
}

/// What the gate says of a feature.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The ground, when no finding is an error.
    pub ground: Option<Ground>,
    /// What was found, in order of discovery.
    pub findings: Vec<Finding>,
    /// Sound ground near what came, proposed for a person to accept; never applied by itself.
    pub repair: Option<Repair>,
}

/// Latitude beyond which no web map reaches (its square ends at 85.05°), degrees.
const MAP_EDGE_LAT: f64 = 85.0;

/// A ring smaller than this is no ground, m²: 1 cm², the square of what a survey resolves.
const LEAST_RING_M2: f64 = 1e-4;

/// Checks a shape in lon/lat degrees (EPSG:4490) and gives ground, findings, and a repair.
///
/// `geo` closes rings when a polygon is built; where the file's own closing point matters, give the
/// rings to [`check_rings`].
///
/// The work is O(n log n) in the number of vertices, whatever the shape.
#[must_use]
pub fn check(shape: &MultiPolygon<f64>, limits: &Limits) -> Checked {
    let polygons: Vec<Vec<&[Coord<f64>]>> = shape
        .0
        .iter()
        .map(|polygon| rings_of(polygon).map(|ring| ring.0.as_slice()).collect())
        .collect();
    Check::new(&polygons, limits).run()
}

/// Checks polygons given as rings, shell first, as a file held them: unclosed rings are found.
#[must_use]
pub fn check_rings(polygons: &[Vec<LineString<f64>>], limits: &Limits) -> Checked {
    let polygons: Vec<Vec<&[Coord<f64>]>> = polygons
        .iter()
        .map(|rings| rings.iter().map(|ring| ring.0.as_slice()).collect())
        .collect();
    Check::new(&polygons, limits).run()
}

struct Check<'a> {
    polygons: &'a [Vec<&'a [Coord<f64>]>],
    limits: &'a Limits,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(polygons: &'a [Vec<&'a [Coord<f64>]>], limits: &'a Limits) -> Self {
        Self {
            polygons,
            limits,
            findings: Vec::new(),
        }
    }

    fn run(mut self) -> Checked {
        if !(self.has_sensible_size() && self.is_finite() && self.is_on_the_map()) {
            return Checked {
                ground: None,
                findings: self.findings,
                repair: None,
            };
        }
        let rings = self.sound_rings();
        let survey = survey(&rings, self.limits.most_findings);
        self.judge(&rings, &survey);
        if self.has_errors() {
            let repair = repair::propose(self.polygons);
            return Checked {
                ground: None,
                findings: self.findings,
                repair,
            };
        }
        let ground = self.ground(&survey);
        Checked {
            ground: Some(ground),
            findings: self.findings,
            repair: None,
        }
    }

    fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|f| f.severity == super::Severity::Error)
    }

    fn report(&mut self, finding: Finding) {
        if self.findings.len() < self.limits.most_findings {
            self.findings.push(finding);
        } else if finding.severity == super::Severity::Error && !self.has_errors() {
            // Notices never crowd out the reason for a refusal.
            self.findings.pop();
            self.findings.push(finding);
        }
    }

    /// Every ring with its polygon and number, from 0.
    fn rings(&self) -> impl Iterator<Item = (usize, usize, &'a [Coord<f64>])> + use<'a> {
        self.polygons
            .iter()
            .enumerate()
            .flat_map(|(polygon, rings)| {
                rings
                    .iter()
                    .enumerate()
                    .map(move |(number, ring)| (polygon, number, *ring))
            })
    }

    fn has_sensible_size(&mut self) -> bool {
        let vertices: usize = self.rings().map(|(_, _, ring)| open(ring).len()).sum();
        if vertices == 0 {
            self.report(Finding::error("geometry.empty"));
        } else if vertices > self.limits.most_vertices {
            let finding = Finding::error("geometry.too_many_vertices");
            let limit = self.limits.most_vertices;
            self.report(finding.with("vertices", vertices).with("limit", limit));
        } else {
            return true;
        }
        false
    }

    fn is_finite(&mut self) -> bool {
        let bad = self.rings().find_map(|(polygon, number, ring)| {
            let vertex = ring
                .iter()
                .position(|c| !(c.x.is_finite() && c.y.is_finite()))?;
            let finding = Finding::error("geometry.not_finite").with("vertex", vertex + 1);
            Some(on_ring(finding, polygon, number))
        });
        let is_finite = bad.is_none();
        if let Some(finding) = bad {
            self.report(finding);
        }
        is_finite
    }

    fn is_on_the_map(&mut self) -> bool {
        let all = || self.rings().flat_map(|(_, _, ring)| ring);
        let beyond = |lon: f64, lat: f64| all().find(|c| c.x.abs() > lon || c.y.abs() > lat);
        let finding = if let Some(c) = beyond(180.0, 90.0) {
            Finding::error("geometry.out_of_range").at(c.x, c.y)
        } else if let Some(c) = beyond(180.0, MAP_EDGE_LAT) {
            Finding::error("geometry.near_pole").at(c.x, c.y)
        } else {
            let span = |of: fn(&Coord<f64>) -> f64| {
                let (low, high) = all().map(of).fold((f64::MAX, f64::MIN), |(low, high), v| {
                    (low.min(v), high.max(v))
                });
                high - low
            };
            let degrees = span(|c| c.x).max(span(|c| c.y));
            if degrees <= self.limits.most_degrees {
                return true;
            }
            let limit = self.limits.most_degrees;
            Finding::error("geometry.too_wide")
                .with("degrees", degrees)
                .with("limit", limit)
        };
        self.report(finding);
        false
    }

    /// The rings that can be swept over, after what one ring can show by itself.
    fn sound_rings(&mut self) -> RingSet {
        let mut rings = RingSet::default();
        let mut seen = HashMap::new();
        for polygon in (0..self.polygons.len()).filter(|k| self.polygons[*k].is_empty()) {
            self.report(on_ring(
                Finding::error("geometry.too_few_points"),
                polygon,
                0,
            ));
        }
        for (polygon, number, ring) in self.rings() {
            let [first, .., last] = ring else {
                self.report(on_ring(
                    Finding::error("geometry.too_few_points"),
                    polygon,
                    number,
                ));
                continue;
            };
            let place = |code: &'static str| {
                on_ring(Finding::error(code).at(first.x, first.y), polygon, number)
            };
            if first != last {
                let gap = Finding::error("geometry.not_closed").at(last.x, last.y);
                self.report(on_ring(gap, polygon, number));
            }
            let points = self.without_duplicates(polygon, number, open(ring));
            if points.len() < 3 {
                self.report(place("geometry.too_few_points"));
            } else if is_on_one_line(&points) {
                self.report(place("geometry.zero_area"));
            } else if let Some((polygon, number)) =
                seen.insert(signature(&points), (polygon, number))
            {
                let finding = place("geometry.duplicate_ring");
                self.report(
                    finding
                        .with("other_part", polygon + 1)
                        .with("other_ring", number + 1),
                );
            } else {
                rings.push(polygon, number, &points);
            }
        }
        rings
    }

    fn without_duplicates(
        &mut self,
        polygon: usize,
        number: usize,
        ring: &[Coord<f64>],
    ) -> Vec<Coord<f64>> {
        let points = repair::distinct(ring);
        let again = ring.len() - points.len();
        if again > 0 {
            let twice = ring
                .windows(2)
                .find(|pair| pair[0] == pair[1])
                .map(|pair| pair[0]);
            let mut finding = Finding::notice("geometry.duplicate_points").with("points", again);
            if let Some(c) = twice.or_else(|| ring.first().copied()) {
                finding = finding.at(c.x, c.y);
            }
            self.report(on_ring(finding, polygon, number));
        }
        points
    }

    fn judge(&mut self, rings: &RingSet, survey: &Survey) {
        for flaw in &survey.flaws {
            self.report(named(rings, flaw));
        }
        if !self.has_errors() {
            self.judge_roles(rings, survey);
        }
        if !self.has_errors() {
            self.judge_sizes();
        }
    }

    /// Rings that meet nowhere but at points: is each where its role says?
    fn judge_roles(&mut self, rings: &RingSet, survey: &Survey) {
        for (ring, around) in rings.rings.iter().zip(&survey.around) {
            let around = around.map(|number| rings.rings[number]);
            let Some(code) = misplaced(*ring, around) else {
                continue;
            };
            let place = rings.points[ring.start];
            let finding = Finding::error(code).at(place.x, place.y);
            self.report(on_ring(finding, ring.polygon, ring.number));
        }
    }

    fn judge_sizes(&mut self) {
        for (polygon, number, ring) in self.rings() {
            let Some(first) = ring.first() else { continue };
            if area::ellipsoid_ring_m2(&LineString(ring.to_vec())).abs() < LEAST_RING_M2 {
                let finding = Finding::error("geometry.zero_area").at(first.x, first.y);
                self.report(on_ring(finding, polygon, number));
            }
        }
    }

    /// The rings as they came, turned where needed: shells counter-clockwise, holes clockwise.
    fn ground(&self, survey: &Survey) -> Ground {
        let mut runs = survey.counter_clockwise.iter();
        let shape = self
            .polygons
            .iter()
            .map(|rings| {
                let mut turned = rings.iter().enumerate().map(|(number, ring)| {
                    let mut points = ring.to_vec();
                    if runs.next().is_some_and(|ccw| *ccw != (number == 0)) {
                        points.reverse();
                    }
                    LineString(points)
                });
                let shell = turned.next().unwrap_or_else(|| LineString(Vec::new()));
                Polygon::new(shell, turned.collect())
            })
            .collect::<Vec<_>>();
        Ground::trusted(MultiPolygon::new(shape))
    }
}

fn on_ring(finding: Finding, polygon: usize, number: usize) -> Finding {
    finding.with("part", polygon + 1).with("ring", number + 1)
}

/// The ring without its closing point.
fn open(ring: &[Coord<f64>]) -> &[Coord<f64>] {
    match ring {
        [first, middle @ .., last] if first == last => &ring[..=middle.len()],
        _ => ring,
    }
}

fn is_on_one_line(points: &[Coord<f64>]) -> bool {
    let [a, b, rest @ ..] = points else {
        return true;
    };
    rest.iter()
        .all(|c| turn(*a, *b, *c) == Orientation::Collinear)
}

/// The same for rings of the same points in the same or the opposite order, from any start.
fn signature(points: &[Coord<f64>]) -> Vec<(u64, u64)> {
    let bits: Vec<(u64, u64)> = points
        .iter()
        .map(|c| ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits()))
        .collect();
    let start = (0..bits.len()).min_by_key(|k| bits[*k]).unwrap_or(0);
    let forward = || bits.iter().cycle().skip(start).take(bits.len());
    let backward = || {
        bits.iter()
            .rev()
            .cycle()
            .skip(bits.len() - 1 - start)
            .take(bits.len())
    };
    if forward().le(backward()) {
        forward().copied().collect()
    } else {
        backward().copied().collect()
    }
}

fn misplaced(ring: RingSpan, around: Option<RingSpan>) -> Option<&'static str> {
    match around {
        None if ring.is_shell() => None,
        Some(outer) if ring.is_shell() => {
            let is_in_a_hole_of_another = !outer.is_shell() && outer.polygon != ring.polygon;
            (!is_in_a_hole_of_another).then_some("geometry.parts_overlap")
        }
        Some(outer) if outer.polygon == ring.polygon => {
            (!outer.is_shell()).then_some("geometry.holes_overlap")
        }
        _ => Some("geometry.hole_outside"),
    }
}

fn named(rings: &RingSet, flaw: &Flaw) -> Finding {
    let (code, ring, at) = match *flaw {
        Flaw::Spike { ring, at } => ("geometry.spike", ring, at),
        Flaw::CutsInside { ring, at } => ("geometry.inside_cut", ring, at),
        Flaw::Meets {
            rings: (a, b),
            at,
            meeting,
        } => {
            let (ring, other) = (rings.rings[a], rings.rings[b]);
            let finding = on_ring(
                Finding::error(meeting_code(ring, other)),
                ring.polygon,
                ring.number,
            );
            return finding
                .at(at.x, at.y)
                .with("meeting", meeting.word())
                .with("other_part", other.polygon + 1)
                .with("other_ring", other.number + 1);
        }
    };
    let span = rings.rings[ring];
    on_ring(
        Finding::error(code).at(at.x, at.y),
        span.polygon,
        span.number,
    )
}

fn meeting_code(a: RingSpan, b: RingSpan) -> &'static str {
    if a.polygon != b.polygon {
        "geometry.parts_overlap"
    } else if a.number == b.number {
        "geometry.self_intersects"
    } else if a.is_shell() || b.is_shell() {
        "geometry.hole_outside"
    } else {
        "geometry.holes_overlap"
    }
}
