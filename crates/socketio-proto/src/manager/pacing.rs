use core::time::Duration;

use super::Config;
use super::backoff::Backoff;
use crate::Instant;
use crate::random::Random;
use crate::time::millis;

/// A wish to connect that comes within so many milliseconds after a failure, of whatever it is, is the answer
/// of a program to that failure. A person takes longer.
pub(super) const REACTION: u64 = 100;

/// Spaces the attempts at one thing: the connection, or a namespace on it.
///
/// A person who wants to be connected gets an attempt at once, always. A program that answers each
/// failure by a new attempt gets one at once, and then the delays of the back-off: else
/// `on_connect_error(|_| connect())` would be a loop without a pause.
#[derive(Debug, Default)]
pub(crate) struct Pacing {
    backoff: Backoff,
    /// The attempts of this outage, as the user counts them.
    attempts: u32,
    /// Whether an attempt was made at once in answer to a failure, since the delays started over.
    has_reacted: bool,
    /// Since when it is connected.
    connected: Option<Instant>,
    /// How often in a row something was made anew that had not ended yet.
    pub(crate) hurries: u32,
}

impl Pacing {
    /// The attempts of this outage, the one included that waits or is under way.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The delay before the next attempt.
    pub(crate) fn next(&mut self, config: &Config, random: &mut Random) -> Duration {
        self.attempts = self.attempts.saturating_add(1);
        self.backoff.next(config, random)
    }

    /// The attempt that waits is made at the wish of a person or of the system. It is not one of
    /// those that the back-off counts.
    pub(crate) fn take_back(&mut self) {
        self.attempts = self.attempts.saturating_sub(1);
        self.backoff.take_back();
    }

    /// All attempts were used up. They are counted anew, but the delays stay what they are, lest a
    /// program that starts over each time never waits for long.
    pub(crate) fn give_up(&mut self) {
        self.attempts = 0;
    }

    /// The delays and the count start over.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
        self.backoff.reset();
        self.has_reacted = false;
        self.hurries = 0;
    }

    /// Whether an attempt that is wanted now is made at once. As a reaction to a failure it is so
    /// once, until the delays start over.
    pub(crate) fn may_hurry(&mut self, is_reaction: bool) -> bool {
        !is_reaction || !core::mem::replace(&mut self.has_reacted, true)
    }

    /// It is connected. The delays start over once it has stayed so for a while.
    pub(crate) fn connected(&mut self, now: Instant) {
        self.connected.get_or_insert(now);
    }

    /// It is not connected any more.
    pub(crate) fn ended(&mut self, config: &Config, now: Instant) {
        if let Some(connected) = self.connected.take()
            && now.millis_since(connected) >= millis(config.stable_after)
        {
            self.reset();
        }
    }
}
