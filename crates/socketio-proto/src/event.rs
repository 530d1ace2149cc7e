//! Events as Rust types.

use serde::de::DeserializeOwned;

/// Binds the name of an event to the type of its payload and the type of its acknowledgement, so
/// that the name is written as a string only once.
///
/// The implementing type is the event's first argument. With the feature `derive`, it can be
/// derived:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use socketio_proto::Event;
///
/// #[derive(Serialize)]
/// struct Login {
///     uid: String,
/// }
///
/// #[derive(Deserialize)]
/// struct Welcome {
///     seats: u32,
/// }
///
/// impl Event for Login {
///     const NAME: &'static str = "login";
///     type Ack = Welcome;
/// }
///
/// assert_eq!(Login::NAME, "login");
/// ```
///
/// Waiting for an acknowledgement that the event doesn't have is a compile error. The following two
/// examples differ only in the `ack`. The first compiles, the second doesn't:
///
/// ```
/// # use socketio_proto::{AckPayload, Event};
/// # fn wait<E: Event<Ack: AckPayload>>(_event: E) {}
/// #[derive(Event)]
/// #[event(name = "ask", ack = u32)]
/// struct Ask;
///
/// wait(Ask);
/// ```
///
/// ```compile_fail
/// # use socketio_proto::{AckPayload, Event};
/// # fn wait<E: Event<Ack: AckPayload>>(_event: E) {}
/// #[derive(Event)]
/// #[event(name = "ask")]
/// struct Ask;
///
/// wait(Ask);
/// ```
///
/// A name that the protocol reserves, or an unknown option, is a compile error too:
///
/// ```compile_fail
/// # use socketio_proto::Event;
/// #[derive(Event)]
/// #[event(name = "disconnect", ack = u32)]
/// struct Ask;
/// ```
///
/// ```compile_fail
/// # use socketio_proto::Event;
/// #[derive(Event)]
/// struct Disconnect;
/// ```
///
/// ```compile_fail
/// # use socketio_proto::Event;
/// #[derive(Event)]
/// #[event(name = "ask", acknowledgement = u32)]
/// struct Ask;
/// ```
pub trait Event {
    /// The event's name on the wire.
    const NAME: &'static str;

    /// The type of the first argument of the acknowledgement; [`NoAck`] for an event without one.
    type Ack;
}

/// The acknowledgement type of an event that has none. Waiting for it is a compile error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoAck {}

/// The payload of an acknowledgement. Implemented for every type that can be deserialized.
#[diagnostic::on_unimplemented(
    message = "this event has no acknowledgement that can be decoded as `{Self}`",
    label = "nothing would ever be acknowledged here",
    note = "give the event an acknowledgement: `type Ack = …` in its `impl Event`, or `#[event(ack = …)]`"
)]
pub trait AckPayload: DeserializeOwned {}

impl<T: DeserializeOwned> AckPayload for T {}
