//! `qingshan import`: a dry run with findings unless `--commit` is given.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::ProgressBar;

use super::clock::actor;
use super::failure::Failure;
use super::units::Unit;
use super::{Lang, output, table};
use crate::domain::{Grade, Row};
use crate::formats::crs::Reading;
use crate::formats::source::{CrsOrigin, EncodingOrigin, ReadOptions};
use crate::geometry::{Finding, Severity};
use crate::service::import::{
    ImportError, ImportReport, ImportRequest, Target, Totals, import, rollback,
};
use crate::service::messages::{Language, sentence};
use crate::store::Store;

/// How many findings are listed unless all are asked for.
const SHOWN_FINDINGS: usize = 200;

/// What to import.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    /// 文件、zip 或 .gdb 文件夹 / a file, a zip or a .gdb folder
    #[arg(required_unless_present = "rollback")]
    file: Option<PathBuf>,
    /// 导入为 / what the features are
    #[arg(long = "as", value_parser = target, required_unless_present = "rollback")]
    target: Option<Target>,
    /// 图层或工作表 / the layer or sheet
    #[arg(long)]
    layer: Option<String>,
    /// 坐标系：EPSG:n、GCJ-02、BD-09；加 :yx 表示北坐标在前 / with :yx when north comes first
    #[arg(long, value_parser = reading)]
    crs: Option<Reading>,
    /// 文字编码 / text encoding
    #[arg(long)]
    encoding: Option<String>,
    /// 字段=列名 / read a column as a field
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = pair)]
    maps: Vec<(String, String)>,
    /// 字段=值，对所有要素 / give every feature a value
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = pair)]
    sets: Vec<(String, String)>,
    /// 接受对破损图形的修复建议 / accept the repairs that are proposed
    #[arg(long)]
    repair: bool,
    /// 写入；否则只试算 / commit; otherwise only try
    #[arg(long)]
    commit: bool,
    /// 撤回一批导入 / undo an import, by its number
    #[arg(long, value_name = "BATCH", conflicts_with_all = ["file", "target", "commit"])]
    rollback: Option<i64>,
    /// 列出全部发现 / list every finding
    #[arg(long)]
    all: bool,
    /// 面积单位 / unit of areas
    #[arg(long, default_value = "mu")]
    unit: Unit,
}

fn target(word: &str) -> Result<Target, String> {
    Target::named(word).ok_or_else(|| Target::ALL.map(Target::code).join(", "))
}

fn reading(text: &str) -> Result<Reading, String> {
    text.parse()
        .map_err(|error| format!("{error}; EPSG:n, GCJ-02, BD-09"))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

pub(super) fn run(args: &Args, data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let store = Store::open(data_dir)?;
    if let Some(batch) = args.rollback {
        return undo(&store, batch, lang);
    }
    let (Some(file), Some(target)) = (&args.file, args.target) else {
        return Err(Failure::usage(
            "缺少文件或 --as",
            "a file and --as are needed",
        ));
    };
    let request = ImportRequest {
        path: file.clone(),
        target,
        options: ReadOptions {
            layer: args.layer.clone(),
            crs: args.crs.clone(),
            encoding: args.encoding.clone(),
        },
        maps: args.maps.clone(),
        sets: args.sets.clone(),
        applies_repairs: args.repair,
        commits: args.commit,
    };
    let waiting = spinner(lang);
    let report = import(&store, &actor(), &request);
    waiting.finish_and_clear();
    let report = report.map_err(failure)?;
    print(&report, args, lang);
    let is_clean = !report.is_refused() && report.rejected == 0;
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// A sign of life on a terminal; nothing where the output is kept.
fn spinner(lang: Lang) -> ProgressBar {
    const TICK: Duration = Duration::from_millis(120);
    let bar =
        ProgressBar::new_spinner().with_message(lang.pick("读取并核对…", "reading and checking…"));
    bar.enable_steady_tick(TICK);
    bar
}

fn undo(store: &Store, batch: i64, lang: Lang) -> Result<ExitCode, Failure> {
    let done = rollback(store, &actor(), batch)?;
    output::line(&match lang {
        Lang::Zh => format!(
            "第 {batch} 批已撤回：终止 {} 条记录，恢复 {} 条。变更日志保留全过程。",
            done.ended, done.restored
        ),
        Lang::En => format!(
            "import {batch} was rolled back: {} records ended, {} restored; the change log keeps all of it",
            done.ended, done.restored
        ),
    });
    Ok(ExitCode::SUCCESS)
}

fn failure(error: ImportError) -> Failure {
    let code = error.code();
    let detail = error.to_string();
    match error {
        ImportError::Service(error) => error.into(),
        ImportError::Read(_) => {
            let told = |in_english: bool| {
                let language = if in_english {
                    Language::En
                } else {
                    Language::Zh
                };
                format!(
                    "{code}: {} ({detail})",
                    sentence(code, language, &[]).joined()
                )
            };
            let (zh, en) = (told(false), told(true));
            match code {
                "format.not_found" | "layer.unknown" | "layer.not_chosen" | "encoding.unknown"
                | "crs.unknown" => Failure::usage(zh, en),
                _ => Failure::findings(zh, en),
            }
        }
    }
}

fn print(report: &ImportReport, args: &Args, lang: Lang) {
    for line in read_lines(report, lang) {
        output::line(&line);
    }
    print_findings(&report.findings, args.all, lang);
    if report.is_refused() {
        output::line(lang.pick(
            "文件未被接受，什么都没有写入。按上面的提示处理后重试。",
            "The file was not accepted and nothing was written. See to the findings and try again.",
        ));
        return;
    }
    let area = args.unit.shown(report.area_m2);
    let unit = args.unit.name(lang);
    output::line(&match lang {
        Lang::Zh => format!(
            "共 {} 条：新增 {}，更新 {}，已有（跳过） {}，拒绝 {}；图形面积合计 {area} {unit}",
            report.features, report.added, report.changed, report.skipped, report.rejected
        ),
        Lang::En => format!(
            "{} features: {} to add, {} to change, {} recorded already (skipped), {} rejected; {area} {unit} of ground",
            report.features, report.added, report.changed, report.skipped, report.rejected
        ),
    });
    if let Some(totals) = &report.totals {
        print_totals(totals, args.unit, lang);
    }
    output::line(&ending(report, args.commit, lang));
}

fn ending(report: &ImportReport, commits: bool, lang: Lang) -> String {
    match (report.batch_id, commits, lang) {
        (Some(batch), _, Lang::Zh) => {
            format!("已写入，批次 {batch}。撤回：qingshan import --rollback {batch}")
        }
        (Some(batch), _, Lang::En) => {
            format!("committed as import {batch}; to undo: qingshan import --rollback {batch}")
        }
        (None, true, _) => lang
            .pick(
                "没有新内容，什么都没有写入。",
                "nothing new; nothing was written",
            )
            .to_owned(),
        (None, false, _) => lang
            .pick(
                "这是试算，什么都没有写入；加 --commit 写入。",
                "a dry run; add --commit to write it",
            )
            .to_owned(),
    }
}

/// How the file was understood.
fn read_lines(report: &ImportReport, lang: Lang) -> Vec<String> {
    let origin = match report.crs.origin {
        CrsOrigin::User => lang.pick("由 --crs 指定", "given by --crs"),
        CrsOrigin::Prj => lang.pick("来自 .prj", "from the .prj"),
        CrsOrigin::Header => lang.pick("文件自带", "stated by the file"),
        CrsOrigin::FormatDefault => lang.pick("格式默认", "the format's default"),
        CrsOrigin::Nowhere => lang.pick("未说明", "not stated"),
    };
    let crs = report
        .crs
        .reading
        .as_ref()
        .map_or_else(|| "—".to_owned(), ToString::to_string);
    let how = match report.encoding.origin {
        EncodingOrigin::User => lang.pick("由 --encoding 指定", "given by --encoding"),
        EncodingOrigin::Cpg => lang.pick("来自 .cpg", "from the .cpg"),
        EncodingOrigin::LanguageByte => lang.pick("来自 DBF 头", "from the DBF header"),
        EncodingOrigin::ByteOrderMark => lang.pick("字节顺序标记", "byte order mark"),
        EncodingOrigin::Sniffed => lang.pick("由内容判断", "judged from the bytes"),
        EncodingOrigin::Format => lang.pick("格式规定", "the format's only one"),
    };
    let mut lines = vec![format!(
        "{}: {} · {}: {crs}（{origin}） · {}: {}（{how}）",
        lang.pick("格式", "format"),
        report.format.name(),
        lang.pick("坐标系", "crs"),
        lang.pick("编码", "encoding"),
        report.encoding.name,
    )];
    if !report.encoding.preview.is_empty() {
        lines.push(format!(
            "{}: {}",
            lang.pick("文字预览", "text"),
            report.encoding.preview.join(" | ")
        ));
    }
    let mapped: Vec<String> = report
        .mapping
        .iter()
        .map(|(field, column)| format!("{field} ← {column}"))
        .collect();
    lines.push(format!(
        "{}: {}",
        lang.pick("字段对应", "columns"),
        mapped.join(", ")
    ));
    if !report.kept_columns.is_empty() {
        let kept = report.kept_columns.join(", ");
        lines.push(format!(
            "{}: {kept}",
            lang.pick("留作属性", "kept as attributes")
        ));
    }
    lines
}

fn print_findings(findings: &[Finding], all: bool, lang: Lang) {
    let shown = if all {
        findings.len()
    } else {
        findings.len().min(SHOWN_FINDINGS)
    };
    for finding in findings.iter().take(shown) {
        output::line(&finding_line(finding, lang));
    }
    let hidden = findings.len() - shown;
    if hidden > 0 {
        output::line(&match lang {
            Lang::Zh => format!("……还有 {hidden} 条，加 --all 全部列出"),
            Lang::En => format!("… and {hidden} more; add --all to list them"),
        });
    }
}

fn finding_line(finding: &Finding, lang: Lang) -> String {
    let mark = match finding.severity {
        Severity::Error => lang.pick("✗ 错误", "✗ error"),
        Severity::Warning => lang.pick("! 注意", "! warning"),
        Severity::Notice => lang.pick("· 提示", "· notice"),
    };
    let language = if lang == Lang::En {
        Language::En
    } else {
        Language::Zh
    };
    let told = sentence(finding.code, language, &finding.values);
    let number = finding
        .feature
        .map(|n| format!(" #{n}"))
        .unwrap_or_default();
    let place = finding
        .place
        .map(|p| format!(" @ {:.7}, {:.7}", p.lon, p.lat))
        .unwrap_or_default();
    format!("{mark}{number} [{}]{place} {}", finding.code, told.joined())
}

fn print_totals(totals: &Totals, unit: Unit, lang: Lang) {
    let name = unit.name(lang);
    let head = match lang {
        Lang::Zh => ["任务", "名称", "剩余（导入前）", "剩余（导入后）", "变化"],
        Lang::En => [
            "obligation",
            "title",
            "remaining before",
            "remaining after",
            "change",
        ],
    }
    .map(str::to_owned);
    let before_of = |key: &str| {
        let found = totals.before.rows.iter().find(|row| row.key == key);
        found.map_or(0.0, |row| row.at(Grade::Accepted).remaining_m2)
    };
    let cells = |row: &Row, before_m2: f64| {
        let after_m2 = row.at(Grade::Accepted).remaining_m2;
        vec![
            row.key.clone(),
            lang.pick(&row.title_zh, &row.title_en).to_owned(),
            unit.shown(before_m2),
            unit.shown(after_m2),
            unit.shown(after_m2 - before_m2),
        ]
    };
    let mut rows: Vec<Vec<String>> = totals
        .after
        .rows
        .iter()
        .map(|row| cells(row, before_of(&row.key)))
        .collect();
    let total_before_m2 = totals.before.total.at(Grade::Accepted).remaining_m2;
    rows.push(cells(&totals.after.total, total_before_m2));
    output::line(&match lang {
        Lang::Zh => format!(
            "剩余面积（{}，验收口径，{name}）",
            totals.after.question.as_of
        ),
        Lang::En => format!(
            "remaining on {}, accepted claims only, {name}",
            totals.after.question.as_of
        ),
    });
    for line in table::lines(&head, &rows, 2) {
        output::line(&line);
    }
}
