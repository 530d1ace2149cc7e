use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use orchard_contract::Errno;

use crate::app::{Gate, Notice};
use crate::components::LanguageSwitch;
use crate::host::Here;
use crate::session::{self, Refusal};
use crate::settings::Settings;
use crate::text::Text;

/// What the form complains about, and at which field.
#[derive(Clone, Debug)]
enum Complaint {
    AccountMissing,
    PasswordMissing,
    Notice(Notice),
    Refused(Arc<Refusal>),
}

/// The part of the form that a complaint stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Account,
    Password,
    Form,
}

impl Complaint {
    fn place(&self) -> Place {
        match self {
            Self::AccountMissing => Place::Account,
            Self::PasswordMissing => Place::Password,
            Self::Notice(_) => Place::Form,
            Self::Refused(refusal) => match &**refusal {
                Refusal::Said(Some(Errno::NO_SUCH_ACCOUNT | Errno::NO_SUCH_USER), _) => {
                    Place::Account
                }
                Refusal::Said(Some(Errno::WRONG_PASSWORD), _) => Place::Password,
                _ => Place::Form,
            },
        }
    }

    fn words(&self, text: &Text) -> String {
        match self {
            Self::AccountMissing => text.account_missing.into(),
            Self::PasswordMissing => text.password_missing.into(),
            Self::Notice(notice) => notice.words(text),
            Self::Refused(refusal) => text.refusal(refusal),
        }
    }
}

/// The form to sign in by. `notice` says why somebody is signed out who was in.
#[component]
pub(crate) fn SignIn(notice: Option<Notice>, gate: RwSignal<Gate>) -> impl IntoView {
    let text = Text::from_context();
    let settings = use_context::<Arc<Settings>>();
    let account = NodeRef::<Input>::new();
    let password = NodeRef::<Input>::new();
    let remember = NodeRef::<Input>::new();
    let busy = RwSignal::new(false);
    let revealed = RwSignal::new(false);
    let complaint = RwSignal::new(notice.map(Complaint::Notice));

    let complain = move |said: Complaint| {
        let field = match said.place() {
            Place::Account => Some(account),
            Place::Password => Some(password),
            Place::Form => None,
        };
        complaint.try_set(Some(said));
        // Where the mistake is, so that it can be mended at once.
        if let Some(field) = field.and_then(|field| field.try_get_untracked().flatten()) {
            _ = field.focus();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(settings), false) = (settings.clone(), busy.get_untracked()) else {
            return;
        };
        // Read only now: password managers fill fields without telling.
        let (name, secret) = (value(account), value(password));
        if name.trim().is_empty() {
            return complain(Complaint::AccountMissing);
        }
        if secret.is_empty() {
            return complain(Complaint::PasswordMissing);
        }
        let keep = remember
            .get_untracked()
            .is_some_and(|remember| remember.checked());
        busy.set(true);
        revealed.set(false);
        complaint.set(None);
        spawn_local(async move {
            match session::sign_in(&Here, &settings.api, name, secret, keep).await {
                Ok(session) => {
                    gate.try_set(Gate::In(session));
                }
                Err(refusal) => {
                    busy.try_set(false);
                    complain(Complaint::Refused(Arc::new(refusal)));
                }
            }
        });
    };

    let said_at = move |place: Place| {
        complaint.with(|complaint| {
            let complaint = complaint.as_ref().filter(|it| it.place() == place)?;
            Some(complaint.words(&text))
        })
    };
    let invalid = move |place: Place| said_at(place).is_some().then_some("true");

    // The alerts are always there, and empty while there is nothing to say: screen readers speak what changes in them.
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
                        aria-invalid=move || invalid(Place::Account)
                    />
                    <p class="error" role="alert" id="account-error" data-testid="account-error">
                        {move || said_at(Place::Account)}
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
                            aria-invalid=move || invalid(Place::Password)
                        />
                        <button
                            type="button"
                            class="reveal"
                            data-testid="reveal"
                            aria-controls="password"
                            aria-label=move || {
                                if revealed.get() { text.hide_password } else { text.show_password }
                            }
                            class:revealed=revealed
                            on:click=move |_| revealed.update(|revealed| *revealed = !*revealed)
                        ></button>
                    </div>
                    <p class="error" role="alert" id="password-error" data-testid="password-error">
                        {move || said_at(Place::Password)}
                    </p>
                </div>
                <label class="remember">
                    <input node_ref=remember data-testid="remember" name="remember" type="checkbox" />
                    <span>{move || text.remember}</span>
                </label>
                <p class="error" role="alert" data-testid="sign-in-error">
                    {move || said_at(Place::Form)}
                </p>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stands_at_the_field_that_it_is_about() {
        let place = |errno| {
            let refusal = Refusal::Said(Some(errno), None);
            Complaint::Refused(Arc::new(refusal)).place()
        };
        assert_eq!(place(Errno::NO_SUCH_ACCOUNT), Place::Account);
        assert_eq!(place(Errno::NO_SUCH_USER), Place::Account);
        assert_eq!(place(Errno::WRONG_PASSWORD), Place::Password);
        assert_eq!(place(Errno::INVALID_INPUT), Place::Form);
    }
}
