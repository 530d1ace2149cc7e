//! The state of the connection, in one word.

use leptos_socketio::Status;

/// The state that the connection indicator shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkState {
    Connecting,
    /// The server has ended the connection. The page reconnects only at the player's request.
    Ended,
    /// The player is not signed in yet.
    Idle,
    Live,
    /// There is no network.
    Offline,
    Reconnecting,
    Refused,
}

impl LinkState {
    /// Returns the name that style sheets and tests use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Ended => "ended",
            Self::Idle => "idle",
            Self::Live => "live",
            Self::Offline => "offline",
            Self::Reconnecting => "reconnecting",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn of(status: &Status, online: bool) -> Self {
        match status {
            Status::Connected => Self::Live,
            Status::Refused { .. } => Self::Refused,
            Status::Connecting if online => Self::Connecting,
            Status::Reconnecting { .. } if online => Self::Reconnecting,
            Status::Disconnected if online => Self::Ended,
            _ => Self::Offline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_network_it_is_not_connecting() {
        let waiting = Status::Reconnecting {
            attempt: 3,
            delay: None,
        };
        assert_eq!(LinkState::of(&waiting, true), LinkState::Reconnecting);
        assert_eq!(LinkState::of(&waiting, false), LinkState::Offline);
        for status in [Status::Connecting, Status::Disconnected] {
            assert_eq!(LinkState::of(&status, false), LinkState::Offline);
        }
    }

    #[test]
    fn after_the_server_s_disconnect_it_is_not_connecting() {
        assert_eq!(LinkState::of(&Status::Disconnected, true), LinkState::Ended);
    }

    #[test]
    fn an_established_connection_is_live_whatever_the_browser_reports() {
        assert_eq!(LinkState::of(&Status::Connected, false), LinkState::Live);
    }
}
