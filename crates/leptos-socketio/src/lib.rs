//! Leptos hooks for [`socketio_web`]: a socket from context, event handlers that end with their
//! owner, and signals for the status of the connection and the last value of an event.
//!
//! ```no_run
//! use leptos_socketio::{Socket, Status, provide_socket, use_event, use_status};
//! # use leptos_socketio::Event;
//! # use serde::Deserialize;
//! #[derive(Deserialize, Event)]
//! struct Count {
//!     count: u64,
//! }
//!
//! // In the component that owns the connection:
//! # fn owner() -> Result<(), leptos_socketio::OpenError> {
//! provide_socket(Socket::builder("https://example.com"))?;
//! # Ok(())
//! # }
//!
//! // In any component below:
//! # fn below() {
//! let status = use_status();
//! use_event(move |Count { count }| {
//!     // Called for each event, none is lost: a signal alone would only show the last of a burst.
//!     # let _ = (status, count);
//! });
//! # }
//! ```
//!
//! Each hook takes its socket from context; those whose names end in `_of` take it as an argument,
//! for a page with several sockets. A hook that finds no socket logs a warning on the console and
//! does nothing; it never panics.
//!
//! When Leptos renders a page on a server, hooks are inert: `provide_socket` returns a socket that
//! never connects, statuses are [`Status::Disconnected`], handlers are not called. In the browser,
//! the same components connect when they are hydrated. [`manual::native`] describes what every
//! handle does in a native build.

#![warn(missing_docs)]

mod owned;
mod use_event;
mod use_latest;
mod use_round_trip;
mod use_socket;
mod use_status;
mod warn;

pub use use_event::{use_connect, use_connect_of, use_event, use_event_of};
pub use use_latest::{use_latest, use_latest_of};
pub use use_socket::{provide_socket, use_socket};
// Shadows the derive macro of `socketio_web`, which generates paths into that crate.
pub use socketio_derive::LeptosEvent as Event;
pub use socketio_web::*;
pub use use_round_trip::{use_round_trip, use_round_trip_of};
pub use use_status::{use_status, use_status_of};
