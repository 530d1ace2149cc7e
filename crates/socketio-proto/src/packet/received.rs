use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::ops::Range;

use serde::Deserialize;

use super::args::Arguments;
use super::head::Head;
use super::payload::{self, Args, Name};
use super::{DecodeError, PacketKind};
use crate::{Limits, json};

/// A decoded packet.
///
/// It keeps the frame's text and knows where its parts stand in it: nothing of the payload is
/// copied or turned into a tree. A listener's own type decodes it, once.
///
/// ```
/// use socketio_proto::Limits;
/// use socketio_proto::packet::{Decoded, Decoder, PacketKind};
///
/// let mut decoder = Decoder::new(Limits::default());
/// let Decoded::Packet(packet) = decoder.text(r#"42/chat,7["said","hi",3]"#.into(), 1)? else {
///     panic!("a text packet is whole at once")
/// };
/// assert_eq!(packet.kind(), PacketKind::Event);
/// assert_eq!(packet.namespace(), "/chat");
/// assert_eq!(packet.id(), Some(7));
/// assert_eq!(packet.event_name(), Some("said"));
/// assert_eq!(packet.args::<(&str, u32)>()?, ("hi", 3));
/// assert_eq!(packet.arg::<u32>(1)?, 3);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Packet {
    pub(super) kind: PacketKind,
    pub(super) id: Option<u64>,
    pub(super) text: String,
    pub(super) namespace: Range<usize>,
    pub(super) data: Option<Range<usize>>,
    pub(super) name: Option<Name>,
    pub(super) args: Args,
    /// How deep the arguments may nest, where they were not read yet.
    pub(super) unread: Option<NonZeroU32>,
    pub(super) attachments: Vec<Vec<u8>>,
}

impl Packet {
    /// Whether the arguments were left unread, and so may be no JSON: [`check`](Self::check) says, before any other
    /// method is asked about them. [`first`](Self::first) needs no check: it is one itself.
    pub fn is_unread(&self) -> bool {
        self.unread.is_some()
    }

    /// Reads the arguments that were left unread.
    ///
    /// # Errors
    /// As [`Decoder::text`](super::Decoder::text) would have failed.
    pub fn check(&mut self) -> Result<(), DecodeError> {
        if let Some(args) = self.verify()? {
            self.args = args;
            self.unread = None;
        }
        Ok(())
    }

    /// Whether [`check`](Self::check) would succeed.
    pub fn is_sound(&self) -> bool {
        self.verify().is_ok()
    }

    fn verify(&self) -> Result<Option<Args>, DecodeError> {
        let (Some(nesting), Some(data)) = (self.unread, &self.data) else {
            return Ok(None);
        };
        let head = Head {
            kind: self.kind,
            attachments: 0,
            namespace: self.namespace.clone(),
            id: self.id,
            data: data.start,
        };
        let limits = Limits {
            nesting: nesting.get() as usize,
            ..Limits::default()
        };
        payload::check(&self.text, &head, &limits).map(|shape| Some(shape.args))
    }

    /// The first argument, as [`arg`](Self::arg) reads it; and where the arguments were left unread, all of them are
    /// checked in the same pass. `None` where that fails: [`is_sound`](Self::is_sound) says at whose end the fault is.
    pub fn first<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        match self.unread {
            Some(nesting) => {
                let inside = nesting.get() as usize - 1;
                json::first_behind(&self.text, self.args.start(), inside).ok()
            }
            None => self.arg(0).ok(),
        }
    }

    /// What the packet is for.
    pub fn kind(&self) -> PacketKind {
        self.kind
    }

    /// The namespace, its query included; `/` when the packet names none.
    pub fn namespace(&self) -> &str {
        match self.text.get(self.namespace.clone()) {
            Some(name) if !name.is_empty() => name,
            _ => "/",
        }
    }

    /// The acknowledgement id: the sender of an event wants an ack, an ack says of which event it
    /// is.
    ///
    /// An ack without one answers nothing and is to be ignored.
    pub fn id(&self) -> Option<u64> {
        self.id
    }

    /// The payload as it came: JSON text, with placeholders where the attachments belong. Of an event or an ack it is an
    /// array; of the other kinds it is whatever the peer sent, `None` where that was nothing.
    pub fn data(&self) -> Option<&str> {
        self.text.get(self.data.clone()?)
    }

    /// The binary attachments, in order.
    pub fn attachments(&self) -> &[Vec<u8>] {
        &self.attachments
    }

    /// The event's name, unescaped; of a numeric name its text. `None` when this is no event.
    pub fn event_name(&self) -> Option<&str> {
        match self.name.as_ref()? {
            Name::InText(range) => self.text.get(range.clone()),
            Name::Unescaped(name) => Some(name),
        }
    }

    /// How many arguments an event or an ack has, the event's name not counted.
    pub fn arg_count(&self) -> usize {
        self.args.count
    }

    /// The arguments of an event (behind its name) or of an ack, as a sequence such as a tuple.
    ///
    /// As in a JavaScript listener, further arguments are let pass, and those that a tuple misses
    /// read as null.
    pub fn args<'a, T: Deserialize<'a>>(&'a self) -> Result<T, json::DecodeError> {
        let text = self.data().unwrap_or("[]");
        if self.name.is_some() {
            json::from_str_with(text, &self.attachments).map(|Arguments::<T, true>(args)| args)
        } else {
            json::from_str_with(text, &self.attachments).map(|Arguments::<T, false>(args)| args)
        }
    }

    /// One argument. One that is absent reads as null.
    pub fn arg<'a, T: Deserialize<'a>>(&'a self, index: usize) -> Result<T, json::DecodeError> {
        self.read(self.args.get(&self.text, index))
    }

    /// The whole payload: of a `connect`, `connect_error` or `disconnect` its data. One that is absent reads as null.
    pub fn payload<'a, T: Deserialize<'a>>(&'a self) -> Result<T, json::DecodeError> {
        self.read(self.data.clone())
    }

    /// The last argument if it is a string, unescaped: the offset of connection state recovery (row
    /// H19).
    ///
    /// The reference takes the event's name where there is no argument; here a name is no offset.
    pub fn last_string(&self) -> Option<Cow<'_, str>> {
        let raw = self.text.get(self.args.last.clone())?;
        Some(json::unescape(raw.strip_prefix("\"")?.strip_suffix("\"")?))
    }

    /// Bytes that it holds, attachments included.
    pub(crate) fn bytes(&self) -> usize {
        self.attachments.iter().map(Vec::len).sum::<usize>() + self.text.len()
    }

    fn read<'a, T: Deserialize<'a>>(
        &'a self,
        range: Option<Range<usize>>,
    ) -> Result<T, json::DecodeError> {
        let text = range
            .and_then(|range| self.text.get(range))
            .unwrap_or("null");
        json::from_str_with(text, &self.attachments)
    }
}
