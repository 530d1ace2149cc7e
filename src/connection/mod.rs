//! The page's Socket.IO connection: the events that it emits, and the handlers of events that it
//! receives.

pub(crate) mod announced;
pub(crate) mod diagnosis;
pub(crate) mod failure;
pub(crate) mod greeting;
pub(crate) mod online;
pub(crate) mod readmission;
pub(crate) mod reason;
pub(crate) mod refusal;
pub(crate) mod state;
pub(crate) mod view;

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos_socketio::{Auth as AuthData, HeadStart, OpenError, Socket, use_connect_of, use_event};
use orchard_contract::events::{Auth, Chat, Login, LoginResponse, ServerResponse};
use orchard_contract::{Secret, storage};

use crate::account::session::{self, Absent, SIGNED_OUT, Session};
use crate::connection::announced::Announced;
use crate::connection::greeting::{Answered, Greeting, Newcomer};
use crate::connection::view::ConnectionView;
use crate::dom::frame_throttle::paced;
use crate::dom::pause::within;
use crate::host::here;
use crate::i18n::context::Texts;
use crate::notices::Notices;
use crate::settings::Settings;
use crate::state::toasts::Toasts;

/// How long the page waits for the token to be checked, in milliseconds. After that it sends the
/// token unchecked: the Socket.IO server may be reachable while the JSON-RPC is not.
const PATIENCE: u32 = 8_000;

/// The parts of the connection that the page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Live {
    /// The last count; `None` before the first.
    pub(crate) count: Signal<Option<u64>>,
    pub(crate) link: ConnectionView,
}

/// Opens the connection of `session`, or takes over the one of `head_start`.
///
/// The socket and its listeners are removed when the current owner is cleaned up. `on_expired` is
/// called when the player has to sign in again.
///
/// # Errors
/// Returns an error if the settings name an invalid server or namespace.
pub(crate) fn go_live(
    session: &Session,
    head_start: Option<HeadStart>,
    settings: &Settings,
    on_expired: Callback<()>,
) -> Result<Live, OpenError> {
    let asking = RwSignal::new(false);
    let socket = open(session, head_start, settings, asking)?;
    provide_context(socket);
    on_cleanup(move || socket.remove());
    let (uid, chat) = (session.uid.clone(), settings.chat);
    use_connect_of(socket, move || {
        // The socket is connected, so these are sent immediately. If the connection is lost before
        // that, the next connect emits them again.
        _ = socket.emit(&Login { uid: uid.clone() });
        if chat {
            _ = socket.emit(&Chat { uid: uid.clone() });
        }
    });

    let (count, set_count) = signal(None);
    let notices = Notices::from_context();
    greet(socket, paced(set_count), notices);
    notices.listen(socket, session, settings);
    let announced = Announced::of(socket);
    readmission::follow(socket, settings, announced, on_expired);
    let link = ConnectionView::of(socket, settings, announced, asking.into());
    // After all listeners are registered: connecting delivers the events that the head start has
    // buffered.
    _ = socket.connect();
    Ok(Live {
        count: count.into(),
        link,
    })
}

/// Shows each count, and shows welcomes and logins as toasts.
fn greet(socket: Socket, show: impl Fn(Option<u64>) + 'static, notices: Notices) {
    let (toasts, text) = (Toasts::from_context(), Texts::from_context());
    let greeting = StoredValue::new(Greeting::default());
    let say = move |who: Newcomer| {
        let name = who.nickname.as_deref().unwrap_or(&who.sid);
        toasts.say(text.welcome(name, who.count));
    };
    use_event(move |response: ServerResponse| {
        let ServerResponse {
            count,
            sid,
            nickname,
        } = response;
        if count.is_some() {
            show(count);
        }
        let Some(sid) = sid else { return };
        let who = Newcomer {
            sid,
            nickname: nickname.filter(|name| !name.trim().is_empty()),
            count,
        };
        let id = socket.id();
        let whom = greeting.try_update_value(|it| it.welcome(who, id.as_deref()));
        if let Some(who) = whom.flatten() {
            say(who);
        }
    });
    use_event(move |response: LoginResponse| {
        if let Some(refused) = text.login_refused(&response) {
            greeting.try_update_value(Greeting::not_logged_in);
            return toasts.keep(refused);
        }
        let LoginResponse {
            data, errno, sid, ..
        } = response;
        let has_words = data.as_deref().is_some_and(|data| !data.trim().is_empty());
        let is_success = errno.is_some() || sid.is_some();
        let update = greeting.try_update_value(|it| (it.logged_in(sid), it.is_verified()));
        let Some(((answered, others), is_verified)) = update else {
            return;
        };
        notices.trust(is_verified);
        let is_said = match answered {
            Answered::First => has_words || is_success,
            Answered::Again => false,
            Answered::Other => has_words,
        };
        if is_said {
            toasts.say(text.logged_in(data.as_deref()));
        }
        others.into_iter().for_each(say);
    });
    let left = socket.on_disconnect(move |_| {
        greeting.try_update_value(Greeting::left);
    });
    StoredValue::new_local(left);
}

fn open(
    session: &Session,
    head_start: Option<HeadStart>,
    settings: &Settings,
    asking: RwSignal<bool>,
) -> Result<Socket, OpenError> {
    // If the head start sends the first CONNECT, the checked token is used up, and the token of the
    // next CONNECT is checked again.
    let is_asked = head_start.as_ref().is_some_and(HeadStart::has_asked);
    let builder = Socket::builder(&settings.socket_server)
        .namespace(&settings.socket_namespace)
        .path(&settings.socket_path)
        .auth_with_refresh(renewal(
            session.token.clone(),
            settings.api.as_str().into(),
            !is_asked,
            asking,
        ));
    match head_start {
        Some(head_start) => builder.head_start(head_start),
        None => builder,
    }
    .build()
}

/// Checks the token before each CONNECT, and renews it if it has expired.
///
/// With `fresh`, the first CONNECT sends `token` unchecked, because it was checked or issued a
/// moment ago. `asking` is true while a check is running.
fn renewal(
    token: Secret,
    api: Rc<str>,
    fresh: bool,
    asking: RwSignal<bool>,
) -> impl Fn(bool) -> Answer {
    let fresh = Cell::new(fresh);
    let asked = Rc::new(Cell::new(0_u32));
    move |refused| {
        let (token, api, asked) = (token.clone(), api.clone(), asked.clone());
        let fresh = fresh.replace(false) && !refused;
        let question = asked.get().wrapping_add(1);
        asked.set(question);
        Box::pin(async move {
            let token = if fresh {
                token
            } else {
                asking.try_set(true);
                let answer = within(PATIENCE, session::checkout(here(), &api)).await;
                // A newer check may still be running.
                if asked.get() == question {
                    asking.try_set(false);
                }
                match answer {
                    Some(Ok(session)) => session.token,
                    None | Some(Err(Absent::Unreachable(_) | Absent::Fault(_))) => {
                        session::kept(here(), storage::ACCESS_TOKEN).map_or(token, |(_, kept)| kept)
                    }
                    Some(Err(_)) => return Err(SIGNED_OUT.into()),
                }
            };
            AuthData::object(&Auth { token: Some(token) }).map_err(|_| String::new())
        })
    }
}

/// The future of the payload of the next CONNECT.
type Answer = Pin<Box<dyn Future<Output = Result<AuthData, String>>>>;
