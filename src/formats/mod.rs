//! Bytes or files to values and back; the only room that knows `gdal`, GeoJSON, DBF, KML or xlsx.
//!
//! Reading starts at [`vector::read`]. Whatever the file claims, its format is decided here by its
//! content and its extension together, archives are unpacked here, and GDAL only ever sees a
//! private copy with a plain name, through the one driver that was decided on.
//!
//! Writing starts at [`write()`]: a file is made whole beside its place, then moved there.

pub mod crs;
pub mod demo_text;
pub mod figures_json;
pub mod layer;
pub mod limits;
pub mod mvt;
pub mod source;
pub mod vector;

mod archive;
mod collector;
pub mod crs_candidates;
mod crs_identify;
mod dxf;
mod engine;
mod file_gdb;
mod geojson_numbers;
mod geojson_text;
mod geopackage;
mod intake;
mod kml;
mod ledger;
mod ogr_layer;
mod rings;
mod shapefile;
mod sniff;
mod survey_lines;
mod survey_text;
mod table_csv;
mod text_encoding;
mod text_out;
mod wkb;
mod write;
mod write_csv;
mod write_error;
mod write_geojson;
mod write_geopackage;
mod write_kml;
mod write_ogr;
mod write_shapefile;
mod write_staging;
mod write_survey_text;
#[cfg(test)]
mod write_tests;
mod write_xlsx;

pub use engine::{EngineVersions, engine_versions};
pub use write::{AreaUnit, SheetFrame, TextEncoding, WriteFormat, WriteOptions, Written, write};
pub use write_csv::WKT_COLUMN;
pub use write_error::WriteError;
pub use write_shapefile::FIELD_ALIASES;
