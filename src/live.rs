//! The page's connection: what it sends, and what events do to the page.
//!
//! Stand-in: pretends until the hooks are there.

use leptos::prelude::*;

use crate::session::Session;
use crate::text::Text;
use crate::toasts::Toasts;

/// What the sign of the connection shows.
#[allow(dead_code, reason = "the stand-in never fails")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    Connecting,
    /// Nobody is signed in yet.
    Idle,
    Live,
    /// Not connected, and not trying: there is no network, or the page was disconnected.
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
}

/// What the page shows of its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Live {
    /// The last count; `None` before the first.
    pub(crate) count: Signal<Option<u64>>,
    pub(crate) state: Signal<ConnectionState>,
}

/// Connects as `session`. The connection goes with the owner that this is called in.
pub(crate) fn go_live(session: Session) -> Live {
    _ = (session.uid, session.token);
    let toasts = Toasts::from_context();
    let text = Text::from_context();
    let count = RwSignal::new(None);
    let state = RwSignal::new(ConnectionState::Connecting);
    set_timeout(
        move || {
            state.try_set(ConnectionState::Live);
            count.try_set(Some(42));
            toasts.say(text.welcome("kRr2<b>8Qw5CbVb</b>AAAB", Some(42)));
            toasts.say("登录成功".into());
        },
        std::time::Duration::from_millis(300),
    );
    Live {
        count: count.into(),
        state: state.into(),
    }
}
