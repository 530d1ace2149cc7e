use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::account::sign_in_form::{Complaint, Credentials, Field};
use crate::components::{Advice, LanguageSwitch};
use crate::connection::diagnosis::Diagnosis;
use crate::i18n::context::Texts;

/// The sign-in form.
#[component]
pub(crate) fn SignIn(
    busy: Signal<bool>,
    complaint: Signal<Option<Complaint>>,
    advice: Signal<Option<Diagnosis>>,
    on_submit: Callback<Credentials>,
) -> impl IntoView {
    let text = Texts::from_context();
    let account = NodeRef::<Input>::new();
    let password = NodeRef::<Input>::new();
    let remember = NodeRef::<Input>::new();
    let revealed = RwSignal::new(false);

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        revealed.set(false);
        // Read on submit: password managers may fill fields without an event.
        on_submit.run(Credentials {
            account: value(account),
            password: value(password),
            remember: remember.get_untracked().is_some_and(|it| it.checked()),
        });
    };
    let said_at = move |place: Field| {
        complaint.with(|complaint| {
            let complaint = complaint.as_ref().filter(|it| it.place() == place)?;
            Some(complaint.words(&text))
        })
    };
    let place = move || complaint.with(|complaint| complaint.as_ref().map(Complaint::place));
    let invalid = move |at: Field| (place() == Some(at)).then_some("true");
    // Focuses the invalid field, so that the player can correct it.
    Effect::new(move || {
        let field = match place() {
            Some(Field::Account) => account.get_untracked(),
            Some(Field::Password) => password.get_untracked(),
            Some(Field::Form) | None => None,
        };
        if let Some(field) = field {
            _ = field.focus();
        }
    });

    // The alerts are always in the document, and empty if there is no error: screen readers
    // announce their changes.
    view! {
        <div class="panel">
            <form
                class="card"
                data-testid="sign-in"
                novalidate
                aria-labelledby="sign-in-title"
                aria-busy=move || busy.get().then_some("true")
                on:submit=submit
            >
                <div class="card-head">
                    <h2 id="sign-in-title">{move || text.sign_in}</h2>
                    <LanguageSwitch />
                </div>
                <div class="field">
                    <label for="account">{move || text.account}</label>
                    <input
                        node_ref=account
                        id="account"
                        data-testid="account"
                        name="username"
                        type="text"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        aria-describedby="account-error"
                        aria-invalid=move || invalid(Field::Account)
                    />
                    <p class="error" role="alert" id="account-error" data-testid="account-error">
                        {move || said_at(Field::Account)}
                    </p>
                </div>
                <div class="field">
                    <label for="password">{move || text.password}</label>
                    <div class="secret">
                        <input
                            node_ref=password
                            id="password"
                            data-testid="password"
                            name="password"
                            type=move || if revealed.get() { "text" } else { "password" }
                            autocomplete="current-password"
                            autocapitalize="none"
                            spellcheck="false"
                            required
                            aria-describedby="password-error"
                            aria-invalid=move || invalid(Field::Password)
                        />
                        <button
                            type="button"
                            class="reveal"
                            class:revealed=revealed
                            data-testid="reveal"
                            aria-label=move || {
                                if revealed.get() { text.hide_password } else { text.show_password }
                            }
                            on:click=move |_| revealed.update(|revealed| *revealed = !*revealed)
                        ></button>
                    </div>
                    <p class="error" role="alert" id="password-error" data-testid="password-error">
                        {move || said_at(Field::Password)}
                    </p>
                </div>
                <label class="remember">
                    <input node_ref=remember data-testid="remember" name="remember" type="checkbox" />
                    <span>{move || text.remember}</span>
                </label>
                <p class="error" role="alert" data-testid="sign-in-error">
                    {move || said_at(Field::Form)}
                </p>
                <Advice diagnosis=advice />
                <button type="submit" class="wooden" data-testid="submit" disabled=busy>
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
