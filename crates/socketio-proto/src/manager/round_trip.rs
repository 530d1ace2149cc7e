use core::time::Duration;

/// How long it takes from a packet to its answer, the server's handling of it included.
///
/// In Engine.IO 4 only the server measures heartbeats, so the client looks at what it has answers to: CONNECT, and
/// events with an acknowledgement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RoundTrip {
    /// The last measure.
    pub latest: Duration,
    /// The mean of the measures, each weighing an eighth against those before it, as TCP has it.
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
