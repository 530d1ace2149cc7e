//! Who is let in.

use crate::account::rpc::CallError;
use crate::account::session::{Absent, Session};
use crate::i18n::text::Text;

/// How far the player has come.
#[derive(Clone)]
pub(crate) enum Gate {
    /// The kept token is being checked.
    Checking,
    /// Somebody is signed in.
    In(Session),
    /// Nobody is signed in; the notice, if any, says why not any more.
    SignIn(Option<SignedOut>),
    /// Whether somebody is signed in couldn't be found out.
    Unreachable(CallError),
}

impl Gate {
    /// What the answer of a check opens.
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

/// Why somebody who was signed in is asked again.
#[derive(Clone, Debug)]
pub(crate) enum SignedOut {
    /// The session has ended.
    Ended,
    /// The server failed at the question.
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
