//! Connection failures, in the categories that a player can distinguish.

use leptos_socketio::{CloseDetails, ConnectError, Disconnect, DisconnectReason};

use crate::account::session::SIGNED_OUT;
use crate::connection::refusal::ServerMessage;

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server ended the connection, with this message.
    Ended(ServerMessage),
    /// The server sent invalid data.
    Garbled,
    /// The page and the server use different protocol versions.
    Incompatible,
    /// The connection was lost.
    Lost,
    /// There is no network.
    NoNetwork,
    /// The server does not answer CONNECT.
    NotAnswered,
    /// The server refused the CONNECT, with this message.
    Refused(ServerMessage),
    /// The server closes the connection between the handshake and the answer to CONNECT.
    ShutOut,
    /// The session has ended.
    SignedOut,
    /// The heartbeat timed out.
    Silent,
    /// The browser suspended the page.
    Suspended,
    /// The attempt timed out.
    TimedOut,
    /// The token could not be checked.
    Unchecked,
    /// The server is unreachable.
    Unreachable,
}

impl Failure {
    /// Returns the failure for a connect error. `reached` says whether the attempt has completed
    /// its handshake.
    pub(crate) fn of_error(error: &ConnectError, reached: bool) -> Self {
        match error {
            ConnectError::Auth(text) if text == SIGNED_OUT => Self::SignedOut,
            ConnectError::Auth(_) => Self::Unchecked,
            ConnectError::Disconnected { reason, details } => {
                Self::of_end(*reason, details.as_ref()).unwrap_or(Self::Lost)
            }
            ConnectError::Heartbeat => Self::Silent,
            ConnectError::Incompatible => Self::Incompatible,
            ConnectError::NotAnswered => Self::NotAnswered,
            ConnectError::Refused(refusal) => Self::Refused(ServerMessage::of(refusal)),
            ConnectError::Timeout => Self::TimedOut,
            ConnectError::Closed(_) | ConnectError::Transport(_) if reached => Self::ShutOut,
            ConnectError::Closed(_) | ConnectError::Transport(_) => Self::Unreachable,
            _ => Self::Garbled,
        }
    }

    /// Returns the failure for a disconnect, or `None` if the page closed the connection itself.
    pub(crate) fn of_disconnect(end: &Disconnect) -> Option<Self> {
        Self::of_end(end.reason, end.details.as_ref())
    }

    fn of_end(reason: DisconnectReason, details: Option<&CloseDetails>) -> Option<Self> {
        Some(match (reason, details) {
            (_, Some(CloseDetails::NetworkLost)) => Self::NoNetwork,
            (_, Some(CloseDetails::Suspended)) => Self::Suspended,
            (DisconnectReason::IoClientDisconnect | DisconnectReason::ForcedClose, _) => {
                return None;
            }
            (_, Some(CloseDetails::Server(refusal))) => Self::Ended(ServerMessage::of(refusal)),
            (DisconnectReason::IoServerDisconnect, _) | (_, Some(CloseDetails::ServerClosed)) => {
                Self::Ended(ServerMessage::default())
            }
            (DisconnectReason::ParseError, _) => Self::Garbled,
            (DisconnectReason::PingTimeout, _) => Self::Silent,
            _ => Self::Lost,
        })
    }

    /// Adds the reason that the server announced before it ended the connection, if it did.
    pub(crate) fn announced(self, said: Option<ServerMessage>) -> Self {
        match (self, said) {
            (Self::Ended(own), Some(said)) if own.is_empty() => Self::Ended(said),
            (Self::Lost, Some(said)) => Self::Ended(said),
            (failure, _) => failure,
        }
    }

    /// Returns the server's message, if the failure has one.
    pub(crate) fn said(&self) -> Option<&ServerMessage> {
        match self {
            Self::Ended(said) | Self::Refused(said) => Some(said),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(reason: DisconnectReason, details: Option<CloseDetails>) -> Option<Failure> {
        Failure::of_disconnect(&Disconnect { reason, details })
    }

    #[test]
    fn each_kind_of_error_has_its_sentence() {
        let transport = ConnectError::Transport("closed with code 1006".into());
        for (error, reached, failure) in [
            (transport.clone(), false, Failure::Unreachable),
            (transport, true, Failure::ShutOut),
            (ConnectError::Timeout, false, Failure::TimedOut),
            (ConnectError::NotAnswered, true, Failure::NotAnswered),
            (ConnectError::Heartbeat, true, Failure::Silent),
            (ConnectError::Early, false, Failure::Garbled),
        ] {
            assert_eq!(Failure::of_error(&error, reached), failure, "{error}");
        }
    }

    #[test]
    fn the_announcement_of_the_server_is_the_reason() {
        let said = |words| ServerMessage::new(None, Some(words));
        let announced = || Some(said("too fast"));
        for (failure, meant) in [
            (
                Failure::Ended(ServerMessage::default()),
                Failure::Ended(said("too fast")),
            ),
            (Failure::Lost, Failure::Ended(said("too fast"))),
            (
                Failure::Ended(said("closed")),
                Failure::Ended(said("closed")),
            ),
            (Failure::NoNetwork, Failure::NoNetwork),
        ] {
            assert_eq!(failure.announced(announced()), meant);
        }
        assert_eq!(Failure::Lost.announced(None), Failure::Lost);
    }

    #[test]
    fn only_the_signed_out_error_means_signed_out() {
        let failure = |text: &str| Failure::of_error(&ConnectError::Auth(text.into()), true);
        assert_eq!(failure(SIGNED_OUT), Failure::SignedOut);
        // The client's own error text after a timeout.
        assert_eq!(failure("no answer in time"), Failure::Unchecked);
    }

    #[test]
    fn a_lost_network_is_reported_however_the_connection_ended() {
        let lost = end(
            DisconnectReason::TransportClose,
            Some(CloseDetails::NetworkLost),
        );
        assert_eq!(lost, Some(Failure::NoNetwork));
        assert_eq!(
            end(DisconnectReason::TransportClose, None),
            Some(Failure::Lost)
        );
    }

    #[test]
    fn an_intended_disconnect_is_not_an_error() {
        assert_eq!(end(DisconnectReason::IoClientDisconnect, None), None);
        assert_eq!(
            end(DisconnectReason::IoServerDisconnect, None),
            Some(Failure::Ended(ServerMessage::default()))
        );
        let error = ConnectError::Disconnected {
            reason: DisconnectReason::IoServerDisconnect,
            details: None,
        };
        assert_eq!(
            Failure::of_error(&error, false),
            Failure::Ended(ServerMessage::default())
        );
    }
}
