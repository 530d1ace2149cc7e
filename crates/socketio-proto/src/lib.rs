//! Socket.IO protocol 5 over Engine.IO protocol 4, with no I/O.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

mod binary;
mod digits;
pub mod engine;
pub mod event;
pub mod json;
mod limits;
pub mod manager;
pub mod packet;
mod queue;
mod quoted;
mod random;
mod split;
mod time;

pub use binary::Binary;
pub use event::{AckPayload, Event, NoAck};
pub use limits::Limits;
pub use manager::{Auth, AuthError, Overflow, Retries, SendBuffer, SocketOptions};
#[cfg(feature = "derive")]
pub use socketio_derive::Event;
pub use time::Instant;
