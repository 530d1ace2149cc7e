use std::cell::Cell;

use serde::de::{Deserialize, DeserializeOwned};
use socketio_proto::json;
use socketio_proto::manager::AckToken;
use socketio_proto::packet::Packet;

use crate::driver::slab::Key;

/// A received event, not decoded yet: each listener reads it as its own type.
#[derive(Debug)]
pub struct Message<'a> {
    pub(crate) socket: Key,
    pub(crate) packet: &'a Packet,
    pub(crate) ack: Cell<Option<AckToken>>,
    /// Whether somebody found out that it can't be read by anyone: then nobody hears of it.
    pub(crate) is_bad: Cell<bool>,
}

impl Message<'_> {
    /// The event's name.
    pub fn name(&self) -> &str {
        self.packet.event_name().unwrap_or_default()
    }

    /// One of its arguments. An absent one reads as null.
    ///
    /// # Errors
    /// When the argument is of another type.
    pub fn arg<'de, T: Deserialize<'de>>(&'de self, index: usize) -> Result<T, json::DecodeError> {
        self.packet.arg(index)
    }

    /// All its arguments, as a tuple or another sequence.
    ///
    /// # Errors
    /// When there are too few, or one is of another type.
    pub fn args<'de, T: Deserialize<'de>>(&'de self) -> Result<T, json::DecodeError> {
        self.packet.args()
    }

    /// The packet as it came.
    pub fn packet(&self) -> &Packet {
        self.packet
    }

    /// Its first argument. `None` where the packet is no packet: it is as if it had not come, and the connection is closed
    /// when all listeners were asked.
    pub(crate) fn typed<T: DeserializeOwned>(&self) -> Option<Result<T, json::DecodeError>> {
        if let Some(value) = self.packet.first() {
            return Some(Ok(value));
        }
        // Read anew for the error, which names the place.
        self.is_sound().then(|| self.packet.arg(0))
    }

    fn is_sound(&self) -> bool {
        let sound = self.packet.is_sound();
        self.is_bad.set(!sound);
        sound
    }
}
