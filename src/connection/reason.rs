//! Why there is no connection at the moment.

use crate::connection::failure::Failure;

/// What an attempt waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// That the server lets the page in.
    Admission,
    /// That the server answers at all.
    Server,
    /// Word of whether the token is still good.
    Token,
}

/// Why there is no connection at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is on its way, and this is what it waits for.
    Awaited(Awaited),
    /// This went wrong.
    Failure(Failure),
}

impl Reason {
    /// Before the server has answered, the last failure is the better explanation; after that, what
    /// the attempt waits for.
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
    fn what_is_waited_for_is_told_where_nothing_went_wrong_or_the_server_has_answered() {
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
