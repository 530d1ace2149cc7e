//! Places for sessions, limited in total and by origin, and the lookup of polling sessions by id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use socketioxide::socket::Sid;

use crate::address::Origin;

/// All places, and the polling sessions by id.
#[derive(Debug)]
pub(super) struct Places<T> {
    most: usize,
    /// The maximum number of places of one origin; 0 for no limit.
    most_of_origin: usize,
    open: Mutex<Open>,
    polling: Mutex<HashMap<Sid, Weak<T>>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    origins: HashMap<Origin, usize>,
}

/// Why a session is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There are too many sessions in total.
    Full,
    /// There are too many sessions of this origin.
    TooMany,
}

impl<T> Places<T> {
    pub(super) fn new(most: usize, most_of_origin: usize) -> Self {
        Self {
            most,
            most_of_origin,
            open: Mutex::default(),
            polling: Mutex::default(),
        }
    }

    /// Takes a place for a session from this origin.
    pub(super) fn take(self: &Arc<Self>, origin: Origin) -> Result<Place<T>, Refused> {
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
            all: Arc::clone(self),
            origin,
        })
    }

    /// Returns the session with this id, if it began with polling.
    pub(super) fn find(&self, sid: Sid) -> Option<Arc<T>> {
        lock(&self.polling).get(&sid)?.upgrade()
    }

    pub(super) fn insert(&self, sid: Sid, session: &Arc<T>) {
        lock(&self.polling).insert(sid, Arc::downgrade(session));
    }

    pub(super) fn remove(&self, sid: &Sid) {
        lock(&self.polling).remove(sid);
    }
}

/// The place of an open session. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Place<T> {
    all: Arc<Places<T>>,
    origin: Origin,
}

impl<T> Place<T> {
    pub(super) fn all(&self) -> &Places<T> {
        &self.all
    }
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        let mut open = lock(&self.all.open);
        open.all = open.all.saturating_sub(1);
        if let Some(count) = open.origins.get_mut(&self.origin) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.origins.remove(&self.origin);
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
