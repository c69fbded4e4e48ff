//! `qingshan export`: any part of the ledger to a file, in the formats other programs read.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;

use super::clock::today;
use super::failure::Failure;
use super::units::Unit;
use super::{Lang, output};
use crate::domain::{By, Day, Grade};
use crate::formats::crs::Reading;
use crate::formats::{
    AreaUnit, SheetFrame, TextEncoding, WriteError, WriteFormat, WriteOptions, Written,
};
use crate::geometry::Finding;
use crate::service::messages::{Language, sentence};
use crate::service::{ExportError, ExportRequest, ExportSubject, export};
use crate::store::Store;

/// How many findings are listed.
const SHOWN_FINDINGS: usize = 50;

/// What to take out, and where to.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    /// 导出什么 / sites, boundaries, parcels, claims, disturbances, exemptions, county, townships,
    /// stages, remaining, ledger
    #[arg(long, value_parser = subject)]
    what: ExportSubject,
    /// 格式 / geojson, gpkg, shp (zip), kml, txt (报盘), xlsx, csv
    #[arg(long, value_parser = format)]
    format: WriteFormat,
    /// 坐标系 EPSG:n，默认 4490；txt 默认所在 3 度带 / coordinate system; default 4490, for txt the 3° zone
    #[arg(long, value_parser = reading)]
    crs: Option<Reading>,
    /// 截止日（含当日）；台账记录不给则导出全部版本 / as of this day; records without it: every version
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Day>,
    /// 证据等级，用于阶段现状和剩余面积 / grade, for stages and remaining
    #[arg(long, default_value = "4", value_parser = grade)]
    grade: Grade,
    /// 剩余面积按什么分行 / rows of remaining: obligation, site, township, liable
    #[arg(long, default_value = "obligation", value_parser = rows)]
    by: By,
    /// 文字编码（shp、txt）：gbk 或 utf-8 / text encoding of shp and txt
    #[arg(long, default_value = "gbk", value_parser = encoding)]
    encoding: TextEncoding,
    /// xlsx 的面积单位 / unit of areas in xlsx
    #[arg(long, default_value = "mu")]
    unit: Unit,
    /// 填报单位（xlsx） / reporting unit
    #[arg(long, default_value = "")]
    reported_by: String,
    /// 填报人（xlsx） / filled in by
    #[arg(long, default_value = "")]
    filled_by: String,
    /// 审核人（xlsx） / reviewed by
    #[arg(long, default_value = "")]
    reviewed_by: String,
    /// 输出文件 / the file to write
    out: PathBuf,
}

fn subject(name: &str) -> Result<ExportSubject, String> {
    ExportSubject::named(name).ok_or_else(|| ExportSubject::ALL.map(ExportSubject::name).join(", "))
}

fn format(name: &str) -> Result<WriteFormat, String> {
    WriteFormat::named(name).ok_or_else(|| WriteFormat::ALL.map(WriteFormat::name).join(", "))
}

fn reading(text: &str) -> Result<Reading, String> {
    match text.parse::<Reading>() {
        Ok(reading) if !reading.axes_swapped => Ok(reading),
        Ok(_) => Err("EPSG:n; east comes first in every file written".to_owned()),
        Err(error) => Err(format!("{error}; EPSG:n")),
    }
}

fn grade(text: &str) -> Result<Grade, String> {
    Grade::named(text).ok_or_else(|| {
        "1 自报 reported, 2 有举证 evidenced, 3 核查 verified, 4 验收 accepted".to_owned()
    })
}

fn rows(name: &str) -> Result<By, String> {
    match name {
        "obligation" => Ok(By::Obligation),
        "site" => Ok(By::Site),
        "township" => Ok(By::Township),
        "liable" => Ok(By::Liable),
        _ => Err("obligation, site, township, liable".to_owned()),
    }
}

fn encoding(name: &str) -> Result<TextEncoding, String> {
    match name.to_ascii_lowercase().as_str() {
        "gbk" | "gb18030" => Ok(TextEncoding::GbkWherePossible),
        "utf-8" | "utf8" => Ok(TextEncoding::Utf8),
        _ => Err("gbk, utf-8".to_owned()),
    }
}

pub(super) fn run(args: &Args, data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let store = Store::open(data_dir)?;
    let request = request(args, lang);
    let written = export(&store, &request, &args.out).map_err(failure)?;
    print(&written, args, lang);
    Ok(ExitCode::SUCCESS)
}

fn request(args: &Args, lang: Lang) -> ExportRequest {
    let frame = SheetFrame {
        reported_by: args.reported_by.clone(),
        filled_by: args.filled_by.clone(),
        reviewed_by: args.reviewed_by.clone(),
        on: Some(args.as_of.unwrap_or_else(today)),
        area_unit: match args.unit {
            Unit::Mu => AreaUnit::Mu,
            Unit::Ha => AreaUnit::Hectare,
            Unit::M2 => AreaUnit::SquareMetre,
        },
        in_english: lang == Lang::En,
    };
    ExportRequest {
        subject: args.what,
        as_of: args.as_of,
        today: today(),
        known_at: Utc::now(),
        grade: args.grade,
        by: args.by,
        write: WriteOptions {
            format: args.format,
            crs: args.crs.clone().map(|reading| reading.crs),
            encoding: args.encoding,
            frame,
        },
    }
}

fn print(written: &Written, args: &Args, lang: Lang) {
    for finding in written.findings.iter().take(SHOWN_FINDINGS) {
        output::error_line(&told(finding, lang));
    }
    let more = written.findings.len().saturating_sub(SHOWN_FINDINGS);
    if more > 0 {
        output::error_line(&match lang {
            Lang::Zh => format!("……另有 {more} 条提示"),
            Lang::En => format!("… and {more} more notices"),
        });
    }
    let crs = written
        .crs
        .as_ref()
        .map(|crs| format!(" {crs}"))
        .unwrap_or_default();
    let (count, size, out) = (written.features, written.size_bytes, args.out.display());
    output::line(&match lang {
        Lang::Zh => format!(
            "已导出 {count} 条到 {out}（{}{crs}，{size} 字节）",
            args.format.name()
        ),
        Lang::En => format!(
            "{count} rows written to {out} ({}{crs}, {size} bytes)",
            args.format.name()
        ),
    });
}

/// What a finding of an export says.
fn told(finding: &Finding, lang: Lang) -> String {
    let text = sentence(finding.code, language(lang), &finding.values).joined();
    match (finding.feature, lang) {
        (None, _) => text,
        (Some(number), Lang::Zh) => format!("第 {number} 条：{text}"),
        (Some(number), Lang::En) => format!("row {number}: {text}"),
    }
}

fn language(lang: Lang) -> Language {
    match lang {
        Lang::Zh => Language::Zh,
        Lang::En => Language::En,
    }
}

fn failure(error: ExportError) -> Failure {
    let error = match error {
        ExportError::Service(error) => return error.into(),
        ExportError::Write(error) => error,
    };
    let values = error.values();
    let said = |language| sentence(error.code(), language, &values).joined();
    let (zh, en) = (said(Language::Zh), said(Language::En));
    match error {
        WriteError::Io { .. } | WriteError::Gdal { .. } | WriteError::Sheet { .. } => {
            Failure::other(zh, en)
        }
        // Another format, place or coordinate system mends all others.
        _ => Failure::usage(zh, en),
    }
}
