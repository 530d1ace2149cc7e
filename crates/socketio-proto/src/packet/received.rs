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
/// It keeps the frame's text and the positions of its parts. The payload is neither copied nor
/// parsed into a tree; it is decoded once, into the listener's own type.
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
    /// The nesting limit of the arguments, while they are unread.
    pub(super) unread: Option<NonZeroU32>,
    pub(super) attachments: Vec<Vec<u8>>,
}

impl Packet {
    /// Returns whether the arguments were left unread, and so may be invalid JSON. Call
    /// [`check`](Self::check) before any other method that reads them. [`first`](Self::first) needs
    /// no call to `check`: it validates the arguments itself.
    pub fn is_unread(&self) -> bool {
        self.unread.is_some()
    }

    /// Validates arguments that were left unread.
    ///
    /// # Errors
    /// The error that [`Decoder::text`](super::Decoder::text) would have returned.
    pub fn check(&mut self) -> Result<(), DecodeError> {
        if let Some(args) = self.verify()? {
            self.args = args;
            self.unread = None;
        }
        Ok(())
    }

    /// Returns whether [`check`](Self::check) would succeed.
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

    /// Decodes the first argument like [`arg`](Self::arg), and validates arguments that were left
    /// unread in the same pass. Returns `None` on an error: if [`is_sound`](Self::is_sound) returns
    /// true, the type doesn't match, otherwise the peer sent an invalid packet.
    pub fn first<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        match self.unread {
            Some(nesting) => {
                let inside = nesting.get() as usize - 1;
                json::first_behind(&self.text, self.args.start(), inside).ok()
            }
            None => self.arg(0).ok(),
        }
    }

    /// Returns the kind of the packet.
    pub fn kind(&self) -> PacketKind {
        self.kind
    }

    /// Returns the namespace with its query; `/` when the packet names none.
    pub fn namespace(&self) -> &str {
        match self.text.get(self.namespace.clone()) {
            Some(name) if !name.is_empty() => name,
            _ => "/",
        }
    }

    /// Returns the acknowledgement id. On an event, it asks for an acknowledgement; on an
    /// acknowledgement, it identifies the event.
    ///
    /// An acknowledgement without an id has no meaning and must be ignored.
    pub fn id(&self) -> Option<u64> {
        self.id
    }

    /// Returns the payload as received: JSON text, with placeholders for the attachments. For an
    /// event or an acknowledgement it is an array; for the other kinds it is any JSON, or `None` if
    /// the peer sent no payload.
    pub fn data(&self) -> Option<&str> {
        self.text.get(self.data.clone()?)
    }

    /// Returns the binary attachments, in order.
    pub fn attachments(&self) -> &[Vec<u8>] {
        &self.attachments
    }

    /// Returns the event's name, unescaped; the text of a numeric name. `None` when this is not an
    /// event.
    pub fn event_name(&self) -> Option<&str> {
        match self.name.as_ref()? {
            Name::InText(range) => self.text.get(range.clone()),
            Name::Unescaped(name) => Some(name),
        }
    }

    /// Returns the number of arguments of an event or an acknowledgement, without the event's name.
    pub fn arg_count(&self) -> usize {
        self.args.count
    }

    /// Decodes the arguments of an event (after its name) or of an acknowledgement, as a sequence
    /// such as a tuple.
    ///
    /// As in a JavaScript listener, surplus arguments are ignored, and missing ones read as null.
    pub fn args<'a, T: Deserialize<'a>>(&'a self) -> Result<T, json::DecodeError> {
        let text = self.data().unwrap_or("[]");
        if self.name.is_some() {
            json::from_str_with(text, &self.attachments).map(|Arguments::<T, true>(args)| args)
        } else {
            json::from_str_with(text, &self.attachments).map(|Arguments::<T, false>(args)| args)
        }
    }

    /// Decodes one argument. A missing argument reads as null.
    pub fn arg<'a, T: Deserialize<'a>>(&'a self, index: usize) -> Result<T, json::DecodeError> {
        self.read(self.args.get(&self.text, index))
    }

    /// Decodes the whole payload: the data of a `connect`, `connect_error` or `disconnect`. A
    /// missing payload reads as null.
    pub fn payload<'a, T: Deserialize<'a>>(&'a self) -> Result<T, json::DecodeError> {
        self.read(self.data.clone())
    }

    /// Returns the last argument if it is a string, unescaped: the offset of connection state
    /// recovery.
    ///
    /// Where there is no argument, the reference client uses the event's name; this returns `None`.
    pub fn last_string(&self) -> Option<Cow<'_, str>> {
        let raw = self.text.get(self.args.last.clone())?;
        Some(json::unescape(raw.strip_prefix("\"")?.strip_suffix("\"")?))
    }

    /// The size of the packet in bytes, attachments included.
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
