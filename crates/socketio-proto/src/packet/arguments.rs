use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::EncodeError;

/// The arguments of an event or an ack, encoded before namespace and acknowledgement id are known.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `"name",arg,arg` of an event, `arg,arg` of an ack.
    pub(super) json: String,
    pub(super) attachments: Vec<Vec<u8>>,
}

impl Arguments {
    /// For an event of this name. Reserved names are refused (row G13).
    pub fn event(_name: &str) -> Result<Self, EncodeError> {
        Ok(Self::default())
    }

    /// For an ack.
    pub fn ack() -> Self {
        Self::default()
    }

    /// Adds one argument. Bytes in it, wherever they stand, become attachments (row M4).
    pub fn push<T: Serialize + ?Sized>(&mut self, _value: &T) -> Result<&mut Self, EncodeError> {
        Ok(self)
    }

    /// Adds each element of a sequence, such as a tuple, as an argument of its own.
    pub fn extend<T: Serialize + ?Sized>(&mut self, _values: &T) -> Result<&mut Self, EncodeError> {
        Ok(self)
    }

    /// Adds one argument that is JSON text already.
    pub fn raw_json(&mut self, _json: &str) -> Result<&mut Self, EncodeError> {
        Ok(self)
    }

    /// Bytes that the arguments hold so far, attachments included.
    pub fn bytes(&self) -> usize {
        self.json.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }
}
