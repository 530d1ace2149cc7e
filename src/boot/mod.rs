//! Code that runs before the page is loaded: checks the session, starts the connection, and shows
//! the first count.
//!
//! The player waits for this code only, so it is small: it contains neither Leptos nor the
//! Socket.IO client, and nothing that can be loaded later. In release builds it is a WebAssembly
//! module of its own. The page is a second module, loaded once the connection is established or has
//! failed, or if the player has to sign in.

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

/// How long the page waits for the connection to succeed or fail, in milliseconds.
const PATIENCE: u32 = 2_000;

/// The state that boot hands over to the page.
pub(crate) struct Start {
    pub(crate) settings: Settings,
    /// The problems in the settings.
    pub(crate) problems: Vec<Problem>,
    pub(crate) checked: Result<Signed, Absent>,
}

/// A session, and the connection that was opened for it, which the client takes over.
pub(crate) struct Signed {
    pub(crate) session: Session,
    pub(crate) head_start: Option<HeadStart>,
}

/// Checks who is signed in, connects, and then calls `page`.
pub(crate) fn start(page: fn(Start)) {
    spawn_local(async move {
        let (settings, problems) = Settings::of_document();
        // The page renews an expired token: that happens once an hour, and here its code would
        // delay every start.
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

/// A start that waits until its connection is established, has failed, or [`PATIENCE`] has passed.
struct Waiting {
    start: Start,
    _deadline: Timeout,
}
