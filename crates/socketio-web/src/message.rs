use std::cell::Cell;

use serde::de::{Deserialize, DeserializeOwned};
use socketio_proto::json;
use socketio_proto::manager::AckToken;
use socketio_proto::packet::Packet;

use crate::driver::slab::Key;

/// An event that is not decoded yet: each listener decodes it as its own type.
#[derive(Debug)]
pub struct Message<'a> {
    pub(crate) socket: Key,
    pub(crate) packet: &'a Packet,
    pub(crate) ack: Cell<Option<AckToken>>,
    /// Set once a listener finds the packet malformed: no listener receives it then.
    pub(crate) is_bad: Cell<bool>,
}

impl Message<'_> {
    /// Returns the name of the event.
    pub fn name(&self) -> &str {
        self.packet.event_name().unwrap_or_default()
    }

    /// Decodes one argument. A missing one is decoded as null.
    ///
    /// # Errors
    /// If the argument is of another type.
    pub fn arg<'de, T: Deserialize<'de>>(&'de self, index: usize) -> Result<T, json::DecodeError> {
        self.packet.arg(index)
    }

    /// Decodes all arguments, as a tuple or another sequence.
    ///
    /// # Errors
    /// If there are too few arguments, or one is of another type.
    pub fn args<'de, T: Deserialize<'de>>(&'de self) -> Result<T, json::DecodeError> {
        self.packet.args()
    }

    /// Returns the packet as it was received.
    pub fn packet(&self) -> &Packet {
        self.packet
    }

    /// Decodes the first argument. `None` if the packet is malformed: it is treated as if it had
    /// not been received, and the connection is closed after all listeners were called.
    pub(crate) fn typed<T: DeserializeOwned>(&self) -> Option<Result<T, json::DecodeError>> {
        if let Some(value) = self.packet.first() {
            return Some(Ok(value));
        }
        // Decoded again for the error, which names the position.
        self.is_sound().then(|| self.packet.arg(0))
    }

    fn is_sound(&self) -> bool {
        let sound = self.packet.is_sound();
        self.is_bad.set(!sound);
        sound
    }
}
