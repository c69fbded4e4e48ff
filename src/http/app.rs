//! What all requests share: the county in memory, the bounded pool for work that blocks, the clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{FixedOffset, Utc};
use tokio::sync::Semaphore;

use super::kept::Kept;
use super::metrics::Metrics;
use super::refusal::Refusal;
use crate::domain::{By, Day, Grade, Instant, Question};
use crate::service::{County, CountyCache, CountyTiles};
use crate::store::Store;

/// A clock; tests set their own.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What bounds a server.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Questions answered at the same time; more are turned away at once.
    pub in_flight: usize,
    /// Threads that may read the store or compute at the same time; more wait.
    pub blocking: usize,
    /// How long an answer may take.
    pub answer_within: Duration,
    /// How far behind the ledger the tiles of a map may be, so that the dozens that a browser asks for
    /// at once need not each look whether anything changed.
    pub tiles_behind: Duration,
    /// How long the head of a request may take to arrive.
    pub head_within: Duration,
    /// How long answers under way may take after the end was asked for.
    pub drain_within: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            in_flight: 256,
            blocking: cores + 2,
            answer_within: Duration::from_secs(30),
            tiles_behind: Duration::from_millis(100),
            head_within: Duration::from_secs(10),
            drain_within: Duration::from_secs(10),
        }
    }
}

/// Compressed tiles kept in memory: every tile of a county's usual zooms is a tenth of it.
const TILE_CACHE_BYTES: usize = 64 * 1024 * 1024;

/// The state of one server; cloning shares it.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    county: CountyCache,
    tiles: Arc<CountyTiles>,
    kept: Kept,
    recent: Mutex<Option<(std::time::Instant, Setting)>>,
    clock: Clock,
    bounds: Bounds,
    in_flight: Arc<Semaphore>,
    blocking: Arc<Semaphore>,
    metrics: Metrics,
}

/// What an answer is computed from: one revision of the county and one moment.
#[derive(Clone)]
pub(super) struct Setting {
    /// The county.
    pub(super) county: Arc<County>,
    /// The store, for what the county does not hold in memory.
    pub(super) store: Store,
    /// The moment of the request, never before the last record.
    pub(super) now: Instant,
    /// The day of that moment in Asia/Shanghai.
    pub(super) today: Day,
}

impl App {
    /// A server of a store with the usual bounds and the system's clock.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self::with(store, Arc::new(Utc::now), Bounds::default())
    }

    /// A server of a store.
    #[must_use]
    pub fn with(store: Store, clock: Clock, bounds: Bounds) -> Self {
        Self(Arc::new(Shared {
            county: CountyCache::new(store),
            tiles: Arc::new(CountyTiles::new(TILE_CACHE_BYTES)),
            kept: Kept::default(),
            recent: Mutex::default(),
            clock,
            bounds,
            in_flight: Arc::new(Semaphore::new(bounds.in_flight)),
            blocking: Arc::new(Semaphore::new(bounds.blocking)),
            metrics: Metrics::new(),
        }))
    }

    pub(super) fn store(&self) -> &Store {
        self.0.county.store()
    }

    pub(super) fn tiles(&self) -> Arc<CountyTiles> {
        Arc::clone(&self.0.tiles)
    }

    /// Answers that hold for a whole revision.
    pub(super) fn kept(&self) -> &Kept {
        &self.0.kept
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn bounds(&self) -> Bounds {
        self.0.bounds
    }

    /// Questions that may be answered at the same time.
    pub(super) fn in_flight(&self) -> &Semaphore {
        &self.0.in_flight
    }

    /// Does work that blocks on the bounded pool, never on the threads that serve connections.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        // The permit goes with the work: a request that gave up does not make room before its work
        // has ended.
        let permit = Arc::clone(&self.0.blocking).acquire_owned().await;
        let app = self.clone();
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(|| work(&app))
        });
        done.await.unwrap_or_else(|error| {
            tracing::error!(error = %error, "work for a request stopped unexpectedly");
            Err(Refusal::failed())
        })
    }

    /// The county and the moment of a request. Blocks.
    pub(super) fn setting(&self) -> Result<Setting, Refusal> {
        let county = self.0.county.current()?;
        self.0.metrics.revision(county.revision);
        // A record dated a little ahead by a set clock is known now, too.
        let now = (self.0.clock)().max(county.recorded_until);
        let today = shanghai_day((self.0.clock)());
        let setting = Setting {
            county,
            store: self.store().clone(),
            now,
            today,
        };
        let mut recent = self.0.recent.lock().unwrap_or_else(PoisonError::into_inner);
        *recent = Some((std::time::Instant::now(), setting.clone()));
        Ok(setting)
    }

    /// The setting of a moment ago, if there is one, for tiles. Never blocks.
    pub(super) fn recent_setting(&self) -> Option<Setting> {
        let recent = self.0.recent.try_lock().ok()?;
        let (at, setting) = recent.as_ref()?;
        (at.elapsed() < self.0.bounds.tiles_behind).then(|| setting.clone())
    }
}

/// The day of an instant in Asia/Shanghai, eight hours ahead of UTC all year.
fn shanghai_day(at: Instant) -> Day {
    const SECONDS_EAST: i32 = 8 * 3600;
    FixedOffset::east_opt(SECONDS_EAST).map_or_else(
        || at.date_naive(),
        |zone| at.with_timezone(&zone).date_naive(),
    )
}

impl Setting {
    /// The question with what was not asked filled in: today, as known now, accepted.
    pub(super) fn question(
        &self,
        as_of: Option<Day>,
        known_at: Option<Instant>,
        grade: Option<Grade>,
        by: By,
    ) -> Question {
        Question {
            as_of: as_of.unwrap_or(self.today),
            known_at: known_at.unwrap_or(self.now),
            grade: grade.unwrap_or(Grade::Accepted),
            by,
        }
    }
}
