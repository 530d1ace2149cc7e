use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, Weak};

use socketioxide::socket::Sid;

use super::outgoing::Outgoing;
use super::{Limits, Session, lock};
use crate::address::Origin;
use crate::counters::Counters;
use crate::rate::Bucket;

/// All sessions that are open, in all and by where they come from.
#[derive(Debug)]
pub(crate) struct Sessions {
    most: usize,
    /// 0 is no bound.
    most_of_origin: usize,
    limits: Limits,
    counters: Arc<Counters>,
    open: Mutex<Open>,
    polling: Mutex<HashMap<Sid, Weak<Session>>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    origins: HashMap<Origin, usize>,
}

/// Why no session is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There are too many.
    Full,
    /// There are too many of this origin.
    TooMany,
}

impl Sessions {
    pub(crate) fn new(
        most: usize,
        most_of_origin: usize,
        limits: Limits,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            most,
            most_of_origin,
            limits,
            counters,
            open: Mutex::default(),
            polling: Mutex::default(),
        }
    }

    /// A new session of whoever comes from there, and is spoken to in English or else in Chinese.
    pub(crate) fn open(
        self: &Arc<Self>,
        address: IpAddr,
        english: bool,
    ) -> Result<Arc<Session>, Refused> {
        let place = self.place(address.into()).inspect_err(|_| {
            self.counters.sessions_refused.add();
        })?;
        Ok(Arc::new(Session {
            address,
            english,
            limits: self.limits,
            events: Bucket::default(),
            outgoing: Outgoing::default(),
            connection: Mutex::default(),
            has_ended: false.into(),
            member: Mutex::default(),
            sid: OnceLock::new(),
            place,
        }))
    }

    fn place(self: &Arc<Self>, origin: Origin) -> Result<Place, Refused> {
        let mut open = lock(&self.open);
        if open.all >= self.most {
            return Err(Refused::Full);
        }
        let of_origin = open.origins.get(&origin).copied().unwrap_or(0);
        if self.most_of_origin > 0 && of_origin >= self.most_of_origin {
            return Err(Refused::TooMany);
        }
        open.all += 1;
        *open.origins.entry(origin).or_default() += 1;
        Ok(Place {
            sessions: Arc::clone(self),
            origin,
        })
    }

    /// The session with this id, if it began by polling.
    pub(crate) fn find(&self, sid: Sid) -> Option<Arc<Session>> {
        lock(&self.polling).get(&sid)?.upgrade()
    }

    pub(super) fn insert(&self, sid: Sid, session: &Arc<Session>) {
        lock(&self.polling).insert(sid, Arc::downgrade(session));
    }

    pub(super) fn remove(&self, sid: &Sid) {
        lock(&self.polling).remove(sid);
    }
}

/// The place of an open session, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    sessions: Arc<Sessions>,
    origin: Origin,
}

impl Place {
    pub(super) fn sessions(&self) -> &Sessions {
        &self.sessions
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.sessions.open);
        open.all = open.all.saturating_sub(1);
        if let Some(count) = open.origins.get_mut(&self.origin) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.origins.remove(&self.origin);
            }
        }
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
    fn there_are_so_many_in_all_and_of_one_origin() {
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
