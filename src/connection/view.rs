//! The connection as the page shows it: its state and its figures, as signals.

use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::{
    ConnectError, ConnectionEvent, DisconnectReason, Socket, Status, use_round_trip_of,
    use_status_of,
};

use crate::connection::announced::Announced;
use crate::connection::diagnosis::{self, Diagnosis};
use crate::connection::failure::Failure;
use crate::connection::online;
use crate::connection::reason::{Awaited, Reason};
use crate::connection::state::LinkState;
use crate::i18n::context::Texts;
use crate::settings::Settings;
use crate::state::toasts::Toasts;

/// How long the page may be disconnected before it shows a message, in milliseconds.
const GRACE: u32 = 3_000;

/// How long the connection must have been live to get a new grace period, in milliseconds.
/// Otherwise a flapping connection would never be reported.
const STEADY: f64 = 5_000.0;

/// The connection, as signals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionView {
    pub(crate) state: Signal<LinkState>,
    /// The address of the server.
    pub(crate) server: Signal<String>,
    pub(crate) namespace: Signal<String>,
    /// The socket's id on the server, while connected.
    pub(crate) id: Signal<Option<String>>,
    /// The last round trip time in milliseconds; `None` until it was measured.
    pub(crate) round_trip: Signal<Option<u64>>,
    /// The number of the attempt that is scheduled or in progress, from 1.
    pub(crate) attempt: Signal<Option<u32>>,
    /// When the next attempt starts, in milliseconds since 1970; `None` while none is scheduled.
    pub(crate) next: Signal<Option<f64>>,
    /// What the current attempt waits for; `None` if there is none.
    pub(crate) awaited: Signal<Option<Awaited>>,
    /// Why the page is not connected. Meaningful only while it is not.
    pub(crate) reason: Signal<Option<Reason>>,
    /// The last failure. A successful connect does not clear it, so that the player can read it
    /// afterwards.
    pub(crate) failure: Signal<Option<Failure>>,
    /// A probable error in the settings, until the first successful connect.
    pub(crate) advice: Signal<Option<Diagnosis>>,
    /// Whether the page has been disconnected for longer than [`GRACE`].
    pub(crate) overdue: Signal<bool>,
    /// Starts an attempt immediately.
    pub(crate) retry: Callback<()>,
}

impl ConnectionView {
    /// Follows `socket` until the current owner is cleaned up. `asking` is true while the token is
    /// being checked.
    pub(crate) fn of(
        socket: Socket,
        settings: &Settings,
        announced: Announced,
        asking: Signal<bool>,
    ) -> Self {
        let status = use_status_of(socket);
        let online = online::signal();
        let state = Memo::new(move |_| status.with(|status| LinkState::of(status, online.get())));
        let next = Memo::new(move |_| match status.get() {
            Status::Reconnecting {
                delay: Some(delay), ..
            } => Some(Date::now() + delay.as_secs_f64() * 1000.0),
            _ => None,
        });
        let round_trip = use_round_trip_of(socket);
        // Whether the transport is open, and whether it has opened since the attempt began.
        let open = StoredValue::new(false);
        let answered = RwSignal::new(false);
        let error = socket.last_error();
        let failure = RwSignal::new(error.map(|error| Failure::of_error(&error, false)));
        let advice = Advice::new(socket, settings);
        let subscriptions = [
            socket.on_connection(move |event| match event {
                ConnectionEvent::Opened => {
                    open.try_set_value(true);
                    answered.try_set(true);
                }
                ConnectionEvent::Closed(reason) => {
                    open.try_set_value(false);
                    // For any other reason, on_connect_error or on_disconnect follows and needs the
                    // old value.
                    if *reason == DisconnectReason::ForcedClose {
                        answered.try_set(false);
                    }
                }
                ConnectionEvent::ReconnectAttempt(_) => {
                    answered.try_set(false);
                }
                _ => {}
            }),
            socket.on_connect_error(move |error| {
                let error_of = Failure::of_error(error, answered.try_get_untracked() == Some(true));
                advice.look(error, &error_of);
                failure.try_set(Some(error_of));
                // Other sockets may keep the connection open. The next CONNECT then uses it.
                answered.try_set(open.try_get_value() == Some(true));
            }),
            socket.on_connect(move || advice.settle()),
            socket.on_disconnect(move |end| {
                answered.try_set(false);
                if let Some(end) = Failure::of_disconnect(end) {
                    failure.try_set(Some(end.announced(announced.said())));
                }
            }),
        ];
        StoredValue::new_local(subscriptions);
        let awaited = Memo::new(move |_| {
            let under_way = match status.get() {
                Status::Connecting => true,
                Status::Reconnecting { delay, .. } => delay.is_none(),
                _ => false,
            };
            under_way.then(|| match (asking.get(), answered.get()) {
                (true, _) => Awaited::Token,
                (false, true) => Awaited::Admission,
                (false, false) => Awaited::Server,
            })
        });
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
            awaited: awaited.into(),
            reason: Signal::derive(move || Reason::of(awaited.get(), failure.get())),
            failure: failure.into(),
            advice: advice.found.into(),
            overdue: overdue(state.into()),
            retry: Callback::new(move |()| {
                _ = socket.connect();
            }),
        }
    }

    /// Returns a view without a connection, for settings that name an invalid server.
    pub(crate) fn unusable(settings: &Settings) -> Self {
        Self {
            state: Signal::stored(LinkState::Offline),
            server: Signal::stored(server(settings)),
            namespace: Signal::stored(settings.socket_namespace.clone()),
            id: Signal::stored(None),
            round_trip: Signal::stored(None),
            attempt: Signal::stored(None),
            next: Signal::stored(None),
            awaited: Signal::stored(None),
            reason: Signal::stored(None),
            failure: Signal::stored(None),
            advice: Signal::stored(None),
            overdue: Signal::stored(false),
            // Reloads, because settings are read at the page's start and may have been corrected.
            retry: Callback::new(|()| _ = window().location().reload()),
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

/// Looks for errors in the settings, until the first successful connect shows that they are right.
#[derive(Clone, Copy)]
struct Advice {
    found: RwSignal<Option<Diagnosis>>,
    /// The last failure that was diagnosed. The same failure is not diagnosed twice in a row.
    last: StoredValue<Option<Failure>>,
    settled: StoredValue<bool>,
    settings: StoredValue<Settings>,
    text: Texts,
    toasts: Toasts,
}

impl Advice {
    fn new(socket: Socket, settings: &Settings) -> Self {
        let advice = Self {
            found: RwSignal::new(None),
            last: StoredValue::new(None),
            settled: StoredValue::new(socket.is_connected()),
            settings: StoredValue::new(settings.clone()),
            text: Texts::from_context(),
            toasts: Toasts::from_context(),
        };
        if let Some(error) = socket.last_error() {
            advice.look(&error, &Failure::of_error(&error, false));
        }
        advice
    }

    fn is_settled(self) -> bool {
        self.settled.try_get_value() != Some(false)
    }

    fn look(self, error: &ConnectError, failure: &Failure) {
        let known = self.last.try_get_value().flatten().as_ref() == Some(failure);
        let Some(settings) = self.settings.try_get_value() else {
            return;
        };
        if known || self.is_settled() {
            return;
        }
        self.last.try_set_value(Some(failure.clone()));
        let (error, failure) = (error.clone(), failure.clone());
        spawn_local(async move {
            let found = diagnosis::of_socket(&settings, &error, &failure).await;
            if self.is_settled() || found.is_none() {
                return;
            }
            if let Some(found) = found.as_ref().filter(|found| found.finding.stays()) {
                self.toasts.keep(self.text.finding(found).join("\n"));
            }
            self.found.try_set(found);
        });
    }

    /// Handles a connect: the settings are right.
    fn settle(self) {
        self.settled.try_set_value(true);
        self.found.try_set(None);
    }
}

/// Returns whether the page has not been live for [`GRACE`]. A connection that was live for less
/// than [`STEADY`] gets no grace period.
fn overdue(state: Signal<LinkState>) -> Signal<bool> {
    let overdue = RwSignal::new(false);
    let patience = StoredValue::new_local(None::<Timeout>);
    let since = StoredValue::new(None::<f64>);
    let live = Memo::new(move |_| state.get() == LinkState::Live);
    Effect::new(move || {
        if live.get() {
            since.set_value(Some(Date::now()));
            patience.set_value(None);
            return overdue.set(false);
        }
        let stood = since.try_update_value(Option::take).flatten();
        let is_unsteady = stood.is_some_and(|since| Date::now() - since < STEADY);
        overdue.set(is_unsteady);
        let timeout = (!is_unsteady).then(|| {
            Timeout::new(GRACE, move || {
                overdue.try_set(true);
            })
        });
        patience.set_value(timeout);
    });
    overdue.into()
}
