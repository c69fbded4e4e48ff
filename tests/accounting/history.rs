//! Generated county histories: plain descriptions in metres and steps, and the records they mean.
//!
//! Descriptions are small numbers so that a failing history shrinks to something a person can draw.
//! Corners lie on a 10 m grid (before turning), days and instants on few steps: shared edges,
//! repeated outlines and ties are common, as they are in a county's files.

use geo::{LineString, MultiPolygon, Polygon};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use qingshan::domain::{
    Boundary, BoundaryRole, Category, Claim, Day, Disturbance, Exemption, ExemptionReason, Grade,
    GradeRecord, InForce, Instant, Known, Mosaic, Obligation, ObligationTerms, Parcel, PlaceType,
    RecordId, Scope, Site, SiteKind, SiteTerms, Stage,
};
use qingshan::geometry::{Ground, Limits, check};

/// Where the plane metres of a description begin, degrees.
const ORIGIN: (f64, f64) = (113.2, 32.0);
/// Metres of a degree of longitude and of latitude at 32° N; only sizes depend on it.
pub const METRES_PER_DEGREE: (f64, f64) = (94_500.0, 110_900.0);
/// Days between two steps.
const STEP_DAYS: u64 = 8;
/// The last step of a history: some five months.
pub const LAST_STEP: u8 = 20;
/// The last step of recording; a question at this step knows everything.
pub const LAST_MOMENT: u8 = 8;

/// A shape around its south-west corner, metres; turned about that corner.
#[derive(Clone, Debug)]
pub enum Shape {
    Rectangle {
        east: i32,
        north: i32,
    },
    /// A rectangle without its north-eastern quarter.
    Ell {
        east: i32,
        north: i32,
    },
    /// Corners on an ellipse, with a hole of the same form when `hole_pct` is above 0.
    Convex {
        radius: i32,
        corners: u8,
        squash_pct: i32,
        hole_pct: i32,
    },
    /// Two rectangles apart.
    Pair {
        east: i32,
        north: i32,
        gap: i32,
    },
}

#[derive(Clone, Debug)]
pub struct Patch {
    pub x: i32,
    pub y: i32,
    pub turn_deg: i32,
    pub shape: Shape,
}

/// Ground of its own, or an outline of the same site used again: exactly, or some centimetres off.
#[derive(Clone, Debug)]
pub enum Place {
    Fresh(Patch),
    Like {
        earlier: usize,
        dx_cm: i32,
        dy_cm: i32,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct Knowing {
    pub recorded: u8,
    pub ended: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct Dated {
    pub place: Place,
    pub from: Option<u8>,
    pub to: Option<u8>,
    pub knowing: Knowing,
}

#[derive(Clone, Debug)]
pub struct ClaimSpec {
    pub place: Place,
    pub stage: u8,
    pub valid_on: u8,
    /// Grades above the first, with the steps after recording at which each was given.
    pub grades: Vec<(u8, u8)>,
    pub knowing: Knowing,
}

#[derive(Clone, Debug)]
pub struct DisturbanceSpec {
    pub place: Place,
    pub to_stage: u8,
    pub valid_on: u8,
    pub knowing: Knowing,
}

#[derive(Clone, Debug)]
pub struct TermsSpec {
    pub from: Option<u8>,
    pub category: Option<Category>,
    pub township: &'static str,
    pub knowing: Knowing,
}

#[derive(Clone, Debug)]
pub struct SiteSpec {
    pub terms: Vec<TermsSpec>,
    pub footprints: Vec<Dated>,
    pub permit: Option<Dated>,
    pub parcels: Vec<(PlaceType, Dated)>,
    pub claims: Vec<ClaimSpec>,
    pub disturbances: Vec<DisturbanceSpec>,
    pub exemptions: Vec<Dated>,
}

#[derive(Clone, Debug)]
pub struct ObligationSpec {
    pub required: u8,
    pub versions: Vec<VersionSpec>,
}

#[derive(Clone, Debug)]
pub struct VersionSpec {
    pub from: Option<u8>,
    pub due: u8,
    /// Places in the list of sites; empty asks for all.
    pub sites: Vec<usize>,
    pub categories: Vec<Category>,
    pub townships: Vec<&'static str>,
    pub place_types: Vec<PlaceType>,
    pub polygon: Option<Patch>,
    pub knowing: Knowing,
}

/// A county as it is drawn; [`History::county`] makes the records of it.
#[derive(Clone, Debug)]
pub struct History {
    pub codes: Vec<&'static str>,
    pub sites: Vec<SiteSpec>,
    pub obligations: Vec<ObligationSpec>,
}

/// The records of a history.
#[derive(Clone, Debug)]
pub struct County {
    pub sites: Vec<Site>,
    pub obligations: Vec<Obligation>,
}

impl County {
    /// Each site's mosaic, in the order of the sites.
    pub fn mosaics(&self) -> Vec<Mosaic> {
        self.sites.iter().map(|site| self.mosaic(site)).collect()
    }

    pub fn mosaic(&self, site: &Site) -> Mosaic {
        Mosaic::new(site, &self.lower(site), &self.obligations)
    }

    /// The sites of lower code, bytewise.
    pub fn lower(&self, site: &Site) -> Vec<&Site> {
        self.sites
            .iter()
            .filter(|other| other.code.as_bytes() < site.code.as_bytes())
            .collect()
    }
}

/// The day of a step; steps count from 2022-01-01.
pub fn day(step: u8) -> Day {
    day_number(u64::from(step) * STEP_DAYS)
}

/// A day by its number from 2022-01-01.
pub fn day_number(number: u64) -> Day {
    Day::from_ymd_opt(2022, 1, 1).unwrap() + chrono::Days::new(number)
}

/// The moment of a step of recording.
pub fn instant(step: u8) -> Instant {
    let base: Instant = "2022-06-01T00:00:00Z".parse().unwrap();
    base + chrono::Days::new(30 * u64::from(step))
}

// ---- drawing -----------------------------------------------------------------------------------

type Metres = (f64, f64);

fn outline(corners: &[Metres], patch: &Patch, shift: Metres) -> LineString<f64> {
    let (sin, cos) = f64::from(patch.turn_deg).to_radians().sin_cos();
    let mut ring: Vec<(f64, f64)> = corners
        .iter()
        .map(|(x, y)| {
            let east = f64::from(patch.x) + x * cos - y * sin + shift.0;
            let north = f64::from(patch.y) + x * sin + y * cos + shift.1;
            (
                ORIGIN.0 + east / METRES_PER_DEGREE.0,
                ORIGIN.1 + north / METRES_PER_DEGREE.1,
            )
        })
        .collect();
    ring.push(ring[0]);
    ring.into()
}

fn rectangle(west: i32, east: i32, north: i32) -> Vec<Metres> {
    let (w, e, n) = (f64::from(west), f64::from(east), f64::from(north));
    vec![(w, 0.0), (e, 0.0), (e, n), (w, n)]
}

fn ellipse(radius: i32, corners: u8, squash_pct: i32, scale: f64) -> Vec<Metres> {
    (0..corners)
        .map(|k| {
            let angle = std::f64::consts::TAU * f64::from(k) / f64::from(corners);
            let r = f64::from(radius);
            let (x, y) = (
                scale * angle.cos(),
                scale * angle.sin() * f64::from(squash_pct) / 100.0,
            );
            (r * (1.0 + x), r * (1.0 + y))
        })
        .collect()
}

/// The checked ground of a patch, moved by some metres.
pub fn ground(patch: &Patch, shift: Metres) -> Ground {
    let ring = |corners: &[Metres]| outline(corners, patch, shift);
    let polygons = match patch.shape {
        Shape::Rectangle { east, north } => vec![(rectangle(0, east, north), None)],
        Shape::Ell { east, north } => {
            let (e, n) = (f64::from(east), f64::from(north));
            let corners = vec![
                (0.0, 0.0),
                (e, 0.0),
                (e, n / 2.0),
                (e / 2.0, n / 2.0),
                (e / 2.0, n),
                (0.0, n),
            ];
            vec![(corners, None)]
        }
        Shape::Convex {
            radius,
            corners,
            squash_pct,
            hole_pct,
        } => {
            let hole = (hole_pct > 0)
                .then(|| ellipse(radius, corners, squash_pct, f64::from(hole_pct) / 100.0));
            vec![(ellipse(radius, corners, squash_pct, 1.0), hole)]
        }
        Shape::Pair { east, north, gap } => vec![
            (rectangle(0, east, north), None),
            (rectangle(east + gap, east + gap + east, north), None),
        ],
    };
    let shape: MultiPolygon<f64> = polygons
        .into_iter()
        .map(|(shell, hole)| Polygon::new(ring(&shell), hole.iter().map(|h| ring(h)).collect()))
        .collect();
    check(&shape, &Limits::default()).ground.unwrap()
}

/// Everything on one side of a line through a place near the sites.
///
/// No larger than it must be: the overlay's grid is coarser for boxes above some 20 km.
pub fn half_plane(through: (i32, i32), turn_deg: i32) -> Ground {
    let shape = Shape::Rectangle {
        east: 8_000,
        north: 8_000,
    };
    let (sin, cos) = f64::from(turn_deg).to_radians().sin_cos();
    // Half of the long side back, so that the line runs on either way.
    let back = (-4_000.0 * cos, -4_000.0 * sin);
    let patch = Patch {
        x: through.0,
        y: through.1,
        turn_deg,
        shape,
    };
    ground(&patch, back)
}

/// Draws the places of one site; a place may use an earlier outline again.
pub struct Pen {
    drawn: Vec<Patch>,
}

impl Pen {
    /// A pen that knows the outlines of a site's boundaries and claims.
    pub fn over(site: &SiteSpec) -> Self {
        let places = site
            .footprints
            .iter()
            .map(|f| &f.place)
            .chain(site.claims.iter().map(|c| &c.place));
        let drawn = places.filter_map(|place| match place {
            Place::Fresh(patch) => Some(patch.clone()),
            Place::Like { .. } => None,
        });
        Self {
            drawn: drawn.collect(),
        }
    }

    pub fn draw(&mut self, place: &Place) -> Ground {
        match place {
            Place::Fresh(patch) => {
                self.drawn.push(patch.clone());
                ground(patch, (0.0, 0.0))
            }
            Place::Like {
                earlier,
                dx_cm,
                dy_cm,
            } => {
                let shift = (f64::from(*dx_cm) / 100.0, f64::from(*dy_cm) / 100.0);
                match self.drawn.get(earlier % self.drawn.len().max(1)) {
                    Some(patch) => ground(patch, shift),
                    None => Ground::empty(),
                }
            }
        }
    }
}

fn known(knowing: Knowing) -> Known {
    Known {
        recorded_at: instant(knowing.recorded),
        ended_at: knowing.ended.map(|after| instant(knowing.recorded + after)),
    }
}

fn in_force(from: Option<u8>, to: Option<u8>) -> InForce {
    // A version that ends before it begins is refused at the door: `to` counts from `from`.
    let to = to.map(|after| day(from.unwrap_or(0) + after));
    InForce {
        from: from.map(day),
        to,
    }
}

impl History {
    /// The records of this history.
    pub fn county(&self) -> County {
        let mut next_id = 0;
        let sites = self
            .sites
            .iter()
            .zip(&self.codes)
            .map(|(spec, code)| site(spec, code, &mut next_id))
            .collect();
        let obligations = (1..)
            .zip(&self.obligations)
            .map(|(id, o)| self.obligation(id, o))
            .collect();
        County { sites, obligations }
    }

    fn obligation(&self, id: RecordId, spec: &ObligationSpec) -> Obligation {
        let terms = spec.versions.iter().map(|v| self.terms(v)).collect();
        Obligation {
            id,
            key: format!("o-{id}"),
            title_zh: String::new(),
            title_en: String::new(),
            item_no: None,
            measure_no: None,
            required_stage: Stage::of_number(spec.required).unwrap(),
            terms,
        }
    }

    fn terms(&self, version: &VersionSpec) -> ObligationTerms {
        let sites: std::collections::BTreeSet<&str> = version
            .sites
            .iter()
            .map(|place| self.codes[place % self.sites.len()])
            .collect();
        ObligationTerms {
            due_on: day(version.due),
            scope: Scope {
                sites: sites.into_iter().map(str::to_owned).collect(),
                kinds: vec![],
                categories: version.categories.clone(),
                townships: version.townships.iter().map(|t| (*t).to_owned()).collect(),
                liable: vec![],
                place_types: version.place_types.clone(),
                ground: version
                    .polygon
                    .as_ref()
                    .map(|patch| ground(patch, (0.0, 0.0))),
            },
            in_force: InForce {
                from: version.from.map(day),
                to: None,
            },
            known: known(version.knowing),
        }
    }
}

fn site(spec: &SiteSpec, code: &str, next_id: &mut RecordId) -> Site {
    let mut pen = Pen { drawn: vec![] };
    let mut id = || {
        *next_id += 1;
        *next_id
    };
    let roles = spec.footprints.iter().map(|d| (BoundaryRole::Footprint, d));
    let boundaries = roles
        .chain(spec.permit.iter().map(|d| (BoundaryRole::Permit, d)))
        .map(|(role, dated)| Boundary {
            id: id(),
            role,
            ground: pen.draw(&dated.place),
            in_force: in_force(dated.from, dated.to),
            known: known(dated.knowing),
        })
        .collect();
    let parcels = spec
        .parcels
        .iter()
        .map(|(place_type, dated)| Parcel {
            id: id(),
            parcel_no: String::new(),
            place_type: *place_type,
            ground: pen.draw(&dated.place),
            in_force: in_force(dated.from, dated.to),
            known: known(dated.knowing),
        })
        .collect();
    let claims = spec
        .claims
        .iter()
        .map(|c| claim(c, id(), pen.draw(&c.place)))
        .collect();
    let disturbances = spec
        .disturbances
        .iter()
        .map(|d| Disturbance {
            id: id(),
            ground: pen.draw(&d.place),
            to_stage: Stage::of_number(d.to_stage).unwrap(),
            valid_on: day(d.valid_on),
            known: known(d.knowing),
        })
        .collect();
    let exemptions = spec
        .exemptions
        .iter()
        .map(|dated| Exemption {
            id: id(),
            ground: pen.draw(&dated.place),
            reason: ExemptionReason::Other,
            in_force: in_force(dated.from, dated.to),
            known: known(dated.knowing),
        })
        .collect();
    Site {
        id: id(),
        code: code.to_owned(),
        kind: SiteKind::Quarry,
        terms: spec.terms.iter().map(terms_of_site).collect(),
        boundaries,
        parcels,
        claims,
        disturbances,
        exemptions,
    }
}

fn terms_of_site(spec: &TermsSpec) -> SiteTerms {
    SiteTerms {
        name: String::new(),
        category: spec.category,
        township: Some(spec.township.to_owned()),
        liable: None,
        licence_no: None,
        in_force: InForce {
            from: spec.from.map(day),
            to: None,
        },
        known: known(spec.knowing),
    }
}

fn claim(spec: &ClaimSpec, id: RecordId, ground: Ground) -> Claim {
    let mut grade = 1;
    let mut moment = spec.knowing.recorded;
    let mut grades = vec![];
    for (rise, after) in &spec.grades {
        grade = (grade + rise).min(4);
        moment += after;
        let record = GradeRecord {
            grade: Grade::of_number(grade).unwrap(),
            recorded_at: instant(moment),
        };
        grades.push(record);
    }
    Claim {
        id,
        ground,
        stage: Stage::of_number(spec.stage).unwrap(),
        valid_on: day(spec.valid_on),
        grades,
        known: known(spec.knowing),
    }
}

// ---- strategies --------------------------------------------------------------------------------

fn metres(range: std::ops::RangeInclusive<i32>) -> impl Strategy<Value = i32> + Clone {
    (range.start() / 10..=range.end() / 10).prop_map(|tens| tens * 10)
}

fn shape(least: i32, most: i32) -> impl Strategy<Value = Shape> + Clone {
    let side = metres(least..=most);
    prop_oneof![
        4 => (side.clone(), side.clone()).prop_map(|(east, north)| Shape::Rectangle { east, north }),
        1 => (side.clone(), side.clone()).prop_map(|(east, north)| Shape::Ell { east, north }),
        2 => (metres(least / 2..=most / 2), 3u8..9, 40i32..=100, prop_oneof![Just(0), 20i32..70])
            .prop_map(|(radius, corners, squash_pct, hole_pct)| {
                Shape::Convex { radius, corners, squash_pct, hole_pct }
            }),
        1 => (metres(least / 2..=most / 2), side, metres(10..=100))
            .prop_map(|(east, north, gap)| Shape::Pair { east, north, gap }),
    ]
}

fn patch(least: i32, most: i32, reach: i32) -> impl Strategy<Value = Patch> + Clone {
    let turn = prop_oneof![4 => Just(0), 1 => -20i32..=20, 1 => 1i32..360];
    (
        metres(-reach..=reach),
        metres(-reach..=reach),
        turn,
        shape(least, most),
    )
        .prop_map(|(x, y, turn_deg, shape)| Patch {
            x,
            y,
            turn_deg,
            shape,
        })
}

/// A place of an event: mostly its own outline, often an earlier one, sometimes off by centimetres.
pub fn place() -> impl Strategy<Value = Place> + Clone {
    prop_oneof![
        6 => patch(50, 600, 200).prop_map(Place::Fresh),
        2 => (0usize..8).prop_map(|earlier| Place::Like { earlier, dx_cm: 0, dy_cm: 0 }),
        1 => (0usize..8, -30i32..=30, -30i32..=30)
            .prop_map(|(earlier, dx_cm, dy_cm)| Place::Like { earlier, dx_cm, dy_cm }),
    ]
}

fn knowing() -> impl Strategy<Value = Knowing> + Clone {
    let ended = prop_oneof![6 => Just(None), 1 => (1u8..5).prop_map(Some)];
    let recorded = prop_oneof![2 => Just(0), 1 => 0..=LAST_MOMENT - 2];
    (recorded, ended).prop_map(|(recorded, ended)| Knowing { recorded, ended })
}

/// Known from the first and for ever: for what a history cannot do without.
fn always() -> impl Strategy<Value = Knowing> + Clone {
    prop_oneof![5 => Just(Knowing { recorded: 0, ended: None }), 1 => knowing()]
}

fn step() -> impl Strategy<Value = u8> + Clone {
    0..=LAST_STEP
}

fn dated(place: impl Strategy<Value = Place> + Clone) -> impl Strategy<Value = Dated> + Clone {
    let from = prop_oneof![Just(None), step().prop_map(Some)];
    let to = prop_oneof![2 => Just(None), 1 => (0u8..12).prop_map(Some)];
    (place, from, to, knowing()).prop_map(|(place, from, to, knowing)| Dated {
        place,
        from,
        to,
        knowing,
    })
}

fn footprint() -> impl Strategy<Value = Dated> + Clone {
    let from = prop_oneof![3 => Just(None), 1 => step().prop_map(Some)];
    let to = prop_oneof![6 => Just(None), 1 => (2u8..16).prop_map(Some)];
    (
        patch(200, 800, 150).prop_map(Place::Fresh),
        from,
        to,
        always(),
    )
        .prop_map(|(place, from, to, knowing)| Dated {
            place,
            from,
            to,
            knowing,
        })
}

pub fn claim_spec() -> impl Strategy<Value = ClaimSpec> + Clone {
    let accepted = Just(vec![(3, 0)]);
    let grades = prop_oneof![2 => accepted, 3 => prop::collection::vec((0u8..4, 0u8..3), 0..3)];
    let stage = prop_oneof![1u8..=6, 3u8..=4];
    (place(), stage, 0..=LAST_STEP * 3 / 4, grades, knowing()).prop_map(
        |(place, stage, valid_on, grades, knowing)| ClaimSpec {
            place,
            stage,
            valid_on,
            grades,
            knowing,
        },
    )
}

pub fn disturbance_spec() -> impl Strategy<Value = DisturbanceSpec> + Clone {
    let to_stage = prop_oneof![2 => Just(0u8), 1 => Just(3), 1 => 1u8..6];
    (place(), to_stage, step(), knowing()).prop_map(|(place, to_stage, valid_on, knowing)| {
        DisturbanceSpec {
            place,
            to_stage,
            valid_on,
            knowing,
        }
    })
}

const CATEGORIES: [Category; 2] = [Category::Active, Category::ClosedEnterprise];
const TOWNSHIPS: [&str; 2] = ["吴山", "万和"];

fn place_type() -> impl Strategy<Value = PlaceType> + Clone {
    select(&[PlaceType::Bench, PlaceType::Slope, PlaceType::Dump][..])
}

fn terms_spec() -> impl Strategy<Value = TermsSpec> + Clone {
    let from = prop_oneof![2 => Just(None), 1 => step().prop_map(Some)];
    (
        from,
        prop::option::weighted(0.8, select(&CATEGORIES[..])),
        select(&TOWNSHIPS[..]),
        always(),
    )
        .prop_map(|(from, category, township, knowing)| TermsSpec {
            from,
            category,
            township,
            knowing,
        })
}

fn site_spec() -> impl Strategy<Value = SiteSpec> + Clone {
    use prop::collection::vec;
    (
        vec(terms_spec(), 0..3),
        prop_oneof![5 => vec(footprint(), 1..3), 1 => vec(footprint(), 0..3)],
        prop::option::weighted(0.3, dated(place())),
        vec((place_type(), dated(place())), 0..4),
        vec(claim_spec(), 0..8),
        vec(disturbance_spec(), 0..4),
        vec(dated(place()), 0..3),
    )
        .prop_map(
            |(terms, footprints, permit, parcels, claims, disturbances, exemptions)| SiteSpec {
                terms,
                footprints,
                permit,
                parcels,
                claims,
                disturbances,
                exemptions,
            },
        )
}

fn version_spec() -> impl Strategy<Value = VersionSpec> + Clone {
    let from = prop_oneof![3 => Just(None), 1 => step().prop_map(Some)];
    let types = [PlaceType::Bench, PlaceType::Slope, PlaceType::Dump];
    let few =
        |all: [Category; 2]| prop_oneof![3 => Just(vec![]), 1 => subsequence(all.to_vec(), 1)];
    let townships = prop_oneof![5 => Just(vec![]), 1 => subsequence(TOWNSHIPS.to_vec(), 1..=2)];
    let types = prop_oneof![1 => Just(vec![]), 1 => subsequence(types.to_vec(), 1..=3)];
    let sites = prop_oneof![3 => Just(vec![]), 1 => prop::collection::vec(0usize..3, 1..3)];
    let polygon = prop::option::weighted(0.25, patch(300, 800, 300));
    (
        from,
        step(),
        sites,
        few(CATEGORIES),
        townships,
        types,
        polygon,
        always(),
    )
        .prop_map(
            |(from, due, sites, categories, townships, place_types, polygon, knowing)| {
                VersionSpec {
                    from,
                    due,
                    sites,
                    categories,
                    townships,
                    place_types,
                    polygon,
                    knowing,
                }
            },
        )
}

fn obligation_spec() -> impl Strategy<Value = ObligationSpec> + Clone {
    (1u8..=6, prop::collection::vec(version_spec(), 1..3))
        .prop_map(|(required, versions)| ObligationSpec { required, versions })
}

/// Histories of `sites` overlapping sites.
pub fn history_of(sites: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = History> {
    // Bytewise: A10 < A9 < B < a < 矿.
    let codes = Just(vec!["B", "a", "A9", "矿", "A10"]).prop_shuffle();
    let sites = prop::collection::vec(site_spec(), sites);
    (codes, sites, prop::collection::vec(obligation_spec(), 1..4)).prop_map(
        |(codes, sites, obligations)| History {
            codes,
            sites,
            obligations,
        },
    )
}

/// Histories of one to three sites.
pub fn history() -> impl Strategy<Value = History> {
    prop_oneof![4 => history_of(1..=1), 2 => history_of(2..=2), 1 => history_of(3..=3)]
}

/// A day of the history, on a step or between two, or a day before the first.
pub fn any_day() -> impl Strategy<Value = Day> + Clone {
    let last = u64::from(LAST_STEP) * STEP_DAYS + 10;
    let late = u64::from(LAST_STEP) * STEP_DAYS / 2;
    prop_oneof![2 => step().prop_map(day), 2 => (0..last).prop_map(day_number),
        2 => (late..last).prop_map(day_number)]
}

/// Any moment of knowledge; half of the time the last.
pub fn any_moment() -> impl Strategy<Value = Instant> + Clone {
    prop_oneof![2 => Just(LAST_MOMENT + 8), 1 => 0..=LAST_MOMENT].prop_map(instant)
}
