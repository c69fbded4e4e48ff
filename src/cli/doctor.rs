//! `qingshan doctor`: what this machine offers.

use std::path::Path;
use std::process::ExitCode;

use super::failure::Failure;
use super::{Lang, output};
use crate::service::{Check, examine};

pub(super) fn run(data_dir: &Path, lang: Lang) -> Result<ExitCode, Failure> {
    let checks = examine(data_dir);
    for Check { good, zh, en } in &checks {
        output::line(&format!("{} {}", if *good { "✓" } else { "✗" }, lang.pick(zh, en)));
    }
    let all_good = checks.iter().all(|check| check.good);
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
