//! `qingshan verify`: is it what was written?

use std::path::Path;
use std::process::ExitCode;

use super::clock::actor;
use super::failure::Failure;
use super::{Lang, output};
use crate::service::{rebuild_timelines, verify};
use crate::store::Store;

/// How to verify.
#[derive(clap::Args)]
pub struct Args {
    /// 先由图形重算并替换保存的面积 / compute all kept figures anew first
    #[arg(long)]
    rebuild: bool,
    /// 输出 JSON / print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let store = Store::open(data_dir)?;
    if args.rebuild {
        rebuild_timelines(&store, &actor())?;
    }
    let found = verify(&store)?;
    if args.json {
        let faults: Vec<_> = found
            .faults
            .iter()
            .map(|f| serde_json::json!({ "code": f.code, "seq": f.seq, "what": f.what }))
            .collect();
        output::line(
            &serde_json::json!({
                "sound": found.faults.is_empty(),
                "changes": found.changes,
                "chain_head": found.chain_head,
                "sites": found.sites,
                "worst_m2": found.worst_m2,
                "faults": faults,
            })
            .to_string(),
        );
    } else {
        for fault in &found.faults {
            let at = fault.seq.map_or(String::new(), |seq| format!(" #{seq}"));
            output::line(&format!("✗ {}{at}: {}", fault.code, fault.what));
        }
        let (sites, changes, head) = (found.sites, found.changes, &found.chain_head);
        output::line(&match (found.faults.is_empty(), lang) {
            (true, Lang::Zh) => format!(
                "✓ 完好：{changes} 条变更，{sites} 处矿山面积由图形重算一致（最大差 {} m²）\n链头 {head}",
                found.worst_m2
            ),
            (true, Lang::En) => format!(
                "✓ sound: {changes} changes; the figures of {sites} sites recomputed from their polygons agree (worst {} m²)\nhead {head}",
                found.worst_m2
            ),
            (false, Lang::Zh) => {
                format!("发现 {} 处问题；请从最近的好备份恢复", found.faults.len())
            }
            (false, Lang::En) => {
                format!(
                    "{} faults found; restore the newest good backup",
                    found.faults.len()
                )
            }
        });
    }
    Ok(if found.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
