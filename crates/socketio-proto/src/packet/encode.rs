use alloc::string::String;
use alloc::vec::Vec;

use super::{Arguments, EncodeError};
use crate::Limits;

/// A packet ready to be sent: one text frame, then its attachments, one binary frame each.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frame {
    /// The text frame, the message type `4` of Engine.IO included.
    pub text: String,
    /// The binary frames that follow.
    pub attachments: Vec<Vec<u8>>,
}

impl Frame {
    /// Bytes of the frame and its attachments.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }
}

/// An event: type 2, or 5 with attachments, with or without an acknowledgement id (row M3).
pub fn encode_event(
    _namespace: &str,
    _id: Option<u64>,
    _args: Arguments,
    _limits: &Limits,
) -> Result<Frame, EncodeError> {
    Ok(Frame::default())
}

/// An ack: type 3, or 6 with attachments.
pub fn encode_ack(
    _namespace: &str,
    _id: u64,
    _args: Arguments,
    _limits: &Limits,
) -> Result<Frame, EncodeError> {
    Ok(Frame::default())
}

/// A request for a namespace with what authenticates it, or a server's grant: `auth_json` is a JSON object.
pub fn encode_connect(_namespace: &str, _auth_json: Option<&str>) -> Result<Frame, EncodeError> {
    Ok(Frame::default())
}

/// Leaves a namespace.
pub fn encode_disconnect(_namespace: &str) -> Result<Frame, EncodeError> {
    Ok(Frame::default())
}

/// A server's refusal of a namespace: `data_json` is a JSON object or string.
pub fn encode_connect_error(_namespace: &str, _data_json: &str) -> Result<Frame, EncodeError> {
    Ok(Frame::default())
}
