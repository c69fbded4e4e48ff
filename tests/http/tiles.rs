//! `/tiles`

use std::collections::HashSet;
use std::io::Read as _;

use qingshan::geometry::TileId;
use qingshan::http::{App, Bounds};
use qingshan::service::TileLayer;

use crate::county::{demo_county, demo_store};
use crate::served::{clock, get, get_json, get_with, send};

/// The tiles of a zoom that hold the middle of each site.
fn tiles_of_sites(z: u8) -> Vec<TileId> {
    let county = demo_county();
    let boxes = county
        .sites
        .iter()
        .filter_map(|s| s.site.boundaries.first()?.ground.bbox());
    let middle = |b: qingshan::geometry::BBox| {
        TileId::holding(
            f64::midpoint(b.west, b.east),
            f64::midpoint(b.south, b.north),
            z,
        )
    };
    let tiles: HashSet<TileId> = boxes.filter_map(middle).collect();
    tiles.into_iter().collect()
}

fn path(layer: TileLayer, tile: TileId) -> String {
    format!(
        "/tiles/{}/{}/{}/{}",
        layer.name(),
        tile.z(),
        tile.x(),
        tile.y()
    )
}

fn unpacked(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzip)
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// Reads a tile without any library: ids of the features of a layer of this name.
fn feature_ids(tile: &[u8], layer_name: &str) -> Vec<u64> {
    let mut ids = Vec::new();
    for (field, layer) in fields(tile)
        .into_iter()
        .filter_map(|(f, v)| Some((f, v.ok()?)))
    {
        let parts = fields(layer);
        let is_it = parts
            .iter()
            .any(|(f, v)| *f == 1 && *v == Ok(layer_name.as_bytes()));
        if field != 3 || !is_it {
            continue;
        }
        for feature in parts
            .iter()
            .filter(|(f, _)| *f == 2)
            .filter_map(|(_, v)| v.ok())
        {
            ids.extend(
                fields(feature)
                    .iter()
                    .filter(|(f, _)| *f == 1)
                    .filter_map(|(_, v)| v.err()),
            );
        }
    }
    ids
}

/// The fields of a protocol buffer message: number, and bytes or a number.
fn fields(mut message: &[u8]) -> Vec<(u64, Result<&[u8], u64>)> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let value = varint(&mut message);
        found.push((
            key >> 3,
            match key & 7 {
                0 => Err(value),
                2 => {
                    let (bytes, rest) = message.split_at(usize::try_from(value).unwrap());
                    message = rest;
                    Ok(bytes)
                }
                other => panic!("a tile of ours has no wire type {other} at this level"),
            },
        ));
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}

#[tokio::test]
async fn every_site_with_ground_has_its_point_and_outline() {
    let sites = get_json("/api/v1/sites").await;
    let with_ground: HashSet<u64> = sites["sites"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["footprint_m2"].as_f64().unwrap() > 0.0)
        .map(|s| s["id"].as_u64().unwrap())
        .collect();
    let (mut points, mut outlines) = (HashSet::new(), HashSet::new());
    for tile in tiles_of_sites(12) {
        let answer = get_with(
            &path(TileLayer::Sites, tile),
            &[("accept-encoding", "gzip")],
        )
        .await;
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!(
            answer.header("content-type"),
            "application/vnd.mapbox-vector-tile"
        );
        assert_eq!(answer.header("content-encoding"), "gzip");
        let bytes = unpacked(&answer.body);
        points.extend(feature_ids(&bytes, "site_points"));
        outlines.extend(feature_ids(&bytes, "sites"));
    }
    assert_eq!(points, with_ground);
    assert_eq!(outlines, with_ground);
}

#[tokio::test]
async fn every_face_on_the_map_has_its_history() {
    let faces = get_json("/api/v1/timeline/faces?grade=1").await;
    let known: HashSet<u64> = faces["faces"]
        .as_object()
        .unwrap()
        .keys()
        .map(|id| id.parse().unwrap())
        .collect();
    let mut shown = HashSet::new();
    for tile in tiles_of_sites(15) {
        let answer = get_with(
            &path(TileLayer::Stages, tile),
            &[("accept-encoding", "gzip")],
        )
        .await;
        if answer.status.as_u16() == 200 {
            shown.extend(feature_ids(&unpacked(&answer.body), "stages"));
        }
    }
    assert!(shown.len() > 50, "{}", shown.len());
    let strangers: Vec<_> = shown.difference(&known).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

#[tokio::test]
async fn a_tile_is_sent_once_and_in_the_encoding_asked_for() {
    let tile = tiles_of_sites(12)[0];
    let path = path(TileLayer::Parcels, tile);
    let packed = get_with(&path, &[("accept-encoding", "gzip")]).await;
    let plain = get_with(&path, &[("accept-encoding", "identity")]).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(&*plain.body, unpacked(&packed.body));
    assert!(packed.header("vary").contains("accept-encoding"));
    let etag = packed.header("etag").to_owned();
    let again = get_with(
        &path,
        &[("accept-encoding", "gzip"), ("if-none-match", &etag)],
    )
    .await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let strong = etag.trim_start_matches("W/").to_owned();
    assert_eq!(
        get_with(&path, &[("if-none-match", &strong)])
            .await
            .status
            .as_u16(),
        304
    );
    assert_eq!(
        get_with(&path, &[("if-none-match", "\"other\"")])
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn where_nothing_is_there_is_nothing() {
    for path in [
        "/tiles/sites/12/0/0",
        "/tiles/parcels/0/0/0",
        "/tiles/stages/8/208/103",
    ] {
        let answer = get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.len()),
            (204, 0),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_no_tile_is_refused() {
    for path in [
        "/tiles/sites/19/0/0",
        "/tiles/sites/1/2/0",
        "/tiles/sites/1/0/-1",
        "/tiles/sites/a/b/c",
        "/tiles/sites/00/0/0",
        "/tiles/sites/1/0/0.mvt",
        "/tiles/sites/%2e%2e/0/0",
        "/tiles/sites/99999999999999999999/0/0",
    ] {
        let detail = get(path).await.problem(404, "tile.unknown_tile");
        assert!(detail.contains("18"), "{detail}");
    }
    for path in [
        "/tiles/roads/1/0/0",
        "/tiles/..%2f..%2fetc/1/0/0",
        "/tiles/roads",
        "/tiles/%00",
    ] {
        let detail = get(path).await.problem(404, "tile.unknown_layer");
        assert!(detail.contains("stages"), "{detail}");
    }
    for path in [
        "/tiles/sites/1/0",
        "/tiles/sites/1/0/0/0",
        "/tiles/../Cargo.toml",
    ] {
        get(path).await.problem(404, "route.unknown");
    }
    get("/tiles/sites/1/0/0?v=2")
        .await
        .problem(400, "query.unknown_parameter");
}

#[tokio::test]
async fn tilejson_leads_a_map_to_the_tiles() {
    for (layer, layers, minzoom) in [
        ("sites", vec!["sites", "site_points"], 0),
        ("parcels", vec!["parcels"], 10),
        ("stages", vec!["stages"], 9),
    ] {
        let json = get_json(&format!("/tiles/{layer}")).await;
        assert_eq!(json["tilejson"], "3.0.0");
        assert_eq!(
            json["tiles"][0],
            format!("/tiles/{layer}/{{z}}/{{x}}/{{y}}")
        );
        assert_eq!(
            (&json["minzoom"], &json["maxzoom"]),
            (&minzoom.into(), &18.into())
        );
        let named = json["vector_layers"].as_array().unwrap();
        assert_eq!(
            named
                .iter()
                .map(|l| l["id"].as_str().unwrap())
                .collect::<Vec<_>>(),
            layers
        );
        assert!(named[0]["fields"].is_object());
        let west = json["bounds"][0].as_f64().unwrap();
        assert!((113.0..113.4).contains(&west), "{west}");
    }
}

#[tokio::test]
async fn a_tile_is_drawn_once_and_kept() {
    let bounds = Bounds {
        tiles_behind: std::time::Duration::from_secs(3600),
        ..Bounds::default()
    };
    let app = App::with(demo_store(), clock(), bounds);
    let ask = |path: String| {
        let request = axum::http::Request::get(path)
            .header("accept-encoding", "gzip")
            .body(axum::body::Body::empty())
            .unwrap();
        send(qingshan::http::router(app.clone()), request)
    };
    for path in [
        path(TileLayer::Sites, tiles_of_sites(12)[0]),
        "/tiles/parcels/12/0/0".to_owned(),
    ] {
        let drawn = ask(path.clone()).await;
        let kept = ask(path).await;
        assert_eq!((drawn.status, drawn.body), (kept.status, kept.body));
        assert_eq!(drawn.headers.get("etag"), kept.headers.get("etag"));
    }
    let metrics = ask("/metrics".to_owned()).await;
    for line in [
        "qingshan_tiles_total{layer=\"sites\",how=\"drawn\"} 1",
        "qingshan_tiles_total{layer=\"sites\",how=\"kept\"} 1",
        "qingshan_tiles_total{layer=\"parcels\",how=\"drawn\"} 1",
        "qingshan_tiles_total{layer=\"parcels\",how=\"kept\"} 1",
    ] {
        assert!(metrics.text().contains(line), "{line}: {}", metrics.text());
    }
}
