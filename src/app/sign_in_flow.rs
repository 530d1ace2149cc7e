//! Signing in: the form and its submission.

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::session::{self, Refusal};
use crate::account::sign_in_form::{Complaint, Credentials};
use crate::app::session_gate::SessionGate;
use crate::components::{SignIn, SignInElsewhere};
use crate::connection::diagnosis;
use crate::host::here;
use crate::i18n::context::Texts;
use crate::settings::Settings;
use crate::state::gate::SignedOut;

/// The sign-in form and its submission. `notice` says why the last session ended, if there was one.
#[component]
pub(crate) fn SignInFlow(notice: Option<SignedOut>, session_gate: SessionGate) -> impl IntoView {
    let settings = use_context::<Arc<Settings>>().unwrap_or_default();
    let busy = RwSignal::new(false);
    let advice = RwSignal::new(None);
    let complaint = RwSignal::new(notice.map(Complaint::SignedOut));
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
                Ok(session) => session_gate.enter(session),
                Err(refusal) => {
                    let refusal = Arc::new(refusal);
                    busy.try_set(false);
                    complaint.try_set(Some(Complaint::Refused(refusal.clone())));
                    if let Refusal::Call(error) = &*refusal {
                        let found = diagnosis::of_call(&settings.api, error).await;
                        // The player may have submitted the form again meanwhile.
                        if busy.try_get_untracked() == Some(false) {
                            advice.try_set(found);
                        }
                    }
                }
            }
        });
    });
    // The host's own sign-in window, if it has one. The player can switch to the page's form.
    let elsewhere = RwSignal::new(here().open_sign_in());
    let text = Texts::from_context();
    move || {
        if elsewhere.get() {
            let words = move || complaint.with(|it| it.as_ref().map(|it| it.words(&text)));
            Either::Left(view! {
                <SignInElsewhere
                    complaint=Signal::derive(move || words().unwrap_or_default())
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
