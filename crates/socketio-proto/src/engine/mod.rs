//! Engine.IO protocol 4: the layer that carries Socket.IO packets as messages.

mod base64;
mod connection;
mod handshake;
mod packet;
mod payload;

pub use connection::TransportId;
pub(crate) use connection::{Connection, Phase, Received, Violation};
pub use handshake::{Handshake, HandshakeError};
pub(crate) use packet::PONG;
pub use packet::{EngineDecodeError, EnginePacket};
pub use payload::{Payload, encode_payload, packets_that_fit};
