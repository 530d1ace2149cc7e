//! One state at a time: the one that the address names after `#`, as `component-state/language`.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::states::{self, State};
use crate::i18n::context::Texts;
use crate::settings::Settings;
use crate::state::panels::Opened;
use crate::state::toasts::Toasts;

thread_local! {
    /// What is shown; dropped, it is gone.
    static SHOWN: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Shows what the address names, now and whenever it names something else.
pub(super) fn open(page: Element) {
    let Ok(page) = page.dyn_into::<HtmlElement>() else {
        return;
    };
    // For the tests: what there is, and which part of it to take a picture of.
    let list: Vec<_> = states::all()
        .iter()
        .map(|state| [state.id, " ", state.crop].concat())
        .collect();
    tell("states", &list.join("\n"));
    show(&page);
    window_event_listener(leptos::ev::hashchange, move |_| show(&page));
}

fn show(page: &HtmlElement) {
    SHOWN.take();
    let address = window().location().hash().unwrap_or_default();
    let name = address.trim_start_matches('#');
    let (id, language) = name.split_once('/').unwrap_or((name, "zh"));
    let Some(state) = states::all().into_iter().find(|state| state.id == id) else {
        page.set_text_content(Some("There is no such frame."));
        return;
    };
    page.set_text_content(None);
    set_scene(state.sky);
    let language = language.to_owned();
    let shown = mount_to(page.clone(), move || framed(state, &language));
    SHOWN.set(Some(Box::new(shown)));
    let name = name.to_owned();
    // When it has been laid out.
    request_animation_frame(move || {
        request_animation_frame(move || tell("shown", &name));
    });
}

/// A state with all around it that components ask for.
fn framed(state: State, language: &str) -> AnyView {
    provide_context(Arc::new(Settings::default()));
    provide_context(Texts::start(Some(language)));
    provide_context(Toasts::new());
    provide_context(Opened::new());
    (state.view)()
}

/// Puts the page's own scene behind it, at an hour of the day; or nothing, which makes small pictures.
fn set_scene(sky: Option<&str>) {
    const INDEX: &str = include_str!("../../index.html");
    let scene = INDEX
        .split_once("<div class=\"orchard-bg\"")
        .and_then(|(_, rest)| rest.split_once("<div id=\"page\""))
        .map(|(scene, _)| ["<div class=\"orchard-bg\"", scene].concat());
    if let Some(place) = document().get_element_by_id("scene") {
        place.set_inner_html(sky.and(scene.as_deref()).unwrap_or_default());
    }
    if let Ok(Some(orchard)) = document().query_selector(".orchard") {
        _ = orchard.set_attribute("data-sky", sky.unwrap_or("day"));
    }
}

/// Leaves word at the root of the document.
fn tell(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        _ = root.set_attribute(&["data-", name].concat(), value);
    }
}
