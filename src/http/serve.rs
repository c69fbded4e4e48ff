//! Listening: loopback only, bounded connections, and an end that lets answers finish.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::app::App;
use super::router::router;
use crate::store::Store;

/// Connections open at the same time; more wait to be accepted.
const CONNECTIONS: usize = 1024;
/// The head of a request, address and headers, may be this long.
const HEAD_BYTES: usize = 64 * 1024;

/// What is served, and where.
pub struct ServeOptions {
    /// The store of the data directory.
    pub store: Store,
    /// Address and port such as `127.0.0.1:8080`; port 0 takes any free one.
    pub listen: String,
}

/// Why the server did not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is no address.
    #[error("{listen:?} is no address to listen on; write one like 127.0.0.1:8080")]
    NoAddress {
        /// What was given.
        listen: String,
    },
    /// Others could reach it, and there are no accounts yet.
    #[error(
        "{address} could be reached from other machines; until there are accounts Qingshan listens on this machine only: use 127.0.0.1, ::1 or localhost"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The port is taken or not allowed.
    #[error(
        "cannot listen on {address}: {source}; choose another port with --listen, or 127.0.0.1:0 for any free one"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A server that has its port and has not begun to answer.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
}

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    /// When the address is none, not this machine's own, or cannot be had.
    pub async fn bind(options: ServeOptions) -> Result<Self, ServeError> {
        Self::bind_app(App::new(options.store), &options.listen).await
    }

    /// Takes the port for a server with bounds and a clock of its own.
    ///
    /// # Errors
    /// As [`Server::bind`].
    pub async fn bind_app(app: App, listen: &str) -> Result<Self, ServeError> {
        let address = loopback(listen)?;
        let failed = |source| ServeError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            app,
        })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown` ends, then lets answers under way finish for a while.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let bounds = self.app.bounds();
        let connections = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = GracefulShutdown::new();
        let service = TowerToHyperService::new(router(self.app));
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = next_connection(&self.listener, &connections) => accepted,
                () = &mut shutdown => break,
            };
            let Some((stream, permit)) = accepted else {
                continue;
            };
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(bounds.head_within)
                .max_buf_size(HEAD_BYTES)
                .serve_connection(TokioIo::new(stream), service.clone());
            let watched = graceful.watch(connection);
            tokio::spawn(async move {
                let _permit = permit;
                if let Err(error) = watched.await {
                    // Clients go away whenever they like.
                    tracing::debug!(error = %error, "a connection ended early");
                }
            });
        }
        drop(self.listener);
        tracing::info!("no more requests are taken; answers under way are finished");
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(bounds.drain_within) => {
                tracing::warn!("some answers were not finished in time");
            }
        }
    }
}

/// Serves until `shutdown` ends.
///
/// # Errors
/// As [`Server::bind`].
pub async fn serve(
    options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    Server::bind(options).await?.run(shutdown).await;
    Ok(())
}

async fn next_connection(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _peer)) => {
            // Answers are written whole: waiting to fill a packet only costs time.
            let _ = stream.set_nodelay(true);
            Some((stream, permit))
        }
        Err(error) => {
            tracing::warn!(error = %error, "a connection could not be accepted");
            // Out of file descriptors this would fail again at once.
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

/// The address to listen on, which must be this machine's own.
fn loopback(listen: &str) -> Result<SocketAddr, ServeError> {
    let no_address = || ServeError::NoAddress {
        listen: listen.to_owned(),
    };
    let found: Vec<SocketAddr> = listen
        .to_socket_addrs()
        .map_err(|_no_such_name| no_address())?
        .collect();
    if let Some(address) = found.iter().find(|address| !address.ip().is_loopback()) {
        return Err(ServeError::NotLoopback { address: *address });
    }
    // A name may mean IPv6 and IPv4; what people type by hand is IPv4.
    let first = found
        .iter()
        .find(|address| address.is_ipv4())
        .or(found.first());
    first.copied().ok_or_else(no_address)
}

/// Ends when the process is asked to: SIGTERM, or Ctrl-C.
pub async fn end_asked() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without the signal there is nothing to wait for.
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_own_addresses_are_listened_on() {
        for listen in ["127.0.0.1:0", "[::1]:8080", "127.3.2.1:80"] {
            assert!(loopback(listen).is_ok(), "{listen}");
        }
        for listen in [
            "0.0.0.0:8080",
            "[::]:8080",
            "192.168.1.5:80",
            "[::ffff:127.0.0.1]:80",
        ] {
            let refused = loopback(listen);
            assert!(
                matches!(refused, Err(ServeError::NotLoopback { .. })),
                "{listen}"
            );
        }
        for listen in ["", "8080", "127.0.0.1", "127.0.0.1:99999", "::1:x"] {
            let refused = loopback(listen);
            assert!(
                matches!(refused, Err(ServeError::NoAddress { .. })),
                "{listen}"
            );
        }
    }
}
