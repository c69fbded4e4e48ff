//! One use case per file: decide, call the domain, one transaction.

mod bridge;
mod county;
mod county_tiles;
mod demo;
mod doctor;
mod error;
mod faces;
pub mod import;
mod ledger;
pub mod messages;
mod neighbours;
mod obligation;
mod remaining;
mod scope_file;
mod tile_cache;
mod tile_index;
mod tile_shapes;
mod tiles;
mod verify;

pub use bridge::{BridgeQuestion, bridge};
pub use county::{County, CountyCache, SiteState};
pub use county_tiles::CountyTiles;
pub use demo::fill_demo;
pub use doctor::{Check, examine};
pub use error::ServiceError;
pub use faces::{FaceHistory, face_id, faces};
pub use ledger::write;
pub use obligation::{ObligationEntry, add_obligation, add_seed_obligations, list_obligations};
pub use remaining::{CountyDay, county_series, remaining, site_areas, site_rows, SiteAreas};
pub use scope_file::read_scope_ground;
pub use tile_index::TileIndex;
pub use tile_shapes::{ParcelOnMap, SiteOnMap, footprint_on};
pub use tiles::{DEEPEST_TILE_ZOOM, TileJson, TileLayer, TileResponse, Tiles, VectorLayerFacts};
pub use verify::{Verification, rebuild_timelines, verify};
