//! What may be wrong where a server can't be had: it is asked once more, in ways that tell more than the failure did.
//!
//! A browser hides from a page why a connection failed: wrong address, refused origin and bad certificate all look the
//! same. This runs only after a failure, and is about settings: a network that is gone is told of elsewhere.

mod address;
mod answer;
mod probe;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_socketio::ConnectError;

use crate::account::rpc::CallError;
use crate::connection::failure::Trouble;
use crate::connection::refusal::Said;
use crate::settings::Settings;
use address::Address;
use probe::Heard;

/// What was found to be wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    pub(crate) finding: Finding,
    /// The address that was asked, or the name that was refused.
    pub(crate) at: String,
    /// The page's own origin.
    pub(crate) page: String,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The server, or what stands before it, fails with this HTTP status.
    Failing(u16),
    /// The page came by HTTPS, and a browser lets it connect to nothing by HTTP.
    Insecure,
    /// It takes connections, and closes them before it lets anybody in.
    Closing,
    /// The server refuses the namespace, or has none of that name.
    NoNamespace,
    /// It answers over HTTP, and no WebSocket gets through.
    NoWebSocket,
    /// What answers there is not the JSON-RPC.
    NotApi(u16),
    /// It takes connections, and does not answer the request for the namespace.
    NotAnswering,
    /// What answers there is not Socket.IO.
    NotSocketIo(u16),
    /// It speaks another version of Socket.IO.
    OtherVersion,
    /// The page's own policy for content does not let it connect there.
    Policy,
    /// Nobody answers, or not with a certificate that the browser trusts.
    Silent,
    /// Something answers, and the browser lets a page of this origin read nothing of it.
    Unreadable,
}

impl Finding {
    /// Whether waiting won't help: somebody has to change a setting.
    pub(crate) fn stays(self) -> bool {
        !matches!(
            self,
            Self::Closing
                | Self::Failing(_)
                | Self::NoWebSocket
                | Self::NotAnswering
                | Self::Silent
                | Self::NotApi(_)
        )
    }
}

/// What is wrong with the connection that `error` kept from being made, which is `trouble` to a
/// player.
pub(crate) async fn of_socket(
    settings: &Settings,
    error: &ConnectError,
    trouble: &Trouble,
) -> Option<Diagnosis> {
    let address = Address::of_socket(&settings.socket_server, &settings.socket_path)?;
    let finding = match error {
        ConnectError::Auth(_) | ConnectError::Heartbeat => return None,
        ConnectError::NotAnswered => Finding::NotAnswering,
        _ if *trouble == Trouble::ShutOut => Finding::Closing,
        ConnectError::Incompatible => Finding::OtherVersion,
        ConnectError::Refused(refusal) => {
            // A token that is not good is mended otherwise.
            if trouble.said().is_some_and(Said::is_about_session) {
                return None;
            }
            // A server of another version refuses what it doesn't understand.
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

/// What is wrong with calls to `api`, if `error` can be the settings' fault.
pub(crate) async fn of_call(api: &str, error: &CallError) -> Option<Diagnosis> {
    let address = Address::of_call(api)?;
    let finding = match error {
        CallError::Network if address.is_insecure() => Finding::Insecure,
        CallError::Network => match probe::ask(&address).await {
            Heard::Forbidden => Finding::Policy,
            Heard::Nothing if address.is_far() => Finding::Silent,
            // A plain question is answered; the call, which must be allowed first, is not.
            Heard::Answer(..) if address.is_far() => Finding::Unreadable,
            Heard::Unreadable => Finding::Unreadable,
            Heard::Nothing | Heard::Answer(..) => return None,
        },
        CallError::NotUnderstood => Finding::NotApi(200),
        CallError::Status(status @ (404 | 405)) => Finding::NotApi(*status),
        CallError::Fault(_) | CallError::Status(_) | CallError::TimedOut => return None,
    };
    Some(address.found(finding))
}

/// The same as a signal, which has its value when the question is answered.
pub(crate) fn signal_of_call(api: &str, error: &CallError) -> Signal<Option<Diagnosis>> {
    let found = RwSignal::new(None);
    let (api, error) = (api.to_owned(), error.clone());
    spawn_local(async move {
        found.try_set(of_call(&api, &error).await);
    });
    found.into()
}

/// Asks for a handshake over HTTP, whose answer can be read where that of a WebSocket can't.
async fn handshake(address: &Address) -> Option<Finding> {
    if address.is_insecure() {
        return Some(Finding::Insecure);
    }
    match probe::ask(address).await {
        Heard::Answer(status, body) => answer::read(status, &body),
        Heard::Forbidden => Some(Finding::Policy),
        Heard::Nothing => address.is_far().then_some(Finding::Silent),
        Heard::Unreadable => Some(Finding::Unreadable),
    }
}
