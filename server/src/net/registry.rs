use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::connection::Connection;
use crate::address::Origin;
use crate::counters::Counters;

/// All open connections, in total and by origin.
#[derive(Debug)]
pub(super) struct Registry {
    most: usize,
    /// The maximum number of connections of one origin; 0 for no limit.
    most_of_origin: usize,
    counters: Arc<Counters>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: HashMap<u64, Entry>,
    origins: HashMap<Origin, OfOrigin>,
    /// The connections that wait for a request, new or keep-alive, ordered by when they began to
    /// wait. A full server closes the first of these to admit a new one, so idle connections can't
    /// keep clients out.
    waiting: BTreeMap<u64, u64>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    connection: Arc<Connection>,
    /// When the connection began to wait, if it is waiting.
    since: Option<u64>,
}

#[derive(Debug, Default)]
struct OfOrigin {
    open: usize,
    waiting: BTreeSet<u64>,
}

impl Registry {
    pub(super) fn new(most: usize, most_of_origin: usize, counters: Arc<Counters>) -> Self {
        Self {
            most,
            most_of_origin,
            counters,
            state: Mutex::default(),
        }
    }

    /// Admits a new connection. Returns `None` if there are too many and none of them is waiting.
    /// The limit by origin does not apply to a proxy, whose connections belong to many clients.
    pub(super) fn admit(self: &Arc<Self>, origin: Origin, is_proxy: bool) -> Option<Slot> {
        let mut state = self.lock();
        let bounded = self.most_of_origin > 0 && !is_proxy;
        let of_origin = state.origins.get(&origin);
        let has_room = if bounded && of_origin.is_some_and(|it| it.open >= self.most_of_origin) {
            let first = of_origin.and_then(|it| it.waiting.first().copied());
            self.evict_first(&mut state, first)
        } else {
            true
        };
        let has_room = has_room
            && (state.open.len() < self.most || {
                let first = state.waiting.keys().next().copied();
                self.evict_first(&mut state, first)
            });
        if !has_room {
            self.counters.connections_refused.add();
            return None;
        }
        let connection = Arc::new(Connection::default());
        let id = state.add(origin, Arc::clone(&connection));
        Some(Slot {
            registry: Arc::clone(self),
            id,
            connection,
        })
    }

    /// Closes the connection that has waited longest, to free a descriptor. Returns whether there
    /// was one.
    pub(super) fn evict(&self) -> bool {
        let mut state = self.lock();
        let first = state.waiting.keys().next().copied();
        self.evict_first(&mut state, first)
    }

    /// Closes all connections that wait for a request: no more requests are answered.
    pub(super) fn close_waiting(&self) {
        let mut state = self.lock();
        while let Some(id) = state.waiting.values().next().copied() {
            match state.remove(id) {
                Some(entry) => entry.connection.cut(),
                None => return,
            }
        }
    }

    fn evict_first(&self, state: &mut State, since: Option<u64>) -> bool {
        let id = since.and_then(|since| state.waiting.get(&since).copied());
        let Some(entry) = id.and_then(|id| state.remove(id)) else {
            return false;
        };
        entry.connection.cut();
        self.counters.connections_evicted.add();
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, origin: Origin, connection: Arc<Connection>) -> u64 {
        let id = self.number();
        self.origins.entry(origin).or_default().open += 1;
        let entry = Entry {
            origin,
            connection,
            since: None,
        };
        self.open.insert(id, entry);
        self.set_waiting(id, true);
        id
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        self.set_waiting(id, false);
        let entry = self.open.remove(&id)?;
        if let Some(of_origin) = self.origins.get_mut(&entry.origin) {
            of_origin.open = of_origin.open.saturating_sub(1);
            if of_origin.open == 0 {
                self.origins.remove(&entry.origin);
            }
        }
        Some(entry)
    }

    fn set_waiting(&mut self, id: u64, waits: bool) {
        let now = self.number();
        let Some(entry) = self.open.get_mut(&id) else {
            return;
        };
        let of_origin = self.origins.entry(entry.origin).or_default();
        if let Some(since) = entry.since.take() {
            self.waiting.remove(&since);
            of_origin.waiting.remove(&since);
        }
        if waits {
            entry.since = Some(now);
            self.waiting.insert(now, id);
            of_origin.waiting.insert(now);
        }
    }

    fn number(&mut self) -> u64 {
        self.next = self.next.wrapping_add(1);
        self.next
    }
}

/// The place of an open connection. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Slot {
    registry: Arc<Registry>,
    id: u64,
    connection: Arc<Connection>,
}

impl Slot {
    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Returns the handle that marks the connection as busy.
    pub(super) fn work(&self) -> Work {
        Work {
            registry: Arc::clone(&self.registry),
            id: self.id,
        }
    }

    #[cfg(test)]
    pub(super) fn counters(&self) -> &Arc<Counters> {
        &self.registry.counters
    }

    pub(super) fn write_timed_out(&self) {
        self.registry.counters.writes_timed_out.add();
        let origin = self.registry.lock().open.get(&self.id).map(|it| it.origin);
        tracing::info!(?origin, "a connection is closed: the client reads nothing");
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.registry.lock().remove(self.id);
    }
}

/// A handle that marks a connection as busy while a request is processed.
#[derive(Clone, Debug)]
pub(super) struct Work {
    registry: Arc<Registry>,
    id: u64,
}

impl Work {
    /// Marks the connection as busy: it is not evicted until the returned guard is dropped.
    pub(super) fn begin(&self) -> Busy {
        self.registry.lock().set_waiting(self.id, false);
        Busy(Some(self.clone()))
    }
}

/// A guard: the connection is busy while it exists.
#[derive(Debug)]
pub(super) struct Busy(Option<Work>);

impl Busy {
    /// Keeps the connection marked as busy until it is closed.
    pub(super) fn for_good(mut self) {
        self.0 = None;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            work.registry.lock().set_waiting(work.id, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;
    use std::task::Waker;

    use super::super::connection::Stop;
    use super::{Registry, Slot};
    use crate::address::Origin;

    fn origin(last: u8) -> Origin {
        Origin::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn registry(most: usize, most_of_origin: usize) -> Arc<Registry> {
        Arc::new(Registry::new(most, most_of_origin, Arc::default()))
    }

    fn is_cut(slot: &Slot) -> bool {
        slot.connection().on_read(Waker::noop()) == Stop::Cut
    }

    #[test]
    fn a_full_server_closes_the_connection_that_is_idle_longest() {
        let registry = registry(3, 0);
        let admit = |last| registry.admit(origin(last), false).unwrap();
        let slots = [admit(1), admit(2), admit(3)];
        let busy = slots[0].work().begin();
        let _fourth = admit(4);
        assert_eq!(slots.each_ref().map(is_cut), [false, true, false]);
        // The connection waits again, after the third.
        drop(busy);
        let _fifth = admit(5);
        assert_eq!(slots.each_ref().map(is_cut), [false, true, true]);
        assert_eq!(registry.counters.connections_evicted.count(), 2);
    }

    #[test]
    fn active_connections_are_not_closed_for_others() {
        let registry = registry(2, 0);
        let admit = || registry.admit(origin(1), false);
        let (one, two) = (admit().unwrap(), admit().unwrap());
        one.work().begin().for_good();
        let _busy = two.work().begin();
        assert!(admit().is_none());
        assert_eq!(registry.counters.connections_refused.count(), 1);
        assert!(!is_cut(&one) && !is_cut(&two));
        drop(one);
        assert!(admit().is_some(), "a place is free again");
    }

    #[test]
    fn an_origin_at_its_limit_closes_its_own_connections_only() {
        let registry = registry(10, 2);
        let admit = |last| registry.admit(origin(last), false);
        let others = admit(1).unwrap();
        let own = [admit(2).unwrap(), admit(2).unwrap()];
        let _third = admit(2).unwrap();
        assert!(is_cut(&own[0]) && !is_cut(&own[1]) && !is_cut(&others));
        own[1].work().begin().for_good();
        _third.work().begin().for_good();
        assert!(admit(2).is_none());
        assert!(
            registry.admit(origin(2), true).is_some(),
            "a proxy is no origin"
        );
        assert!(admit(1).is_some());
    }

    #[test]
    fn at_shutdown_only_active_connections_continue() {
        let registry = registry(10, 0);
        let slots = [1, 2, 3].map(|last| registry.admit(origin(last), false).unwrap());
        let _busy = slots[1].work().begin();
        registry.close_waiting();
        assert_eq!(slots.each_ref().map(is_cut), [true, false, true]);
    }

    #[test]
    fn closed_connections_leave_nothing_behind() {
        let registry = registry(2, 2);
        for _ in 0..3 {
            let slots: Vec<_> = (0..6)
                .map(|last| registry.admit(origin(last), false))
                .collect();
            assert!(slots.iter().all(Option::is_some));
        }
        let state = registry.lock();
        assert!(state.open.is_empty() && state.origins.is_empty() && state.waiting.is_empty());
    }
}
