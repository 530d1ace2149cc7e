use reactive_graph::signal::{ReadSignal, signal};
use reactive_graph::traits::Set;
use serde::de::DeserializeOwned;
use socketio_web::{Event, Socket};

use crate::use_event::use_event_of;
use crate::use_socket::use_socket;

/// Returns the last event of this type as a signal; `None` until the first. Of several events
/// within one tick, only the last is seen: if each one counts, use
/// [`use_event`](crate::use_event()).
pub fn use_latest<E>() -> ReadSignal<Option<E>>
where
    E: Event + DeserializeOwned + Send + Sync + 'static,
{
    match use_socket() {
        Some(socket) => use_latest_of(socket),
        None => signal(None).0,
    }
}

/// Like [`use_latest`], for the given socket.
pub fn use_latest_of<E>(socket: Socket) -> ReadSignal<Option<E>>
where
    E: Event + DeserializeOwned + Send + Sync + 'static,
{
    let (latest, set_latest) = signal(None);
    use_event_of(socket, move |event: E| {
        let _ = set_latest.try_set(Some(event));
    });
    latest
}
