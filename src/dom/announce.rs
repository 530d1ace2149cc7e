//! Limits how often a change is announced to users of screen readers.

/// Milliseconds between two announcements: enough to listen to one, and to do something else.
pub(crate) const PAUSE: f64 = 10_000.0;

/// When to announce a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    /// Announce it immediately.
    Now,
    /// Announce the latest value after this many milliseconds.
    In(f64),
    /// An announcement is scheduled already.
    Arranged,
}

/// Allows one announcement per [`PAUSE`], and never drops the last change. Times are in
/// milliseconds of any one clock.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Throttle {
    last: Option<f64>,
    arranged: bool,
}

impl Throttle {
    /// Handles a change, and returns when to announce it.
    pub(crate) fn change(&mut self, now: f64) -> When {
        if self.arranged {
            return When::Arranged;
        }
        let wait = self.last.map_or(0.0, |last| last + PAUSE - now);
        if wait <= 0.0 {
            self.last = Some(now);
            When::Now
        } else {
            self.arranged = true;
            // A clock that was set back must not delay the announcement further.
            When::In(wait.min(PAUSE))
        }
    }

    /// Handles the scheduled announcement.
    pub(crate) fn announced(&mut self, now: f64) {
        self.arranged = false;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_change_is_announced_at_once_and_later_ones_together() {
        let mut throttle = Throttle::default();
        assert_eq!(throttle.change(0.0), When::Now);
        assert_eq!(throttle.change(1_000.0), When::In(9_000.0));
        assert_eq!(throttle.change(2_000.0), When::Arranged);
        throttle.announced(10_000.0);
        assert_eq!(throttle.change(10_500.0), When::In(9_500.0));
    }

    #[test]
    fn a_change_after_a_long_pause_is_announced_at_once() {
        let mut throttle = Throttle::default();
        throttle.change(0.0);
        assert_eq!(throttle.change(PAUSE), When::Now);
    }

    #[test]
    fn a_clock_set_back_does_not_extend_the_pause() {
        let mut throttle = Throttle::default();
        throttle.change(1e12);
        assert_eq!(throttle.change(0.0), When::In(PAUSE));
    }
}
