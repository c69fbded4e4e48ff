//! `qingshan demo`, `backup` and `restore`: filling and keeping a data directory.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::clock::actor;
use super::failure::Failure;
use super::{Lang, output};
use crate::service::make_demo;
use crate::store::{BackupManifest, Store};

/// Where a backup goes.
#[derive(clap::Args)]
pub struct BackupArgs {
    /// 新文件夹 / a new folder
    out: PathBuf,
}

/// Where a backup is.
#[derive(clap::Args)]
pub struct RestoreArgs {
    /// 备份文件夹 / the backup's folder
    backup: PathBuf,
}

pub(super) fn demo(data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let is_filled = make_demo(data_dir, &actor())?;
    let place = data_dir.display();
    output::line(&match (is_filled, lang) {
        (true, Lang::Zh) => format!(
            "演示县已填入 {place}（全部虚构）。运行 qingshan serve 后在浏览器打开；本版本只在本机监听，无需登录。"
        ),
        (true, Lang::En) => format!(
            "The demo county is in {place} (all of it invented). Run `qingshan serve` and open the page; this version listens on this machine only and asks for no login."
        ),
        (false, Lang::Zh) => format!("{place} 里已有数据，没有改动。"),
        (false, Lang::En) => format!("{place} already holds data; nothing was changed."),
    });
    Ok(ExitCode::SUCCESS)
}

pub(super) fn backup(args: &BackupArgs, data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let manifest = Store::open(data_dir)?.backup(&args.out)?;
    let place = args.out.display();
    output::line(&match lang {
        Lang::Zh => format!("已备份到 {place} 并核验：{}", described(&manifest)),
        Lang::En => format!(
            "backed up to {place} and verified: {}",
            described(&manifest)
        ),
    });
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(
    args: &RestoreArgs,
    data_dir: &Path,
    lang: Lang,
) -> Result<ExitCode, Failure> {
    let manifest = crate::store::restore(&args.backup, data_dir)?;
    let place = data_dir.display();
    output::line(&match lang {
        Lang::Zh => format!("已恢复到 {place}：{}", described(&manifest)),
        Lang::En => format!("restored into {place}: {}", described(&manifest)),
    });
    Ok(ExitCode::SUCCESS)
}

fn described(manifest: &BackupManifest) -> String {
    format!(
        "seq {} · head {} · {} B",
        manifest.seq, manifest.chain_head, manifest.size_bytes
    )
}
