//! The frame: shows the one state that the URL names after `#`, as `component-state/language`.

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
    /// The mounted state. Dropping it unmounts the state.
    static SHOWN: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Shows the state that the URL names, and follows its changes.
pub(super) fn open(page: Element) {
    let Ok(page) = page.dyn_into::<HtmlElement>() else {
        return;
    };
    // The tests read the list of states, and the element of each for its screenshot.
    let list: Vec<_> = states::all()
        .iter()
        .map(|state| [state.id, " ", state.crop].concat())
        .collect();
    set_data("states", &list.join("\n"));
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
    // After the layout.
    request_animation_frame(move || {
        request_animation_frame(move || set_data("shown", &name));
    });
}

/// Renders a state, with the contexts that components require.
fn framed(state: State, language: &str) -> AnyView {
    provide_context(Arc::new(Settings::default()));
    provide_context(Texts::start(language));
    provide_context(Toasts::new());
    provide_context(Opened::new());
    (state.view)()
}

/// Shows the page's own scene in the background, at a time of day. Without `sky` there is none,
/// which keeps screenshots small.
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

/// Sets a data attribute of the root element. The tests read it.
fn set_data(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        _ = root.set_attribute(&["data-", name].concat(), value);
    }
}
