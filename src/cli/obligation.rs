//! `qingshan obligation`: add and list.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::clock::actor;
use super::failure::Failure;
use super::{Lang, output, table};
use crate::domain::{Category, Day, PlaceType, Scope, SiteKind, Stage};
use crate::service::{add_obligation, add_seed_obligations, list_obligations, read_scope_ground};
use crate::store::{NewObligation, Store};

/// What to do with obligations.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// 新增一项整改任务 / add one
    Add(Box<AddArgs>),
    /// 载入随附的整改清单任务（已有的跳过） / add the seed obligations that are not there yet
    Seed,
    /// 列出全部任务 / list all
    List,
}

#[derive(clap::Args)]
struct AddArgs {
    /// 标题 / title
    #[arg(long)]
    title: String,
    /// 英文标题，默认同标题 / English title; default the title
    #[arg(long)]
    title_en: Option<String>,
    /// 任务编号，默认自动取号 / key; default the next free one
    #[arg(long, default_value = "")]
    key: String,
    /// 要求达到的阶段：1–6、代码或中文 / required stage: number, code or 中文
    #[arg(long, value_parser = stage)]
    required: Stage,
    /// 期限（含当日） / last day to be in time
    #[arg(long, value_name = "YYYY-MM-DD")]
    due: Day,
    /// 只管这些矿山（可多次） / only these sites
    #[arg(long, value_name = "CODE")]
    site: Vec<String>,
    /// 只管这类场所 / only sites of this kind
    #[arg(long, value_parser = kind)]
    kind: Vec<SiteKind>,
    /// 只管这类图斑及未分类地 / only ground under such parcels, and under none
    #[arg(long, value_name = "T", value_parser = place_type)]
    place_type: Vec<PlaceType>,
    /// 只管这类矿山 / only sites of this category
    #[arg(long, value_name = "C", value_parser = category)]
    category: Vec<Category>,
    /// 只管这个乡镇 / only sites in this township
    #[arg(long, value_name = "T")]
    township: Vec<String>,
    /// 只管这个责任单位 / only sites of this party
    #[arg(long, value_name = "L")]
    liable: Vec<String>,
    /// 只管这个文件里的范围 / only ground within the polygons of this file
    #[arg(long, value_name = "FILE")]
    scope: Option<PathBuf>,
    /// 依据的条目.措施，如 11.3 / item and measure of the plan it cites
    #[arg(long, value_name = "ITEM.MEASURE", value_parser = measure)]
    measure: Option<(u32, Option<u32>)>,
}

fn word<T: Copy>(found: Option<T>, all: &[T], code: impl Fn(T) -> String) -> Result<T, String> {
    found.ok_or_else(|| all.iter().map(|w| code(*w)).collect::<Vec<_>>().join(", "))
}

fn stage(text: &str) -> Result<Stage, String> {
    let known = Stage::ALL.get(1..).unwrap_or_default();
    let found = Stage::named(text).filter(|stage| known.contains(stage));
    word(found, known, |s| {
        format!("{} {} {}", s.number(), s.code(), s.zh())
    })
}

fn kind(text: &str) -> Result<SiteKind, String> {
    word(SiteKind::named(text), SiteKind::ALL, |k| {
        format!("{} {}", k.code(), k.zh())
    })
}

fn place_type(text: &str) -> Result<PlaceType, String> {
    word(PlaceType::named(text), PlaceType::ALL, |p| {
        format!("{} {}", p.code(), p.zh())
    })
}

fn category(text: &str) -> Result<Category, String> {
    word(Category::named(text), Category::ALL, |c| {
        format!("{} {}", c.code(), c.zh())
    })
}

fn measure(text: &str) -> Result<(u32, Option<u32>), String> {
    let wrong = |_error| "条目.措施，如 11.3 / item.measure, e.g. 11.3".to_owned();
    match text.split_once('.') {
        Some((item, measure)) => Ok((
            item.parse().map_err(wrong)?,
            Some(measure.parse().map_err(wrong)?),
        )),
        None => Ok((text.parse().map_err(wrong)?, None)),
    }
}

pub(super) fn run(args: &Args, data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let store = Store::open(data_dir)?;
    match &args.what {
        What::Add(args) => {
            let key = add_obligation(&store, &actor(), new_obligation(args)?)?;
            output::line(&match lang {
                Lang::Zh => format!("已新增任务 {key}"),
                Lang::En => format!("added obligation {key}"),
            });
        }
        What::Seed => {
            let count = add_seed_obligations(&store, &actor())?;
            output::line(&match lang {
                Lang::Zh => format!("已载入 {count} 项任务"),
                Lang::En => format!("added {count} obligations"),
            });
        }
        What::List => print_list(&store, lang)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn new_obligation(args: &AddArgs) -> Result<NewObligation, Failure> {
    let ground = args.scope.as_deref().map(read_scope_ground).transpose()?;
    Ok(NewObligation {
        key: args.key.trim().to_owned(),
        title_zh: args.title.clone(),
        title_en: args.title_en.clone().unwrap_or_else(|| args.title.clone()),
        item_no: args.measure.map(|(item, _)| item),
        measure_no: args.measure.and_then(|(_, measure)| measure),
        required_stage: args.required,
        due_on: args.due,
        scope: Scope {
            sites: args.site.clone(),
            kinds: args.kind.clone(),
            categories: args.category.clone(),
            townships: args.township.clone(),
            liable: args.liable.clone(),
            place_types: args.place_type.clone(),
            ground,
        },
        source_zh: String::new(),
        source_en: String::new(),
    })
}

fn print_list(store: &Store, lang: Lang) -> Result<(), Failure> {
    let today = super::clock::today();
    let now = chrono::Utc::now();
    let head = match lang {
        Lang::Zh => ["编号", "名称", "要求", "期限", "依据"],
        Lang::En => ["key", "title", "stage", "due", "source"],
    }
    .map(str::to_owned);
    let rows: Vec<Vec<String>> = list_obligations(store)?
        .iter()
        .map(|entry| {
            let o = &entry.obligation;
            vec![
                o.key.clone(),
                lang.pick(&o.title_zh, &o.title_en).to_owned(),
                lang.pick(o.required_stage.zh(), o.required_stage.code())
                    .to_owned(),
                o.terms_at(today, now)
                    .map_or(String::new(), |t| t.due_on.to_string()),
                lang.pick(&entry.source_zh, &entry.source_en).to_owned(),
            ]
        })
        .collect();
    if rows.is_empty() {
        output::line(lang.pick(
            "还没有任务：用 obligation add 新增，或用 obligation seed 载入随附清单。",
            "No obligations yet: add one with `obligation add`, or the seeds with `obligation seed`.",
        ));
        return Ok(());
    }
    for line in table::lines(&head, &rows, usize::MAX) {
        output::line(&line);
    }
    Ok(())
}
