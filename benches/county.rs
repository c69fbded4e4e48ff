//! How the county's figures cost and grow: 1,000, 10,000 and 50,000 sites of 1 to 8 claims each.
//!
//! `cargo bench --bench county` prints one line per measurement: the best of several, in
//! milliseconds, with the ratio to the smallest county, so that a noisy machine shows itself in all
//! columns alike. `cargo bench --bench county -- 1000` measures only that size.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench prints, and stops on failure"
)]

use std::time::{Duration, Instant};

use qingshan::domain::{
    BoundaryRole, By, Category, Day, Grade, InForce, Mosaic, Question, Scope, SiteKind, Stage,
    Timeline,
};
use qingshan::geometry::{Ground, MultiPolygon, Polygon, TileId};
use qingshan::service::{
    County, CountyCache, CountyTiles, ServiceError, TileLayer, rebuild_timelines, remaining, write,
};
use qingshan::store::{
    Actor, Change, NewBoundary, NewClaim, NewGrade, NewObligation, NewSite, NewTerms, Origin,
    Store, WriteTx,
};
use rayon::prelude::*;

/// A small generator of our own, so that the same county comes out everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        // Constants of Knuth's MMIX generator.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "53 bits of a generator")]
        let unit = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        unit
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// A rounded outline of 60 corners, radius about `metres`.
fn outline(numbers: &mut Numbers, lon: f64, lat: f64, metres: f64) -> Ground {
    const CORNERS: u32 = 60;
    let phases: Vec<f64> = (0..4)
        .map(|_| numbers.between(0.0, std::f64::consts::TAU))
        .collect();
    let mut ring: Vec<(f64, f64)> = (0..CORNERS)
        .map(|corner| {
            let angle = f64::from(corner) / f64::from(CORNERS) * std::f64::consts::TAU;
            let wobble: f64 = phases
                .iter()
                .zip([2.0f64, 3.0, 5.0, 7.0])
                .map(|(phase, waves)| (angle * waves + phase).sin() * 0.12 / waves.sqrt())
                .sum();
            let radius = metres * (1.0 + wobble);
            (
                lon + radius * angle.cos() / 94_500.0,
                lat + radius * angle.sin() / 111_000.0,
            )
        })
        .collect();
    ring.extend(ring.first().copied());
    Ground::reread(MultiPolygon(vec![Polygon::new(ring.into(), vec![])])).unwrap()
}

fn actor() -> Actor {
    Actor("bench".into())
}

fn change(action: &'static str) -> Change {
    Change {
        action,
        subject: "bench".into(),
        payload: serde_json::json!({}),
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A patch of a site's ground that reached a stage on some day of 2022 to 2025.
fn patch(numbers: &mut Numbers, lon: f64, lat: f64) -> NewClaim {
    let stage = Stage::of_number(1 + (numbers.next() * 4.0) as u8).unwrap();
    let grade = Grade::of_number(1 + (numbers.next() * 4.0) as u8).unwrap();
    let (east, north) = (
        numbers.between(-150.0, 150.0),
        numbers.between(-150.0, 150.0),
    );
    NewClaim {
        ground: outline(
            numbers,
            lon + east / 94_500.0,
            lat + north / 111_000.0,
            120.0,
        ),
        stage,
        valid_on: day("2022-01-01") + chrono::Days::new((numbers.next() * 1400.0) as u64),
        grade: NewGrade {
            grade,
            person: "bench".into(),
            reason: None,
        },
        origin: Origin::default(),
    }
}

fn fill(store: &Store, sites: u32) {
    store
        .write(&actor(), move |tx| {
            let mut numbers = Numbers(7);
            let columns = f64::from(sites).sqrt().ceil() as u32;
            for number in 0..sites {
                // About 700 m apart, so that a few neighbours overlap.
                let lon = 112.7 + f64::from(number % columns) * 0.0075;
                let lat = 31.3 + f64::from(number / columns) * 0.0063;
                add_site(tx, &mut numbers, number, lon, lat)?;
            }
            add_obligations(tx)?;
            Ok::<_, ServiceError>(((), change("bench.fill")))
        })
        .unwrap();
}

fn add_site(
    tx: &WriteTx<'_>,
    numbers: &mut Numbers,
    number: u32,
    lon: f64,
    lat: f64,
) -> Result<(), ServiceError> {
    let code = format!("B-{number:06}");
    let site = NewSite {
        code: code.clone(),
        kind: SiteKind::Quarry,
        synthetic: true,
    };
    let id = tx.add_site(&site)?;
    tx.add_terms(
        id,
        &NewTerms {
            name: code,
            category: Some(Category::ALL[(number % 6) as usize]),
            township: Some(format!("T{}", number % 19)),
            liable: None,
            licence_no: None,
            in_force: InForce::default(),
            origin: Origin::default(),
        },
    )?;
    let radius = numbers.between(120.0, 300.0);
    tx.add_boundary(
        id,
        &NewBoundary {
            role: BoundaryRole::Footprint,
            ground: outline(numbers, lon, lat, radius),
            in_force: InForce::default(),
            origin: Origin::default(),
        },
    )?;
    for _ in 0..=(numbers.next() * 8.0) as u32 {
        tx.add_claim(id, &patch(numbers, lon, lat))?;
    }
    Ok(())
}

fn add_obligations(tx: &WriteTx<'_>) -> Result<(), ServiceError> {
    for (key, stage, due) in [
        ("a", Stage::Regreen, "2022-12-31"),
        ("b", Stage::Released, "2025-12-31"),
    ] {
        tx.add_obligation(&NewObligation {
            key: key.into(),
            title_zh: key.into(),
            title_en: key.into(),
            item_no: None,
            measure_no: None,
            required_stage: stage,
            due_on: day(due),
            scope: Scope::default(),
            source_zh: String::new(),
            source_en: String::new(),
        })?;
    }
    Ok(())
}

fn best(times: usize, mut work: impl FnMut()) -> Duration {
    (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// Resident memory in MB, and the load average: what else the machine was doing.
fn machine() -> (f64, String) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    (
        kilobytes / 1024.0,
        load.split(' ').next().unwrap_or_default().to_owned(),
    )
}

struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
}

fn note(figures: &mut Vec<Figure>, what: &'static str, taken: Duration) {
    figures.push(Figure {
        what,
        value: taken.as_secs_f64() * 1e3,
        unit: "ms",
    });
}

fn question(by: By) -> Question {
    Question {
        as_of: day("2024-06-30"),
        known_at: chrono::Utc::now(),
        grade: Grade::Accepted,
        by,
    }
}

fn measure(sites: u32) -> Vec<Figure> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut figures = Vec::new();
    note(
        &mut figures,
        "records written, one commit",
        best(1, || fill(&store, sites)),
    );
    let rebuilt = best(1, || rebuild_timelines(&store, &actor()).unwrap());
    note(
        &mut figures,
        "full recomputation from the file, kept",
        rebuilt,
    );
    let cache = CountyCache::new(store.clone());
    let read = best(1, || drop(cache.current().unwrap()));
    note(&mut figures, "county read into memory", read);
    note(
        &mut figures,
        "full recomputation in memory",
        recomputed(&cache, sites),
    );
    let county = cache.current().unwrap();
    let total = best(10, || drop(remaining(&county, question(By::Obligation))));
    note(&mut figures, "total and obligations for a date", total);
    let townships = best(5, || drop(remaining(&county, question(By::Township))));
    note(&mut figures, "rows by township for a date", townships);
    drawn(&mut figures, &county);
    drop(county);
    let added = claim_added(&store, &cache, sites);
    note(
        &mut figures,
        "one claim added until every total shows it",
        added,
    );
    let (resident_mb, _) = machine();
    figures.push(Figure {
        what: "resident memory",
        value: resident_mb,
        unit: "MB",
    });
    figures
}

/// Tiles of the middle of the county, each drawn once; those of stages cut the faces of their sites.
fn drawn(figures: &mut Vec<Figure>, county: &County) {
    let tiles = CountyTiles::new(64 << 20);
    let today = day("2024-06-30");
    let at = &county.sites[county.sites.len() / 2].site.boundaries[0].ground;
    let middle = at.bbox().unwrap();
    let tile = |layer, z| {
        let id = TileId::holding(middle.west, middle.south, z).unwrap();
        let start = Instant::now();
        let bytes = tiles
            .tile(county, today, layer, id)
            .map_or(0, |tile| tile.gzip.len());
        (start.elapsed(), bytes)
    };
    // The county has no parcels, so this makes the shapes and draws nothing.
    note(
        figures,
        "shapes of every site",
        tile(TileLayer::Parcels, 10).0,
    );
    for (what, z) in [
        ("tile of sites z8", 8),
        ("tile of sites z11", 11),
        ("tile of sites z14", 14),
    ] {
        note(figures, what, tile(TileLayer::Sites, z).0);
    }
    let (again, bytes) = tile(TileLayer::Sites, 8);
    note(figures, "tile of sites z8 again", again);
    #[expect(clippy::cast_precision_loss, reason = "tiles are small")]
    let kilobytes = bytes as f64 / 1e3;
    figures.push(Figure {
        what: "tile of sites z8, compressed",
        value: kilobytes,
        unit: "kB",
    });
    for (what, z) in [("tile of stages z14", 14), ("tile of stages z11", 11)] {
        note(figures, what, tile(TileLayer::Stages, z).0);
    }
}

/// Every face cut and measured, every figure folded, on both cores.
fn recomputed(cache: &CountyCache, sites: u32) -> Duration {
    let county = cache.current().unwrap();
    best(if sites > 5_000 { 1 } else { 3 }, || {
        let steps = (0..county.sites.len())
            .into_par_iter()
            .map(|place| {
                let site = &county.sites[place].site;
                let mosaic = Mosaic::new(site, &county.lower_sites(place), &county.obligations);
                let known_at = county.recorded_until;
                Timeline::new(site, &mosaic, &county.obligations, known_at)
                    .steps
                    .len()
            })
            .sum::<usize>();
        std::hint::black_box(steps);
    })
}

fn claim_added(store: &Store, cache: &CountyCache, sites: u32) -> Duration {
    let mut numbers = Numbers(99);
    (0..5)
        .map(|_| {
            let place = (numbers.next() * f64::from(sites)) as usize;
            let county = cache.current().unwrap();
            let site = &county.sites[place].site;
            let at = site.boundaries[0].ground.bbox().unwrap();
            let id = site.id;
            let (lon, lat) = (
                f64::midpoint(at.west, at.east),
                f64::midpoint(at.south, at.north),
            );
            let claim = patch(&mut numbers, lon, lat);
            drop(county);
            best(1, || {
                let claim = claim.clone();
                write(store, &actor(), move |tx| {
                    tx.add_claim(id, &claim)?;
                    Ok(((), change("bench.claim")))
                })
                .unwrap();
                let county = cache.current().unwrap();
                std::hint::black_box(remaining(&county, question(By::Obligation)));
            })
        })
        .min()
        .unwrap_or_default()
}

fn main() {
    let asked: Vec<u32> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let sizes = if asked.is_empty() {
        vec![1_000, 10_000, 50_000]
    } else {
        asked
    };
    let mut base: Vec<f64> = Vec::new();
    for sites in sizes {
        let (_, load) = machine();
        println!("\n{sites} sites (load average {load})");
        let figures = measure(sites);
        if base.is_empty() {
            base = figures.iter().map(|figure| figure.value).collect();
        }
        for (figure, base) in figures.iter().zip(&base) {
            let Figure { what, value, unit } = figure;
            println!(
                "{what:<46} {value:>12.2} {unit:<4} ×{:.1}",
                value / base.max(1e-9)
            );
        }
    }
}
