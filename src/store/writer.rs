//! The one writer: a thread that owns the only write connection and commits in groups.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{SubsecRound, Utc};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::change_log::{self, Change};
use super::{Snapshot, StoreError, backup, blob, migrate};
use crate::domain::Instant;

/// Who writes: `cli:` and the operating-system user, or a signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(pub String);

/// The store of one data directory.
///
/// Cloning shares it. Dropping the last clone ends the writer after what it has been given.
#[derive(Clone)]
pub struct Store {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) directory: PathBuf,
    jobs: Mutex<Option<Sender<Box<dyn Job>>>>,
    readers: Mutex<Vec<Connection>>,
    poisoned: Arc<AtomicBool>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

/// A write transaction; [`Store::write`] gives it out.
pub struct WriteTx<'c> {
    pub(super) connection: &'c Connection,
    pub(super) seq: i64,
    pub(super) now: Instant,
}

impl WriteTx<'_> {
    /// The moment this transaction records.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// What the transaction sees, its own rows included.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot {
            connection: self.connection,
        }
    }
}

impl Store {
    /// Opens the store of a data directory; makes both when they are missing.
    ///
    /// # Errors
    /// When the directory or file cannot be made or opened, or a newer program wrote it.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(directory).map_err(|source| StoreError::Disk {
            path: directory.to_owned(),
            source,
        })?;
        let mut connection = open_writer(&directory.join(backup::FILE_NAME))?;
        migrate::migrate(&mut connection)?;
        let (jobs, queue) = channel();
        let poisoned = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&poisoned);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_all(&mut connection, &queue, &flag))
            .map_err(|source| StoreError::Disk {
                path: directory.to_owned(),
                source,
            })?;
        Ok(Self {
            shared: Arc::new(Shared {
                directory: directory.to_owned(),
                jobs: Mutex::new(Some(jobs)),
                readers: Mutex::default(),
                poisoned,
                writer: Mutex::new(Some(writer)),
            }),
        })
    }

    /// The data directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.shared.directory
    }

    /// Whether a commit failed on disk, after which nothing is written any more.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.shared.poisoned.load(Ordering::Acquire)
    }

    /// Reads one consistent snapshot.
    ///
    /// # Errors
    /// What `read` returns, or that the file cannot be opened.
    pub fn read<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let pooled = self.readers().pop();
        let mut connection = match pooled {
            Some(connection) => connection,
            None => open_reader(&self.shared.directory.join(backup::FILE_NAME))?,
        };
        let value = {
            let tx = connection
                .transaction_with_behavior(TransactionBehavior::Deferred)
                .map_err(StoreError::from)?;
            read(&Snapshot { connection: &tx })
        };
        self.readers().push(connection);
        value
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.shared
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one transaction and returns when it is durable.
    ///
    /// `write` gets the transaction and gives back a value and the change record; an error or a
    /// panic undoes everything it did. Several writers share one commit.
    ///
    /// # Errors
    /// What `write` returns, or that the commit failed; nothing is written then.
    pub fn write<T, E>(
        &self,
        actor: &Actor,
        write: impl FnOnce(&WriteTx<'_>) -> Result<(T, Change), E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_at(None, actor, write)
    }

    /// Writes with a set clock; only the demo county may, which tells a story of the past.
    ///
    /// # Errors
    /// As [`Store::write`], and [`StoreError::ClockBack`] before the last record.
    pub fn write_with_set_clock<T, E>(
        &self,
        now: Instant,
        actor: &Actor,
        write: impl FnOnce(&WriteTx<'_>) -> Result<(T, Change), E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write_at(Some(now), actor, write)
    }

    fn write_at<T, E>(
        &self,
        clock: Option<Instant>,
        actor: &Actor,
        write: impl FnOnce(&WriteTx<'_>) -> Result<(T, Change), E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        let job = WriteJob {
            clock,
            actor: actor.clone(),
            write: Some(write),
            outcome: None,
            reply,
        };
        let sent = self
            .shared
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .is_some_and(|jobs| jobs.send(Box::new(job)).is_ok());
        if !sent {
            return Err(StoreError::WriterGone.into());
        }
        answer
            .recv()
            .unwrap_or_else(|_gone| Err(StoreError::WriterGone.into()))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Closing the queue lets the writer finish what it has and close the file.
        self.jobs
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.readers
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        if let Some(writer) = self
            .writer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            // A panic of the writer has been answered to its callers already.
            let _ = writer.join();
        }
    }
}

/// One transaction waiting for the writer.
trait Job: Send {
    /// Runs inside a savepoint; `false` undoes it.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers the caller once the group's commit is known.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
}

struct WriteJob<T, E, F> {
    clock: Option<Instant>,
    actor: Actor,
    write: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<T, E, F> WriteJob<T, E, F>
where
    E: From<StoreError>,
    F: FnOnce(&WriteTx<'_>) -> Result<(T, Change), E>,
{
    fn attempt(&mut self, connection: &Connection) -> Result<T, E> {
        let head = change_log::head(connection)?;
        let now = match self.clock {
            Some(asked) if asked < head.recorded_at => {
                let (asked, last) = (asked.to_rfc3339(), head.recorded_at.to_rfc3339());
                return Err(StoreError::ClockBack { asked, last }.into());
            }
            Some(asked) => asked,
            // Our own order never goes back, whatever the machine's clock does.
            None => Utc::now().max(head.recorded_at),
        }
        .trunc_subsecs(3);
        let tx = WriteTx {
            connection,
            seq: head.seq + 1,
            now,
        };
        let write = self.write.take().ok_or(StoreError::WriterGone)?;
        let (value, change) = write(&tx)?;
        change_log::append(connection, &head, now, &self.actor.0, &change)?;
        Ok(value)
    }
}

impl<T, E, F> Job for WriteJob<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&WriteTx<'_>) -> Result<(T, Change), E> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.attempt(connection)))
            .unwrap_or_else(|_panic| Err(StoreError::WriterGone.into()));
        let is_good = outcome.is_ok();
        self.outcome = Some(outcome);
        is_good
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { outcome, reply, .. } = *self;
        let answer = match (outcome, committed) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreError::WriterGone.into()),
        };
        // A caller that has gone away needs no answer.
        let _ = reply.send(answer);
    }
}

/// How many waiting transactions share one commit at most.
const GROUP: usize = 64;

fn write_all(connection: &mut Connection, queue: &Receiver<Box<dyn Job>>, poisoned: &AtomicBool) {
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP - 1));
        let committed = if poisoned.load(Ordering::Acquire) {
            Err(StoreError::Poisoned)
        } else {
            run_group(connection, &mut group)
        };
        if let Err(error) = &committed
            && !matches!(error, StoreError::Poisoned)
            && !error.is_disk_full()
        {
            tracing::error!(%error, "commit failed, the store stops writing");
            poisoned.store(true, Ordering::Release);
        }
        let mut error = committed.err();
        for job in group {
            let answer = match &error {
                None => Ok(()),
                Some(_) => Err(error
                    .replace(StoreError::Poisoned)
                    .unwrap_or(StoreError::Poisoned)),
            };
            job.finish(answer);
        }
    }
}

fn run_group(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let mut tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in group {
        let savepoint = tx.savepoint()?;
        if job.run(&savepoint) {
            savepoint.commit()?;
        }
    }
    tx.commit()?;
    Ok(())
}

fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    // The R-tree triggers of our own schema use a virtual table, which needs `trusted_schema`, so
    // the writer keeps the default; it runs no SQL but ours.
    set_up(&connection)?;
    // Fails with a clear code instead of at once when another process (the command line beside the
    // server) is writing.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let flags = rusqlite::functions::FunctionFlags::SQLITE_UTF8
        | rusqlite::functions::FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("qingshan_writer", 0, flags, |_| Ok(1))?;
    Ok(connection)
}

fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> Result<(), StoreError> {
    const BUSY_SECONDS: u64 = 30;
    connection.busy_timeout(std::time::Duration::from_secs(BUSY_SECONDS))?;
    connection.set_prepared_statement_cache_capacity(128);
    blob::register_functions(connection)?;
    Ok(())
}

/// Opens a copy of a store that no other program uses, to look at it.
pub(super) fn open_copy(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    set_up(&connection)?;
    // A backup may come from anywhere: nothing in its schema is run.
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}
