use leptos::prelude::*;

use crate::i18n::context::Texts;

/// A short guide for newcomers.
#[component]
pub(crate) fn Help() -> impl IntoView {
    let text = Texts::from_context();
    view! {
        <p>{move || text.help_about}</p>
        <dl class="help">
            {move || {
                text.help_parts
                    .iter()
                    .map(|(icon, name, what)| {
                        view! {
                            <dt>
                                <img src=*icon alt="" width="40" height="40" />
                                {*name}
                            </dt>
                            <dd>{*what}</dd>
                        }
                    })
                    .collect_view()
            }}
        </dl>
    }
}
