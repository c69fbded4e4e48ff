//! `qingshan doctor`: what this machine offers.

use std::path::Path;
use std::process::ExitCode;

use super::{Lang, output};
use crate::service::{Check, examine};

pub(super) fn run(data_dir: &Path, lang: Lang) -> ExitCode {
    let checks = examine(data_dir);
    for Check { good, zh, en } in &checks {
        output::line(&format!(
            "{} {}",
            if *good { "✓" } else { "✗" },
            lang.pick(zh, en)
        ));
    }
    let all_good = checks.iter().all(|check| check.good);
    if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
