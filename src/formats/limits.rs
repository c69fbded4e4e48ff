//! Limits on what one import may hold; each is tested at the limit and one above it.

/// Largest file, or sum of the files that belong together, that is read: 500 MB.
pub const IMPORT_BYTES: u64 = 500 * 1024 * 1024;
/// Most vertices one feature may have.
pub const FEATURE_VERTICES: usize = 200_000;
/// Most vertices all features of one import may have together.
pub const IMPORT_VERTICES: usize = 20_000_000;
/// Most features one import may have.
pub const IMPORT_FEATURES: usize = 1_000_000;
/// Most rings one feature may have: telling holes from parts costs more than a vertex does.
pub const FEATURE_RINGS: usize = 20_000;
/// Most columns a feature may carry.
pub const COLUMNS: usize = 2_000;
/// Most files an archive may hold.
pub const ARCHIVE_FILES: usize = 200;
/// Most bytes an archive may unpack to: 1 GB.
pub const ARCHIVE_BYTES: u64 = 1024 * 1024 * 1024;
/// Most unpacked bytes per packed byte, once [`ARCHIVE_RATIO_FREE_BYTES`] are exceeded.
pub const ARCHIVE_RATIO: u64 = 100;
/// Unpacked bytes below which no ratio is judged: blank DBF columns honestly pack 200 to 1.
pub const ARCHIVE_RATIO_FREE_BYTES: u64 = 16 * 1024 * 1024;
/// Deepest nesting of geometry collections, XML elements of a folder tree or brackets in WKT.
pub const NESTING: usize = 32;
