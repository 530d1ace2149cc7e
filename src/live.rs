//! The page's connection: what it sends, and what events do to the page.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::{
    Auth as AuthData, ConnectError, HeadStart, OpenError, Socket, Status, use_connect_of, use_event,
};
use orchard_contract::Secret;
use orchard_contract::events::{Auth, Chat, Login, LoginResponse, ServerResponse};

use crate::door::Door;
use crate::host::here;
use crate::link::Link;
use crate::notices::Notices;
use crate::paced::paced;
use crate::session::{self, Absent, Session};
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

/// Opens the connection of `session`, or takes over the one that was opened early. It, and all that listens to it, goes
/// with the current owner.
///
/// # Errors
/// When the settings name no server or namespace that can be used.
pub(crate) fn go_live(
    session: &Session,
    head_start: Option<HeadStart>,
    settings: &Settings,
) -> Result<Live, OpenError> {
    let toasts = Toasts::from_context();
    let text = Text::from_context();
    let socket = open(session, head_start, settings)?;
    provide_context(socket);
    on_cleanup(move || socket.remove());
    let (uid, chat) = (session.uid.clone(), settings.chat);
    use_connect_of(socket, move || {
        // Connected, so these go out at once; should the connection be gone again, the next connect repeats them.
        _ = socket.emit(&Login { uid: uid.clone() });
        if chat {
            _ = socket.emit(&Chat { uid: uid.clone() });
        }
    });

    let (count, set_count) = signal(None);
    let show = paced(set_count);
    let greet = move |ServerResponse { count, sid, .. }| {
        if count.is_some() {
            show(count);
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
    let link = Link::of(socket, settings);
    // Not before all listen: what came early is told then.
    _ = socket.connect();
    Ok(Live {
        count: count.into(),
        link,
    })
}

fn open(
    session: &Session,
    head_start: Option<HeadStart>,
    settings: &Settings,
) -> Result<Socket, OpenError> {
    // The head start has asked with the token that was checked, or will; so the first question is not the page's.
    let is_asked = head_start.as_ref().is_some_and(HeadStart::has_asked);
    let builder = Socket::builder(&settings.socket_server)
        .namespace(&settings.socket_namespace)
        .path(&settings.socket_path)
        .auth_with_refresh(renewal(
            session.token.clone(),
            settings.api.as_str().into(),
            !is_asked,
        ));
    match head_start {
        Some(head_start) => builder.head_start(head_start),
        None => builder,
    }
    .build()
}

/// Asks for each CONNECT whether the token is still good, and renews it where it has expired. The very first is `fresh`:
/// it was asked about, or given, a moment ago.
fn renewal(token: Secret, api: Rc<str>, fresh: bool) -> impl Fn(bool) -> Answer {
    let fresh = Cell::new(fresh);
    move |refused| {
        let (token, api) = (token.clone(), api.clone());
        let fresh = fresh.replace(false) && !refused;
        Box::pin(async move {
            let token = if fresh {
                token
            } else {
                match session::checkout(here(), &api).await {
                    Ok(session) => session.token,
                    // Events may well be to be had where calls are not.
                    Err(Absent::Unreachable(_) | Absent::Fault(_)) => token,
                    Err(_) => return Err("signed out".into()),
                }
            };
            AuthData::object(&Auth { token: Some(token) }).map_err(|_| String::new())
        })
    }
}

/// What the next CONNECT carries, when it is there.
type Answer = Pin<Box<dyn Future<Output = Result<AuthData, String>>>>;

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
