//! Layers through a GDAL driver: what GeoPackage, Shapefile and KML have in common.

use std::path::Path;

use gdal::vector::{
    FieldDefn, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use gdal::{Dataset, DriverManager};
use geo::{LineString, MultiPolygon};

use super::crs::{self, CrsChoice, STORED_EPSG};
use super::layer::{Feature, FieldKind, Layer, Value};
use super::{WriteError, engine};

/// One column as a driver is to have it.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its name there.
    pub(super) name: String,
    /// Its type there.
    pub(super) kind: OGRFieldType::Type,
    /// Its width and its decimals, where the driver has any.
    pub(super) width: Option<(i32, i32)>,
}

/// What one driver makes of layers.
pub(super) struct OgrTarget<'a> {
    /// The format's short name.
    pub(super) format: &'static str,
    /// GDAL's name of the driver.
    pub(super) driver: &'static str,
    /// The system the coordinates are in; `None` is the stored one.
    pub(super) crs: Option<&'a CrsChoice>,
    /// Whether all of a layer's rows go in one transaction.
    pub(super) in_transactions: bool,
}

impl OgrTarget<'_> {
    /// Makes an empty file or folder.
    pub(super) fn create(&self, path: &Path) -> Result<Dataset, WriteError> {
        engine::start();
        DriverManager::get_driver_by_name(self.driver)
            .and_then(|driver| driver.create_vector_only(path))
            .map_err(|source| self.failed(source))
    }

    /// Adds a layer with its features; `columns` are its fields in their order.
    pub(super) fn add(
        &self,
        dataset: &mut Dataset,
        layer: &Layer,
        columns: &[Column],
        options: &[&str],
        text: impl Fn(&Column, &str) -> String,
    ) -> Result<(), WriteError> {
        self.define_layer(dataset, layer, columns, options)?;
        if self.in_transactions {
            let mut transaction = dataset
                .start_transaction()
                .map_err(|source| self.failed(source))?;
            self.fill(&mut transaction, layer, columns, &text)?;
            transaction.commit().map_err(|source| self.failed(source))
        } else {
            self.fill(dataset, layer, columns, &text)
        }
    }

    fn define_layer(
        &self,
        dataset: &mut Dataset,
        layer: &Layer,
        columns: &[Column],
        options: &[&str],
    ) -> Result<(), WriteError> {
        let reference = crs::reference(self.crs.unwrap_or(&CrsChoice::Epsg(STORED_EPSG)))?;
        let ty = if layer.has_geometry {
            OGRwkbGeometryType::wkbMultiPolygon
        } else {
            OGRwkbGeometryType::wkbNone
        };
        let made = dataset
            .create_layer(LayerOptions {
                name: &layer.name,
                srs: layer.has_geometry.then_some(&reference),
                ty,
                options: Some(options),
            })
            .map_err(|source| self.failed(source))?;
        columns
            .iter()
            .try_for_each(|column| define(&made, column))
            .map_err(|source| self.failed(source))
    }

    fn fill(
        &self,
        dataset: &mut Dataset,
        layer: &Layer,
        columns: &[Column],
        text: &impl Fn(&Column, &str) -> String,
    ) -> Result<(), WriteError> {
        // The layer just made is the last one.
        let place = dataset.layer_count().saturating_sub(1);
        let made = dataset.layer(place).map_err(|source| self.failed(source))?;
        for feature in &layer.features {
            push(&made, feature, layer.has_geometry, columns, text)
                .map_err(|source| self.failed(source))?;
        }
        Ok(())
    }

    /// Closes the file, so that all of it is on disk or the refusal is heard.
    pub(super) fn close(&self, mut dataset: Dataset) -> Result<(), WriteError> {
        dataset
            .flush_cache()
            .map_err(|source| self.failed(source))?;
        dataset.close().map_err(|source| self.failed(source))
    }

    pub(super) fn failed(&self, source: gdal::errors::GdalError) -> WriteError {
        WriteError::Gdal {
            format: self.format,
            source,
        }
    }
}

/// The usual type of a kind of field.
pub(super) fn ogr_type(kind: FieldKind) -> OGRFieldType::Type {
    match kind {
        FieldKind::Text => OGRFieldType::OFTString,
        FieldKind::Integer => OGRFieldType::OFTInteger64,
        FieldKind::Number | FieldKind::Area => OGRFieldType::OFTReal,
        FieldKind::Date => OGRFieldType::OFTDate,
    }
}

fn define(layer: &gdal::vector::Layer<'_>, column: &Column) -> gdal::errors::Result<()> {
    let definition = FieldDefn::new(&column.name, column.kind)?;
    if let Some((width, decimals)) = column.width {
        definition.set_width(width);
        definition.set_precision(decimals);
    }
    definition.add_to_layer(layer)
}

fn push(
    layer: &gdal::vector::Layer<'_>,
    feature: &Feature,
    has_geometry: bool,
    columns: &[Column],
    text: &impl Fn(&Column, &str) -> String,
) -> gdal::errors::Result<()> {
    let mut made = gdal::vector::Feature::new(layer.defn())?;
    for ((place, column), value) in columns.iter().enumerate().zip(&feature.values) {
        match value {
            None => {}
            Some(Value::Integer(number)) if column.kind == OGRFieldType::OFTInteger64 => {
                made.set_field_integer64(place, *number)?;
            }
            Some(Value::Number(number)) if column.kind == OGRFieldType::OFTReal => {
                made.set_field_double(place, *number)?;
            }
            Some(other) => {
                // A C string ends at NUL; GDAL reads dates from their text.
                let value = other.to_text().replace('\0', " ");
                made.set_field_string(place, &text(column, &value))?;
            }
        }
    }
    if let Some(shape) = feature.shape.as_ref().filter(|_| has_geometry) {
        made.set_geometry(geometry_of(shape)?)?;
    }
    made.create(layer)
}

/// The polygons as GDAL has them.
fn geometry_of(shape: &MultiPolygon<f64>) -> gdal::errors::Result<Geometry> {
    let mut parts = Geometry::empty(OGRwkbGeometryType::wkbMultiPolygon)?;
    for part in shape {
        let mut polygon = Geometry::empty(OGRwkbGeometryType::wkbPolygon)?;
        for ring in std::iter::once(part.exterior()).chain(part.interiors()) {
            polygon.add_geometry(ring_of(ring)?)?;
        }
        parts.add_geometry(polygon)?;
    }
    Ok(parts)
}

fn ring_of(ring: &LineString<f64>) -> gdal::errors::Result<Geometry> {
    let mut made = Geometry::empty(OGRwkbGeometryType::wkbLinearRing)?;
    for c in ring {
        made.add_point_2d((c.x, c.y));
    }
    Ok(made)
}
