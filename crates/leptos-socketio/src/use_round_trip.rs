use reactive_graph::signal::{ReadSignal, signal};
use reactive_graph::traits::Set;
use socketio_web::{ConnectionEvent, RoundTrip, Socket};

use crate::owned::own;
use crate::use_socket::use_socket;

/// Returns how long a packet and its answer take, as a signal; `None` until a packet was answered.
pub fn use_round_trip() -> ReadSignal<Option<RoundTrip>> {
    match use_socket() {
        Some(socket) => use_round_trip_of(socket),
        None => signal(None).0,
    }
}

/// Like [`use_round_trip`], for the given socket.
pub fn use_round_trip_of(socket: Socket) -> ReadSignal<Option<RoundTrip>> {
    let (round_trip, set_round_trip) = signal(socket.round_trip());
    own(socket.on_connection(move |event| {
        if let ConnectionEvent::Measured(measured) = event {
            let _ = set_round_trip.try_set(Some(*measured));
        }
    }));
    round_trip
}
