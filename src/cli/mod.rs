//! The command line: decode, call a service, encode.
//!
//! Exit codes: 0 done; 1 it ran and found faults (`verify`, `doctor`), or `import` could not take
//! the file or some of its features (what it did take is committed when asked); 2 the command was given wrongly; 3 the data directory cannot be used; 4 anything else.

mod backup;
mod clock;
mod doctor;
mod export;
mod failure;
mod import;
mod obligation;
mod output;
mod remaining;
mod serve;
mod table;
mod units;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// 青山：矿山修复面积台账 / how much quarried ground is still to be rehabilitated
#[derive(Parser)]
#[command(name = "qingshan", version, arg_required_else_help = true)]
pub struct Cli {
    /// 数据目录（所有数据都在里面） / the data directory; it holds everything
    #[arg(
        long,
        global = true,
        default_value = "qingshan-data",
        env = "QINGSHAN_DATA_DIR"
    )]
    data_dir: PathBuf,
    /// 输出语言 / language of the output
    #[arg(long, global = true, default_value = "zh", env = "QINGSHAN_LANG")]
    lang: Lang,
    #[command(subcommand)]
    command: Command,
}

/// A language of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// 简体中文
    Zh,
    /// English
    En,
}

impl Lang {
    /// The text in this language.
    #[must_use]
    pub const fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// 启动网页与接口（只限本机） / the web application and the API, for this machine
    Serve(serve::Args),
    /// 向空数据目录填入虚构的演示县 / fill an empty data directory with the synthetic demo county
    Demo,
    /// 导入图形或台账，默认只试算 / import polygons or a ledger; a dry run unless --commit is given
    Import(Box<import::Args>),
    /// 剩余面积：按任务、矿山、乡镇或责任单位 / what remains, by obligation, site, township or party
    Remaining(remaining::Args),
    /// 整改任务：新增、列出 / obligations: add, list
    Obligation(obligation::Args),
    /// 导出：geojson、gpkg、shp、kml、txt、xlsx、csv / take part of the ledger out to a file
    Export(export::Args),
    /// 在线备份到新文件夹，核验后才算数 / copy the store to a new folder, verified before it counts
    Backup(backup::BackupArgs),
    /// 从备份恢复到空数据目录 / restore a backup into an empty data directory
    Restore(backup::RestoreArgs),
    /// 核验：文件、变更链、由图形重算的面积 / check the file, the change log and every kept figure
    Verify(verify::Args),
    /// 检查运行环境 / check what this machine offers
    Doctor,
}

/// Runs the command line and says how it ended.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang;
    match cli.carry_out() {
        Ok(code) => code,
        Err(failure) => failure.report(lang),
    }
}

impl Cli {
    fn carry_out(self) -> Result<ExitCode, Failure> {
        let Self {
            data_dir,
            lang,
            command,
        } = self;
        match command {
            Command::Serve(args) => serve::run(&args, &data_dir, lang),
            Command::Demo => backup::demo(&data_dir, lang),
            Command::Import(args) => import::run(&args, &data_dir, lang),
            Command::Remaining(args) => remaining::run(&args, &data_dir, lang),
            Command::Obligation(args) => obligation::run(&args, &data_dir, lang),
            Command::Export(args) => export::run(&args, &data_dir, lang),
            Command::Backup(args) => backup::backup(&args, &data_dir, lang),
            Command::Restore(args) => backup::restore(&args, &data_dir, lang),
            Command::Verify(args) => verify::run(&args, &data_dir, lang),
            Command::Doctor => Ok(doctor::run(&data_dir, lang)),
        }
    }
}
