use serde::Serialize;
use socketio_proto::manager::{AckToken, EmitError};
use socketio_proto::packet::Arguments;

use crate::driver::run;
use crate::driver::slab::Key;
use crate::message::Message;

impl Message<'_> {
    /// Returns the responder, if the server requests an acknowledgement and no earlier listener has
    /// taken the responder: an event is answered once.
    pub fn responder(&self) -> Option<Responder> {
        let token = self.ack.take()?;
        Some(Responder {
            socket: self.socket,
            token,
        })
    }
}

/// Answers one event of the server, now or later.
#[derive(Debug)]
pub struct Responder {
    socket: Key,
    token: AckToken,
}

impl Responder {
    /// Sends the acknowledgement with one argument.
    ///
    /// # Errors
    /// If the connection that the event was received on is closed, or the value can't be encoded or
    /// exceeds a limit.
    pub fn send<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EmitError> {
        let mut arguments = Arguments::ack();
        arguments.push(value)?;
        self.send_args(arguments)
    }

    /// Sends the acknowledgement with any number of arguments.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_args(self, arguments: Arguments) -> Result<(), EmitError> {
        run::with_socket(self.socket, |manager, id, _| {
            manager.acknowledge(id, self.token, arguments)
        })
        .unwrap_or(Err(EmitError::NoSocket))
    }
}
