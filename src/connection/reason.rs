//! The reason why the page is not connected.

use crate::connection::failure::Failure;

/// What a connection attempt waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// The server's answer to CONNECT.
    Admission,
    /// The handshake.
    Server,
    /// The check of the token.
    Token,
}

/// Why the page is not connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// An attempt is in progress and waits for this.
    Awaited(Awaited),
    /// The last attempt or connection failed with this.
    Failure(Failure),
}

impl Reason {
    /// Returns the last failure until the server has answered, and after that what the attempt
    /// waits for.
    pub(crate) fn of(awaited: Option<Awaited>, failure: Option<Failure>) -> Option<Self> {
        match (awaited, failure) {
            (None | Some(Awaited::Server), Some(failure)) => Some(Self::Failure(failure)),
            (awaited, _) => awaited.map(Self::Awaited),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_awaited_step_is_shown_without_a_failure_or_after_an_answer() {
        let lost = || Some(Failure::Lost);
        for (awaited, failure, reason) in [
            (None, None, None),
            (None, lost(), Some(Reason::Failure(Failure::Lost))),
            (
                Some(Awaited::Server),
                None,
                Some(Reason::Awaited(Awaited::Server)),
            ),
            (
                Some(Awaited::Server),
                lost(),
                Some(Reason::Failure(Failure::Lost)),
            ),
            (
                Some(Awaited::Admission),
                lost(),
                Some(Reason::Awaited(Awaited::Admission)),
            ),
            (
                Some(Awaited::Token),
                lost(),
                Some(Reason::Awaited(Awaited::Token)),
            ),
        ] {
            assert_eq!(Reason::of(awaited, failure), reason);
        }
    }
}
