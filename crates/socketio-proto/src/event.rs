//! Events as types.

use serde::de::DeserializeOwned;

/// Binds the name of an event to its payload, and to what its acknowledgement carries, once: nowhere else need the
/// name stand as a string.
///
/// The implementing type is the event's first argument. With the feature `derive`, it can be derived:
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
/// To wait for an acknowledgement that the event doesn't have, doesn't compile. Of these two, that differ only in
/// the `ack`, the first does:
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
/// Nor does a name that the protocol keeps to itself, or an option that there is not:
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
/// #[event(name = "ask", acknowledgement = u32)]
/// struct Ask;
/// ```
pub trait Event {
    /// The event's name on the wire.
    const NAME: &'static str;

    /// What the acknowledgement of this event carries as its first argument; [`NoAck`] where the event has none.
    type Ack;
}

/// Stands in for the acknowledgement of an event that has none: to wait for it doesn't compile.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoAck {}

/// What an acknowledgement can carry: whatever can be decoded.
#[diagnostic::on_unimplemented(
    message = "this event has no acknowledgement that can be decoded as `{Self}`",
    label = "nothing would ever be acknowledged here",
    note = "give the event an acknowledgement: `type Ack = …` in its `impl Event`, or `#[event(ack = …)]`"
)]
pub trait AckPayload: DeserializeOwned {}

impl<T: DeserializeOwned> AckPayload for T {}
