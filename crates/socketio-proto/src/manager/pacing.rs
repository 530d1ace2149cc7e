use core::time::Duration;

use super::Config;
use super::backoff::Backoff;
use crate::Instant;
use crate::random::Random;
use crate::time::millis;

/// A request to connect within this many milliseconds after any failure counts as a program's
/// reaction to that failure. A person takes longer.
pub(super) const REACTION: u64 = 100;

/// Paces the attempts to open the connection, or to connect one namespace on it.
///
/// A person who asks for a connection always gets an attempt at once. A program that answers each
/// failure with a new attempt gets one at once, and then the delays of the back-off. Otherwise
/// `on_connect_error(|_| connect())` would be a busy loop.
#[derive(Debug, Default)]
pub(crate) struct Pacing {
    backoff: Backoff,
    /// The number of attempts in this outage, as reported to the user.
    attempts: u32,
    /// Whether a reaction to a failure has been granted an immediate attempt since the last reset.
    has_reacted: bool,
    /// When the connection or namespace was connected, while it is.
    connected: Option<Instant>,
    /// How often in a row an attempt or a request was restarted before it ended.
    pub(crate) hurries: u32,
}

impl Pacing {
    /// The number of attempts in this outage, including the one that is scheduled or under way.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Counts a further attempt, and returns the delay before it.
    pub(crate) fn next(&mut self, config: &Config, random: &mut Random) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        self.backoff.next(config, random)
    }

    /// Uncounts the scheduled attempt, because a person or the system asked for it to be made now.
    pub(crate) fn take_back(&mut self) {
        self.attempts = self.attempts.saturating_sub(1);
        self.backoff.take_back();
    }

    /// Resets the number of attempts when all are used up. The delay stays, so that a program that
    /// starts over each time still waits.
    pub(crate) fn give_up(&mut self) {
        self.attempts = 0;
    }

    /// Resets the delays and the number of attempts.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
        self.backoff.reset();
        self.has_reacted = false;
        self.hurries = 0;
    }

    /// Whether a requested attempt may be made at once. A reaction to a failure may once, until the
    /// next reset.
    pub(crate) fn may_hurry(&mut self, is_reaction: bool) -> bool {
        !is_reaction || !core::mem::replace(&mut self.has_reacted, true)
    }

    /// Notes that the connection or namespace is connected. The delays are reset if it stays so for
    /// [`Config::stable_after`].
    pub(crate) fn connected(&mut self, now: Instant) {
        self.connected.get_or_insert(now);
    }

    /// Notes that the connection or namespace is no longer connected.
    pub(crate) fn ended(&mut self, config: &Config, now: Instant) {
        if let Some(connected) = self.connected.take()
            && now.millis_since(connected) >= millis(config.stable_after)
        {
            self.reset();
        }
    }
}
