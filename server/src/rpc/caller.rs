use std::net::IpAddr;

use orchard_contract::{Errno, endpoints};

use super::failure::Failure;
use crate::app::App;
use crate::database::{Standing, User};
use crate::tokens::Purpose;

/// The parts of the HTTP request, beside its body, that a method may need.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) address: IpAddr,
    /// The value of the `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// Whether to answer in English instead of Chinese.
    pub(crate) english: bool,
}

impl Caller {
    /// Returns the token in the `Authorization` header.
    pub(super) fn token(&self) -> Result<&str, Failure> {
        self.authorization
            .as_deref()
            .and_then(endpoints::token_of)
            .ok_or_else(|| Errno::NO_AUTHORIZATION.into())
    }

    /// Returns the user whose access token the caller sent.
    pub(super) async fn user(&self, app: &App) -> Result<User, Failure> {
        let holder = app.tokens.verify(Purpose::Access, self.token()?)?;
        match app.database.standing(holder).await? {
            Standing::Good(user) => Ok(*user),
            Standing::Ended => Err(Errno::TOKEN_INVALID.into()),
            Standing::NoUser => Err(Errno::NO_SUCH_USER.into()),
        }
    }

    pub(super) fn words(&self, errno: Errno) -> Option<String> {
        let words = if self.english {
            errno.meaning()
        } else {
            errno.meaning_zh()
        };
        words.map(str::to_owned)
    }
}
