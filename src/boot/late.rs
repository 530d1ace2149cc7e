//! Loads and mounts the page, which in release builds is a module of its own, loaded after boot.

use std::any::Any;
use std::cell::Cell;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::PAGE;
use crate::account::session::Absent;
use crate::app::{App, AppProps};
use crate::boot::Start;
use crate::host;
use crate::settings::Settings;

/// The id of the style sheet of `index.html` that is disabled until the page is mounted.
const STYLE: &str = "later";

/// The delay before a failed load is retried, in milliseconds.
const AGAIN: u32 = 3_000;

/// Loads the page and hands `start` over to it. Boot's connection stays open meanwhile.
pub(crate) fn load(start: Start) {
    spawn_local(async move {
        match seam::loaded().await {
            Ok(()) => _ = seam::mount(Box::new(start)).await,
            Err(_) => again(start),
        }
    });
}

fn again(start: Start) {
    Timeout::new(AGAIN, move || load(start)).forget();
}

/// Mounts the page, which replaces what `index.html` shows while it is loaded.
fn put(start: Start) {
    if let Some(style) = document().get_element_by_id(STYLE) {
        _ = style.remove_attribute("media");
    }
    spawn_local(async move { show(arrive(start).await) });
}

/// Restarts the page, and checks the session again, because another host was detected.
fn open_again() {
    let (settings, problems) = Settings::of_document();
    spawn_local(async move {
        show(
            arrive(Start {
                settings,
                problems,
                checked: Err(Absent::Unasked),
            })
            .await,
        );
    });
}

/// Detects the host of the page. A player who is signed in already is in a plain browser.
async fn arrive(mut start: Start) -> Start {
    if !matches!(start.checked, Err(Absent::NeverSignedIn | Absent::Unasked)) {
        return start;
    }
    let problem = host::choose(&start.settings.host).await;
    if let Some(carried) = host::here().settings() {
        (start.settings, start.problems) = Settings::of_document_and(&carried);
    }
    start.problems.extend(problem);
    // Boot has read the stores of a plain browser.
    if host::here().name() != host::BROWSER {
        start.checked = Err(Absent::Unasked);
    }
    start
}

/// Mounts the page, and unmounts the previous one.
fn show(start: Start) {
    drop(SHOWN.take());
    let app = || {
        App(AppProps {
            start,
            reopen: open_again,
        })
    };
    let element = document()
        .get_element_by_id(PAGE)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    match element {
        Some(element) => {
            element.set_text_content(None);
            SHOWN.set(Some(Box::new(mount_to(element, app))));
        }
        None => mount_to_body(app),
    }
}

thread_local! {
    /// The mounted page. Dropping it unmounts the page.
    static SHOWN: Cell<Option<Box<dyn Any>>> = const { Cell::new(None) };
}

/// The split point: code that is reachable only through `put` becomes a module of its own.
#[cfg(feature = "split")]
mod seam {
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    use super::put;
    use crate::boot::Start;

    #[wasm_split(page, fallible, preload(loaded))]
    pub(super) fn mount(start: Box<Start>) -> Result<(), SplitLoaderError> {
        put(*start);
        Ok(())
    }
}

/// Without the split, everything is loaded from the start.
#[cfg(not(feature = "split"))]
mod seam {
    use std::convert::Infallible;

    use super::put;
    use crate::boot::Start;

    pub(super) async fn loaded() -> Result<(), Infallible> {
        Ok(())
    }

    pub(super) async fn mount(start: Box<Start>) -> Result<(), Infallible> {
        put(*start);
        Ok(())
    }
}
