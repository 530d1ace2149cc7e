use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use serde::Deserialize;

use super::PacketKind;
use super::stand_in::JsonDecodeError;

/// A decoded packet.
///
/// It keeps the frame's text and knows where its parts stand in it: nothing of the payload is copied or
/// turned into a tree. A listener's own type decodes it, once.
#[derive(Clone, Debug)]
pub struct Packet {
    pub(super) kind: PacketKind,
    pub(super) id: Option<u64>,
    pub(super) text: String,
    pub(super) namespace: Range<usize>,
    pub(super) data: Option<Range<usize>>,
    pub(super) attachments: Vec<Vec<u8>>,
}

impl Packet {
    /// What the packet is for.
    pub fn kind(&self) -> PacketKind {
        self.kind
    }

    /// The namespace; `/` when the packet names none.
    pub fn namespace(&self) -> &str {
        match self.text.get(self.namespace.clone()) {
            Some(name) if !name.is_empty() => name,
            _ => "/",
        }
    }

    /// The acknowledgement id: the sender of an event wants an ack, an ack says of which event it is.
    ///
    /// An ack without one answers nothing and is to be ignored (row H13).
    pub fn id(&self) -> Option<u64> {
        self.id
    }

    /// The payload as it came: JSON text, with placeholders where the attachments belong.
    pub fn data(&self) -> Option<&str> {
        self.text.get(self.data.clone()?)
    }

    /// The binary attachments, in order.
    pub fn attachments(&self) -> &[Vec<u8>] {
        &self.attachments
    }

    /// The event's name, unescaped; of a numeric name its text. `None` when this is no event.
    pub fn event_name(&self) -> Option<&str> {
        None
    }

    /// How many arguments an event or an ack has, the event's name not counted.
    pub fn arg_count(&self) -> usize {
        0
    }

    /// The arguments of an event (behind its name) or of an ack, as a sequence such as a tuple. Further
    /// arguments are let pass.
    pub fn args<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonDecodeError> {
        Err(JsonDecodeError)
    }

    /// One argument. One that is absent reads as null.
    pub fn arg<'a, T: Deserialize<'a>>(&'a self, _index: usize) -> Result<T, JsonDecodeError> {
        Err(JsonDecodeError)
    }

    /// The whole payload: of a `connect` or `connect_error` its data. One that is absent reads as null.
    pub fn payload<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JsonDecodeError> {
        Err(JsonDecodeError)
    }

    /// The last argument if it is a string, unescaped: the offset of connection state recovery (row H19).
    pub fn last_string(&self) -> Option<Cow<'_, str>> {
        None
    }
}
