use core::time::Duration;

/// The time from a packet to its answer, including the server's processing time.
///
/// In Engine.IO 4 only the server can measure heartbeats. The client measures packets that the
/// server answers: CONNECT, and events with an acknowledgement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RoundTrip {
    /// The latest measurement.
    pub latest: Duration,
    /// The smoothed mean, in which each new measurement weighs one eighth, as in TCP.
    pub smoothed: Duration,
}

impl RoundTrip {
    pub(crate) fn first(latest: Duration) -> Self {
        Self {
            latest,
            smoothed: latest,
        }
    }

    pub(crate) fn then(self, latest: Duration) -> Self {
        let smoothed = self.smoothed.saturating_mul(7).saturating_add(latest) / 8;
        Self { latest, smoothed }
    }
}
