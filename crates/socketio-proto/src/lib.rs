//! Socket.IO protocol 5 over Engine.IO protocol 4, with no I/O.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

mod binary;
pub mod engine;
mod event;
pub mod json;
mod limits;
pub mod packet;

pub use binary::Binary;
pub use event::Event;
pub use limits::Limits;
