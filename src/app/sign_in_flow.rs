//! Signing in: what the form complains about, and what happens when it is sent.

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use orchard_contract::Errno;

use crate::account::session::{self, Refusal};
use crate::app::Notice;
use crate::app::session_gate::Door;
use crate::components::{SignIn, SignInElsewhere};
use crate::connection::diagnosis;
use crate::host::here;
use crate::i18n::text::Text;
use crate::settings::Settings;

/// What a player types to sign in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) account: String,
    pub(crate) password: String,
    pub(crate) remember: bool,
}

/// What the form complains about.
#[derive(Clone, Debug)]
pub(crate) enum Complaint {
    AccountMissing,
    PasswordMissing,
    Notice(Notice),
    Refused(Arc<Refusal>),
}

/// The part of the form that a complaint stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Account,
    Password,
    Form,
}

impl Complaint {
    pub(crate) fn place(&self) -> Place {
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

    pub(crate) fn words(&self, text: &Text) -> String {
        match self {
            Self::AccountMissing => text.account_missing.into(),
            Self::PasswordMissing => text.password_missing.into(),
            Self::Notice(notice) => notice.words(text),
            Self::Refused(refusal) => text.refusal(refusal),
        }
    }
}

/// The form, and what becomes of it. `notice` says why somebody is signed out who was in.
#[component]
pub(crate) fn Entry(notice: Option<Notice>, door: Door) -> impl IntoView {
    let settings = use_context::<Arc<Settings>>().unwrap_or_default();
    let busy = RwSignal::new(false);
    let advice = RwSignal::new(None);
    let complaint = RwSignal::new(notice.map(Complaint::Notice));
    let on_submit = Callback::new(move |credentials: Credentials| {
        if busy.get_untracked() {
            return;
        }
        let Credentials {
            account,
            password,
            remember,
        } = credentials;
        let missing = if account.trim().is_empty() {
            Some(Complaint::AccountMissing)
        } else if password.is_empty() {
            Some(Complaint::PasswordMissing)
        } else {
            None
        };
        advice.set(None);
        busy.set(missing.is_none());
        let complete = missing.is_none();
        complaint.set(missing);
        if !complete {
            return;
        }
        let settings = settings.clone();
        spawn_local(async move {
            match session::sign_in(here(), &settings.api, account, password, remember).await {
                Ok(session) => door.enter(session),
                Err(refusal) => {
                    let refusal = Arc::new(refusal);
                    busy.try_set(false);
                    complaint.try_set(Some(Complaint::Refused(refusal.clone())));
                    if let Refusal::Call(error) = &*refusal {
                        let found = diagnosis::of_call(&settings.api, error).await;
                        // By now it may be tried once more.
                        if busy.try_get_untracked() == Some(false) {
                            advice.try_set(found);
                        }
                    }
                }
            }
        });
    });
    // The host's own window, where it has one; the page's form stays at hand, should that window be of no use.
    let elsewhere = RwSignal::new(here().open_sign_in());
    let text = Text::from_context();
    move || {
        if elsewhere.get() {
            let told = move || complaint.with(|it| it.as_ref().map(|it| it.words(&text)));
            Either::Left(view! {
                <SignInElsewhere
                    complaint=Signal::derive(move || told().unwrap_or_default())
                    on_open=move |()| _ = here().open_sign_in()
                    on_here=move |()| elsewhere.set(false)
                />
            })
        } else {
            Either::Right(
                view! { <SignIn busy=busy.into() complaint=complaint.into() advice=advice.into() on_submit /> },
            )
        }
    }
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
