//! Layers to one file of any of the formats that are written.

use std::borrow::Cow;
use std::path::Path;

use chrono::NaiveDate;
use geo::CoordsIter;

use super::crs::{self, CrsChoice, STORED_EPSG, WGS84_EPSG};
use super::layer::Layer;
use super::write_staging::Staging;
use super::{
    WriteError, write_csv, write_geojson, write_geopackage, write_kml, write_shapefile,
    write_survey_text, write_xlsx,
};
use crate::geometry::Finding;

/// The formats that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFormat {
    /// GeoJSON (RFC 7946), one layer.
    GeoJson,
    /// OGC GeoPackage, any number of layers.
    GeoPackage,
    /// ESRI Shapefile: a zip of one set of files per layer, or one set beside a `.shp` place.
    Shapefile,
    /// KML with extended data, one folder per layer.
    Kml,
    /// The bureau's coordinate text (报盘 txt), one layer.
    SurveyText,
    /// A workbook of one sheet per layer, without geometry.
    Xlsx,
    /// CSV with a WKT column where there is geometry, one layer.
    Csv,
}

impl WriteFormat {
    /// All formats.
    pub const ALL: [Self; 7] = [
        Self::GeoJson,
        Self::GeoPackage,
        Self::Shapefile,
        Self::Kml,
        Self::SurveyText,
        Self::Xlsx,
        Self::Csv,
    ];

    /// The short name used in messages and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoPackage => "gpkg",
            Self::Shapefile => "shp",
            Self::Kml => "kml",
            Self::SurveyText => "txt",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// The format of a short name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether a table of figures can be written in it.
    #[must_use]
    pub const fn takes_tables(self) -> bool {
        matches!(self, Self::Xlsx | Self::Csv)
    }

    const fn takes_many_layers(self) -> bool {
        matches!(
            self,
            Self::GeoPackage | Self::Shapefile | Self::Kml | Self::Xlsx
        )
    }
}

/// In which unit a sheet for people shows areas; files for programs always hold m².
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AreaUnit {
    /// 亩, 10000/15 m².
    #[default]
    Mu,
    /// Hectares, 10000 m².
    Hectare,
    /// Square metres.
    SquareMetre,
}

/// The text encoding of formats that leave it open (shp, txt).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TextEncoding {
    /// GBK, which the bureau's desktop software expects; UTF-8 when a character is not in it.
    #[default]
    GbkWherePossible,
    /// UTF-8.
    Utf8,
}

/// What is written around a sheet: who filled it in, and when.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SheetFrame {
    /// 填报单位.
    pub reported_by: String,
    /// 填报人.
    pub filled_by: String,
    /// 审核人.
    pub reviewed_by: String,
    /// 日期: the day of the figures or of the export.
    pub on: Option<NaiveDate>,
    /// The unit of areas.
    pub area_unit: AreaUnit,
    /// Whether the frame is in English; Chinese otherwise.
    pub in_english: bool,
}

/// How layers are to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// The format.
    pub format: WriteFormat,
    /// The coordinate system; `None` is the stored one, or for txt the 3° zone of the ground.
    pub crs: Option<CrsChoice>,
    /// The text encoding.
    pub encoding: TextEncoding,
    /// What is written around a sheet.
    pub frame: SheetFrame,
}

impl WriteOptions {
    /// A format with everything else as usual.
    #[must_use]
    pub fn of(format: WriteFormat) -> Self {
        Self {
            format,
            crs: None,
            encoding: TextEncoding::default(),
            frame: SheetFrame::default(),
        }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Features or rows, over all layers.
    pub features: usize,
    /// Bytes of the file, or of the set of files.
    pub size_bytes: u64,
    /// The coordinate system; `None` when there is no geometry in it.
    pub crs: Option<CrsChoice>,
    /// What a person should know: texts cut, another encoding taken.
    pub findings: Vec<Finding>,
}

/// Writes layers to a file; what was there before is replaced only by a whole new file.
///
/// # Errors
/// A format that cannot hold these layers, a coordinate system that cannot hold this ground, or a
/// disk that refuses. Then nothing is left behind, and what was at the place is still there.
pub fn write(layers: &[Layer], options: &WriteOptions, out: &Path) -> Result<Written, WriteError> {
    check_layers(layers, options.format)?;
    let crs = system_of(layers, options)?;
    let layers = reprojected(layers, crs.as_ref())?;
    let staging = Staging::beside(out)?;
    let job = Job {
        layers: &layers,
        options,
        crs: crs.as_ref(),
        out,
    };
    let (size_bytes, findings) = match options.format {
        WriteFormat::GeoJson => job.one_file(staging, "out.geojson", write_geojson::write),
        WriteFormat::GeoPackage => job.one_file(staging, "out.gpkg", write_geopackage::write),
        WriteFormat::Shapefile => write_shapefile::write(&job, staging),
        WriteFormat::Kml => job.one_file(staging, "out.kml", write_kml::write),
        WriteFormat::SurveyText => job.one_file(staging, "out.txt", write_survey_text::write),
        WriteFormat::Xlsx => job.one_file(staging, "out.xlsx", write_xlsx::write),
        WriteFormat::Csv => job.one_file(staging, "out.csv", write_csv::write),
    }?;
    let features = layers.iter().map(|layer| layer.features.len()).sum();
    let has_geometry = layers.iter().any(|layer| layer.has_geometry);
    let crs = crs.filter(|_| has_geometry && options.format != WriteFormat::Xlsx);
    Ok(Written {
        features,
        size_bytes,
        crs,
        findings,
    })
}

/// Layers already in the coordinates of the file, and all that a writer may ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a> {
    pub(super) layers: &'a [Layer],
    pub(super) options: &'a WriteOptions,
    pub(super) crs: Option<&'a CrsChoice>,
    pub(super) out: &'a Path,
}

impl Job<'_> {
    fn one_file(
        &self,
        staging: Staging,
        name: &str,
        write: impl FnOnce(&Self, &Path) -> Result<Vec<Finding>, WriteError>,
    ) -> Result<(u64, Vec<Finding>), WriteError> {
        let findings = write(self, &staging.path(name))?;
        Ok((staging.publish(name)?, findings))
    }

    /// The code of the system the coordinates are in.
    pub(super) fn epsg(&self) -> u32 {
        match self.crs {
            Some(CrsChoice::Epsg(code)) => *code,
            _ => STORED_EPSG,
        }
    }
}

fn check_layers(layers: &[Layer], format: WriteFormat) -> Result<(), WriteError> {
    if layers.len() != 1 && !format.takes_many_layers() {
        return Err(WriteError::OneLayerOnly {
            format: format.name(),
            layers: layers.len(),
        });
    }
    let table = layers.iter().find(|layer| !layer.has_geometry);
    match table {
        // Beside layers of ground a GeoPackage holds tables too.
        Some(_) if format == WriteFormat::GeoPackage && layers.len() > 1 => Ok(()),
        Some(table) if !format.takes_tables() => Err(WriteError::NoGeometry {
            layer: table.name.clone(),
            format: format.name(),
        }),
        _ => Ok(()),
    }
}

fn system_of(layers: &[Layer], options: &WriteOptions) -> Result<Option<CrsChoice>, WriteError> {
    let refuse = |crs: &CrsChoice, cure| WriteError::CrsNotOffered {
        format: options.format.name(),
        crs: crs.to_string(),
        cure,
    };
    match (options.format, &options.crs) {
        (WriteFormat::SurveyText, crs) => {
            write_survey_text::system_of(layers, crs.as_ref()).map(Some)
        }
        (_, None) => Ok(Some(CrsChoice::Epsg(STORED_EPSG))),
        (WriteFormat::Kml, Some(crs)) => match crs {
            CrsChoice::Epsg(STORED_EPSG | WGS84_EPSG) => Ok(Some(crs.clone())),
            other => Err(refuse(
                other,
                "KML is always longitude and latitude, leave --crs out",
            )),
        },
        (_, Some(crs @ CrsChoice::Epsg(_))) => {
            crs::check(crs)?;
            Ok(Some(crs.clone()))
        }
        (_, Some(other)) => Err(refuse(other, "name an EPSG code, such as EPSG:4547")),
    }
}

/// The layers in another system; borrowed when that is the stored one.
fn reprojected<'a>(
    layers: &'a [Layer],
    crs: Option<&CrsChoice>,
) -> Result<Cow<'a, [Layer]>, WriteError> {
    let Some(crs) = crs else {
        return Ok(Cow::Borrowed(layers));
    };
    if matches!(crs, CrsChoice::Epsg(STORED_EPSG | WGS84_EPSG)) {
        return Ok(Cow::Borrowed(layers));
    }
    let mut moved = layers.to_vec();
    for layer in &mut moved {
        for (place, feature) in layer.features.iter_mut().enumerate() {
            let Some(shape) = &mut feature.shape else {
                continue;
            };
            *shape = crs::from_stored(crs, shape)?;
            if shape
                .coords_iter()
                .any(|c| !c.x.is_finite() || !c.y.is_finite())
            {
                return Err(WriteError::OutsideCrs {
                    layer: layer.name.clone(),
                    feature: place + 1,
                    crs: crs.to_string(),
                });
            }
        }
    }
    Ok(Cow::Owned(moved))
}
