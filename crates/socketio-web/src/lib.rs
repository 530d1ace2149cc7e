//! A [Socket.IO](https://socket.io) client for the browser: protocol 5 over Engine.IO 4, in Rust on WebAssembly.
//!
//! ```no_run
//! use serde::{Deserialize, Serialize};
//! use socketio_web::{Event, Socket};
//!
//! #[derive(Event, Serialize)]
//! struct Login {
//!     uid: String,
//! }
//!
//! #[derive(Deserialize, Event)]
//! struct Welcome {
//!     count: u64,
//! }
//!
//! # fn main() -> Result<(), socketio_web::OpenError> {
//! let socket = Socket::builder("https://example.com/mofang").connect()?;
//! let _welcome = socket.on(|welcome: Welcome| {
//!     web_sys::console::log_1(&format!("{} are here", welcome.count).into());
//! });
//! let _connect = socket.on_connect(move || {
//!     // Sent at each connect, the first one and every later one.
//!     let _ = socket.emit(&Login { uid: "7".into() });
//! });
//! # Ok(())
//! # }
//! ```
//!
//! The example `alone` is a whole page of this kind: it awaits an acknowledgement as well, and shows the status.
//!
//! Coming from JavaScript: [`manual::migration`]. What is delivered, and what isn't: [`manual::delivery`].
//! A page that is hidden, left and shown again: [`manual::page`].
//! In a program that is no page: [`manual::native`].
//! Where servers depart from the protocol: [`manual::servers`].
//!
//! # To see what goes over the wire
//! The feature `log` writes each frame on the browser's console, at the level "debug" (in Chromium: "Verbose"). Tokens are
//! among them, so it is for development. Without the feature not a byte of it is in the page.
//!
//! # Rules of the house
//! - A [`Socket`] is a small `Copy` handle; it lives until [`Socket::remove`].
//! - A listener ends with the [`Subscription`] that `on` returned: keep it as long as it shall hear.
//! - Listeners run with nothing borrowed: they may emit, subscribe, unsubscribe, disconnect and remove their own
//!   socket. What they cause is carried out after they return, in order.
//! - Nothing here panics: what can fail says so in its type.

#![warn(missing_docs)]

mod ack;
mod builder;
mod driver;
mod error;
mod event;
mod head_start;
mod message;
mod namespace;
mod responder;
mod socket;
mod subscription;
mod sys;
mod wait;

/// What a reference doesn't tell.
pub mod manual {
    #[doc = include_str!("../docs/bounds.md")]
    pub mod bounds {}
    #[doc = include_str!("../docs/delivery.md")]
    pub mod delivery {}
    #[doc = include_str!("../docs/migration.md")]
    pub mod migration {}
    #[doc = include_str!("../docs/native.md")]
    pub mod native {}
    #[doc = include_str!("../docs/page.md")]
    pub mod page {}
    #[doc = include_str!("../docs/servers.md")]
    pub mod servers {}
}

pub use ack::Ack;
pub use builder::Builder;
pub use error::{AckError, NotConnected, OpenError};
pub use event::{ConnectionEvent, Disconnect, Status};
pub use head_start::{HeadStart, Heard};
pub use message::Message;
pub use responder::Responder;
pub use socket::Socket;
pub use subscription::Subscription;
// The trait alone: its derive names this crate.
pub use socketio_derive::WebEvent as Event;
pub use socketio_proto::event::{AckPayload, Event, NoAck};
pub use socketio_proto::manager::{
    CloseDetails, Config, ConnectError, DisconnectReason, EmitError, Outcome, Refusal, RoundTrip,
};
pub use socketio_proto::packet::Arguments;
pub use socketio_proto::{Auth, AuthError, Binary, Limits, Overflow, Retries, SendBuffer, json};
pub use wait::{Connected, Drained};

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
