use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::encode::check_value;
use super::{EncodeError, RESERVED_EVENTS};
use crate::json;

/// The arguments of an event or an acknowledgement, encoded before the namespace and the
/// acknowledgement id are known.
///
/// ```
/// use socketio_proto::packet::{Arguments, encode_event};
/// use socketio_proto::{Binary, Limits};
///
/// let mut args = Arguments::event("photo")?;
/// args.push("me.png")?.push(&Binary(vec![1, 2]))?;
/// let frame = encode_event("/album", None, args, &Limits::default())?;
/// assert_eq!(frame.text, r#"451-/album,["photo","me.png",{"_placeholder":true,"num":0}]"#);
/// assert_eq!(frame.attachments, [[1, 2]]);
/// # Ok::<(), socketio_proto::packet::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `"name",arg,arg` for an event, `arg,arg` for an acknowledgement.
    pub(super) json: String,
    pub(super) attachments: Vec<Vec<u8>>,
    pub(super) named: bool,
}

impl Arguments {
    /// Creates the arguments of an event with this name. Reserved names are refused.
    pub fn event(name: &str) -> Result<Self, EncodeError> {
        if RESERVED_EVENTS.contains(&name) {
            return Err(EncodeError::ReservedEventName { name: name.into() });
        }
        let mut args = Self {
            // Enough for most events without a reallocation.
            json: String::with_capacity(128),
            named: true,
            ..Self::default()
        };
        json::push_quoted(&mut args.json, "\"", name, "\"");
        Ok(args)
    }

    /// Creates the arguments of an acknowledgement.
    pub fn ack() -> Self {
        Self::default()
    }

    /// Adds one argument. Bytes anywhere in it become attachments.
    ///
    /// After an error, the arguments are unchanged.
    pub fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<&mut Self, EncodeError> {
        let len = self.json.len();
        self.separate();
        if let Err(error) = json::write(value, &mut self.json, &mut self.attachments) {
            json::cut(&mut self.json, len);
            return Err(EncodeError::Value(error));
        }
        Ok(self)
    }

    /// Adds each element of a sequence, such as a tuple, as an argument of its own. `()` adds none.
    ///
    /// After an error, the arguments are unchanged.
    pub fn extend<T: Serialize + ?Sized>(&mut self, values: &T) -> Result<&mut Self, EncodeError> {
        let mut array = String::new();
        let attached = self.attachments.len();
        json::write(values, &mut array, &mut self.attachments).map_err(EncodeError::Value)?;
        match array
            .strip_prefix('[')
            .and_then(|array| array.strip_suffix(']'))
        {
            Some(elements) if !elements.is_empty() => {
                self.separate();
                self.json.push_str(elements);
            }
            None if array != "null" => {
                self.attachments.truncate(attached);
                return Err(EncodeError::NotASequence);
            }
            _ => {}
        }
        Ok(self)
    }

    /// Adds one argument that is already JSON text.
    ///
    /// After an error, the arguments are unchanged.
    pub fn raw_json(&mut self, json: &str) -> Result<&mut Self, EncodeError> {
        check_value(json)?;
        self.separate();
        self.json.push_str(json);
        Ok(self)
    }

    /// Returns the size of the arguments so far in bytes, attachments included.
    pub fn bytes(&self) -> usize {
        self.json.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }

    fn separate(&mut self) {
        if !self.json.is_empty() {
            self.json.push(',');
        }
    }
}
