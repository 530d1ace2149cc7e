//! A Socket.IO server that follows a script. It fails in ways in which real servers fail only by
//! accident.

use std::fmt;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tungstenite::{Error, Message, WebSocket};

/// How long a connection waits for a frame before it reads the script again.
const TICK: Duration = Duration::from_millis(20);

/// The time between two heartbeats.
const HEARTBEAT: Duration = Duration::from_millis(500);

const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// With these intervals the client notices a missing heartbeat within a second.
const BRISK: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":500,"pingTimeout":500,"maxPayload":1000000}"#;

/// What the server does with each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Accepts every CONNECT, and answers a login with these frames.
    Accept(&'static [&'static str]),
    /// Answers the CONNECT to the namespace with these frames.
    Answer(&'static [&'static str]),
    /// Sends the handshake and heartbeats, and never answers the CONNECT to the namespace.
    IgnoreConnect,
    /// Accepts the WebSocket, and never sends the handshake.
    NoHandshake,
    /// Closes the WebSocket right after the handshake.
    CloseAfterHandshake,
    /// Accepts every CONNECT, and sends no heartbeats.
    NoHeartbeats,
}

/// A server on its own port, which runs until this value is dropped.
pub(crate) struct Scripted {
    pub(crate) origin: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    /// The frames that are sent to all connections.
    frames: Mutex<Vec<String>>,
    /// The number of accepted WebSockets, and of CONNECTs to the namespace.
    opened: AtomicUsize,
    connects: AtomicUsize,
    ended: AtomicBool,
}

impl Scripted {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        listener
            .set_nonblocking(true)
            .expect("a socket that does not block");
        let port = listener.local_addr().expect("its address").port();
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(behaviour),
            frames: Mutex::default(),
            opened: AtomicUsize::new(0),
            connects: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
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

    /// Changes what the server does with all connections, from the next frame on.
    pub(crate) fn set(&self, behaviour: Behaviour) {
        *lock(&self.shared.behaviour) = behaviour;
    }

    /// Sends a frame to all connections.
    pub(crate) fn send(&self, frame: &str) {
        lock(&self.shared.frames).push(frame.into());
    }

    /// Returns the number of accepted WebSockets.
    pub(crate) fn opened(&self) -> usize {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// Returns the number of CONNECTs to the namespace.
    pub(crate) fn connects(&self) -> usize {
        self.shared.connects.load(Ordering::SeqCst)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
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
    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn behaviour(&self) -> Behaviour {
        *lock(&self.behaviour)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut serving = Vec::new();
    while !shared.has_ended() {
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
    // The server does not answer plain HTTP requests.
    let (Ok(()), Ok(mut socket)) = (ready, tungstenite::accept(stream)) else {
        return;
    };
    shared.opened.fetch_add(1, Ordering::SeqCst);
    // Earlier frames were for earlier connections.
    let sent = lock(&shared.frames).len();
    _ = socket.get_ref().set_read_timeout(Some(TICK));
    _ = converse(&mut socket, shared, sent);
}

fn converse(
    socket: &mut WebSocket<TcpStream>,
    shared: &Shared,
    mut sent: usize,
) -> Result<(), Error> {
    let (mut has_handshake, mut has_no_heartbeats) = (false, false);
    let mut beat = Instant::now();
    while !shared.has_ended() {
        let behaviour = shared.behaviour();
        if !has_handshake && behaviour != Behaviour::NoHandshake {
            (has_handshake, has_no_heartbeats) = (true, behaviour == Behaviour::NoHeartbeats);
            let handshake = if has_no_heartbeats { BRISK } else { HANDSHAKE };
            socket.send(Message::text(handshake))?;
            if behaviour == Behaviour::CloseAfterHandshake {
                return socket.close(None);
            }
        }
        if has_handshake && !has_no_heartbeats && beat.elapsed() >= HEARTBEAT {
            beat = Instant::now();
            socket.send(Message::text("2"))?;
        }
        let frames = lock(&shared.frames)
            .get(sent..)
            .unwrap_or_default()
            .to_vec();
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
        for frame in answer(&received, behaviour, shared) {
            socket.send(Message::text(*frame))?;
        }
    }
    Ok(())
}

/// Returns the frames that answer a received frame.
fn answer(frame: &str, behaviour: Behaviour, shared: &Shared) -> &'static [&'static str] {
    let is_request = frame.starts_with("40/mofang,");
    if is_request {
        shared.connects.fetch_add(1, Ordering::SeqCst);
    }
    let is_login = frame.starts_with("42/mofang,[\"login\"");
    match behaviour {
        Behaviour::Accept(_) | Behaviour::NoHeartbeats if is_request => {
            &[r#"40/mofang,{"sid":"s"}"#]
        }
        Behaviour::Accept(_) | Behaviour::NoHeartbeats if frame.starts_with("40") => {
            &[r#"40{"sid":"root"}"#]
        }
        Behaviour::Accept(frames) if is_login => frames,
        Behaviour::Answer(frames) if is_request => frames,
        _ => &[],
    }
}
