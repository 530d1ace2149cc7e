//! The page's own part, which a release loads after what comes early.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

use crate::PAGE;
use crate::app::{App, AppProps};
use crate::early::Start;

/// The style sheet of `index.html` that holds for nothing before the page is there.
const STYLE: &str = "later";

/// How long to wait before what could not be loaded is asked for again, in milliseconds.
const AGAIN: u32 = 3_000;

/// Loads the page and hands `start` over to it. Until then, what came early goes on.
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

/// Puts the page in the place of what `index.html` shows while it is loaded.
fn put(start: Start) {
    if let Some(style) = document().get_element_by_id(STYLE) {
        _ = style.remove_attribute("media");
    }
    let app = || App(AppProps { start });
    let element = document()
        .get_element_by_id(PAGE)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    match element {
        Some(element) => {
            element.set_text_content(None);
            mount_to(element, app).forget();
        }
        None => mount_to_body(app),
    }
}

/// The seam: what is called from `put` on, and by nothing else, becomes a module of its own.
#[cfg(feature = "split")]
mod seam {
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    use super::put;
    use crate::early::Start;

    #[wasm_split(page, fallible, preload(loaded))]
    pub(super) fn mount(start: Box<Start>) -> Result<(), SplitLoaderError> {
        put(*start);
        Ok(())
    }
}

/// Without the seam, all is there from the start.
#[cfg(not(feature = "split"))]
mod seam {
    use std::convert::Infallible;

    use super::put;
    use crate::early::Start;

    pub(super) async fn loaded() -> Result<(), Infallible> {
        Ok(())
    }

    pub(super) async fn mount(start: Box<Start>) -> Result<(), Infallible> {
        put(*start);
        Ok(())
    }
}
