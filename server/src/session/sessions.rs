use std::net::IpAddr;
use std::sync::Arc;

use socketioxide::socket::Sid;

use super::places::{Places, Refused};
use super::state::{Limits, Session};
use crate::counters::Counters;

/// All open sessions, in total and by origin.
#[derive(Debug)]
pub(crate) struct Sessions {
    limits: Limits,
    counters: Arc<Counters>,
    places: Arc<Places<Session>>,
}

impl Sessions {
    pub(crate) fn new(
        most: usize,
        most_of_origin: usize,
        limits: Limits,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            limits,
            counters,
            places: Arc::new(Places::new(most, most_of_origin)),
        }
    }

    /// Opens a session for a client at `address`, which gets texts in English or else in Chinese.
    pub(crate) fn open(&self, address: IpAddr, english: bool) -> Result<Arc<Session>, Refused> {
        let place = self.places.take(address.into()).inspect_err(|_| {
            self.counters.sessions_refused.add();
        })?;
        Ok(Arc::new(Session::new(address, english, self.limits, place)))
    }

    /// Returns the session with this id, if it began with polling.
    pub(crate) fn find(&self, sid: Sid) -> Option<Arc<Session>> {
        self.places.find(sid)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;

    use super::{Refused, Sessions};
    use crate::rate::Rate;
    use crate::session::{Bounds, Limits};

    #[test]
    fn sessions_are_bounded_in_total_and_per_origin() {
        let limits = Limits {
            events: Rate::new(0, 0),
            outgoing: Bounds {
                bytes: 1000,
                packets: 10,
            },
        };
        let sessions = Arc::new(Sessions::new(3, 2, limits, Arc::default()));
        let open = |last| sessions.open(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)), false);
        let _one = open(1).unwrap();
        let two = open(1).unwrap();
        assert_eq!(open(1).unwrap_err(), Refused::TooMany);
        let _three = open(2).unwrap();
        assert_eq!(open(2).unwrap_err(), Refused::Full);
        assert_eq!(sessions.counters.sessions_refused.count(), 2);
        drop(two);
        assert!(open(1).is_ok());
    }
}
