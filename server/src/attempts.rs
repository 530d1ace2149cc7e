//! Failed sign-ins, counted to stop attackers from guessing passwords.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::address::Origin;
use crate::clock::Clock;

/// The maximum number of entries; beyond it, the oldest is removed.
const MOST_REMEMBERED: usize = 10_000;

/// For all accounts together, an address has this many times the limit for one account.
const ADDRESS_FACTOR: u32 = 10;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(Origin, String),
    Address(Origin),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    attempts: u32,
    /// Attempts including those withdrawn: a client that asks often is ranked behind one that asks
    /// rarely, even if none of its attempts was carried out.
    asked: u32,
    since: u64,
}

pub(crate) struct Attempts {
    limit: u32,
    window_seconds: u64,
    clock: Clock,
    counts: Mutex<HashMap<Key, Count>>,
}

impl Attempts {
    /// Creates the counters; a `limit` of 0 means no limit.
    pub(crate) fn new(limit: u32, window_seconds: u64, clock: Clock) -> Self {
        Self {
            limit,
            window_seconds,
            clock,
            counts: Mutex::default(),
        }
    }

    /// Counts an attempt before it is made, so that concurrent ones count too. Returns how many
    /// attempts this address has asked for before. The error is the number of seconds to wait.
    pub(crate) fn begin(&self, address: IpAddr, account: &str) -> Result<u32, u64> {
        let limit = if self.limit == 0 {
            u32::MAX
        } else {
            self.limit
        };
        let limits = keys(address, account)
            .into_iter()
            .zip([limit, limit.saturating_mul(ADDRESS_FACTOR)]);
        let now = self.clock.passed().as_secs();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, limit) in limits.clone() {
            let end = |count: &Count| count.since.saturating_add(self.window_seconds);
            if let Some(count) = counts.get(&key).filter(|count| end(count) > now)
                && count.attempts >= limit
            {
                return Err(end(count).saturating_sub(now));
            }
        }
        let mut before = 0;
        for (key, _) in limits {
            self.make_room(&mut counts, now);
            let count = counts.entry(key).or_insert(Count {
                attempts: 0,
                asked: 0,
                since: now,
            });
            if count.since.saturating_add(self.window_seconds) <= now {
                *count = Count {
                    attempts: 0,
                    asked: 0,
                    since: now,
                };
            }
            before = count.asked;
            count.attempts = count.attempts.saturating_add(1);
            count.asked = count.asked.saturating_add(1);
        }
        // The address is the last of the keys.
        Ok(before)
    }

    /// Takes back an attempt that has not failed, and forgets the failures of this address with
    /// this account.
    pub(crate) fn succeeded(&self, address: IpAddr, account: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let [pair, address] = keys(address, account);
        counts.remove(&pair);
        if let Some(count) = counts.get_mut(&address) {
            count.attempts = count.attempts.saturating_sub(1);
            count.asked = count.asked.saturating_sub(1);
        }
    }

    /// Takes back an attempt that was not carried out. It still counts in the rank of the address.
    pub(crate) fn withdrawn(&self, address: IpAddr, account: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(address, account) {
            if let Some(count) = counts.get_mut(&key) {
                count.attempts = count.attempts.saturating_sub(1);
            }
        }
    }

    fn make_room(&self, counts: &mut HashMap<Key, Count>, now: u64) {
        if counts.len() < MOST_REMEMBERED {
            return;
        }
        counts.retain(|_, count| count.since.saturating_add(self.window_seconds) > now);
        if counts.len() >= MOST_REMEMBERED {
            let oldest = counts.iter().min_by_key(|(_, count)| count.since);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                counts.remove(&key);
            }
        }
    }
}

fn keys(address: IpAddr, account: &str) -> [Key; 2] {
    let origin = Origin::from(address);
    [
        Key::Account(origin, account.to_ascii_lowercase()),
        Key::Address(origin),
    ]
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::{Attempts, MOST_REMEMBERED};
    use crate::clock::Clock;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

    fn attempts(limit: u32) -> (Attempts, Arc<AtomicU64>) {
        let now = Arc::new(AtomicU64::new(1000));
        let clock = Clock::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::SeqCst)
        });
        (Attempts::new(limit, 60, clock), now)
    }

    #[test]
    fn failures_count_for_a_window() {
        let (attempts, now) = attempts(2);
        assert_eq!(attempts.begin(HERE, "a"), Ok(0));
        assert_eq!(attempts.begin(HERE, "A"), Ok(1));
        now.fetch_add(20, Ordering::SeqCst);
        assert_eq!(attempts.begin(HERE, "a"), Err(40));
        assert_eq!(attempts.begin(HERE, "b"), Ok(2), "another account");
        assert_eq!(attempts.begin(THERE, "a"), Ok(0), "another address");
        now.fetch_add(40, Ordering::SeqCst);
        assert_eq!(attempts.begin(HERE, "a"), Ok(0));
    }

    #[test]
    fn a_success_clears_the_account() {
        let (attempts, _) = attempts(2);
        for _ in 0..50 {
            assert_eq!(attempts.begin(HERE, "a"), Ok(0));
            attempts.succeeded(HERE, "a");
        }
    }

    #[test]
    fn attempts_that_were_given_back_do_not_count() {
        let (attempts, _) = attempts(2);
        assert_eq!(attempts.begin(HERE, "a"), Ok(0));
        for previous in 1..=50 {
            assert_eq!(
                attempts.begin(HERE, "a"),
                Ok(previous),
                "it may start, after others"
            );
            attempts.withdrawn(HERE, "a");
        }
        assert_eq!(attempts.begin(HERE, "a"), Ok(51));
        assert_eq!(attempts.begin(HERE, "a"), Err(60));
    }

    #[test]
    fn an_address_cannot_try_every_account() {
        let (attempts, _) = attempts(2);
        for account in 0..20 {
            assert!(attempts.begin(HERE, &account.to_string()).is_ok());
        }
        assert_eq!(attempts.begin(HERE, "20"), Err(60));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let (attempts, _) = attempts(2);
        let host = |number: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, number]);
        assert_eq!(attempts.begin(host(1), "a"), Ok(0));
        assert_eq!(attempts.begin(host(2), "a"), Ok(1));
        assert_eq!(attempts.begin(host(3), "a"), Err(60));
    }

    #[test]
    fn setting_the_clock_does_not_extend_a_lock() {
        let date = Arc::new(AtomicU64::new(1_000_000));
        let passed = Arc::new(AtomicU64::new(0));
        let clock = Clock::with_passed(
            {
                let date = Arc::clone(&date);
                move || date.load(Ordering::SeqCst)
            },
            {
                let passed = Arc::clone(&passed);
                move || Duration::from_secs(passed.load(Ordering::SeqCst))
            },
        );
        let attempts = Attempts::new(1, 60, clock);
        assert_eq!(attempts.begin(HERE, "a"), Ok(0));
        date.store(1, Ordering::SeqCst);
        passed.store(59, Ordering::SeqCst);
        assert_eq!(attempts.begin(HERE, "a"), Err(1));
        passed.store(60, Ordering::SeqCst);
        assert_eq!(attempts.begin(HERE, "a"), Ok(0));
    }

    #[test]
    fn zero_means_no_limit() {
        let (attempts, _) = attempts(0);
        for before in 0..500 {
            assert_eq!(attempts.begin(HERE, "a"), Ok(before));
        }
    }

    #[test]
    fn the_number_of_remembered_entries_is_bounded() {
        let (attempts, _) = attempts(u32::MAX);
        for account in 0..MOST_REMEMBERED + 100 {
            attempts.begin(HERE, &account.to_string()).unwrap();
        }
        assert!(attempts.counts.lock().unwrap().len() <= MOST_REMEMBERED);
    }
}
