//! Features of GDAL layers, whatever driver they come through.

use gdal::vector::{Feature, Layer, LayerAccess, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, vector::geometry_type_flatten};

use super::collector::{Collector, Shape};
use super::crs::Reading;
use super::crs_identify;
use super::engine;
use super::rings;
use super::source::{CrsOrigin, ReadError, SourceCrs};
use super::wkb::{self, Shapes};

/// How the rings of a polygon are to be understood.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RingRule {
    /// As the format says: first the outline, then its holes.
    AsGiven,
    /// Loose: outlines and holes are told apart by containment.
    ByContainment,
}

/// The names of all layers of a dataset.
pub(super) fn names(dataset: &Dataset) -> Vec<String> {
    dataset.layers().map(|layer| layer.name()).collect()
}

/// The indices of the layers to read: the one asked for, else all that may hold polygons.
pub(super) fn chosen(dataset: &Dataset, wanted: Option<&str>) -> Result<Vec<usize>, ReadError> {
    let names = names(dataset);
    let Some(wanted) = wanted else {
        let with_area = dataset
            .layers()
            .enumerate()
            .filter(|(_, layer)| may_hold_polygons(layer));
        return Ok(with_area.map(|(index, _)| index).collect());
    };
    let found = names.iter().position(|name| name == wanted);
    found
        .map(|index| vec![index])
        .ok_or_else(|| unknown_layer(wanted, names))
}

/// The refusal of a layer that does not exist.
pub(super) fn unknown_layer(wanted: &str, layers: Vec<String>) -> ReadError {
    ReadError::UnknownLayer {
        layer: wanted.to_owned(),
        layers,
    }
}

fn may_hold_polygons(layer: &Layer<'_>) -> bool {
    let Some(field) = layer.defn().geom_fields().next() else {
        return false;
    };
    matches!(
        geometry_type_flatten(field.field_type()),
        OGRwkbGeometryType::wkbUnknown
            | OGRwkbGeometryType::wkbPolygon
            | OGRwkbGeometryType::wkbMultiPolygon
            | OGRwkbGeometryType::wkbGeometryCollection
            | OGRwkbGeometryType::wkbCurvePolygon
            | OGRwkbGeometryType::wkbMultiSurface
            | OGRwkbGeometryType::wkbSurface
    )
}

/// The coordinate system a layer states.
pub(super) fn crs_of(layer: &Layer<'_>, origin: CrsOrigin) -> SourceCrs {
    let Some(reference) = layer.spatial_ref() else {
        return SourceCrs::nowhere();
    };
    let stated = reference.name();
    match crs_identify::identify(reference) {
        Some(choice) => SourceCrs {
            reading: Some(Reading::of(choice)),
            origin,
            stated,
        },
        None => SourceCrs {
            reading: None,
            origin: CrsOrigin::Nowhere,
            stated,
        },
    }
}

/// Reads every feature of a layer.
///
/// # Errors
/// Limits, and whatever makes GDAL stop half way: half a file is never a whole one.
pub(super) fn read(
    layer: &mut Layer<'_>,
    format: &'static str,
    rule: RingRule,
    collector: &mut Collector,
) -> Result<(), ReadError> {
    engine::forget_failures();
    let fields: Vec<(usize, String)> = layer
        .defn()
        .fields()
        .enumerate()
        .filter(|(_, field)| field.field_type() != OGRFieldType::OFTBinary)
        .map(|(index, field)| (index, field.name()))
        .collect();
    for feature in layer.features() {
        let shape = shape_of(&feature, rule, collector)?;
        collector.add(shape, attributes_of(&feature, &fields))?;
    }
    engine::failure().map_or(Ok(()), |detail| {
        Err(ReadError::Malformed { format, detail })
    })
}

/// The decoded geometry of a feature, or `None` when it has none.
pub(super) fn geometry_of(feature: &Feature<'_>) -> Option<Result<Shapes, wkb::Broken>> {
    // `Feature::geometry` hands out a null geometry for a missing one; this does not.
    let geometry = feature.geometry_by_index(0).ok()?;
    Some(
        geometry
            .iso_wkb()
            .map_err(|_refused| wkb::Broken)
            .and_then(|bytes| wkb::read(&bytes)),
    )
}

/// The texts of a feature's fields; empty and null ones are left out.
pub(super) fn attributes_of(
    feature: &Feature<'_>,
    fields: &[(usize, String)],
) -> Vec<(String, String)> {
    let text_of = |index: usize| feature.field_as_string(index).ok().flatten();
    fields
        .iter()
        .filter_map(|(index, name)| Some((name.clone(), text_of(*index)?)))
        .filter(|(_, text)| !text.trim().is_empty())
        .collect()
}

fn shape_of(
    feature: &Feature<'_>,
    rule: RingRule,
    collector: &mut Collector,
) -> Result<Shape, ReadError> {
    let mut shapes = match geometry_of(feature) {
        None => return Ok(Shape::Missing),
        Some(Err(wkb::Broken)) => {
            return Ok(Shape::Malformed(
                "the geometry cannot be decoded".to_owned(),
            ));
        }
        Some(Ok(shapes)) => shapes,
    };
    let rings = shapes.rings;
    if rule == RingRule::AsGiven || rings < 2 {
        return collector.shape_of(shapes);
    }
    let loose = std::mem::take(&mut shapes.polygons);
    let loose: Vec<_> = loose.into_iter().flatten().collect();
    match collector.shape_of(shapes)? {
        big @ Shape::TooBig { .. } => Ok(big),
        _ => Ok(match rings::nest(&loose) {
            Ok(nested) => Shape::Area(rings::polygons(&nested, &loose)),
            Err(rings::TooNested) => Shape::TooBig { vertices: 0, rings },
        }),
    }
}
