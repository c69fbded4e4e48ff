//! Why an export could not be written.

use std::io;
use std::path::PathBuf;

use super::crs::CrsError;

/// Why an export could not be written. Nothing is left behind at the place it was meant for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A table of figures was asked for in a format that is about ground.
    #[error("{layer} has no geometry, so it cannot be written as {format}; take xlsx or csv")]
    NoGeometry {
        /// The layer's name.
        layer: String,
        /// The format's short name.
        format: &'static str,
    },
    /// More than one layer was asked for in a format that holds one.
    #[error("{format} holds one layer, not {layers}; take gpkg, xlsx, kml or shp")]
    OneLayerOnly {
        /// The format's short name.
        format: &'static str,
        /// How many layers there were.
        layers: usize,
    },
    /// The format does not know this coordinate system.
    #[error("{format} cannot be written in {crs}: {cure}")]
    CrsNotOffered {
        /// The format's short name.
        format: &'static str,
        /// The system asked for.
        crs: String,
        /// What can be asked for.
        cure: &'static str,
    },
    /// A vertex lies where the coordinate system ends.
    #[error("feature {feature} of {layer} lies outside of {crs}")]
    OutsideCrs {
        /// The layer's name.
        layer: String,
        /// The feature's number, counted from 1.
        feature: usize,
        /// The system asked for.
        crs: String,
    },
    /// The coordinate system cannot be used.
    #[error(transparent)]
    Crs(#[from] CrsError),
    /// The place to write to is a folder, a device or has no parent folder.
    #[error("{0} is not a place for a file")]
    BadPlace(PathBuf),
    /// The disk refused.
    #[error("cannot write {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// GDAL refused.
    #[error("{format} could not be made")]
    Gdal {
        /// The format's short name.
        format: &'static str,
        /// GDAL's words.
        #[source]
        source: gdal::errors::GdalError,
    },
    /// More rows, columns or text than a sheet holds.
    #[error("the sheet {layer} could not be made")]
    Sheet {
        /// The layer's name.
        layer: String,
        /// The sheet writer's words.
        #[source]
        source: rust_xlsxwriter::XlsxError,
    },
}

impl WriteError {
    /// The stable dotted code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoGeometry { .. } => "export.no_geometry",
            Self::OneLayerOnly { .. } => "export.one_layer_only",
            Self::CrsNotOffered { .. } => "export.crs_not_offered",
            Self::OutsideCrs { .. } => "export.outside_crs",
            Self::Crs(error) => error.code(),
            Self::BadPlace(_) => "export.bad_place",
            Self::Io { .. } => "export.unwritable",
            Self::Gdal { .. } => "export.failed",
            Self::Sheet { .. } => "export.sheet_too_large",
        }
    }

    /// The values that the sentence of this error quotes.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, String)> {
        let shown = |path: &PathBuf| ("path", path.display().to_string());
        match self {
            Self::NoGeometry { layer, format } => {
                vec![("layer", layer.clone()), ("format", (*format).to_owned())]
            }
            Self::OneLayerOnly { format, layers } => {
                vec![
                    ("format", (*format).to_owned()),
                    ("layers", layers.to_string()),
                ]
            }
            Self::CrsNotOffered { format, crs, .. } => {
                vec![("format", (*format).to_owned()), ("crs", crs.clone())]
            }
            Self::OutsideCrs {
                layer,
                feature,
                crs,
            } => vec![
                ("layer", layer.clone()),
                ("feature", feature.to_string()),
                ("crs", crs.clone()),
            ],
            Self::Crs(error) => vec![("name", error.to_string()), ("detail", error.to_string())],
            Self::BadPlace(path) => vec![shown(path)],
            Self::Io { path, source } => vec![shown(path), ("detail", source.to_string())],
            Self::Gdal { format, source } => {
                vec![
                    ("format", (*format).to_owned()),
                    ("detail", source.to_string()),
                ]
            }
            Self::Sheet { layer, source } => {
                vec![("layer", layer.clone()), ("detail", source.to_string())]
            }
        }
    }
}
