//! Spreadsheet ledgers (xlsx): rows without geometry, whatever titles stand above the header.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx};

use super::archive;
use super::collector::Collector;
use super::intake::Intake;
use super::limits;
use super::ogr_layer;
use super::source::{Format, ReadError, ReadOptions, Source, SourceCrs, SourceEncoding};
use crate::geometry::Finding;

/// Rows looked at for the header: titles, units and notes above it are rarely more.
const HEADER_WITHIN: usize = 20;
/// Most cells a sheet may span; an honest ledger of a county has some ten thousand.
const CELLS: u64 = 20_000_000;

/// Reads one sheet of a workbook: the one asked for, else the first with rows.
///
/// # Errors
/// Workbooks that are broken, that unpack to too much, without rows, and limits.
pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    // Unpacked once only to be counted: the spreadsheet reader inflates without limits.
    let intake = Intake::new()?;
    archive::unpack(path, intake.folder())?;
    drop(intake);
    let bytes = std::fs::read(path).map_err(|source| ReadError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
    let layers = book.sheet_names();
    let wanted: Vec<String> = match &options.layer {
        Some(layer) if !layers.contains(layer) => {
            return Err(ogr_layer::unknown_layer(layer, layers));
        }
        Some(layer) => vec![layer.clone()],
        None => layers.clone(),
    };
    for sheet in wanted {
        let cells = book
            .worksheet_range(&sheet)
            .map_err(|error| malformed(&error))?;
        let mut collector = Collector::default();
        let Some(title_rows) = read_sheet(&cells, &mut collector)? else {
            continue;
        };
        let (features, mut findings) = collector.finish();
        if title_rows > 0 {
            findings.push(Finding::notice("ledger.rows_above_header").with("rows", title_rows));
        }
        if layers.len() > 1 && options.layer.is_none() {
            findings.push(Finding::notice("ledger.sheet_taken").with("sheet", &sheet));
        }
        let (crs, encoding) = (SourceCrs::nowhere(), SourceEncoding::by_format());
        return Ok(Source {
            format: Format::Xlsx,
            layers,
            crs,
            encoding,
            features,
            findings,
        });
    }
    Err(ReadError::Empty)
}

fn malformed(error: &calamine::XlsxError) -> ReadError {
    ReadError::Malformed {
        format: "xlsx",
        detail: error.to_string(),
    }
}

/// Reads the rows below the header; how many rows stood above it, or `None` for an empty sheet.
fn read_sheet(cells: &Range<Data>, collector: &mut Collector) -> Result<Option<usize>, ReadError> {
    let (rows, columns) = cells.get_size();
    let span = u64::try_from(rows.saturating_mul(columns)).unwrap_or(u64::MAX);
    if columns > limits::COLUMNS {
        return Err(ReadError::TooManyColumns {
            limit: limits::COLUMNS,
        });
    }
    if span > CELLS {
        return Err(ReadError::TooManyFeatures {
            limit: limits::IMPORT_FEATURES,
        });
    }
    let Some(header_at) = header_row(cells) else {
        return Ok(None);
    };
    let mut rows = cells.rows().skip(header_at);
    let names: Vec<String> = rows
        .next()
        .unwrap_or_default()
        .iter()
        .map(heading)
        .collect();
    for row in rows {
        let attributes: Vec<(String, String)> = names
            .iter()
            .zip(row)
            .filter(|(name, _)| !name.is_empty())
            .filter_map(|(name, cell)| Some((name.clone(), text_of(cell)?)))
            .collect();
        if !attributes.is_empty() && !is_sum_row(&attributes) {
            collector.add_row(attributes)?;
        }
    }
    Ok((!collector.is_empty()).then_some(header_at))
}

/// The first row with the most filled text cells among the first rows; titles fill one or two.
fn header_row(cells: &Range<Data>) -> Option<usize> {
    let filled = |row: &[Data]| {
        row.iter()
            .filter(|cell| !heading(cell).is_empty() && !is_number(cell))
            .count()
    };
    let counts: Vec<usize> = cells.rows().take(HEADER_WITHIN).map(filled).collect();
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    // A data row can have as many texts as the header; the header comes first.
    counts.iter().position(|count| *count * 10 >= most * 8)
}

fn is_number(cell: &Data) -> bool {
    matches!(cell, Data::Float(_) | Data::Int(_) | Data::DateTime(_))
}

/// A column's name: line breaks and blanks inside it are layout.
fn heading(cell: &Data) -> String {
    cell.to_string().split_whitespace().collect()
}

/// 合计 and 总计 rows are sums for the eye; nobody types a total here.
fn is_sum_row(attributes: &[(String, String)]) -> bool {
    attributes.first().is_some_and(|(_, text)| {
        let plain: String = text.split_whitespace().collect();
        matches!(plain.as_str(), "合计" | "总计" | "小计")
    })
}

/// A cell as text: dates as dates, whole numbers without a fraction, errors as nothing.
fn text_of(cell: &Data) -> Option<String> {
    let text = match cell {
        Data::Empty | Data::Error(_) => return None,
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
