//! Vector tiles of the county: plain answers that need no server to be tested.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::tile_cache::TileCache;
use super::tile_index::TileIndex;
use crate::formats::mvt::MEDIA_TYPE;
use crate::geometry::{BBox, TileId};

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileLayer {
    /// Footprints of sites, and a label point each.
    Sites,
    /// Parcels.
    Parcels,
    /// Faces: pieces of ground that share one history of stages.
    Stages,
}

impl TileLayer {
    /// All layers.
    pub const ALL: [Self; 3] = [Self::Sites, Self::Parcels, Self::Stages];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Parcels => "parcels",
            Self::Stages => "stages",
        }
    }

    /// The layer of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.name() == name)
    }

    /// The zoom from which on it is drawn.
    #[must_use]
    pub const fn least_zoom(self) -> u8 {
        match self {
            Self::Sites => 0,
            Self::Parcels => 10,
            Self::Stages => 9,
        }
    }
}

/// Deepest zoom that tells more than the one before: a tile unit is 3 cm there.
pub const DEEPEST_TILE_ZOOM: u8 = 18;

/// A tile as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileResponse {
    /// The body, compressed with gzip.
    pub gzip: Arc<[u8]>,
    /// A strong entity tag, quotes included; it changes only when the tile does.
    pub etag: Arc<str>,
    /// The media type.
    pub content_type: &'static str,
}

/// The county's tiles, drawn when first asked for and kept while they hold.
#[derive(Debug)]
pub struct Tiles {
    index: RwLock<Arc<TileIndex>>,
    /// Empty tiles are kept too, as `None`.
    cache: Mutex<TileCache<(TileLayer, TileId), Option<TileResponse>>>,
}

impl Tiles {
    /// Tiles of an empty county, keeping up to `cache_bytes` of compressed bodies.
    #[must_use]
    pub fn new(cache_bytes: usize) -> Self {
        Self {
            index: RwLock::default(),
            cache: Mutex::new(TileCache::new(cache_bytes)),
        }
    }

    /// What is drawn now.
    #[must_use]
    pub fn index(&self) -> Arc<TileIndex> {
        // A poisoned lock held a whole index: it is only ever replaced, never changed.
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Draws another index from now on; only tiles that show something changed are forgotten.
    pub fn replace(&self, index: Arc<TileIndex>) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut current = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let changes = index.changes_since(&current);
        cache.retain(|(_, tile)| {
            let shown = tile.buffered_bbox();
            !changes.iter().any(|changed| changed.touches(&shown))
        });
        *current = index;
    }

    /// A tile that was drawn before and is kept, or that nothing is in it. Never waits: `None` also
    /// when another thread is at the cache.
    #[must_use]
    pub fn kept(&self, layer: TileLayer, tile: TileId) -> Option<Option<TileResponse>> {
        self.cache.try_lock().ok()?.get(&(layer, tile))
    }

    /// Forgets the tiles that show any of these boxes.
    pub(super) fn forget(&self, changes: &[BBox]) {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|(_, tile)| {
            let shown = tile.buffered_bbox();
            !changes.iter().any(|changed| changed.touches(&shown))
        });
    }

    /// A tile; `None` when nothing is in it.
    ///
    /// Draws when the tile is not kept: some milliseconds of computing, no waiting.
    #[must_use]
    pub fn tile(&self, layer: TileLayer, tile: TileId) -> Option<TileResponse> {
        let key = (layer, tile);
        if let Some(kept) = self
            .cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return kept;
        }
        let index = self.index();
        let drawn = index.encode(layer, tile).map(|bytes| response(&bytes));
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        // Drawn for an index that was replaced meanwhile, it must not be kept for the new one.
        if Arc::ptr_eq(&index, &self.index()) {
            let body_bytes = drawn
                .as_ref()
                .map_or(0, |tile| tile.gzip.len() + tile.etag.len());
            cache.insert(key, drawn.clone(), body_bytes);
        }
        drawn
    }

    /// What a map needs to know before it asks for tiles.
    ///
    /// `base` is the address that `/tiles/…` is below, for example `/api/v1`.
    #[must_use]
    pub fn tile_json(&self, layer: TileLayer, base: &str) -> TileJson {
        TileJson {
            name: layer.name(),
            tiles: vec![format!("{base}/tiles/{}/{{z}}/{{x}}/{{y}}", layer.name())],
            minzoom: layer.least_zoom(),
            maxzoom: DEEPEST_TILE_ZOOM,
            bounds: self.index().bbox(),
            vector_layers: vector_layers(layer),
        }
    }
}

/// The facts of a TileJSON 3.0 document.
#[derive(Clone, Debug, PartialEq)]
pub struct TileJson {
    /// The name of the tile set.
    pub name: &'static str,
    /// Addresses with `{z}`, `{x}` and `{y}`.
    pub tiles: Vec<String>,
    /// The zoom from which on there are tiles.
    pub minzoom: u8,
    /// The deepest zoom worth asking for.
    pub maxzoom: u8,
    /// The box of everything drawn, degrees; `None` when nothing is.
    pub bounds: Option<BBox>,
    /// The layers within the tiles.
    pub vector_layers: Vec<VectorLayerFacts>,
}

/// One layer within a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorLayerFacts {
    /// Its name in the tile.
    pub id: &'static str,
    /// What it shows.
    pub description: &'static str,
    /// Its properties and what they are.
    pub fields: &'static [(&'static str, &'static str)],
}

const SITE_FIELDS: &[(&str, &str)] = &[
    (
        "code",
        "site code; left out where a tile holds thousands of sites",
    ),
    (
        "name",
        "site name; left out where a tile holds thousands of sites",
    ),
    ("kind", "kind of site"),
    ("category", "category of site"),
    ("township", "township"),
];

fn vector_layers(layer: TileLayer) -> Vec<VectorLayerFacts> {
    match layer {
        TileLayer::Sites => vec![
            VectorLayerFacts {
                id: "sites",
                description: "footprints in force; the feature id is the site id",
                fields: SITE_FIELDS,
            },
            VectorLayerFacts {
                id: "site_points",
                description: "a point well inside each footprint; the feature id is the site id",
                fields: SITE_FIELDS,
            },
        ],
        TileLayer::Parcels => vec![VectorLayerFacts {
            id: "parcels",
            description: "parcels in force; the feature id is the parcel id",
            fields: &[
                ("parcel_no", "parcel number"),
                ("place_type", "place type"),
                ("site_code", "site code"),
            ],
        }],
        TileLayer::Stages => vec![VectorLayerFacts {
            id: "stages",
            description: "faces; the feature id is the key of the histories in /timeline/faces",
            fields: &[("site", "site id")],
        }],
    }
}

fn response(bytes: &[u8]) -> TileResponse {
    let mut etag = String::from("\"");
    for byte in Sha256::digest(bytes).iter().take(12) {
        // Writing to a string cannot fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    // Level 1: a tile is compressed once and is small; more effort saves little.
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    TileResponse {
        gzip: encoder.finish().unwrap_or_default().into(),
        etag: etag.into(),
        content_type: MEDIA_TYPE,
    }
}
