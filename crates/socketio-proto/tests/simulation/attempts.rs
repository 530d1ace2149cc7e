//! Checks that each attempt was due, or was requested.

use socketio_proto::manager::Config;

/// A request within this time after a failure counts as a program's reaction.
pub(crate) const REACTION: u64 = 100;
/// The minimum time between attempts that the system requests.
pub(crate) const SPACING: u64 = 500;
/// A request of the system counts once for each of this many sockets.
pub(crate) const SOCKETS: u32 = crate::client::NAMESPACES.len() as u32;

/// The attempts to open a connection.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// The number of the next attempt, and when it is due.
    scheduled: Option<(u32, u64)>,
    /// The number of the last announced attempt.
    last: u32,
    /// The minimum number of delays since the back-off was reset.
    rank: u32,
    /// Whether the last attempt was announced, and started when it was due.
    is_automatic: bool,
    /// The delays may start over.
    is_excused: bool,
    /// When a person last requested attempts, and how many.
    requested: (u64, u32),
    /// When the system last requested one.
    woken: Option<u64>,
    /// An attempt that the system caused is made once the spacing has passed.
    is_hurried: bool,
    /// When the last attempt was made that the system caused.
    acted: Option<u64>,
    /// When a program last reacted to a failure with a request.
    reaction: Option<u64>,
    has_reacted: bool,
    /// When the client itself last renewed the connection.
    renewed: Option<u64>,
    /// Requests of all sockets since the last attempt that was not requested. Something that hung
    /// was restarted at most this often.
    requests_made: u32,
    /// The number of attempts that were not requested, since the count was reset.
    automatic: u32,
    /// Whether some of them are reactions of a program.
    is_program: bool,
    pub(crate) opened_at: u64,
}

/// The cause of an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cause {
    Due,
    Reaction,
    Renewal,
    Request,
}

impl Attempts {
    pub(crate) fn request(&mut self, now: u64) {
        self.requests_made += 1;
        let (at, count) = self.requested;
        self.requested = (now, 1 + if at == now { count } else { 0 });
        self.is_excused = true;
        self.has_reacted = false;
    }

    pub(crate) fn react(&mut self, now: u64) {
        self.requests_made += 1;
        self.reaction = Some(now);
    }

    /// Returns how long a hanging attempt is kept at most, not counting the latest requests of
    /// this many sockets, in milliseconds.
    pub(crate) fn patience(&self, sockets: u32) -> u64 {
        500 << self.requests_made.saturating_sub(sockets).min(4)
    }

    pub(crate) fn wake(&mut self, now: u64, is_back: bool) {
        self.woken = Some(now);
        self.requests_made += SOCKETS;
        // A scheduled attempt counts as caused by the system from now on, whether or not it is due.
        if let Some((_, at)) = &mut self.scheduled {
            *at = u64::MAX;
        }
        // After two wake-ups within the spacing, the attempt is made at the end of the spacing.
        let spaced = self.acted.map_or(0, |acted| acted + SPACING);
        let is_later = self.scheduled.map_or(is_back, |(_, at)| spaced < at);
        self.is_hurried |= spaced > now && is_later;
    }

    pub(crate) fn renew(&mut self, now: u64) {
        self.renewed = Some(now);
    }

    /// Records that the wake-up by the system was handled, or is scheduled.
    pub(crate) fn woke(&mut self) {
        self.woken = None;
    }

    /// Lets the delays start over: the client was connected for long enough, or the network is
    /// back.
    pub(crate) fn start_over(&mut self) {
        self.is_excused = true;
        self.has_reacted = false;
        self.automatic = 0;
        self.is_program = false;
    }

    /// Like [`start_over`](Self::start_over), if it is not certain that the client does so.
    pub(crate) fn excuse(&mut self) {
        self.is_excused = true;
        self.has_reacted = false;
        self.is_program = true;
    }

    /// Records that no socket needs the connection any more.
    pub(crate) fn cancel(&mut self) {
        self.scheduled = None;
    }

    pub(crate) fn schedule(&mut self, attempt: u32, delay: u64, config: &Config, now: u64) {
        let step = u32::from(self.is_automatic);
        let least = self.last + step;
        assert!(
            self.is_excused || attempt >= least,
            "attempt {attempt} after {}: the delays don't grow",
            self.last
        );
        self.rank = match self.is_excused {
            true => attempt,
            false => attempt.max(self.rank + step),
        };
        let (shortest, _) = bounds(config, self.rank);
        let longest = config.reconnection_delay_max.as_millis() as u64;
        assert!(
            (shortest..=longest).contains(&delay),
            "attempt {attempt} in {delay} ms, instead of at least {shortest} ms"
        );
        if attempt == 1 || attempt < least {
            self.automatic = self.automatic.min(attempt - 1);
        }
        self.is_program |= self.reaction == Some(now);
        (self.last, self.is_excused, self.is_automatic) = (attempt, false, false);
        self.scheduled = Some((attempt, now + delay));
        self.is_hurried = false;
    }

    /// Records that a transport is opened, and returns the cause.
    pub(crate) fn open(&mut self, now: u64) -> Cause {
        self.opened_at = now;
        let due = self.scheduled.take();
        self.is_automatic = false;
        if let (at, count @ 1..) = self.requested
            && at == now
        {
            self.requested = (now, count - 1);
            self.acted = self.woken.filter(|woken| *woken == now).or(self.acted);
            return Cause::Request;
        }
        let is_spaced = self.acted.is_none_or(|acted| now >= acted + SPACING);
        let is_hurried = std::mem::take(&mut self.is_hurried) && is_spaced;
        if due.is_some_and(|(_, at)| at <= now) && !is_hurried {
            self.is_automatic = true;
            self.automatic += 1;
            self.requests_made = 0;
            return Cause::Due;
        }
        if self.renewed.take() == Some(now) {
            return Cause::Renewal;
        }
        if is_hurried || self.woken.take() == Some(now) {
            // The spacing does not apply to the replacement of a hanging attempt.
            assert!(
                is_spaced || due.is_none(),
                "two attempts within the spacing: {self:?}"
            );
            self.acted = Some(now);
            return Cause::Request;
        }
        if self.reaction == Some(now) && !std::mem::replace(&mut self.has_reacted, true) {
            return Cause::Reaction;
        }
        panic!("an attempt before its time, without a request: {self:?}");
    }

    /// Records that the client gives up.
    pub(crate) fn give_up(&mut self, config: &Config) {
        let most = config.reconnection_attempts;
        let most = most.expect("it gives up only with a bound");
        assert!(
            self.automatic >= most,
            "given up after {} attempts of its own",
            self.automatic
        );
        self.scheduled = None;
        (self.last, self.automatic) = (0, 0);
        self.is_program = false;
    }

    pub(crate) fn check(&self, config: &Config, is_counted: bool) {
        if let Some(most) = config.reconnection_attempts.filter(|_| is_counted) {
            let automatic = self.automatic;
            // A program may cause more attempts in its handlers.
            assert!(
                automatic <= most || self.is_program,
                "{automatic} attempts instead of {most}"
            );
        }
    }
}

/// Returns the shortest and the longest delay of the attempt with this number, in milliseconds.
pub(crate) fn bounds(config: &Config, attempt: u32) -> (u64, u64) {
    let first = config.reconnection_delay.as_millis() as u64;
    let max = config.reconnection_delay_max.as_millis() as u64;
    let ideal = first
        .saturating_mul(1 << attempt.saturating_sub(1).min(20))
        .min(max);
    let spread = (ideal as f64 * config.randomization_factor) as u64;
    (ideal - spread, max.min(ideal + spread))
}

/// The requests for one namespace on one connection after it failed.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    failed: Option<u64>,
    requested: Option<u64>,
    reaction: Option<u64>,
    has_reacted: bool,
    /// The next request is sent with refreshed auth.
    is_refreshed: bool,
    automatic: u32,
}

impl Requests {
    pub(crate) fn fail(&mut self, now: u64) {
        self.failed = Some(now);
        // The reaction to this failure may have been recorded before it, at the same time.
        self.requested = self.requested.filter(|at| *at == now);
        self.reaction = self.reaction.filter(|at| *at == now);
    }

    pub(crate) fn request(&mut self, now: u64) {
        self.requested = Some(now);
        self.start_over();
    }

    pub(crate) fn react(&mut self, now: u64) {
        self.reaction = Some(now);
    }

    pub(crate) fn refresh(&mut self) {
        self.is_refreshed = true;
    }

    pub(crate) fn start_over(&mut self) {
        self.has_reacted = false;
        self.automatic = 0;
    }

    /// Records that a new connection is opened.
    pub(crate) fn opened(&mut self) {
        self.failed = None;
        self.automatic = 0;
    }

    pub(crate) fn send(&mut self, config: &Config, now: u64) {
        let Some(failed) = self.failed.take() else {
            return;
        };
        let is_refreshed = std::mem::take(&mut self.is_refreshed);
        if self.requested.is_some()
            || is_refreshed
            || self.reaction.is_some() && !std::mem::replace(&mut self.has_reacted, true)
        {
            return;
        }
        self.automatic += 1;
        let (least, _) = bounds(config, self.automatic);
        assert!(
            now >= failed + least,
            "requested {} ms after a failure, automatic request {}",
            now - failed,
            self.automatic
        );
    }
}
