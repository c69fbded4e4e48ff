//! `qingshan remaining`: the question the product exists for.

use std::path::Path;
use std::process::ExitCode;

use chrono::{DateTime, Utc};

use super::clock::today;
use super::failure::Failure;
use super::units::Unit;
use super::{Lang, output, table};
use crate::domain::{By, Day, Grade, Question, Remaining, Row};
use crate::formats::figures_json::{RowDoc, remaining_doc, row_doc};
use crate::service::{County, remaining};
use crate::store::Store;

/// What is asked.
#[derive(clap::Args)]
pub struct Args {
    /// 统计截止日（含当日，北京时间），默认今天 / true on the ground on this day; default today
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<Day>,
    /// 按当时已知的记录（RFC 3339），默认现在 / as known at this moment; default now
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<DateTime<Utc>>,
    /// 证据等级：1 自报、2 有举证、3 核查、4 验收 / count claims of this grade and above
    #[arg(long, default_value = "4", value_parser = grade)]
    grade: Grade,
    /// 按什么分行 / what the rows are
    #[arg(long, default_value = "obligation")]
    by: Rows,
    /// 输出格式 / output format
    #[arg(long, default_value = "table")]
    format: Format,
    /// 表格的面积单位 / unit of the table
    #[arg(long, default_value = "mu")]
    unit: Unit,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Rows {
    Obligation,
    Site,
    Township,
    Liable,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

fn grade(text: &str) -> Result<Grade, String> {
    Grade::named(text).ok_or_else(|| {
        "1 自报 reported, 2 有举证 evidenced, 3 核查 verified, 4 验收 accepted".to_owned()
    })
}

pub(super) fn run(args: &Args, data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let store = Store::open(data_dir)?;
    let county = store.read(|snapshot| County::load(snapshot))?;
    let question = Question {
        as_of: args.as_of.unwrap_or_else(today),
        known_at: args.known_at.unwrap_or_else(Utc::now),
        grade: args.grade,
        by: match args.by {
            Rows::Obligation => By::Obligation,
            Rows::Site => By::Site,
            Rows::Township => By::Township,
            Rows::Liable => By::Liable,
        },
    };
    let answer = remaining(&county, question);
    match args.format {
        Format::Json => output::line(&json_text(&answer, lang)?),
        Format::Csv => output::line(&csv_text(&answer, lang)?),
        Format::Table => print_table(&answer, args.unit, lang),
    }
    Ok(ExitCode::SUCCESS)
}

fn json_text(answer: &Remaining, lang: Lang) -> Result<String, Failure> {
    serde_json::to_string_pretty(&remaining_doc(answer, lang == Lang::En))
        .map_err(|error| Failure::other(error.to_string(), error.to_string()))
}

fn csv_text(answer: &Remaining, lang: Lang) -> Result<String, Failure> {
    let failed = |error: csv::Error| Failure::other(error.to_string(), error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CSV_HEAD).map_err(failed)?;
    for row in answer.rows.iter().chain([&answer.total]) {
        let doc = row_doc(row, answer.question.grade, lang == Lang::En);
        writer.write_record(csv_cells(&doc)).map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::other(error.to_string(), error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

const CSV_HEAD: [&str; 18] = [
    "key",
    "title",
    "item_no",
    "measure_no",
    "required_stage",
    "due_on",
    "status",
    "obligation_m2",
    "done_m2",
    "remaining_m2",
    "double_claimed_m2",
    "outside_m2",
    "skipped_m2",
    "redisturbed_m2",
    "unclassified_m2",
    "sliver_m2",
    "stale_m2",
    "overlap_m2",
];

fn csv_cells(doc: &RowDoc) -> Vec<String> {
    let number = |value: Option<u32>| value.map(|n| n.to_string()).unwrap_or_default();
    let mut cells = vec![
        doc.key.clone(),
        doc.title.clone(),
        number(doc.item_no),
        number(doc.measure_no),
        doc.required_stage
            .map(|n| n.to_string())
            .unwrap_or_default(),
        doc.due_on.clone().unwrap_or_default(),
        doc.status.unwrap_or_default().to_owned(),
    ];
    // Text that a spreadsheet would run as a formula gets a quote in front.
    for cell in &mut cells {
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) {
            cell.insert(0, '\'');
        }
    }
    let areas = [
        doc.obligation_m2,
        doc.done_m2,
        doc.remaining_m2,
        doc.double_claimed_m2,
        doc.outside_m2,
        doc.skipped_m2,
        doc.redisturbed_m2,
        doc.unclassified_m2,
        doc.sliver_m2,
        doc.stale_m2,
        doc.overlap_m2,
    ];
    cells.extend(areas.map(|area| area.to_string()));
    cells
}

fn print_table(answer: &Remaining, unit: Unit, lang: Lang) {
    let question = answer.question;
    let name = unit.name(lang);
    output::line(&match lang {
        Lang::Zh => format!(
            "统计截止 {}　口径：{}及以上　单位：{name}",
            question.as_of,
            question.grade.zh()
        ),
        Lang::En => format!(
            "As of {}   claims {} and above   areas in {name}",
            question.as_of,
            question.grade.code()
        ),
    });
    let head: Vec<String> = match lang {
        Lang::Zh => [
            "编号",
            "名称",
            "要求",
            "期限",
            "状态",
            "应治理",
            "已完成",
            "剩余",
            "仅自报口径剩余",
        ],
        Lang::En => [
            "key",
            "title",
            "stage",
            "due",
            "status",
            "ground",
            "done",
            "remaining",
            "left if reports count",
        ],
    }
    .map(str::to_owned)
    .to_vec();
    let rows: Vec<Vec<String>> = answer
        .rows
        .iter()
        .chain([&answer.total])
        .map(|row| table_cells(row, question.grade, unit, lang))
        .collect();
    for line in table::lines(&head, &rows, 5) {
        output::line(&line);
    }
    output::line(lang.pick(
        "各行不必等于合计：同一块地可能对应多项任务，合计中只计一次。",
        "Rows need not add up to the total: the same ground may owe several obligations and counts once there.",
    ));
}

fn table_cells(row: &Row, grade: Grade, unit: Unit, lang: Lang) -> Vec<String> {
    let figures = row.at(grade);
    let reported = row.at(Grade::Reported);
    let stage = row.obligation.map(|o| o.required_stage);
    vec![
        row.key.clone(),
        lang.pick(&row.title_zh, &row.title_en).to_owned(),
        stage.map_or(String::new(), |s| lang.pick(s.zh(), s.code()).to_owned()),
        row.obligation
            .and_then(|o| o.due_on)
            .map_or(String::new(), |day| day.to_string()),
        row.status
            .map_or(String::new(), |s| lang.pick(s.zh(), s.code()).to_owned()),
        unit.shown(figures.obligation_m2),
        unit.shown(figures.done_m2),
        unit.shown(figures.remaining_m2),
        unit.shown(reported.remaining_m2),
    ]
}
