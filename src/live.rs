//! The page's connection: what it sends, and what events do to the page.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::{ConnectError, Status, use_event};
use orchard_contract::events::{LoginResponse, ServerResponse};

use crate::door::Door;
use crate::early::{First, Missed, Renewal};
use crate::host::Here;
use crate::link::Link;
use crate::notices::Notices;
use crate::session::{self, Absent};
use crate::settings::Settings;
use crate::text::Text;
use crate::toasts::Toasts;

/// What the sign of the connection shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    Connecting,
    /// Nobody is signed in yet.
    Idle,
    Live,
    /// Not connected, and not trying with any hope: there is no network, or the server has ended it.
    Offline,
    Reconnecting,
    Refused,
}

impl ConnectionState {
    /// For style sheets and tests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Idle => "idle",
            Self::Live => "live",
            Self::Offline => "offline",
            Self::Reconnecting => "reconnecting",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn of(status: &Status, online: bool) -> Self {
        match status {
            Status::Connected => Self::Live,
            Status::Refused { .. } => Self::Refused,
            Status::Connecting if online => Self::Connecting,
            Status::Reconnecting { .. } if online => Self::Reconnecting,
            _ => Self::Offline,
        }
    }
}

/// What the page shows of its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Live {
    /// The last count; `None` before the first.
    pub(crate) count: Signal<Option<u64>>,
    pub(crate) link: Link,
}

/// Takes the connection over from what came early. It, and all that listens to it, goes with the current owner.
pub(crate) fn go_live(first: First, settings: &Settings) -> Live {
    let toasts = Toasts::from_context();
    let text = Text::from_context();
    let fresh = !first.socket.is_connected();
    _ = first
        .renewal
        .set(renewal(settings.api.as_str().into(), fresh));
    let (socket, greeting, missed) = first.into_parts();
    provide_context(socket);
    on_cleanup(move || socket.remove());
    let _greeting = StoredValue::new_local(greeting);

    let (count, set_count) = signal(None);
    let greet = move |ServerResponse { count, sid }| {
        if count.is_some() {
            set_count.try_set(count);
        }
        if let Some(sid) = sid {
            toasts.say(text.welcome(&sid, count));
        }
    };
    let logged_in = move |LoginResponse { data, errmsg, .. }| {
        if let Some(said) = data.or(errmsg).filter(|said| !said.is_empty()) {
            toasts.say(said);
        }
    };
    let Missed {
        count: last,
        greetings,
        login,
    } = missed;
    greetings.into_iter().for_each(greet);
    set_count.set(last);
    login.into_iter().for_each(logged_in);
    use_event(greet);
    use_event(logged_in);

    Notices::from_context().listen(socket, settings);
    if let Some(door) = Door::from_context() {
        let ended = socket.on_connect_error(move |error| {
            // Whoever hears this is taken away by it, so not before all have heard.
            if matches!(error, ConnectError::Auth(_)) {
                spawn_local(async move { door.expire() });
            }
        });
        StoredValue::new_local(ended);
    }
    Live {
        count: count.into(),
        link: Link::of(socket, settings),
    }
}

/// Asks for each CONNECT whether the token is still good, and renews it where it has expired. The very first is `fresh`:
/// it was asked about, or given, a moment ago.
fn renewal(api: Rc<str>, fresh: bool) -> Renewal {
    let fresh = Cell::new(fresh);
    Box::new(move |last, refused| {
        let (api, fresh) = (api.clone(), fresh.replace(false) && !refused);
        Box::pin(async move {
            if fresh {
                return Ok(last);
            }
            match session::checkout(&Here, &api).await {
                Ok(session) => Ok(session.token),
                // Events may well be to be had where calls are not.
                Err(Absent::Unreachable(_) | Absent::Fault(_)) => Ok(last),
                Err(_) => Err("signed out".into()),
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_network_nothing_is_on_its_way() {
        let waiting = Status::Reconnecting {
            attempt: 3,
            delay: None,
        };
        assert_eq!(
            ConnectionState::of(&waiting, true),
            ConnectionState::Reconnecting
        );
        assert_eq!(
            ConnectionState::of(&waiting, false),
            ConnectionState::Offline
        );
        assert_eq!(
            ConnectionState::of(&Status::Connecting, false),
            ConnectionState::Offline
        );
    }

    #[test]
    fn a_connection_that_stands_is_live_whatever_the_browser_thinks_of_the_network() {
        assert_eq!(
            ConnectionState::of(&Status::Connected, false),
            ConnectionState::Live
        );
    }
}
