//! What a file held, before anything is believed: features in source coordinates, and findings.

use std::io;
use std::path::PathBuf;

use geo::LineString;

use super::crs::{CrsError, Reading};
use crate::geometry::Finding;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `GeoJSON`: a bare geometry, a feature, a collection, or an array of features.
    GeoJson,
    /// A shapefile with its side files, or a zip of them.
    Shapefile,
    /// An OGC `GeoPackage`.
    GeoPackage,
    /// KML, or KMZ.
    Kml,
    /// `AutoCAD` DXF, text form.
    Dxf,
    /// ESRI File Geodatabase, a folder or a zip of it.
    FileGdb,
    /// CSV, with or without a WKT column.
    Csv,
    /// The bureau's coordinate text (报盘 txt).
    SurveyText,
    /// An xlsx ledger: rows without geometry.
    Xlsx,
}

impl Format {
    /// The short name used in messages and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::Shapefile => "shp",
            Self::GeoPackage => "gpkg",
            Self::Kml => "kml",
            Self::Dxf => "dxf",
            Self::FileGdb => "gdb",
            Self::Csv => "csv",
            Self::SurveyText => "txt",
            Self::Xlsx => "xlsx",
        }
    }
}

/// Where the coordinate system of a source was learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrsOrigin {
    /// The user said so (`--crs`).
    User,
    /// A `.prj` beside the shapefile.
    Prj,
    /// The file's own metadata (GeoPackage, File Geodatabase, the `crs` member, a txt header).
    Header,
    /// The format's rule: GeoJSON and KML without a word are WGS 84.
    FormatDefault,
    /// Nothing says it.
    Nowhere,
}

/// The coordinate system of a source, and how that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceCrs {
    /// How the coordinates are to be read; `None` when nothing says it.
    pub reading: Option<Reading>,
    /// Where that was learnt.
    pub origin: CrsOrigin,
    /// The words of the file itself, for people: a CRS name or the header's line.
    pub stated: Option<String>,
}

impl SourceCrs {
    /// A source that says nothing about its coordinates.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            reading: None,
            origin: CrsOrigin::Nowhere,
            stated: None,
        }
    }
}

/// How the text encoding of a source was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodingOrigin {
    /// The user said so (`--encoding`).
    User,
    /// A `.cpg` beside the shapefile.
    Cpg,
    /// The language byte of the DBF header.
    LanguageByte,
    /// A byte order mark.
    ByteOrderMark,
    /// The bytes decode as this and no simpler encoding.
    Sniffed,
    /// The format knows only one.
    Format,
}

/// The text encoding of a source, how that is known, and some text to judge it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceEncoding {
    /// The encoding's name, e.g. `UTF-8` or `GB18030`.
    pub name: String,
    /// How it was learnt.
    pub origin: EncodingOrigin,
    /// Up to three decoded values that are not plain ASCII, for a person to look at.
    pub preview: Vec<String>,
}

impl SourceEncoding {
    /// UTF-8 because the format knows nothing else.
    #[must_use]
    pub fn by_format() -> Self {
        Self {
            name: "UTF-8".to_owned(),
            origin: EncodingOrigin::Format,
            preview: Vec::new(),
        }
    }
}

/// Polygons as they came, each an outline and then its holes; rings may be open or broken.
pub type RawShape = Vec<Vec<LineString<f64>>>;

/// One feature as it came: nothing projected, nothing repaired.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFeature {
    /// Its number in the file, counted from 1 over all layers that were read.
    pub number: u64,
    /// The polygons in source coordinates (x east, y north); `None` when there is no area.
    pub shape: Option<RawShape>,
    /// Names and texts in the order of the file; empty and null values are left out.
    pub attributes: Vec<(String, String)>,
    /// What was found while reading it.
    pub findings: Vec<Finding>,
}

/// Everything one file held.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The format that was decided on.
    pub format: Format,
    /// The names of all layers, in the order of the file.
    pub layers: Vec<String>,
    /// The coordinate system, and how it is known.
    pub crs: SourceCrs,
    /// The text encoding, and how it is known.
    pub encoding: SourceEncoding,
    /// The features, in the order of the file.
    pub features: Vec<RawFeature>,
    /// What was found about the file as a whole.
    pub findings: Vec<Finding>,
}

/// How a file is to be read when it does not say, or says it wrongly.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Read only this layer.
    pub layer: Option<String>,
    /// Read coordinates like this, whatever the file says.
    pub crs: Option<Reading>,
    /// Decode text like this, whatever the file says.
    pub encoding: Option<String>,
}

/// Why a file could not be read at all. Findings about single features are not errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such file.
    #[error("there is no file {0}")]
    NotFound(PathBuf),
    /// The file cannot be opened or read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A device, a pipe, a socket or an unfit folder.
    #[error("{0} is not an ordinary file")]
    NotAFile(PathBuf),
    /// More bytes than an import may have.
    #[error("{size_bytes} bytes are more than the {limit_bytes} that one import may have")]
    TooLarge {
        /// Bytes found (at least).
        size_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// No bytes, or no features.
    #[error("the file is empty")]
    Empty,
    /// A format that is never read.
    #[error("{found} is not a format that is read here")]
    NotAllowed {
        /// What it is, as far as can be told.
        found: String,
    },
    /// The extension says one thing and the content another.
    #[error("the name says {expected}, the content is {found}")]
    ContentMismatch {
        /// What the extension promises.
        expected: &'static str,
        /// What the content looks like.
        found: String,
    },
    /// The content breaks the rules of its format.
    #[error("the {format} is broken: {detail}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// Where and how, in words.
        detail: String,
    },
    /// The file ends before its own header says it should.
    #[error("the {format} is cut short: {detail}")]
    Truncated {
        /// The format.
        format: &'static str,
        /// Where and how, in words.
        detail: String,
    },
    /// Nested deeper than any honest file.
    #[error("the {format} is nested too deep")]
    TooDeep {
        /// The format.
        format: &'static str,
    },
    /// More features than an import may have.
    #[error("more than {limit} features")]
    TooManyFeatures {
        /// The limit.
        limit: usize,
    },
    /// More vertices than an import may have.
    #[error("more than {limit} vertices")]
    TooManyVertices {
        /// The limit.
        limit: usize,
    },
    /// More columns than a table may have.
    #[error("more than {limit} columns")]
    TooManyColumns {
        /// The limit.
        limit: usize,
    },
    /// An archive that would write outside its folder.
    #[error("the archive holds an unsafe name: {name}")]
    ArchiveUnsafeName {
        /// The entry's name.
        name: String,
    },
    /// An archive with a symbolic link or a device.
    #[error("the archive holds a link: {name}")]
    ArchiveLink {
        /// The entry's name.
        name: String,
    },
    /// An archive with more files than allowed.
    #[error("the archive holds more than {limit} files")]
    ArchiveTooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// An archive that unpacks to more than allowed.
    #[error("the archive unpacks to more than {limit_bytes} bytes")]
    ArchiveTooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// An archive that unpacks to far more than it holds.
    #[error("the archive unpacks to more than {limit} times its size")]
    ArchiveRatio {
        /// The limit.
        limit: u64,
    },
    /// An archive whose entries share bytes.
    #[error("the archive's entries overlap")]
    ArchiveOverlap,
    /// An archive with a password.
    #[error("the archive is encrypted")]
    ArchiveEncrypted,
    /// An archive that cannot be read.
    #[error("the archive is broken: {detail}")]
    ArchiveMalformed {
        /// Where and how, in words.
        detail: String,
    },
    /// An archive with no source, or with more than one.
    #[error("the archive should hold one source, it holds {found}")]
    ArchiveContent {
        /// What was found.
        found: String,
    },
    /// The layer asked for does not exist.
    #[error("there is no layer {layer}; there are: {}", layers.join(", "))]
    UnknownLayer {
        /// What was asked for.
        layer: String,
        /// What there is.
        layers: Vec<String>,
    },
    /// Several layers hold polygons and none was asked for.
    #[error("choose one of the layers: {}", layers.join(", "))]
    LayerNotChosen {
        /// What there is.
        layers: Vec<String>,
    },
    /// The encoding asked for does not exist.
    #[error("there is no text encoding {0}")]
    UnknownEncoding(String),
    /// The coordinate system cannot be used.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

impl ReadError {
    /// The stable dotted code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "format.not_found",
            Self::Unreadable { .. } => "format.unreadable",
            Self::NotAFile(_) => "format.not_a_file",
            Self::TooLarge { .. } => "format.too_large",
            Self::Empty => "format.empty",
            Self::NotAllowed { .. } => "format.not_allowed",
            Self::ContentMismatch { .. } => "format.content_mismatch",
            Self::Malformed { .. } => "format.malformed",
            Self::Truncated { .. } => "format.truncated",
            Self::TooDeep { .. } => "format.too_deep",
            Self::TooManyFeatures { .. } => "format.too_many_features",
            Self::TooManyVertices { .. } => "format.too_many_vertices",
            Self::TooManyColumns { .. } => "format.too_many_columns",
            Self::ArchiveUnsafeName { .. } => "archive.unsafe_name",
            Self::ArchiveLink { .. } => "archive.link",
            Self::ArchiveTooManyFiles { .. } => "archive.too_many_files",
            Self::ArchiveTooLarge { .. } => "archive.too_large",
            Self::ArchiveRatio { .. } => "archive.ratio",
            Self::ArchiveOverlap => "archive.overlap",
            Self::ArchiveEncrypted => "archive.encrypted",
            Self::ArchiveMalformed { .. } => "archive.malformed",
            Self::ArchiveContent { .. } => "archive.content",
            Self::UnknownLayer { .. } => "layer.unknown",
            Self::LayerNotChosen { .. } => "layer.not_chosen",
            Self::UnknownEncoding(_) => "encoding.unknown",
            Self::Crs(error) => error.code(),
        }
    }
}
