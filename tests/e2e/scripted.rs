//! A Socket.IO server that follows a script: it misbehaves in ways in which real servers only do by
//! accident.

use std::fmt;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tungstenite::{Error, Message, WebSocket};

/// The time that a connection waits for a frame before it checks the script again.
const TICK: Duration = Duration::from_millis(20);

/// The time between two heartbeats.
const HEARTBEAT: Duration = Duration::from_millis(500);

const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// With these intervals the client notices a missing heartbeat within a second.
const BRISK: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":500,"pingTimeout":500,"maxPayload":1000000}"#;

/// The server's behaviour towards each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Accepts every CONNECT, and answers a login with these frames.
    Admit(&'static [&'static str]),
    /// Answers the CONNECT to the namespace with these frames.
    Answer(&'static [&'static str]),
    /// Sends the handshake and heartbeats, and never answers the CONNECT to the namespace.
    Ignore,
    /// Accepts the WebSocket, and never sends the handshake.
    Mute,
    /// Closes the WebSocket right after the handshake.
    Shut,
    /// Accepts every CONNECT, and sends no heartbeats.
    Silent,
}

/// A server on its own port, which runs until this value is dropped.
pub(crate) struct Scripted {
    pub(crate) origin: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    act: Mutex<Act>,
    /// The frames that are sent to all connections.
    said: Mutex<Vec<String>>,
    /// The number of accepted WebSockets, and of CONNECTs to the namespace.
    opened: AtomicUsize,
    asked: AtomicUsize,
    over: AtomicBool,
}

impl Scripted {
    pub(crate) fn start(act: Act) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener
            .set_nonblocking(true)
            .expect("to look for a client");
        let port = listener.local_addr().expect("its address").port();
        let shared = Arc::new(Shared {
            act: Mutex::new(act),
            said: Mutex::default(),
            opened: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Self {
            origin: format!("http://127.0.0.1:{port}"),
            shared,
            accepting: Some(accepting),
        }
    }

    /// Changes the behaviour towards all connections, from the next frame on.
    pub(crate) fn set(&self, act: Act) {
        *lock(&self.shared.act) = act;
    }

    /// Sends a frame to all connections.
    pub(crate) fn say(&self, frame: &str) {
        lock(&self.shared.said).push(frame.into());
    }

    /// Returns the number of accepted WebSockets.
    pub(crate) fn opened(&self) -> usize {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// Returns the number of CONNECTs to the namespace.
    pub(crate) fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        if let Some(accepting) = self.accepting.take() {
            _ = accepting.join();
        }
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    fn act(&self) -> Act {
        *lock(&self.act)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    while !shared.is_over() {
        match listener.accept() {
            Ok((stream, _)) => {
                let shared = Arc::clone(shared);
                serving.push(thread::spawn(move || serve(stream, &shared)));
            }
            Err(_) => thread::sleep(TICK),
        }
    }
    for connection in serving {
        _ = connection.join();
    }
}

/// Serves one client until either side closes the connection.
fn serve(stream: TcpStream, shared: &Shared) {
    let ready = stream
        .set_nonblocking(false)
        .and_then(|()| stream.set_read_timeout(Some(Duration::from_secs(5))));
    // Plain HTTP requests are not answered.
    let (Ok(()), Ok(mut socket)) = (ready, tungstenite::accept(stream)) else {
        return;
    };
    shared.opened.fetch_add(1, Ordering::SeqCst);
    // Earlier frames were for earlier connections.
    let sent = lock(&shared.said).len();
    _ = socket.get_ref().set_read_timeout(Some(TICK));
    _ = converse(&mut socket, shared, sent);
}

fn converse(
    socket: &mut WebSocket<TcpStream>,
    shared: &Shared,
    mut sent: usize,
) -> Result<(), Error> {
    let (mut has_handshake, mut is_silent) = (false, false);
    let mut beat = Instant::now();
    while !shared.is_over() {
        let act = shared.act();
        if !has_handshake && act != Act::Mute {
            (has_handshake, is_silent) = (true, act == Act::Silent);
            let handshake = if is_silent { BRISK } else { HANDSHAKE };
            socket.send(Message::text(handshake))?;
            if act == Act::Shut {
                return socket.close(None);
            }
        }
        if has_handshake && !is_silent && beat.elapsed() >= HEARTBEAT {
            beat = Instant::now();
            socket.send(Message::text("2"))?;
        }
        let frames = lock(&shared.said).get(sent..).unwrap_or_default().to_vec();
        sent += frames.len();
        for frame in frames {
            socket.send(Message::text(frame))?;
        }
        let received = match socket.read() {
            Ok(Message::Text(text)) => text.to_string(),
            Ok(_) => continue,
            Err(Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                continue;
            }
            Err(error) => return Err(error),
        };
        for frame in answer(&received, act, shared) {
            socket.send(Message::text(*frame))?;
        }
    }
    Ok(())
}

/// Returns the frames that answer a received frame.
fn answer(frame: &str, act: Act, shared: &Shared) -> &'static [&'static str] {
    let is_request = frame.starts_with("40/mofang,");
    if is_request {
        shared.asked.fetch_add(1, Ordering::SeqCst);
    }
    let is_login = frame.starts_with("42/mofang,[\"login\"");
    match act {
        Act::Admit(_) | Act::Silent if is_request => &[r#"40/mofang,{"sid":"s"}"#],
        Act::Admit(_) | Act::Silent if frame.starts_with("40") => &[r#"40{"sid":"root"}"#],
        Act::Admit(frames) if is_login => frames,
        Act::Answer(frames) if is_request => frames,
        _ => &[],
    }
}
