//! Socket.IO protocol 5: packets, how they are written and how they are read.

mod args;
mod arguments;
mod decoder;
mod encode;
mod error;
mod head;
mod kind;
mod namespace;
mod payload;
mod received;
#[cfg(test)]
mod tests;

pub use arguments::Arguments;
pub use decoder::{Decoded, Decoder};
pub use encode::{
    Frame, encode_ack, encode_connect, encode_connect_error, encode_disconnect, encode_event,
};
pub use error::{DecodeError, EncodeError};
pub use kind::{MAX_ACK_ID, PacketKind, RESERVED_EVENTS};
pub use namespace::normalize_namespace;
pub use received::Packet;
