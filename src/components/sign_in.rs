use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::Gate;
use crate::host::Here;
use crate::session;
use crate::settings::Settings;
use crate::text::Text;

/// The form to sign in by. `notice` says why somebody is signed out who was in.
#[component]
pub(crate) fn SignIn(notice: Option<String>, gate: RwSignal<Gate>) -> impl IntoView {
    let text = Text::from_context();
    let settings = use_context::<Arc<Settings>>();
    let account = NodeRef::<Input>::new();
    let password = NodeRef::<Input>::new();
    let remember = NodeRef::<Input>::new();
    let busy = RwSignal::new(false);
    let said = RwSignal::new(notice);

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(settings), false) = (settings.clone(), busy.get_untracked()) else {
            return;
        };
        // Read only now: password managers fill fields without telling.
        let (name, secret) = (value(account), value(password));
        if name.trim().is_empty() || secret.is_empty() {
            said.set(Some(text.incomplete.into()));
            return;
        }
        let keep = remember
            .get_untracked()
            .is_some_and(|remember| remember.checked());
        busy.set(true);
        said.set(None);
        spawn_local(async move {
            match session::sign_in(&Here, &settings.api, name, secret, keep).await {
                Ok(session) => {
                    gate.try_set(Gate::In(session));
                }
                Err(refusal) => {
                    said.try_set(Some(text.refusal(&refusal)));
                    busy.try_set(false);
                }
            }
        });
    };

    // The alert is always there, and empty while there is nothing to say: screen readers speak
    // what changes in it.
    view! {
        <div class="panel">
            <form class="card" data-testid="sign-in" novalidate on:submit=submit>
                <h2>{text.sign_in}</h2>
                <label>
                    <span>{text.account}</span>
                    <input
                        node_ref=account
                        data-testid="account"
                        name="account"
                        type="text"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                    />
                </label>
                <label>
                    <span>{text.password}</span>
                    <input
                        node_ref=password
                        data-testid="password"
                        name="password"
                        type="password"
                        autocomplete="current-password"
                        required
                    />
                </label>
                <label class="remember">
                    <input node_ref=remember data-testid="remember" name="remember" type="checkbox" />
                    <span>{text.remember}</span>
                </label>
                <p class="error" role="alert" data-testid="sign-in-error">
                    {move || said.get()}
                </p>
                <button type="submit" class="wooden" data-testid="submit" disabled=move || busy.get()>
                    {move || if busy.get() { text.signing_in } else { text.sign_in }}
                </button>
            </form>
        </div>
    }
}

fn value(input: NodeRef<Input>) -> String {
    input
        .get_untracked()
        .map(|input| input.value())
        .unwrap_or_default()
}
