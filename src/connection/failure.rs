//! What went wrong with the connection, sorted by what a player makes of it.

use leptos_socketio::{CloseDetails, ConnectError, Disconnect, DisconnectReason};

use crate::account::session::SIGNED_OUT;
use crate::connection::refusal::Said;

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server ended it, in these words if it has any.
    Ended(Said),
    /// What came makes no sense.
    Garbled,
    /// Page and server are of different times.
    Incompatible,
    /// It broke off.
    Lost,
    /// There is no network.
    NoNetwork,
    /// The server does not answer CONNECT.
    NotAnswered,
    /// The server says no, in these words if it has any.
    Refused(Said),
    /// The server closes the connection between the handshake and the answer to CONNECT.
    ShutOut,
    /// The session is over.
    SignedOut,
    /// Nothing was heard for too long.
    Silent,
    /// The page was put to sleep.
    Suspended,
    /// No answer in time.
    TimedOut,
    /// The token could not be checked.
    Unchecked,
    /// Nobody answers there.
    Unreachable,
}

impl Trouble {
    /// `reached`: whether the handshake of this attempt had arrived.
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
            ConnectError::Refused(refusal) => Self::Refused(Said::of(refusal)),
            ConnectError::Timeout => Self::TimedOut,
            ConnectError::Transport(_) if reached => Self::ShutOut,
            ConnectError::Transport(_) => Self::Unreachable,
            _ => Self::Garbled,
        }
    }

    /// `None` where it ended because the page wanted it to.
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
            (_, Some(CloseDetails::Server(refusal))) => Self::Ended(Said::of(refusal)),
            (DisconnectReason::IoServerDisconnect, _) | (_, Some(CloseDetails::ServerClosed)) => {
                Self::Ended(Said::default())
            }
            (DisconnectReason::ParseError, _) => Self::Garbled,
            (DisconnectReason::PingTimeout, _) => Self::Silent,
            _ => Self::Lost,
        })
    }

    /// The same where the server has said before why it was about to end the connection.
    pub(crate) fn announced(self, said: Option<Said>) -> Self {
        match (self, said) {
            (Self::Ended(own), Some(said)) if own.is_empty() => Self::Ended(said),
            (Self::Lost, Some(said)) => Self::Ended(said),
            (trouble, _) => trouble,
        }
    }

    /// The server's words in it.
    pub(crate) fn said(&self) -> Option<&Said> {
        match self {
            Self::Ended(said) | Self::Refused(said) => Some(said),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(reason: DisconnectReason, details: Option<CloseDetails>) -> Option<Trouble> {
        Trouble::of_disconnect(&Disconnect { reason, details })
    }

    #[test]
    fn each_kind_of_error_has_its_sentence() {
        let transport = ConnectError::Transport("closed with code 1006".into());
        for (error, reached, trouble) in [
            (transport.clone(), false, Trouble::Unreachable),
            (transport, true, Trouble::ShutOut),
            (ConnectError::Timeout, false, Trouble::TimedOut),
            (ConnectError::NotAnswered, true, Trouble::NotAnswered),
            (ConnectError::Heartbeat, true, Trouble::Silent),
            (ConnectError::Early, false, Trouble::Garbled),
        ] {
            assert_eq!(Trouble::of_error(&error, reached), trouble, "{error}");
        }
    }

    #[test]
    fn what_the_server_announced_is_why_it_ended() {
        let said = |words| Said::new(None, Some(words));
        let announced = || Some(said("too fast"));
        for (trouble, meant) in [
            (
                Trouble::Ended(Said::default()),
                Trouble::Ended(said("too fast")),
            ),
            (Trouble::Lost, Trouble::Ended(said("too fast"))),
            (
                Trouble::Ended(said("closed")),
                Trouble::Ended(said("closed")),
            ),
            (Trouble::NoNetwork, Trouble::NoNetwork),
        ] {
            assert_eq!(trouble.announced(announced()), meant);
        }
        assert_eq!(Trouble::Lost.announced(None), Trouble::Lost);
    }

    #[test]
    fn only_who_is_signed_out_is_told_so() {
        let trouble = |text: &str| Trouble::of_error(&ConnectError::Auth(text.into()), true);
        assert_eq!(trouble(SIGNED_OUT), Trouble::SignedOut);
        // The client's own words, where nothing came in time.
        assert_eq!(trouble("no answer in time"), Trouble::Unchecked);
    }

    #[test]
    fn a_lost_network_is_told_as_that_however_the_connection_ended() {
        let lost = end(
            DisconnectReason::TransportClose,
            Some(CloseDetails::NetworkLost),
        );
        assert_eq!(lost, Some(Trouble::NoNetwork));
        assert_eq!(
            end(DisconnectReason::TransportClose, None),
            Some(Trouble::Lost)
        );
    }

    #[test]
    fn an_end_that_was_wanted_is_no_trouble() {
        assert_eq!(end(DisconnectReason::IoClientDisconnect, None), None);
        assert_eq!(
            end(DisconnectReason::IoServerDisconnect, None),
            Some(Trouble::Ended(Said::default()))
        );
        let error = ConnectError::Disconnected {
            reason: DisconnectReason::IoServerDisconnect,
            details: None,
        };
        assert_eq!(
            Trouble::of_error(&error, false),
            Trouble::Ended(Said::default())
        );
    }
}
