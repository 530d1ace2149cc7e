//! What the page tells of its connection, beside its state.

use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::prelude::*;
use leptos_socketio::{Socket, Status, use_round_trip_of, use_status_of};

use crate::live::ConnectionState;
use crate::online;
use crate::settings::Settings;
use crate::trouble::Trouble;

/// How long the connection may be away before the page speaks of it, in milliseconds.
const GRACE: u32 = 3_000;

/// The connection, as signals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) state: Signal<ConnectionState>,
    /// Where the server is.
    pub(crate) server: Signal<String>,
    pub(crate) namespace: Signal<String>,
    /// The socket's id on the server, while connected.
    pub(crate) id: Signal<Option<String>>,
    /// In milliseconds; `None` until it was measured.
    pub(crate) round_trip: Signal<Option<u64>>,
    /// The attempt that waits or is under way; the first is 1.
    pub(crate) attempt: Signal<Option<u32>>,
    /// When the next attempt starts, in milliseconds since 1970; `None` while none waits.
    pub(crate) next: Signal<Option<f64>>,
    /// What went wrong last. A connection that stands again leaves it: that is when one asks what happened.
    pub(crate) trouble: Signal<Option<Trouble>>,
    /// Whether it has been away for longer than one would wait in silence.
    pub(crate) overdue: Signal<bool>,
    /// Tries at once.
    pub(crate) retry: Callback<()>,
}

impl Link {
    /// That of `socket`, until the current owner goes.
    pub(crate) fn of(socket: Socket, settings: &Settings) -> Self {
        let status = use_status_of(socket);
        let online = online::signal();
        let state =
            Memo::new(move |_| status.with(|status| ConnectionState::of(status, online.get())));
        let next = Memo::new(move |_| match status.get() {
            Status::Reconnecting {
                delay: Some(delay), ..
            } => Some(Date::now() + delay.as_secs_f64() * 1000.0),
            _ => None,
        });
        let round_trip = use_round_trip_of(socket);
        let trouble = RwSignal::new(socket.last_error().as_ref().map(Trouble::of_error));
        let heard = [
            socket.on_connect_error(move |error| {
                trouble.try_set(Some(Trouble::of_error(error)));
            }),
            socket.on_disconnect(move |end| {
                if let Some(end) = Trouble::of_end(end) {
                    trouble.try_set(Some(end));
                }
            }),
        ];
        StoredValue::new_local(heard);
        Self {
            state: state.into(),
            server: Signal::stored(server(settings)),
            namespace: Signal::stored(socket.namespace().unwrap_or_default()),
            id: Signal::derive(move || {
                status.track();
                socket.id()
            }),
            round_trip: Signal::derive(move || {
                let latest = round_trip.get()?.latest;
                u64::try_from(latest.as_millis()).ok()
            }),
            attempt: Signal::derive(move || match status.get() {
                Status::Reconnecting { attempt, .. } => Some(attempt),
                _ => None,
            }),
            next: next.into(),
            trouble: trouble.into(),
            overdue: overdue(state.into()),
            retry: Callback::new(move |()| {
                _ = socket.connect();
            }),
        }
    }

    /// None at all: the settings name no server that can be used.
    pub(crate) fn unusable(settings: &Settings) -> Self {
        Self {
            state: Signal::stored(ConnectionState::Offline),
            server: Signal::stored(server(settings)),
            namespace: Signal::stored(settings.socket_namespace.clone()),
            id: Signal::stored(None),
            round_trip: Signal::stored(None),
            attempt: Signal::stored(None),
            next: Signal::stored(None),
            trouble: Signal::stored(None),
            overdue: Signal::stored(false),
            retry: Callback::new(|()| ()),
        }
    }
}

fn server(settings: &Settings) -> String {
    if settings.socket_server.is_empty() {
        window().location().origin().unwrap_or_default()
    } else {
        settings.socket_server.clone()
    }
}

/// Whether it has not been live for [`GRACE`].
fn overdue(state: Signal<ConnectionState>) -> Signal<bool> {
    let overdue = RwSignal::new(false);
    let patience = StoredValue::new_local(None::<Timeout>);
    let live = Memo::new(move |_| state.get() == ConnectionState::Live);
    Effect::new(move || {
        overdue.set(false);
        let timeout = (!live.get()).then(|| {
            Timeout::new(GRACE, move || {
                overdue.try_set(true);
            })
        });
        patience.set_value(timeout);
    });
    overdue.into()
}
