//! What went wrong with the connection, sorted by what a player makes of it.

use leptos_socketio::{ConnectError, Disconnect};
use socketio_proto::manager::{CloseDetails, DisconnectReason};

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// What came makes no sense.
    Garbled,
    /// Page and server are of different times.
    Incompatible,
    /// It broke off.
    Lost,
    /// There is no network.
    NoNetwork,
    /// The server says no, in these words.
    Refused(String),
    /// The server ended it.
    ServerEnded,
    /// The session is over.
    SignedOut,
    /// Nothing was heard for too long.
    Silent,
    /// The page was put to sleep.
    Suspended,
    /// No answer in time.
    TimedOut,
    /// Nobody answers there.
    Unreachable,
}

impl Trouble {
    pub(crate) fn of_error(error: &ConnectError) -> Self {
        match error {
            ConnectError::Auth(_) => Self::SignedOut,
            ConnectError::Incompatible => Self::Incompatible,
            ConnectError::Refused(refusal) => Self::Refused(refusal.message()),
            ConnectError::Timeout => Self::TimedOut,
            ConnectError::Transport(_) => Self::Unreachable,
            _ => Self::Garbled,
        }
    }

    /// `None` where it ended because the page wanted it to.
    pub(crate) fn of_end(end: &Disconnect) -> Option<Self> {
        Some(match (end.reason, &end.details) {
            (_, Some(CloseDetails::NetworkLost)) => Self::NoNetwork,
            (_, Some(CloseDetails::Suspended)) => Self::Suspended,
            (DisconnectReason::IoClientDisconnect | DisconnectReason::ForcedClose, _) => {
                return None;
            }
            (DisconnectReason::IoServerDisconnect, _) | (_, Some(CloseDetails::ServerClosed)) => {
                Self::ServerEnded
            }
            (DisconnectReason::ParseError, _) => Self::Garbled,
            (DisconnectReason::PingTimeout, _) => Self::Silent,
            _ => Self::Lost,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(reason: DisconnectReason, details: Option<CloseDetails>) -> Option<Trouble> {
        Trouble::of_end(&Disconnect { reason, details })
    }

    #[test]
    fn each_kind_of_error_has_its_sentence() {
        let transport = ConnectError::Transport("closed with code 1006".into());
        assert_eq!(Trouble::of_error(&transport), Trouble::Unreachable);
        assert_eq!(Trouble::of_error(&ConnectError::Timeout), Trouble::TimedOut);
        assert_eq!(Trouble::of_error(&ConnectError::Early), Trouble::Garbled);
        let auth = ConnectError::Auth("no token".into());
        assert_eq!(Trouble::of_error(&auth), Trouble::SignedOut);
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
            Some(Trouble::ServerEnded)
        );
    }
}
