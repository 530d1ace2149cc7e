//! Authentication of CONNECT: a valid access token, or none where guests are allowed.

use std::fmt;
use std::sync::Arc;

use orchard_contract::Errno;
use orchard_contract::events::Auth;
use socketioxide::extract::TryData;
use socketioxide::handler::{FromConnectParts, Value};
use socketioxide::socket::Socket;

use super::member::Player;
use super::object::Object;
use crate::app::App;
use crate::database::{DatabaseError, Standing};
use crate::session::Session;
use crate::tokens::{Purpose, TokenError};

/// Why a CONNECT is refused. socketioxide refuses with a text only, so the text begins with the
/// number: `1005 token expired`.
#[derive(Debug)]
pub(super) enum Refused {
    Errno { errno: Errno, english: bool },
    Failed,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errno { errno, english } => {
                let words = if *english {
                    errno.meaning()
                } else {
                    errno.meaning_zh()
                };
                write!(f, "{} {}", errno.code(), words.unwrap_or_default())
            }
            Self::Failed => f.write_str("the server failed; its log says how"),
        }
    }
}

/// Returns the player whose token is in the `auth` of a CONNECT, or `None` for a guest. An invalid
/// token is always refused, also where guests are allowed, since the page can renew it.
pub(super) async fn identify(
    app: &App,
    guests: bool,
    socket: &Arc<Socket>,
    auth: &Option<Value>,
) -> Result<Option<Player>, Refused> {
    let refused = |errno| Refused::Errno {
        errno,
        english: Session::of(socket).is_some_and(|session| session.english),
    };
    let Some(token) = token(socket, auth) else {
        return if guests {
            Ok(None)
        } else {
            Err(refused(Errno::NO_AUTHORIZATION))
        };
    };
    let verified = app.tokens.verify(Purpose::Access, &token);
    let holder = verified.map_err(|error| {
        refused(match error {
            TokenError::Expired => Errno::TOKEN_EXPIRED,
            TokenError::Invalid => Errno::TOKEN_INVALID,
        })
    })?;
    let standing = app.database.standing(holder).await;
    let standing = standing.map_err(|error: DatabaseError| {
        tracing::error!(%error, "a client can't be admitted");
        Refused::Failed
    })?;
    match standing {
        Standing::Good(user) => Ok(Some(Player {
            id: user.id,
            nickname: user.nickname,
            sign_in: holder.sign_in,
        })),
        Standing::Ended => Err(refused(Errno::TOKEN_INVALID)),
        Standing::NoUser => Err(refused(Errno::NO_SUCH_USER)),
    }
}

/// Returns the token, or `None` if `auth` has none or has another shape.
fn token(socket: &Arc<Socket>, auth: &Option<Value>) -> Option<String> {
    auth.as_ref()?;
    let Ok(TryData(auth)) = TryData::<Object<Auth>>::from_connect_parts(socket, auth);
    let Object(Auth { token }) = auth.ok()?;
    token
        .map(|token| token.into_inner())
        .filter(|token| !token.trim().is_empty())
}
