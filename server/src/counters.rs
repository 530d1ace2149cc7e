//! Counters of what was refused or disconnected, for the operator of the server.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident: $words:literal,)*) => {
        /// The counters. None of them ever decreases.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $($(#[$doc])* pub(crate) $name: Counter,)*
        }

        impl fmt::Display for Counters {
            /// Writes the counters that are not 0, as `2 sockets cut, 1 connection refused`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let counted = [$((self.$name.count(), $words),)*];
                let counted = counted.into_iter().filter(|(count, _)| *count > 0);
                for (at, (count, words)) in counted.enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{words}: {count}")?;
                }
                Ok(())
            }
        }
    };
}

counters! {
    /// TCP connections closed right after they were accepted: too many from that address, or in
    /// total.
    connections_refused: "connections refused",
    /// TCP connections closed while they waited for a request, to admit new ones.
    connections_evicted: "connections evicted",
    /// Connections closed because the peer read nothing for too long.
    writes_timed_out: "connections cut that took nothing",
    /// Engine.IO sessions that were refused: too many from that address, or in total.
    sessions_refused: "sessions refused",
    /// Sockets disconnected because they had more packets queued than the limit.
    sockets_overflowed: "sockets cut that read too slowly",
    /// Sockets disconnected because they sent events faster than the limit.
    sockets_too_fast: "sockets cut that sent too fast",
    /// Sign-ins refused because the queue was full.
    sign_ins_put_off: "sign-ins put off",
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Counters;

    #[test]
    fn zero_counts_are_omitted() {
        let counters = Counters::default();
        assert_eq!(counters.to_string(), "");
        counters.sockets_too_fast.add();
        counters.connections_refused.add();
        counters.connections_refused.add();
        assert_eq!(
            counters.to_string(),
            "connections refused: 2, sockets cut that sent too fast: 1"
        );
    }
}
