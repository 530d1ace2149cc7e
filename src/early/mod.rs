//! What runs before the page is there: who is signed in, the connection, and its first count.
//!
//! This is all that a player waits for, so it is kept small: no Leptos, and nothing that can come later. In release it is
//! a module of its own; the page is another one, loaded when there is a connection to show or somebody to be asked.

mod first;

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos_socketio::{OpenError, Subscription};
use wasm_bindgen_futures::spawn_local;

use crate::host::Here;
use crate::session::{self, Absent, Session};
use crate::settings::{Problem, Settings};

pub(crate) use first::{First, Missed, Renewal};

/// How long the page waits for the connection to tell how it is, in milliseconds.
const PATIENCE: u32 = 2_000;

/// What the page finds when it is there.
pub(crate) struct Start {
    pub(crate) settings: Settings,
    /// What was wrong with the settings.
    pub(crate) problems: Vec<Problem>,
    pub(crate) checked: Result<Signed, Absent>,
}

/// Somebody who is signed in, and the connection that was opened for them.
pub(crate) struct Signed {
    pub(crate) session: Session,
    pub(crate) first: Result<First, OpenError>,
}

impl Signed {
    /// Opens a connection for `session`.
    pub(crate) fn new(session: Session, settings: &Settings) -> Self {
        let first = First::open(&session, settings);
        Self { session, first }
    }
}

/// Finds out who is signed in and connects; then hands over to `page`.
pub(crate) fn start(page: fn(Start)) {
    spawn_local(async move {
        let (settings, problems) = Settings::of_document();
        let checked = session::check(&Here, &settings.api).await;
        // An expired token is renewed by the page: it happens once an hour, and its code would be waited for each time.
        let checked = checked.map(|session| Signed::new(session, &settings));
        let start = Start {
            settings,
            problems,
            checked,
        };
        when_settled(start, page);
    });
}

/// Hands `start` over when the connection is made or has failed, or took too long for that.
fn when_settled(start: Start, page: fn(Start)) {
    let Ok(Signed {
        first: Ok(first), ..
    }) = &start.checked
    else {
        return page(start);
    };
    let socket = first.socket;
    let waiting: Rc<Cell<Option<Waiting>>> = Rc::default();
    let hand_over = {
        let waiting = waiting.clone();
        move || {
            if let Some(waiting) = waiting.take() {
                page(waiting.start);
            }
        }
    };
    let deadline = Timeout::new(PATIENCE, hand_over.clone());
    let settled = socket.on_status(move |_| hand_over());
    waiting.set(Some(Waiting {
        start,
        _deadline: deadline,
        _settled: settled,
    }));
}

/// A start that waits for its connection.
struct Waiting {
    start: Start,
    _deadline: Timeout,
    _settled: Subscription,
}
