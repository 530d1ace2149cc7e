use std::sync::Arc;

use leptos::prelude::*;

use crate::host::{Here, Host};
use crate::settings::Settings;
use crate::text::Text;

/// The button that leaves the page.
#[component]
pub(crate) fn Back() -> impl IntoView {
    let text = Text::from_context();
    let home = use_context::<Arc<Settings>>().map(|settings| settings.home.clone());
    let leave = move |_| Here.back(home.as_deref().unwrap_or("/"));
    view! {
        <button type="button" class="back" data-testid="back" aria-label=move || text.back on:click=leave>
            <img src="assets/user_back.svg" alt="" width="197" height="200" />
        </button>
    }
}
