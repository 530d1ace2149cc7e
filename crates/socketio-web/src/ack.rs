use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use serde::de::DeserializeOwned;
use socketio_proto::manager;
use socketio_proto::packet::Packet;

use crate::driver::connection::Waiter;
use crate::driver::slab::Key;
use crate::driver::{run, table};
use crate::error::AckError;

/// A future that resolves to the first argument of an event's acknowledgement. Dropping it cancels
/// the wait; the event is sent nevertheless.
#[must_use = "the event is sent all the same, but nobody waits for its acknowledgement"]
pub struct Ack<T> {
    wait: Wait,
    read: PhantomData<fn() -> T>,
}

/// The part of an [`Ack`] that does not depend on the type of the acknowledgement.
#[derive(Debug)]
pub(crate) struct Wait {
    state: Rc<RefCell<State>>,
    /// The socket and the acknowledgement that are cancelled when this is dropped.
    pending: Option<(Key, u64)>,
}

#[derive(Debug, Default)]
struct State {
    result: Option<Result<Packet, AckError>>,
    waker: Option<Waker>,
}

impl Wait {
    pub(crate) fn failed(error: AckError) -> Self {
        let state = State {
            result: Some(Err(error)),
            waker: None,
        };
        Self {
            state: Rc::new(RefCell::new(state)),
            pending: None,
        }
    }

    /// Returns a wait, and the waiter that receives its result.
    pub(crate) fn new() -> (Self, Waiter) {
        let state = Rc::<RefCell<State>>::default();
        let wait = Self {
            state: Rc::clone(&state),
            pending: None,
        };
        let waiter = move |result: Result<Packet, manager::AckError>| {
            let mut state = state.try_borrow_mut().ok()?;
            state.result = Some(result.map_err(AckError::from));
            state.waker.take()
        };
        (wait, Box::new(waiter))
    }

    pub(crate) fn pending(mut self, socket: Key, id: u64) -> Self {
        self.pending = Some((socket, id));
        self
    }

    pub(crate) fn into_ack<T>(self) -> Ack<T> {
        Ack {
            wait: self,
            read: PhantomData,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Option<Result<Packet, AckError>> {
        let waker = context.waker().clone();
        // Wakers are cloned and dropped while nothing is borrowed: they may belong to the user's
        // own executor.
        let _before = {
            let mut state = self.state.try_borrow_mut().ok()?;
            if let Some(result) = state.result.take() {
                self.pending = None;
                return Some(result);
            }
            state.waker.replace(waker)
        };
        None
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let Some((socket, ack)) = self.pending else {
            return;
        };
        let _waiter = run::look(socket, |_, id| Some(id)).and_then(|id| {
            run::with_socket(socket, |manager, id, _| manager.cancel_ack(id, ack));
            table::with(|table| {
                let key = table.sockets.get(socket)?.connection;
                table.connections.get_mut(key)?.take_waiter(id, ack)
            })
        });
    }
}

impl<T: DeserializeOwned> Future for Ack<T> {
    type Output = Result<T, AckError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.wait.poll(context) {
            None => Poll::Pending,
            Some(Err(error)) => Poll::Ready(Err(error)),
            Some(Ok(packet)) => Poll::Ready(packet.arg(0).map_err(AckError::Decode)),
        }
    }
}

impl<T> fmt::Debug for Ack<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ack")
            .field("pending", &self.wait.pending)
            .finish_non_exhaustive()
    }
}
