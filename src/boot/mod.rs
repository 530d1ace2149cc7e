//! What runs before the page is there: who is signed in, a head start of the connection, and its first count.
//!
//! This is all that a player waits for, so it is kept small: no Leptos, no client yet, and nothing that can come later. In release it is
//! a module of its own; the page is another one, loaded when there is a connection to show or somebody to be asked.

mod check;
mod first_count;
pub(crate) mod late;

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos_socketio::HeadStart;
use wasm_bindgen_futures::spawn_local;

use crate::account::session::{Absent, Session};
use crate::host::{self, Browser};
use crate::settings::{Problem, Settings};

/// How long the page waits for the connection to tell how it is, in milliseconds.
const PATIENCE: u32 = 2_000;

/// What the page finds when it is there.
pub(crate) struct Start {
    pub(crate) settings: Settings,
    /// What was wrong with the settings.
    pub(crate) problems: Vec<Problem>,
    pub(crate) checked: Result<Signed, Absent>,
}

/// Somebody who is signed in, and the connection that was opened for them, for the client to take over.
pub(crate) struct Signed {
    pub(crate) session: Session,
    pub(crate) head_start: Option<HeadStart>,
}

/// Finds out who is signed in and connects; then hands over to `page`.
pub(crate) fn start(page: fn(Start)) {
    spawn_local(async move {
        let (settings, problems) = Settings::of_document();
        // An expired token is renewed by the page: it happens once an hour, and its code would be waited for each time.
        let checked = if host::is_elsewhere(&settings) {
            Err(Absent::Unasked)
        } else {
            check::check(&Browser, &settings.api).await
        };
        let waiting: Rc<Cell<Option<Waiting>>> = Rc::default();
        let hand_over = {
            let waiting = waiting.clone();
            move || {
                if let Some(waiting) = waiting.take() {
                    page(waiting.start);
                }
            }
        };
        let checked = checked.map(|session| {
            let head_start =
                crate::boot::first_count::connect(&session, &settings, hand_over.clone());
            Signed {
                session,
                head_start,
            }
        });
        let under_way = checked
            .as_ref()
            .is_ok_and(|signed| signed.head_start.as_ref().is_some_and(HeadStart::is_open));
        let start = Start {
            settings,
            problems,
            checked,
        };
        if under_way {
            waiting.set(Some(Waiting {
                start,
                _deadline: Timeout::new(PATIENCE, hand_over),
            }));
        } else {
            page(start);
        }
    });
}

/// A start that waits until its connection is made or has failed, or took too long for that.
struct Waiting {
    start: Start,
    _deadline: Timeout,
}
