/// Binds the name of an event to its payload, once: nowhere else need the name stand as a string.
///
/// The implementing type is the event's first argument.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use socketio_proto::Event;
///
/// #[derive(Debug, Deserialize, Serialize)]
/// struct Login {
///     uid: String,
/// }
///
/// impl Event for Login {
///     const NAME: &'static str = "login";
///     type Ack = ();
/// }
///
/// assert_eq!(Login::NAME, "login");
/// ```
pub trait Event {
    /// The event's name on the wire.
    const NAME: &'static str;

    /// What the acknowledgement of this event carries as its first argument.
    type Ack;
}
