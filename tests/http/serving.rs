//! A server on a real port: who may reach it, who is dropped, and how it ends.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use qingshan::http::{App, Bounds, ServeError, ServeOptions, Server};
use tokio::sync::oneshot;

use crate::county::demo_store;
use crate::served::clock;

/// A server that is answering.
struct Running {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    ended: std::thread::JoinHandle<()>,
}

impl Running {
    fn start(bounds: Bounds) -> Self {
        let (told, address) = std::sync::mpsc::channel();
        let (end, asked) = oneshot::channel::<()>();
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let app = App::with(demo_store(), clock(), bounds);
                let server = Server::bind_app(app, "127.0.0.1:0").await.unwrap();
                told.send(server.address()).unwrap();
                server.run(async { asked.await.unwrap() }).await;
            });
            runtime.shutdown_background();
        });
        Self {
            address: address.recv().unwrap(),
            end: Some(end),
            ended,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    fn ask_to_end(&mut self) {
        self.end.take().unwrap().send(()).unwrap();
    }
}

/// Everything that comes until the other side closes.
fn rest_of(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset has said all it will say.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn it_answers_on_its_real_port_and_ends_when_asked() {
    let mut server = Running::start(Bounds::default());
    assert!(server.address.ip().is_loopback() && server.address.port() != 0);
    let mut stream = server.connect();
    let request = "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let answer = rest_of(stream);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"site_count\""),
        "{answer}"
    );
    // An open connection that asks nothing must not hold the end up.
    let idle = server.connect();
    server.ask_to_end();
    server.ended.join().unwrap();
    assert_eq!(rest_of(idle), "");
    assert!(
        TcpStream::connect(server.address).is_err(),
        "nobody listens any more"
    );
}

#[test]
fn an_answer_under_way_is_finished_before_the_end() {
    let mut server = Running::start(Bounds::default());
    let mut stream = server.connect();
    // Computed from the polygons, so it takes a while.
    let request =
        "GET /api/v1/remaining?known_at=2023-06-01T00:00:00Z HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    // The end comes while it is computed, or just after: either way the answer must come whole.
    std::thread::sleep(Duration::from_millis(30));
    server.ask_to_end();
    let answer = rest_of(stream);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with('}'),
        "{answer}"
    );
    server.ended.join().unwrap();
}

#[test]
fn work_that_does_not_end_is_not_waited_for_forever() {
    let bounds = Bounds {
        blocking: 0,
        drain_within: Duration::from_millis(200),
        answer_within: Duration::from_secs(60),
        ..Bounds::default()
    };
    let mut server = Running::start(bounds);
    let mut stream = server.connect();
    stream
        .write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let asked = Instant::now();
    server.ask_to_end();
    server.ended.join().unwrap();
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
}

#[test]
fn a_client_that_never_finishes_its_request_is_dropped() {
    let bounds = Bounds {
        head_within: Duration::from_millis(200),
        ..Bounds::default()
    };
    let mut server = Running::start(bounds);
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        .unwrap();
    let began = Instant::now();
    let answer = rest_of(slow);
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    server.ask_to_end();
    server.ended.join().unwrap();
}

#[test]
fn a_head_without_end_is_refused() {
    let mut server = Running::start(Bounds::default());
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        .unwrap();
    let line = format!("X-Long: {}\r\n", "a".repeat(8000));
    // The server may close while we still write.
    for _ in 0..100 {
        if stream.write_all(line.as_bytes()).is_err() {
            break;
        }
    }
    let answer = rest_of(stream);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    server.ask_to_end();
    server.ended.join().unwrap();
}

#[tokio::test]
async fn addresses_that_others_could_reach_are_refused_with_the_reason() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let options = ServeOptions {
            store: demo_store(),
            listen: listen.to_owned(),
        };
        let Err(error) = Server::bind(options).await else {
            panic!("{listen} was taken")
        };
        assert!(matches!(error, ServeError::NotLoopback { .. }), "{error}");
        assert!(error.to_string().contains("this machine only"), "{error}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let options = ServeOptions {
        store: demo_store(),
        listen: listen.clone(),
    };
    let Err(error) = Server::bind(options).await else {
        panic!("{listen} was taken twice")
    };
    assert!(error.to_string().contains(&listen), "{error}");
}
