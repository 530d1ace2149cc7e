//! Futures that wait for a connect, or for the browser to send all data.

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

/// A future that resolves when the socket is connected, or when no further attempt follows. A
/// failed attempt that is followed by another does not resolve it. It can be dropped: the socket
/// connects nevertheless.
pub struct Connected {
    socket: Socket,
    listening: Option<Listening>,
}

/// Waiting.
impl Socket {
    /// Connects; during a back-off, the next attempt is made at once. The returned future can be
    /// awaited or dropped.
    pub fn connect(self) -> Connected {
        self.request_connect();
        self.connected()
    }

    /// Returns a future that resolves when the socket is connected, or when no further attempt
    /// follows.
    pub fn connected(self) -> Connected {
        Connected::new(self)
    }

    /// Returns a future that resolves when the browser has passed all emitted data to the network.
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
        // Wakers are cloned and dropped while nothing is borrowed: they may belong to the user's
        // own executor.
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

/// Wakes the waiting task at each change of the status, and when the listener is dropped because
/// the socket is removed.
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

/// A future that resolves when the browser has passed all emitted data to the network.
#[must_use = "futures do nothing unless polled"]
pub struct Drained {
    socket: Socket,
    timer: Option<Timer>,
}

/// The polling interval in milliseconds: the browser does not notify when its buffer is empty.
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
