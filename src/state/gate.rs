//! The gate to the orchard: whether the player is signed in.

use crate::account::rpc::CallError;
use crate::account::session::{Absent, Session};
use crate::i18n::text::Text;

/// The state of signing in.
#[derive(Clone)]
pub(crate) enum Gate {
    /// The stored token is being checked.
    Checking,
    /// The player is signed in.
    In(Session),
    /// The player has to sign in. The value says why the last session ended, if there was one.
    SignIn(Option<SignedOut>),
    /// The token could not be checked, because the server is unreachable.
    Unreachable(CallError),
}

impl Gate {
    /// Returns the state for the result of a check.
    pub(crate) fn of(checked: Result<Session, Absent>) -> Self {
        match checked {
            Ok(session) => Self::In(session),
            Err(Absent::Expired(_) | Absent::Unclear | Absent::Unasked) => Self::Checking,
            Err(Absent::NeverSignedIn) => Self::SignIn(None),
            Err(Absent::SignedOut) => Self::SignIn(Some(SignedOut::Ended)),
            Err(Absent::Fault(fault)) => Self::SignIn(Some(SignedOut::Fault(fault))),
            Err(Absent::Unreachable(error)) => Self::Unreachable(error),
        }
    }
}

/// Why a player who was signed in has to sign in again.
#[derive(Clone, Debug)]
pub(crate) enum SignedOut {
    /// The session has ended.
    Ended,
    /// The check failed with an error of the server.
    Fault(CallError),
}

impl SignedOut {
    pub(crate) fn words(&self, text: &Text) -> String {
        match self {
            Self::Ended => text.signed_out.into(),
            Self::Fault(fault) => text.call_error(fault),
        }
    }
}
