//! The one way in: a path to what it holds.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::archive::{self, Unpacked};
use super::intake::{self, Intake};
use super::shapefile::{self, Family};
use super::sniff::{self, Kind};
pub use super::source::{
    CrsOrigin, EncodingOrigin, Format, RawFeature, RawShape, ReadError, ReadOptions, Source,
    SourceCrs, SourceEncoding,
};
use super::text_encoding;
use super::{
    crs, dxf, file_gdb, geojson_text, geopackage, kml, ledger, ogr_layer, survey_text, table_csv,
};

/// Reads a file, a zip or a geodatabase folder, and says how it was understood.
///
/// # Errors
/// What cannot be read as a whole; everything about single features is a finding.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    intake::check_path(path)?;
    let mut source = match sniff::kind_of(path)? {
        Kind::Plain(format) => read_plain(path, format, options)?,
        Kind::Zip => read_zip(path, options)?,
        Kind::Kmz => kml::read_packed(path, options)?,
    };
    if let Some(reading) = &options.crs {
        source.crs.reading = Some(reading.clone());
        source.crs.origin = CrsOrigin::User;
    }
    if let Some(reading) = &source.crs.reading {
        crs::check(&reading.crs)?;
    }
    Ok(source)
}

fn read_plain(path: &Path, format: Format, options: &ReadOptions) -> Result<Source, ReadError> {
    match format {
        Format::GeoJson => read_geojson(path, options),
        Format::Shapefile => {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let family = Family {
                name,
                files: intake::side_files(path)?,
            };
            shapefile::read(&family, options, Intake::new()?)
        }
        Format::GeoPackage => geopackage::read(path, options, Intake::new()?),
        Format::SurveyText => survey_text::read(path, options),
        Format::Kml => kml::read(path, options, Intake::new()?),
        Format::Dxf => dxf::read(path, options, Intake::new()?),
        Format::FileGdb => file_gdb::read_folder(path, options, Intake::new()?),
        Format::Csv => table_csv::read(path, options),
        Format::Xlsx => ledger::read(path, options),
    }
}

fn read_geojson(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    let unreadable = |source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let named = options.encoding.as_deref().map(|name| {
        text_encoding::by_name(name).ok_or_else(|| ReadError::UnknownEncoding(name.to_owned()))
    });
    let (text, encoding) = match named.transpose()? {
        Some(named) if named != encoding_rs::UTF_8 => {
            let (text, encoding) =
                text_encoding::decode_file(path, options.encoding.as_deref(), "GeoJSON")?;
            (geojson_text::read(text.as_bytes())?, encoding)
        }
        _ => {
            let mut input = BufReader::new(File::open(path).map_err(unreadable)?);
            let mut start = [0_u8; 3];
            let marked = input.read_exact(&mut start).is_ok() && start == *b"\xEF\xBB\xBF";
            let input: Box<dyn Read> = if marked {
                Box::new(input)
            } else {
                Box::new(start.as_slice().chain(input))
            };
            let encoding = SourceEncoding::by_format();
            (geojson_text::read(input)?, encoding)
        }
    };
    let (features, notices) = text.collector.finish();
    let findings = text.findings.into_iter().chain(notices).collect();
    let layers = vec![
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    if let Some(wanted) = &options.layer
        && !layers.contains(wanted)
    {
        return Err(ogr_layer::unknown_layer(wanted, layers));
    }
    Ok(Source {
        format: Format::GeoJson,
        layers,
        crs: text.crs,
        encoding,
        features,
        findings,
    })
}

/// Reads the one source in an archive: a shapefile, or a single file of another format.
fn read_zip(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    let intake = Intake::new()?;
    let packed = intake.make_folder("packed")?;
    let files = archive::unpack(path, &packed)?;
    if let Some(members) = file_gdb::packed(&files) {
        return file_gdb::read(&members, options, intake);
    }
    let shapefiles: Vec<&Unpacked> = files.iter().filter(|f| f.extension() == "shp").collect();
    let stems: Vec<String> = shapefiles.iter().map(|f| f.stem().to_owned()).collect();
    let wanted = match (shapefiles.as_slice(), options.layer.as_deref()) {
        ([], _) => return read_single(&files, options, &intake),
        ([only], None) => *only,
        (several, Some(layer)) => several
            .iter()
            .find(|file| file.stem() == layer || file.stem().rsplit('/').next() == Some(layer))
            .ok_or_else(|| ogr_layer::unknown_layer(layer, stems.clone()))?,
        (_, None) => return Err(ReadError::LayerNotChosen { layers: stems }),
    };
    if sniff::kind_of_content(&wanted.file, "shp")? != Kind::Plain(Format::Shapefile) {
        return Err(ReadError::ArchiveContent {
            found: wanted.name.clone(),
        });
    }
    let stem = wanted.stem().to_lowercase();
    let family: Vec<(String, PathBuf)> = files
        .iter()
        .filter(|file| file.stem().to_lowercase() == stem)
        .map(|file| (file.extension(), file.file.clone()))
        .collect();
    let mut source = shapefile::read(
        &Family {
            name: wanted.stem().to_owned(),
            files: family,
        },
        options,
        intake,
    )?;
    source.layers = stems;
    Ok(source)
}

/// Reads the only readable file of an archive that holds no shapefile.
fn read_single(
    files: &[Unpacked],
    options: &ReadOptions,
    intake: &Intake,
) -> Result<Source, ReadError> {
    const READABLE: [&str; 7] = ["geojson", "json", "gpkg", "kml", "dxf", "csv", "txt"];
    let readable: Vec<&Unpacked> = files
        .iter()
        .filter(|file| READABLE.contains(&file.extension().as_str()))
        .collect();
    let [only] = readable.as_slice() else {
        let names: Vec<&str> = files
            .iter()
            .take(5)
            .map(|file| file.name.as_str())
            .collect();
        return Err(ReadError::ArchiveContent {
            found: names.join(", "),
        });
    };
    let plain = intake.rename(&only.file, &format!("single.{}", only.extension()))?;
    intake::check_path(&plain)?;
    match sniff::kind_of(&plain)? {
        Kind::Plain(format) => read_plain(&plain, format, options),
        Kind::Zip | Kind::Kmz => Err(ReadError::ArchiveContent {
            found: only.name.clone(),
        }),
    }
}
