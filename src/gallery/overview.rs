//! The overview: all frames side by side.

use leptos::html::iframe;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::states;

const LANGUAGES: [&str; 2] = ["zh", "en"];

pub(super) fn open(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        mount_to(element, Overview).forget();
    }
}

#[component]
fn Overview() -> impl IntoView {
    let wide = RwSignal::new(false);
    let frames = states::all().into_iter().flat_map(|state| {
        LANGUAGES.map(|language| {
            let name = [state.id, "/", language].concat();
            let address = ["frame.html#", &name].concat();
            let frame = iframe()
                .attr("loading", "lazy")
                .src(address.clone())
                .title(name.clone());
            view! {
                <figure id=name.clone()>
                    <figcaption><a href=address target="_blank">{name.clone()}</a></figcaption>
                    {frame}
                </figure>
            }
        })
    });
    view! {
        <header>
            <h1>"Gallery"</h1>
            <label>
                <input type="checkbox" prop:checked=wide on:change=move |_| wide.update(|wide| *wide = !*wide) />
                " as wide as on a desktop"
            </label>
        </header>
        <div class="frames" class:wide=wide>{frames.collect_view()}</div>
    }
}
