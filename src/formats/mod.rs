//! Bytes or files to values and back; the only room that knows `gdal`, GeoJSON, DBF, KML or xlsx.
//!
//! Reading starts at [`vector::read`]. Whatever the file claims, its format is decided here by its
//! content and its extension together, archives are unpacked here, and GDAL only ever sees a
//! private copy with a plain name, through the one driver that was decided on.

pub mod crs;
pub mod limits;
pub mod source;
pub mod vector;

mod archive;
mod collector;
pub mod crs_candidates;
mod engine;
mod geojson_text;
mod geopackage;
mod intake;
mod ogr_layer;
mod rings;
mod shapefile;
mod sniff;
mod text_encoding;
mod wkb;
