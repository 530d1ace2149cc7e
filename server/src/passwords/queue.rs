use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(super) trait Job {
    /// Returns whether nobody waits for the result any more.
    fn is_abandoned(&self) -> bool;
}

/// A bounded queue of jobs, ordered by rank, lowest first, and then by arrival.
pub(super) struct Queue<J> {
    capacity: usize,
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    jobs: BTreeMap<(u32, u64), J>,
    /// The sequence number that orders the jobs of one rank.
    next: u64,
    is_closed: bool,
}

impl<J: Job> Queue<J> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::new(State {
                jobs: BTreeMap::new(),
                next: 0,
                is_closed: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Queues a job. A full queue drops the last job, if its rank is higher.
    ///
    /// # Errors
    /// Returns the job if the queue is full and holds nothing with a higher rank.
    pub(super) fn push(&self, rank: u32, job: J) -> Result<(), J> {
        let mut state = self.lock();
        if state.jobs.len() >= self.capacity {
            state.jobs.retain(|_, job| !job.is_abandoned());
        }
        if state.jobs.len() >= self.capacity {
            match state.jobs.last_entry() {
                Some(last) if last.key().0 > rank => last.remove(),
                _ => return Err(job),
            };
        }
        let place = (rank, state.next);
        state.next = state.next.wrapping_add(1);
        state.jobs.insert(place, job);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for the next job whose result is still wanted. Returns `None` once the queue is
    /// closed.
    pub(super) fn pop(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            match state.jobs.pop_first() {
                Some((_, job)) if job.is_abandoned() => {}
                Some((_, job)) => return Some(job),
                None => {
                    let woken = self.changed.wait(state);
                    state = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Closes the queue: drops the waiting jobs and wakes the workers.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.jobs.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        // Nothing panics while the lock is held, and no change is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{Job, Queue};

    #[derive(Debug, PartialEq)]
    struct Named(&'static str);

    impl Job for Named {
        fn is_abandoned(&self) -> bool {
            self.0 == "abandoned"
        }
    }

    fn push(queue: &Queue<Named>, rank: u32, name: &'static str) -> bool {
        queue.push(rank, Named(name)).is_ok()
    }

    #[test]
    fn requests_are_ordered_by_rank_then_by_arrival() {
        let queue = Queue::new(10);
        for (rank, name) in [(2, "c"), (0, "a"), (2, "d"), (1, "b")] {
            assert!(push(&queue, rank, name));
        }
        for name in ["a", "b", "c", "d"] {
            assert_eq!(queue.pop(), Some(Named(name)));
        }
    }

    #[test]
    fn a_full_queue_drops_its_last_request_for_one_of_lower_rank() {
        let queue = Queue::new(2);
        assert!(push(&queue, 1, "a") && push(&queue, 5, "b"));
        assert!(!push(&queue, 5, "c"), "it would be the last");
        assert!(push(&queue, 1, "d"), "it is served before b");
        assert!(!push(&queue, 1, "e"));
        assert_eq!(queue.pop(), Some(Named("a")));
        assert_eq!(queue.pop(), Some(Named("d")));
    }

    #[test]
    fn abandoned_requests_take_no_place_and_no_time() {
        let queue = Queue::new(2);
        assert!(push(&queue, 0, "abandoned") && push(&queue, 0, "a"));
        assert!(push(&queue, 0, "b"));
        assert!(!push(&queue, 0, "c"));
        assert_eq!(queue.pop(), Some(Named("a")));
        assert!(push(&queue, 0, "abandoned"));
        assert_eq!(queue.pop(), Some(Named("b")));
        assert!(push(&queue, 9, "last"));
        assert_eq!(queue.pop(), Some(Named("last")));
    }

    #[test]
    fn closing_ends_all_waits() {
        let queue = Queue::<Named>::new(1);
        thread::scope(|scope| {
            let workers = [(); 3].map(|()| scope.spawn(|| queue.pop()));
            queue.close();
            for worker in workers {
                assert_eq!(worker.join().unwrap(), None);
            }
        });
    }
}
