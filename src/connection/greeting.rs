//! Decides which welcomes are shown: one for each newcomer, and one per session for the player,
//! regardless of reconnects.

/// The maximum number of welcomes that are held until the page knows its own public id.
const HELD: usize = 16;

/// A player who has connected, as `server_response` announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Newcomer {
    /// The public id of their socket.
    pub(crate) sid: String,
    /// The newcomer's name, if the server sent it.
    pub(crate) nickname: Option<String>,
    /// The current number of players.
    pub(crate) count: Option<u64>,
}

/// Whose login a `login_response` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// The page's login, for the first time in this session.
    First,
    /// The page's login after a reconnect.
    Again,
    /// The login of another device of the player.
    Other,
}

/// The welcomes that were shown in this session, and those that are held.
///
/// The page recognises its own welcome by its id. A Flask server announces the socket's id. The
/// default server announces a public id, and sends it to the page in `login_response` only, after
/// the welcome. On the first connection all welcomes are shown. After a reconnect they are held
/// until `login_response` arrives.
#[derive(Debug, Default)]
pub(crate) struct Greeting {
    is_greeted: bool,
    has_logged_in: bool,
    /// Whether the server sends public ids.
    sends_ids: bool,
    /// The page's public id on this connection, once it is known.
    own: Option<String>,
    /// Whether the login of this connection was answered.
    is_answered: bool,
    held: Vec<Newcomer>,
}

impl Greeting {
    /// Handles a welcome, where `socket` is the id of the page's socket. Returns the newcomer to
    /// greet.
    pub(crate) fn welcome(&mut self, who: Newcomer, socket: Option<&str>) -> Option<Newcomer> {
        let is_own = Some(&*who.sid) == socket || Some(&who.sid) == self.own.as_ref();
        if is_own {
            let is_first = !core::mem::replace(&mut self.is_greeted, true);
            return is_first.then_some(who);
        }
        if self.is_greeted && self.sends_ids && self.own.is_none() {
            if self.held.len() < HELD {
                self.held.push(who);
            }
            return None;
        }
        Some(who)
    }

    /// Handles `login_response` for the socket of this public id. Returns whose login it answers,
    /// and the newcomers to greet now.
    ///
    /// The first response on a connection answers the page's own login.
    pub(crate) fn logged_in(&mut self, sid: Option<String>) -> (Answered, Vec<Newcomer>) {
        if core::mem::replace(&mut self.is_answered, true) {
            return (Answered::Other, Vec::new());
        }
        self.sends_ids |= sid.is_some();
        // The page's own welcome was among those that were shown on arrival.
        self.is_greeted |= sid.is_some();
        self.own = sid;
        let answered = match core::mem::replace(&mut self.has_logged_in, true) {
            false => Answered::First,
            true => Answered::Again,
        };
        let mut others = core::mem::take(&mut self.held);
        others.retain(|who| Some(&who.sid) != self.own.as_ref());
        (answered, others)
    }

    /// Handles a failed login: the public id will not arrive.
    pub(crate) fn not_logged_in(&mut self) {
        self.is_answered = true;
        self.held.clear();
    }

    /// Handles a disconnect. The next connection has another id.
    pub(crate) fn left(&mut self) {
        self.own = None;
        self.is_answered = false;
        self.held.clear();
    }

    /// Returns whether the server verifies who signs in. Only such a server sends public ids.
    pub(crate) fn is_verified(&self) -> bool {
        self.sends_ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(sid: &str) -> Newcomer {
        Newcomer {
            sid: sid.into(),
            nickname: None,
            count: None,
        }
    }

    fn sids(newcomers: &[Newcomer]) -> Vec<&str> {
        newcomers.iter().map(|it| it.sid.as_str()).collect()
    }

    #[test]
    fn a_server_that_announces_the_socket_s_id_greets_once_a_session() {
        let mut greeting = Greeting::default();
        for connection in 0..3 {
            let own = format!("s{connection}");
            let first = connection == 0;
            assert_eq!(greeting.welcome(who(&own), Some(&own)).is_some(), first);
            let answered = if first {
                Answered::First
            } else {
                Answered::Again
            };
            assert_eq!(greeting.logged_in(None), (answered, Vec::new()));
            // Other players are always greeted, and a login of another device is reported.
            assert!(greeting.welcome(who("other"), Some(&own)).is_some());
            assert_eq!(greeting.logged_in(None), (Answered::Other, Vec::new()));
            greeting.left();
        }
        assert!(!greeting.is_verified());
    }

    #[test]
    fn a_server_with_public_ids_greets_once_a_session() {
        let mut greeting = Greeting::default();
        assert!(greeting.welcome(who("p1"), Some("engine")).is_some());
        let first = (Answered::First, Vec::new());
        assert_eq!(greeting.logged_in(Some("p1".into())), first);
        assert!(greeting.is_verified());
        assert!(greeting.welcome(who("other"), Some("engine")).is_some());
        greeting.left();

        for who_came in ["early", "p2", "late"] {
            assert_eq!(greeting.welcome(who(who_came), Some("engine")), None);
        }
        let (answered, others) = greeting.logged_in(Some("p2".into()));
        assert_eq!(answered, Answered::Again);
        assert_eq!(sids(&others), ["early", "late"]);
        assert_eq!(greeting.welcome(who("p2"), Some("engine")), None);
        assert!(greeting.welcome(who("p3"), Some("engine")).is_some());
    }

    #[test]
    fn held_greetings_are_bounded_and_dropped_with_their_connection() {
        let mut greeting = Greeting::default();
        greeting.logged_in(Some("p1".into()));
        greeting.left();
        for number in 0..1_000 {
            greeting.welcome(who(&number.to_string()), None);
        }
        assert_eq!(greeting.held.len(), HELD);
        greeting.left();
        let again = (Answered::Again, Vec::new());
        assert_eq!(greeting.logged_in(Some("p2".into())), again);
    }

    #[test]
    fn a_failed_login_is_not_a_login() {
        let mut greeting = Greeting::default();
        greeting.not_logged_in();
        greeting.left();
        assert_eq!(greeting.logged_in(None), (Answered::First, Vec::new()));
    }
}
