//! Diagnoses why a server can't be used, with further requests that reveal more than the failure.
//!
//! A browser hides from a page why a connection failed: wrong address, refused origin and bad
//! certificate all look the same. A diagnosis runs only after a failure, and looks for errors in
//! the settings. A lost network is reported elsewhere.

mod address;
mod answer;
mod finding;
mod probe;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::ConnectError;

use crate::account::rpc::CallError;
use crate::connection::failure::Failure;
use crate::connection::refusal::ServerMessage;
use crate::settings::Settings;
use address::Address;
pub(crate) use finding::{Diagnosis, Finding};
use probe::Reply;

/// Diagnoses a failed connection: `error`, which the player sees as `failure`.
pub(crate) async fn of_socket(
    settings: &Settings,
    error: &ConnectError,
    failure: &Failure,
) -> Option<Diagnosis> {
    let address = Address::of_socket(&settings.socket_server, &settings.socket_path)?;
    let finding = match error {
        ConnectError::Auth(_) | ConnectError::Heartbeat => return None,
        ConnectError::NotAnswered => Finding::NotAnswering,
        _ if *failure == Failure::ShutOut => Finding::Closing,
        ConnectError::Incompatible => Finding::OtherVersion,
        ConnectError::Refused(refusal) => {
            // A refused token is handled by `readmission`.
            if failure.said().is_some_and(ServerMessage::is_about_session) {
                return None;
            }
            // A server of another version refuses packets that it does not understand.
            if handshake(&address).await == Some(Finding::OtherVersion) {
                Finding::OtherVersion
            } else if answer::is_about_namespace(&refusal.message()) {
                let mut found = address.found(Finding::NoNamespace);
                found.at.clone_from(&settings.socket_namespace);
                return Some(found);
            } else {
                return None;
            }
        }
        _ => handshake(&address).await?,
    };
    Some(address.found(finding))
}

/// Diagnoses a failed call to `api`, if `error` can be caused by the settings.
pub(crate) async fn of_call(api: &str, error: &CallError) -> Option<Diagnosis> {
    let address = Address::of_call(api)?;
    let finding = match error {
        CallError::Network if address.is_insecure() => Finding::Insecure,
        CallError::Network => match probe::ask(&address).await {
            Reply::Forbidden => Finding::Policy,
            Reply::Nothing if address.is_far() => Finding::Silent,
            // The simple request is answered. The call, which needs a CORS preflight, is not.
            Reply::Answer(..) if address.is_far() => Finding::Unreadable,
            Reply::Unreadable => Finding::Unreadable,
            Reply::Nothing | Reply::Answer(..) => return None,
        },
        CallError::NotUnderstood => Finding::NotApi(200),
        CallError::Status(status @ (404 | 405)) => Finding::NotApi(*status),
        CallError::Fault(_) | CallError::Status(_) | CallError::TimedOut => return None,
    };
    Some(address.found(finding))
}

/// Returns the result of [`of_call`] as a signal, which is `None` until the result is known.
pub(crate) fn signal_of_call(api: &str, error: &CallError) -> Signal<Option<Diagnosis>> {
    let found = RwSignal::new(None);
    let (api, error) = (api.to_owned(), error.clone());
    spawn_local(async move {
        found.try_set(of_call(&api, &error).await);
    });
    found.into()
}

/// Requests a handshake over HTTP, whose response the page can read, unlike that of a WebSocket.
async fn handshake(address: &Address) -> Option<Finding> {
    if address.is_insecure() {
        return Some(Finding::Insecure);
    }
    match probe::ask(address).await {
        Reply::Answer(status, body) => answer::read(status, &body),
        Reply::Forbidden => Some(Finding::Policy),
        Reply::Nothing => address.is_far().then_some(Finding::Silent),
        Reply::Unreadable => Some(Finding::Unreadable),
    }
}
