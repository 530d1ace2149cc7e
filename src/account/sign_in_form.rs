//! The sign-in form: its input and its errors.

use std::sync::Arc;

use orchard_contract::Errno;

use crate::account::session::Refusal;
use crate::i18n::text::Text;
use crate::state::gate::SignedOut;

/// The input of the sign-in form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) account: String,
    pub(crate) password: String,
    pub(crate) remember: bool,
}

/// An error that the form shows.
#[derive(Clone, Debug)]
pub(crate) enum Complaint {
    AccountMissing,
    PasswordMissing,
    SignedOut(SignedOut),
    Refused(Arc<Refusal>),
}

/// The part of the form beside which a complaint is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Account,
    Password,
    Form,
}

impl Complaint {
    pub(crate) fn place(&self) -> Field {
        match self {
            Self::AccountMissing => Field::Account,
            Self::PasswordMissing => Field::Password,
            Self::SignedOut(_) => Field::Form,
            Self::Refused(refusal) => match &**refusal {
                Refusal::ServerMessage(Some(Errno::NO_SUCH_ACCOUNT | Errno::NO_SUCH_USER), _) => {
                    Field::Account
                }
                Refusal::ServerMessage(Some(Errno::WRONG_PASSWORD), _) => Field::Password,
                _ => Field::Form,
            },
        }
    }

    pub(crate) fn words(&self, text: &Text) -> String {
        match self {
            Self::AccountMissing => text.account_missing.into(),
            Self::PasswordMissing => text.password_missing.into(),
            Self::SignedOut(notice) => notice.words(text),
            Self::Refused(refusal) => text.refusal(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_shown_at_its_field() {
        let place = |errno| {
            let refusal = Refusal::ServerMessage(Some(errno), None);
            Complaint::Refused(Arc::new(refusal)).place()
        };
        assert_eq!(place(Errno::NO_SUCH_ACCOUNT), Field::Account);
        assert_eq!(place(Errno::NO_SUCH_USER), Field::Account);
        assert_eq!(place(Errno::WRONG_PASSWORD), Field::Password);
        assert_eq!(place(Errno::INVALID_INPUT), Field::Form);
    }
}
