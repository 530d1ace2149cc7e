//! Futures: until a socket is connected, until the browser has sent all.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use socketio_proto::manager::ConnectError;

use crate::error::NotConnected;
use crate::socket::Socket;
use crate::subscription::Subscription;
use crate::sys::guard;
use crate::sys::timer::Timer;

/// Ends when the socket is connected, or will not be by itself. Attempts that are followed by others do not end
/// it. It can be let go: the socket connects all the same.
pub struct Connected {
    socket: Socket,
    listening: Option<Listening>,
}

/// Waiting.
impl Socket {
    /// Connects; while a back-off waits, the next attempt is made at once. What it returns can be awaited, or dropped.
    pub fn connect(self) -> Connected {
        self.request_connect();
        self.connected()
    }

    /// Resolves when the socket is connected, or will not be by itself.
    pub fn connected(self) -> Connected {
        Connected::new(self)
    }

    /// Resolves when the browser has handed all that was emitted to the network.
    pub fn drained(self) -> Drained {
        Drained::new(self)
    }
}

type State = Rc<RefCell<Option<Waker>>>;

struct Listening {
    waker: State,
    _subscription: Subscription,
}

impl Connected {
    fn new(socket: Socket) -> Self {
        Self {
            socket,
            listening: None,
        }
    }
}

impl Future for Connected {
    type Output = Result<(), NotConnected>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let socket = self.socket;
        if socket.is_connected() {
            return Poll::Ready(Ok(()));
        }
        if !socket.is_active() {
            return Poll::Ready(Err(match (socket.exists(), socket.last_error()) {
                (false, _) => NotConnected::Removed,
                (true, None | Some(ConnectError::Disconnected { .. })) => {
                    NotConnected::Disconnected
                }
                (true, Some(error)) => NotConnected::Failed(error),
            }));
        }
        let listening = self.listening.get_or_insert_with(|| {
            let waker = State::default();
            let rouse = Rouse(Rc::clone(&waker));
            Listening {
                waker,
                _subscription: socket.on_status(move |_| rouse.now()),
            }
        });
        // Wakers are cloned and dropped with nothing borrowed: they may be of the user's own executor.
        let waker = context.waker().clone();
        let _before = match listening.waker.try_borrow_mut() {
            Ok(mut place) => place.replace(waker),
            Err(_) => None,
        };
        Poll::Pending
    }
}

impl fmt::Debug for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connected").field(&self.socket).finish()
    }
}

/// Wakes whoever waits: at each change of the status, and when its listener goes, for then the socket is removed.
struct Rouse(State);

impl Rouse {
    fn now(&self) {
        let waker = self
            .0
            .try_borrow_mut()
            .ok()
            .and_then(|mut waker| waker.take());
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Rouse {
    fn drop(&mut self) {
        self.now();
    }
}

/// Ends when the browser has given all that was emitted to the network.
#[must_use = "futures do nothing unless polled"]
pub struct Drained {
    socket: Socket,
    timer: Option<Timer>,
}

/// How often the browser is asked, in milliseconds: it tells nobody by itself.
const ASK: u32 = 10;

impl Drained {
    fn new(socket: Socket) -> Self {
        Self {
            socket,
            timer: None,
        }
    }
}

impl Future for Drained {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.socket.buffered_amount() == 0 {
            return Poll::Ready(());
        }
        let waker = context.waker().clone();
        self.timer = Some(Timer::new(ASK, move || guard::wake(waker.clone())));
        Poll::Pending
    }
}

impl fmt::Debug for Drained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drained").field(&self.socket).finish()
    }
}
