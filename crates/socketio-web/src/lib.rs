//! A [Socket.IO](https://socket.io) client for the browser: protocol 5 over Engine.IO 4, in Rust on
//! WebAssembly.
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
//! The example `alone` is a complete page of this kind: it also awaits an acknowledgement and shows
//! the status.
//!
//! - [`manual::migration`]: the JavaScript client's API and this crate's, side by side.
//! - [`manual::delivery`]: which events are delivered, and which can be lost.
//! - [`manual::page`]: a page that is hidden, left and shown again.
//! - [`manual::native`]: builds for a server or another host without a browser.
//! - [`manual::servers`]: where servers depart from the protocol.
//!
//! # Logging frames
//! The feature `log` writes each frame to the browser's console at the level "debug" (in Chromium:
//! "Verbose"). The frames contain tokens, so use it for development only. Without the feature, none
//! of its code is in the page.
//!
//! # Rules
//! - A [`Socket`] is a small `Copy` handle; it lives until [`Socket::remove`].
//! - A listener ends with the [`Subscription`] that `on` returned: keep it as long as the listener
//!   is needed.
//! - Listeners run while nothing is borrowed: they may emit, subscribe, unsubscribe, disconnect and
//!   remove their own socket. The effects are carried out in order after the listener returns.
//! - Nothing panics: an operation that can fail says so in its return type.

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

/// Guides to topics that concern more than one item.
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
pub use head_start::{HeadStart, HeadStartEvent};
pub use message::Message;
pub use responder::Responder;
pub use socket::Socket;
pub use subscription::Subscription;
// The derive macro generates paths into this crate; only the trait comes from `socketio_proto`.
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
