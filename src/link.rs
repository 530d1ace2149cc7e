//! What the page tells of its connection, beside its state.

use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::{ConnectError, Socket, Status, use_round_trip_of, use_status_of};

use crate::diagnosis::{self, Diagnosis};
use crate::live::ConnectionState;
use crate::online;
use crate::settings::Settings;
use crate::text::Text;
use crate::toasts::Toasts;
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
    /// What is wrong with the settings, as far as can be found out, while it was never live.
    pub(crate) advice: Signal<Option<Diagnosis>>,
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
            advice: advice(socket, settings),
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
            advice: Signal::stored(None),
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

/// What may be wrong with settings by which no connection was ever made: where one was, they are right.
fn advice(socket: Socket, settings: &Settings) -> Signal<Option<Diagnosis>> {
    let advice = RwSignal::new(None);
    let (text, toasts) = (Text::from_context(), Toasts::from_context());
    // Each kind of trouble is looked into once, however often it comes.
    let last = StoredValue::new(None::<Trouble>);
    let settled = StoredValue::new(socket.is_connected());
    let settings = StoredValue::new(settings.clone());
    let look = move |error: &ConnectError| {
        let trouble = Some(Trouble::of_error(error));
        let known =
            settled.try_get_value() != Some(false) || last.try_get_value() == Some(trouble.clone());
        let Some(settings) = settings.try_get_value().filter(|_| !known) else {
            return;
        };
        last.try_set_value(trouble);
        let error = error.clone();
        spawn_local(async move {
            let found = diagnosis::of_socket(&settings, &error).await;
            if settled.try_get_value() != Some(false) || found.is_none() {
                return;
            }
            if let Some(found) = found.as_ref().filter(|found| found.finding.stays()) {
                toasts.keep(text.finding(found).join("\n"));
            }
            advice.try_set(found);
        });
    };
    if let Some(error) = socket.last_error() {
        look(&error);
    }
    let heard = [
        socket.on_connect_error(look),
        socket.on_connect(move || {
            settled.try_set_value(true);
            advice.try_set(None);
        }),
    ];
    StoredValue::new_local(heard);
    advice.into()
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
