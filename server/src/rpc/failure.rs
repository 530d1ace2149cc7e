use orchard_contract::Errno;

use super::fault::Fault;
use crate::database::DatabaseError;
use crate::tokens::TokenError;

/// Why a method has failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// A failure by the rules of the game, which is returned as a result.
    Errno(Errno),
    /// The account or the password is wrong; the answer does not say which.
    NoHint,
    /// Any other failure, which is returned as an error.
    Fault(Fault),
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::Errno(match error {
            TokenError::Expired => Errno::TOKEN_EXPIRED,
            TokenError::Invalid => Errno::TOKEN_INVALID,
        })
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::Fault(Fault::internal(error))
    }
}
