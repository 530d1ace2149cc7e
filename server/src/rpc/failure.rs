use orchard_contract::Errno;

use super::fault::Fault;
use crate::database::DatabaseError;
use crate::tokens::TokenError;

/// Why a method has not done what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// By the rules of the game: a result.
    Errno(Errno),
    /// Account or password is wrong, and it is not told which.
    NoHint,
    /// Otherwise: an error.
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
