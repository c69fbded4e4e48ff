//! Vector tiles read back by a reader that shares nothing with the encoder.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test says what failed by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Arc;

use qingshan::domain::{BoundaryRole, Category, Grade, InForce, PlaceType, SiteKind, Stage};
use qingshan::geometry::tile::{TILE_UNITS, unit_square};
use qingshan::geometry::{
    Coord, Ground, Limits, LineString, MultiPolygon, Polygon, TileId, check, difference,
};
use qingshan::service::{
    CountyCache, CountyTiles, ParcelOnMap, SiteOnMap, TileIndex, TileLayer, Tiles, face_id, faces,
    write,
};
use qingshan::store::{Actor, Change, NewBoundary, NewClaim, NewGrade, NewSite, Origin, Store};

/// One feature of a decoded tile.
#[derive(Debug, Default)]
struct Decoded {
    id: u64,
    is_point: bool,
    rings: Vec<Vec<[i64; 2]>>,
    tags: BTreeMap<String, String>,
}

type DecodedTile = BTreeMap<String, Vec<Decoded>>;

/// The fields of a Protocol Buffers message: number, number or bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, u64, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        match key & 7 {
            0 => found.push((key >> 3, varint(&mut bytes), &[][..])),
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                let (content, rest) = bytes.split_at(length);
                found.push((key >> 3, 0, content));
                bytes = rest;
            }
            other => panic!("wire type {other}"),
        }
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    number
}

fn packed(mut bytes: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes));
    }
    numbers
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn decode(gzip: &[u8]) -> DecodedTile {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzip)
        .read_to_end(&mut bytes)
        .unwrap();
    decode_plain(&bytes)
}

fn decode_plain(bytes: &[u8]) -> DecodedTile {
    let layers = fields(bytes).into_iter().map(|(number, _, layer)| {
        assert_eq!(number, 3);
        let layer = fields(layer);
        let of = |wanted| layer.iter().filter(move |(number, ..)| *number == wanted);
        assert_eq!(of(15).next().unwrap().1, 2);
        assert_eq!(of(5).next().unwrap().1, 4096);
        let keys: Vec<String> = of(3).map(|(_, _, key)| text(key)).collect();
        let values: Vec<String> = of(4)
            .map(|(_, _, value)| match fields(value).as_slice() {
                [(1, _, content)] => text(content),
                [(4, number, _)] => number.to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        let features = of(2)
            .map(|(_, _, feature)| feature_of(feature, &keys, &values))
            .collect();
        (text(of(1).next().unwrap().2), features)
    });
    layers.collect()
}

fn feature_of(bytes: &[u8], keys: &[String], values: &[String]) -> Decoded {
    let mut feature = Decoded::default();
    for (number, value, content) in fields(bytes) {
        match number {
            1 => feature.id = value,
            2 => {
                for pair in packed(content).chunks(2) {
                    let at = |place: u64| usize::try_from(place).unwrap();
                    feature
                        .tags
                        .insert(keys[at(pair[0])].clone(), values[at(pair[1])].clone());
                }
            }
            3 => feature.is_point = value == 1,
            4 => feature.rings = rings(&packed(content)),
            other => panic!("field {other}"),
        }
    }
    feature
}

fn rings(commands: &[u64]) -> Vec<Vec<[i64; 2]>> {
    let mut rings: Vec<Vec<[i64; 2]>> = Vec::new();
    let mut at = [0_i64, 0];
    let mut left = commands.iter();
    while let Some(command) = left.next() {
        match (command & 7, command >> 3) {
            (7, _) => {}
            (kind @ (1 | 2), times) => {
                for _ in 0..times {
                    let mut step = || {
                        let raw = i64::try_from(*left.next().unwrap()).unwrap();
                        (raw >> 1) ^ -(raw & 1)
                    };
                    at = [at[0] + step(), at[1] + step()];
                    if kind == 1 {
                        rings.push(Vec::new());
                    }
                    rings.last_mut().unwrap().push(at);
                }
            }
            other => panic!("command {other:?}"),
        }
    }
    rings
}

fn ground(rings: Vec<Vec<(f64, f64)>>) -> Ground {
    let mut rings = rings.into_iter().map(|ring| {
        LineString(
            ring.into_iter()
                .map(|(x, y)| Coord { x, y })
                .collect::<Vec<_>>(),
        )
    });
    let shell = rings.next().unwrap();
    let shape = MultiPolygon::new(vec![Polygon::new(shell, rings.collect())]);
    check(&shape, &Limits::default()).ground.unwrap()
}

/// A round quarry with uneven rim.
fn quarry(lon: f64, lat: f64, radius: f64, vertices: u32) -> Ground {
    let rim = (0..vertices).map(|k| {
        let turn = f64::from(k) / f64::from(vertices) * std::f64::consts::TAU;
        let r = radius * (1.0 + 0.2 * (5.0 * turn).sin() + 0.05 * (17.0 * turn).cos());
        (lon + r * turn.cos(), lat + r * turn.sin())
    });
    ground(vec![rim.collect()])
}

fn site(id: i64, lon: f64, lat: f64, radius: f64, vertices: u32) -> SiteOnMap {
    let footprint = quarry(lon, lat, radius, vertices);
    let core = quarry(lon, lat, radius / 2.0, vertices);
    SiteOnMap {
        id,
        code: format!("SX-{id:05}"),
        name: format!("{id}号采石场"),
        kind: SiteKind::Quarry,
        category: Some(Category::LegacyGovernment),
        township: Some("万和镇".to_owned()),
        parcels: vec![ParcelOnMap {
            id: id + 1_000_000,
            parcel_no: format!("T-{id}"),
            place_type: PlaceType::Bench,
            ground: core.clone(),
        }],
        faces: vec![difference(&footprint, &core), core],
        footprint,
    }
}

/// A hundred sites in rows, 1 to 3 km across.
fn hundred_sites() -> Vec<SiteOnMap> {
    (0..100_i32)
        .map(|k| {
            let (lon, lat) = (
                113.0 + f64::from(k % 10) * 0.05,
                31.8 + f64::from(k / 10) * 0.04,
            );
            site(
                i64::from(k) + 1,
                lon,
                lat,
                0.006 + 0.0001 * f64::from(k),
                200,
            )
        })
        .collect()
}

fn tiles_of(sites: &[SiteOnMap]) -> Tiles {
    let tiles = Tiles::new(64 << 20);
    tiles.replace(Arc::new(TileIndex::new(1, sites)));
    tiles
}

fn in_units(tile: TileId, c: Coord<f64>) -> [f64; 2] {
    let p = unit_square(c.x, c.y);
    let across = f64::from(1_u32 << tile.z());
    let units = f64::from(TILE_UNITS);
    [
        (p.x * across - f64::from(tile.x())) * units,
        (p.y * across - f64::from(tile.y())) * units,
    ]
}

fn outline(tile: TileId, ground: &Ground) -> Vec<Vec<[f64; 2]>> {
    let polygons = &ground.shape().0;
    let rings = polygons
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings
        .map(|ring| ring.0.iter().map(|c| in_units(tile, *c)).collect())
        .collect()
}

fn distance(p: [f64; 2], rings: &[Vec<[f64; 2]>]) -> f64 {
    let to_edge = |a: [f64; 2], b: [f64; 2]| {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length2 = (dx * dx + dy * dy).max(1e-300);
        let t = (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2).clamp(0.0, 1.0);
        (p[0] - a[0] - t * dx).hypot(p[1] - a[1] - t * dy)
    };
    let edges = rings
        .iter()
        .flat_map(|ring| (0..ring.len()).map(move |k| (ring[k], ring[(k + 1) % ring.len()])));
    edges
        .map(|(a, b)| to_edge(a, b))
        .fold(f64::INFINITY, f64::min)
}

fn is_inside(p: [f64; 2]) -> bool {
    p.iter().all(|v| (0.0..=f64::from(TILE_UNITS)).contains(v))
}

#[test]
fn every_piece_is_in_every_tile_it_reaches_within_one_unit_of_its_place() {
    let sites = hundred_sites();
    let tiles = tiles_of(&sites);
    let mut compared = 0;
    for z in [9_u8, 11, 12, 14, 16] {
        let tile = TileId::holding(113.15, 31.95, z).unwrap();
        let Some(response) = tiles.tile(TileLayer::Stages, tile) else {
            panic!("z{z} is empty")
        };
        let decoded = decode(&response.gzip);
        let by_id: BTreeMap<u64, &Decoded> = decoded["stages"]
            .iter()
            .map(|feature| (feature.id, feature))
            .collect();
        assert_eq!(by_id.len(), decoded["stages"].len(), "ids are unique");
        for site in &sites {
            for (number, face) in site.faces.iter().enumerate() {
                let source = outline(tile, face);
                let reaches = source.iter().flatten().any(|p| is_inside(*p));
                let Some(feature) = by_id.get(&face_id(site.id, number)) else {
                    assert!(!reaches, "z{z} site {} face {number} is missing", site.id);
                    continue;
                };
                assert_eq!(feature.tags["site"], site.id.to_string());
                let drawn: Vec<Vec<[f64; 2]>> = feature
                    .rings
                    .iter()
                    .map(|ring| ring.iter().map(|p| p.map(|v| v as f64)).collect())
                    .collect();
                for p in drawn.iter().flatten().filter(|p| is_inside(**p)) {
                    assert!(
                        distance(*p, &source) <= 1.0,
                        "z{z} {p:?} drawn off its place"
                    );
                    compared += 1;
                }
                for p in source.iter().flatten().filter(|p| is_inside(**p)) {
                    assert!(distance(*p, &drawn) <= 1.0, "z{z} {p:?} cut off");
                }
            }
        }
    }
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn shells_turn_clockwise_and_holes_against_it() {
    let tiles = tiles_of(&hundred_sites()[..1]);
    let tile = TileId::holding(113.0, 31.8, 12).unwrap();
    let decoded = decode(&tiles.tile(TileLayer::Stages, tile).unwrap().gzip);
    let areas: Vec<Vec<i64>> = decoded["stages"]
        .iter()
        .map(|f| {
            f.rings
                .iter()
                .map(|ring| {
                    let next = ring.iter().cycle().skip(1);
                    ring.iter()
                        .zip(next)
                        .map(|(a, b)| a[0] * b[1] - b[0] * a[1])
                        .sum()
                })
                .collect()
        })
        .collect();
    assert_eq!(areas.len(), 2);
    assert!(
        areas[0].len() == 2 && areas[0][0] > 0 && areas[0][1] < 0,
        "{areas:?}"
    );
    assert!(areas[1].len() == 1 && areas[1][0] > 0, "{areas:?}");
}

#[test]
fn sites_and_their_points_carry_the_same_ids_and_properties() {
    let sites = hundred_sites();
    let tiles = tiles_of(&sites);
    let tile = TileId::holding(113.2, 31.95, 4).unwrap();
    let decoded = decode(&tiles.tile(TileLayer::Sites, tile).unwrap().gzip);
    let ids = |layer: &str| -> BTreeSet<u64> { decoded[layer].iter().map(|f| f.id).collect() };
    assert_eq!(ids("sites"), (1..=100).collect());
    assert_eq!(ids("site_points"), (1..=100).collect());
    assert!(decoded["site_points"].iter().all(|f| f.is_point));
    let seventh = decoded["site_points"].iter().find(|f| f.id == 7).unwrap();
    let expected = [
        ("category", "legacy_government"),
        ("code", "SX-00007"),
        ("kind", "quarry"),
        ("name", "7号采石场"),
        ("township", "万和镇"),
    ];
    let tags: Vec<(&str, &str)> = seventh
        .tags
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(tags, expected);
    let parcel_tile = TileId::holding(113.0, 31.8, 10).unwrap();
    let parcels = decode(&tiles.tile(TileLayer::Parcels, parcel_tile).unwrap().gzip);
    let first = parcels["parcels"]
        .iter()
        .find(|f| f.id == 1_000_001)
        .unwrap();
    assert_eq!(first.tags["parcel_no"], "T-1");
    assert_eq!(first.tags["place_type"], "bench");
    assert_eq!(first.tags["site_code"], "SX-00001");
}

#[test]
fn nothing_is_drawn_elsewhere_or_above_the_first_zoom_of_a_layer() {
    let tiles = tiles_of(&hundred_sites());
    let far = TileId::holding(100.0, 31.8, 12).unwrap();
    for layer in TileLayer::ALL {
        assert_eq!(tiles.tile(layer, far), None);
    }
    let at = |z| TileId::holding(113.0, 31.8, z).unwrap();
    assert_eq!(tiles.tile(TileLayer::Parcels, at(9)), None);
    assert!(tiles.tile(TileLayer::Parcels, at(10)).is_some());
    assert_eq!(tiles.tile(TileLayer::Stages, at(8)), None);
    assert!(tiles.tile(TileLayer::Stages, at(9)).is_some());
    assert!(tiles.tile(TileLayer::Sites, at(0)).is_some());
}

#[test]
fn a_county_of_five_thousand_sites_stays_under_500_kb_at_every_zoom() {
    let sites: Vec<SiteOnMap> = (0..5_000_i32)
        .map(|k| {
            let (lon, lat) = (
                112.8 + f64::from(k % 80) * 0.012,
                31.6 + f64::from(k / 80) * 0.012,
            );
            site(i64::from(k) + 1, lon, lat, 0.0045, 24)
        })
        .collect();
    let tiles = tiles_of(&sites);
    for z in 0..=14 {
        let tile = TileId::holding(113.2, 32.0, z).unwrap();
        for layer in TileLayer::ALL
            .into_iter()
            .filter(|layer| layer.least_zoom() <= z)
        {
            let response = tiles.tile(layer, tile).unwrap();
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(&*response.gzip)
                .read_to_end(&mut bytes)
                .unwrap();
            assert!(
                bytes.len() < 500_000,
                "{layer:?} z{z}: {} bytes",
                bytes.len()
            );
            assert!(!decode_plain(&bytes).is_empty());
        }
    }
    // Where they can be told apart, all are there.
    let tile = TileId::holding(113.2, 32.0, 11).unwrap();
    let decoded = decode(&tiles.tile(TileLayer::Sites, tile).unwrap().gzip);
    let inside = sites
        .iter()
        .filter(|site| {
            outline(tile, &site.footprint)
                .iter()
                .flatten()
                .any(|p| is_inside(*p))
        })
        .map(|site| u64::try_from(site.id).unwrap());
    let drawn: BTreeSet<u64> = decoded["sites"].iter().map(|f| f.id).collect();
    let missing: Vec<u64> = inside.filter(|id| !drawn.contains(id)).collect();
    assert_eq!(missing, Vec::<u64>::new());
}

#[test]
fn an_edit_changes_the_tag_of_its_own_tiles_only() {
    let mut sites = hundred_sites();
    let tiles = tiles_of(&sites);
    let (here, there) = (
        TileId::holding(113.0, 31.8, 13).unwrap(),
        TileId::holding(113.45, 32.16, 13).unwrap(),
    );
    let tag = |tile| tiles.tile(TileLayer::Sites, tile).unwrap().etag;
    let (here_before, there_before) = (tag(here), tag(there));
    assert_eq!(tag(here), here_before, "asked for again");
    sites[0] = site(1, 113.0, 31.8, 0.004, 200);
    tiles.replace(Arc::new(tiles.index().updated(2, &sites[..1], &[])));
    assert_eq!(tiles.index().revision(), 2);
    assert_ne!(tag(here), here_before);
    assert_eq!(tag(there), there_before);
    tiles.replace(Arc::new(tiles.index().updated(3, &[], &[1])));
    let left = decode(
        &tiles
            .tile(TileLayer::Sites, TileId::holding(113.0, 31.8, 8).unwrap())
            .unwrap()
            .gzip,
    );
    assert!(left["sites"].iter().all(|f| f.id != 1));
}

#[test]
fn tile_json_names_address_zooms_and_layers() {
    let tiles = tiles_of(&hundred_sites());
    let json = tiles.tile_json(TileLayer::Sites, "/api/v1");
    assert_eq!(json.tiles, ["/api/v1/tiles/sites/{z}/{x}/{y}"]);
    assert_eq!((json.minzoom, json.maxzoom), (0, 18));
    let names: Vec<&str> = json.vector_layers.iter().map(|layer| layer.id).collect();
    assert_eq!(names, ["sites", "site_points"]);
    let bounds = json.bounds.unwrap();
    assert!(bounds.west < 113.0 && bounds.east > 113.45 && bounds.south < 31.8);
    assert_eq!(Tiles::new(0).tile_json(TileLayer::Stages, "").bounds, None);
}

fn boxed(lon: f64, lat: f64, side: f64) -> Ground {
    ground(vec![vec![
        (lon, lat),
        (lon + side, lat),
        (lon + side, lat + side),
        (lon, lat + side),
    ]])
}

/// Two sites of a square kilometre, 14 km apart.
fn store_of_two(directory: &std::path::Path) -> Store {
    let store = Store::open(directory).unwrap();
    write(&store, &Actor("cli:test".into()), |tx| {
        for (code, lon) in [("A", 113.0), ("B", 113.15)] {
            let code = code.to_owned();
            let site = NewSite {
                code,
                kind: SiteKind::Quarry,
                synthetic: true,
            };
            let id = tx.add_site(&site)?;
            let boundary = NewBoundary {
                role: BoundaryRole::Footprint,
                ground: boxed(lon, 32.0, 0.01),
                in_force: InForce::default(),
                origin: Origin::default(),
            };
            tx.add_boundary(id, &boundary)?;
        }
        Ok(((), change()))
    })
    .unwrap();
    store
}

fn change() -> Change {
    Change {
        action: "test.tiles",
        subject: "A".into(),
        payload: serde_json::json!({}),
    }
}

fn add_claim(store: &Store, site_id: i64) {
    write(store, &Actor("cli:test".into()), move |tx| {
        let grade = NewGrade {
            grade: Grade::Reported,
            person: "张三".into(),
            reason: None,
        };
        let claim = NewClaim {
            ground: boxed(113.002, 32.002, 0.004),
            stage: Stage::Clear,
            valid_on: "2024-01-01".parse().unwrap(),
            grade,
            origin: Origin::default(),
        };
        tx.add_claim(site_id, &claim)?;
        Ok(((), change()))
    })
    .unwrap();
}

#[test]
fn a_claim_shows_in_the_tiles_of_its_site_and_in_no_others() {
    let directory = tempfile::tempdir().unwrap();
    let cache = CountyCache::new(store_of_two(directory.path()));
    let tiles = CountyTiles::new(1 << 20);
    let today = "2024-06-30".parse().unwrap();
    let tile = |layer, lon, z| {
        let county = cache.current().unwrap();
        let id = TileId::holding(lon, 32.005, z).unwrap();
        tiles.tile(&county, today, layer, id).unwrap()
    };
    let ids = |lon, z| -> BTreeSet<u64> {
        decode(&tile(TileLayer::Stages, lon, z).gzip)["stages"]
            .iter()
            .map(|f| f.id)
            .collect()
    };
    let tag = |layer, lon| tile(layer, lon, 13).etag;
    let before = cache.current().unwrap();
    let site_id = before.site("A").unwrap().site.id;
    assert_eq!(ids(113.005, 13), BTreeSet::from([face_id(site_id, 0)]));
    assert_eq!(ids(113.005, 9).len(), 2, "both sites");
    let (here, there) = (
        tag(TileLayer::Stages, 113.005),
        tag(TileLayer::Stages, 113.155),
    );
    let outlines = tag(TileLayer::Sites, 113.005);

    add_claim(cache.store(), site_id);
    assert_ne!(tag(TileLayer::Stages, 113.005), here);
    assert_eq!(tag(TileLayer::Stages, 113.155), there);
    assert_eq!(
        tag(TileLayer::Sites, 113.005),
        outlines,
        "its footprint is what it was"
    );
    let histories = faces(&cache.current().unwrap(), Grade::Reported);
    let known: BTreeSet<u64> = histories.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        ids(113.005, 9),
        known,
        "a tile drawn before the claim is drawn again"
    );
    assert_eq!(known.len(), 3);
    // A reader that still holds the county of before the claim gets what is drawn now.
    let id = TileId::holding(113.005, 32.005, 13).unwrap();
    let late = tiles.tile(&before, today, TileLayer::Stages, id).unwrap();
    assert_eq!(late, tile(TileLayer::Stages, 113.005, 13));
}
