//! Who asks, and what day it is.

use chrono::{FixedOffset, Utc};

use crate::domain::{Day, Instant};
use crate::store::Actor;

/// Seconds that Asia/Shanghai is ahead of UTC, all year.
const SHANGHAI_SECONDS_EAST: i32 = 8 * 3600;

/// Today in Asia/Shanghai.
#[must_use]
pub fn today() -> Day {
    shanghai(Utc::now())
}

/// The day of an instant in Asia/Shanghai.
#[must_use]
pub fn shanghai(at: Instant) -> Day {
    FixedOffset::east_opt(SHANGHAI_SECONDS_EAST).map_or_else(
        || at.date_naive(),
        |zone| at.with_timezone(&zone).date_naive(),
    )
}

/// The command line's actor: `cli:` and the operating-system user.
#[must_use]
pub fn actor() -> Actor {
    let user = ["USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned());
    Actor(format!("cli:{user}"))
}
