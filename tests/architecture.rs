//! The direction of imports and who owns which library, read off the sources.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may import from.
const ROOMS: [(&str, &[&str]); 8] = [
    ("geometry", &[]),
    ("domain", &["geometry"]),
    ("formats", &["geometry", "domain"]),
    ("store", &["geometry", "domain"]),
    ("service", &["geometry", "domain", "formats", "store"]),
    (
        "jobs",
        &["geometry", "domain", "formats", "store", "service"],
    ),
    (
        "http",
        &["geometry", "domain", "formats", "store", "service", "jobs"],
    ),
    (
        "cli",
        &[
            "geometry", "domain", "formats", "store", "service", "jobs", "http",
        ],
    ),
];

/// Libraries and the only rooms that may name them.
const OWNED: [(&str, &[&str]); 15] = [
    ("rusqlite", &["store", "formats/geopackage"]),
    ("gdal", &["formats"]),
    ("gdal_sys", &["formats"]),
    ("geojson", &["formats"]),
    ("image", &["formats"]),
    ("calamine", &["formats"]),
    ("rust_xlsxwriter", &["formats"]),
    ("zip", &["formats"]),
    ("axum", &["http"]),
    ("tower_http", &["http"]),
    ("i_overlay", &["geometry"]),
    ("geographiclib_rs", &["geometry"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("tokio", &["http", "jobs", "cli"]),
];

struct Source {
    /// Path below `src`, without the extension.
    place: String,
    room: String,
    /// The text without comments and string literals' contents left as they are.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 50, "the sources were not found");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap().with_extension("");
            let place = below.to_str().unwrap().replace('\\', "/");
            let room = place.split('/').next().unwrap().to_owned();
            let code = without_comments(&fs::read_to_string(&path).unwrap());
            found.push(Source { place, room, code });
        }
    }
}

fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| line.find("//").map_or(line, |start| &line[..start]))
        .collect::<Vec<_>>()
        .join("\n")
}

fn names_room(code: &str, room: &str) -> bool {
    code.contains(&format!("crate::{room}::")) || code.contains(&format!("crate::{room};"))
}

#[test]
fn imports_follow_the_one_direction() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            continue;
        };
        for (room, _) in ROOMS {
            let is_own = room == source.room;
            if !is_own && !allowed.contains(&room) && names_room(&source.code, room) {
                broken.push(format!("{} imports from {room}", source.place));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_room_is_listed() {
    for source in sources() {
        let is_listed = ROOMS.iter().any(|(room, _)| *room == source.room);
        assert!(
            is_listed || matches!(source.room.as_str(), "lib" | "main"),
            "{}",
            source.place
        );
    }
}

#[test]
fn each_library_stays_in_its_room() {
    let mut broken = Vec::new();
    for source in sources() {
        for (library, owners) in OWNED {
            let is_named = source.code.contains(&format!("{library}::"))
                && source
                    .code
                    .split(&format!("{library}::"))
                    .zip(source.code.split(&format!("{library}::")).skip(1))
                    .any(|(before, _)| {
                        !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                    });
            let is_owner = owners.iter().any(|owner| source.place.starts_with(owner));
            if is_named && !is_owner {
                broken.push(format!("{} names {library}", source.place));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn sql_is_written_in_the_store_only() {
    const VERBS: [&str; 6] = [
        "\"select ",
        "\"insert into ",
        "\"update ",
        "\"delete from ",
        "\"create table ",
        "\"pragma ",
    ];
    let mut broken = Vec::new();
    for source in sources() {
        // A GeoPackage that comes in is looked at as the SQLite file it is before GDAL opens it.
        if source.room == "store" || source.place == "formats/geopackage" {
            continue;
        }
        let lower = source.code.to_lowercase();
        for verb in VERBS {
            if lower.contains(verb) {
                broken.push(format!("{} holds SQL: {verb}…", source.place));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_rules_know_no_serde() {
    for source in sources() {
        if matches!(source.room.as_str(), "domain" | "geometry") {
            assert!(
                !source.code.contains("serde"),
                "{} names serde",
                source.place
            );
            assert!(!source.code.contains("async "), "{} is async", source.place);
        }
    }
}

#[test]
fn only_the_demo_sets_the_clock() {
    for source in sources() {
        let sets_it = source.code.contains("write_with_set_clock");
        let may = source.place == "service/demo" || source.place == "store/writer";
        assert!(!sets_it || may, "{} writes with a set clock", source.place);
    }
}
