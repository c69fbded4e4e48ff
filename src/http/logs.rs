//! The server's log: lines for people, or JSON for programs.

use tracing_subscriber::EnvFilter;

/// Begins to log to standard error. `QINGSHAN_LOG` is the filter (`info` when unset);
/// `QINGSHAN_LOG_FORMAT=json` writes one JSON object per line.
pub fn begin_log() {
    let filter =
        EnvFilter::try_from_env("QINGSHAN_LOG").unwrap_or_else(|_unset| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let is_json = std::env::var("QINGSHAN_LOG_FORMAT").is_ok_and(|format| format == "json");
    // A log that another part of the process has begun stays.
    let _ = if is_json {
        log.json().flatten_event(true).try_init()
    } else {
        log.with_target(false).with_ansi(false).try_init()
    };
}
