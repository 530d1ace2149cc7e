//! The root component, which shows the sign-in form or the orchard.

pub(crate) mod orchard;
pub(crate) mod recheck;
pub(crate) mod session_gate;
pub(crate) mod shell;
pub(crate) mod sign_in_flow;
pub(crate) mod sky;

use std::sync::Arc;

use leptos::either::EitherOf4;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::session::{self, Absent};
use crate::app::orchard::Orchard;
use crate::app::session_gate::SessionGate;
use crate::app::shell::{End, Shell};
use crate::app::sign_in_flow::SignInFlow;
use crate::boot::{Signed, Start};
use crate::components::{Back, Connection, Music, Title, ToastList, Unreachable, Waiting};
use crate::connection::diagnosis;
use crate::connection::state::LinkState;
use crate::host::links;
use crate::host::{self, here};
use crate::i18n::context::Texts;
use crate::notices::Notices;
use crate::settings::Settings;
use crate::state::gate::Gate;
use crate::state::panels::Opened;
use crate::state::toasts::Toasts;

/// The whole page. `reopen` restarts it if another host is detected later.
#[component]
pub(crate) fn App(start: Start, reopen: fn()) -> impl IntoView {
    let Start {
        settings,
        problems,
        checked,
    } = start;
    let settings = Arc::new(settings);
    let text = Texts::start(&settings.language);
    let toasts = Toasts::new();
    if !problems.is_empty() {
        // One toast for all problems, so that other toasts can be shown beside it.
        let lines: Vec<_> = problems
            .iter()
            .map(|it| text.settings_problem(it))
            .collect();
        toasts.keep(lines.join("\n"));
    }
    provide_context(settings.clone());
    provide_context(text);
    provide_context(toasts);
    let (opened, notices) = (Opened::new(), Notices::new());
    provide_context(opened);
    provide_context(notices);

    let (checked, head_start) = match checked {
        Ok(Signed {
            session,
            head_start,
        }) => (Ok(session), head_start),
        Err(absent) => (Err(absent), None),
    };
    let head_start = StoredValue::new_local(head_start);
    let open_question = match checked {
        Err(Absent::Expired(place)) => Some(Some(place)),
        Err(Absent::Unclear | Absent::Unasked) => Some(None),
        _ => None,
    };
    let gate = RwSignal::new(Gate::of(checked));
    let session_gate = SessionGate::new(gate, notices, opened, settings.api.clone());
    let on_expired = Callback::new(move |()| session_gate.expire());
    let check = {
        let settings = settings.clone();
        move || check_out(gate, settings.clone())
    };
    match open_question {
        Some(Some(place)) => {
            let settings = settings.clone();
            spawn_local(async move {
                let renewed = session::renew(here(), &settings.api, place).await;
                gate.try_set(Gate::of(renewed));
            });
        }
        Some(None) => check(),
        None => {}
    }
    recheck::look(gate, check.clone());
    // If a host is detected late, the page restarts in it, unless a player has signed in by then.
    host::when_late(move || {
        let within = gate.try_with_untracked(|gate| matches!(gate, Gate::In(_)));
        if within == Some(false) {
            reopen();
        }
    });
    let home = home(&settings);
    let api = settings.api.clone();
    sky::follow();
    // After the first reads and writes, which may have found the storage blocked.
    note_forgetful_store(toasts, text);

    view! {
        <Back on_leave=move |()| here().back(&home) />
        <Music />
        <Title unseen=Signal::derive(move || matches!(*gate.read(), Gate::In(_))) />
        {move || match gate.get() {
            Gate::Checking => EitherOf4::A(view! { <Unconnected /> <Waiting /> }),
            Gate::In(session) => {
                // Only the first session has a head start.
                let head_start = head_start.try_update_value(Option::take).flatten();
                EitherOf4::B(view! {
                    <Shell on_end=move |why| match why {
                        End::Expired => on_expired.run(()),
                        End::SignedOut => session_gate.sign_out(),
                    } />
                    <Orchard session head_start on_expired />
                })
            }
            Gate::SignIn(notice) => EitherOf4::C(view! { <Unconnected /> <SignInFlow notice session_gate /> }),
            Gate::Unreachable(error) => {
                let retry = Callback::new({
                    let check = check.clone();
                    move |()| check()
                });
                let advice = diagnosis::signal_of_call(&api, &error);
                EitherOf4::D(view! { <Unconnected /> <Unreachable error advice retry /> })
            }
        }}
        <ToastList />
    }
}

/// The connection indicator while there is no connection.
#[component]
fn Unconnected() -> impl IntoView {
    view! { <Connection state=Signal::stored(LinkState::Idle) /> }
}

/// Checks who is signed in, and sets `gate` to the result.
fn check_out(gate: RwSignal<Gate>, settings: Arc<Settings>) {
    gate.set(Gate::Checking);
    spawn_local(async move {
        let checked = session::checkout(here(), &settings.api).await;
        gate.try_set(Gate::of(checked));
    });
}

/// Returns the address that "back" navigates to when the history is empty.
fn home(settings: &Settings) -> String {
    let home = settings.home.as_str();
    if links::is_followed(home) { home } else { "/" }.into()
}

/// Shows a toast if the browser does not store anything.
fn note_forgetful_store(toasts: Toasts, text: Texts) {
    if host::forgetful(here()) {
        toasts.say(text.forgetful.into());
    }
}
