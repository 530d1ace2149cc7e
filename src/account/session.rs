//! Who is signed in: `checkout` before the page goes live, and signing in.

use orchard_contract::rpc::{Outcome, user};
use orchard_contract::{Errno, Secret, UserId, storage};

use crate::account::rpc::{self, CallError};
use crate::account::turns;
use crate::host::{Host, Store};

/// Why there is no token for the next CONNECT: the session has ended.
pub(crate) const SIGNED_OUT: &str = "signed out";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The access token.
    pub(crate) token: Secret,
    /// The player's id, in the form the game's devices keep it: as a string.
    pub(crate) uid: UserId,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub(crate) enum Absent {
    /// The access token that lives there has expired; it may be renewed.
    Expired(Store),
    /// The server failed at the question.
    Fault(CallError),
    /// There is no token.
    NeverSignedIn,
    /// The token is not good any more.
    SignedOut,
    /// Nobody was asked: where the tokens are is known only when the host is.
    Unasked,
    /// The server's answer has to be looked at more closely.
    Unclear,
    /// The server couldn't be asked, so the token may still be good.
    Unreachable(CallError),
}

/// Why signing in failed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The call failed.
    Call(CallError),
    /// The server says no, with its code and its words.
    ServerMessage(Option<Errno>, Option<String>),
}

impl From<CallError> for Absent {
    fn from(error: CallError) -> Self {
        if error.is_unreachable() {
            Self::Unreachable(error)
        } else {
            Self::Fault(error)
        }
    }
}

/// Finds the session that the stores keep, and asks the server whether it is good. Memory goes before the device.
pub(crate) async fn check(host: &dyn Host, api: &str) -> Result<Session, Absent> {
    let (place, token) = kept(host, storage::ACCESS_TOKEN).ok_or(Absent::NeverSignedIn)?;
    let checked = rpc::call::<user::Check>(api, Some(&token), user::NoParams {}).await?;
    match checked.errno() {
        Some(Errno::OK) => Ok(of(host, token)),
        Some(Errno::TOKEN_EXPIRED) => Err(Absent::Expired(place)),
        _ => Err(Absent::SignedOut),
    }
}

/// As [`check`], but an expired access token is renewed.
pub(crate) async fn checkout(host: &'static dyn Host, api: &str) -> Result<Session, Absent> {
    match check(host, api).await {
        Err(Absent::Expired(place)) => renew(host, api, place).await,
        checked => checked,
    }
}

/// A session with a new access token, which is kept where the old one lived.
pub(crate) async fn renew(
    host: &'static dyn Host,
    api: &str,
    place: Store,
) -> Result<Session, Absent> {
    let token = refresh(host, api, place).await?;
    Ok(of(host, token))
}

/// Signs in, and keeps what the server gave: on the device if `remember`, else in memory.
pub(crate) async fn sign_in(
    host: &dyn Host,
    api: &str,
    account: String,
    password: String,
    remember: bool,
) -> Result<Session, Refusal> {
    let params = user::LoginParams {
        account,
        password: Secret::new(password),
        ..user::LoginParams::default()
    };
    let answer = rpc::call::<user::Login>(api, None, params)
        .await
        .map_err(Refusal::Call)?;
    let token = match answer.access_token.clone() {
        Some(token) if answer.is_ok() => token,
        _ => return Err(Refusal::ServerMessage(answer.errno, answer.errmsg)),
    };
    let place = if remember {
        Store::Device
    } else {
        Store::Memory
    };
    keep(host, place, answer);
    Ok(of(host, token))
}

/// As [`renew`], of the token that is kept, wherever it lives.
pub(crate) async fn renew_kept(host: &'static dyn Host, api: &str) -> Result<Session, Absent> {
    let (place, _) = kept(host, storage::ACCESS_TOKEN).ok_or(Absent::NeverSignedIn)?;
    renew(host, api, place).await
}

/// A new access token for the refresh token that lives beside the old one.
///
/// A server may accept each refresh token once only, and revoke the session when one is used again.
/// So refreshes wait for each other, in this window and in others, and one that had to wait uses
/// the token that was fetched meanwhile.
pub(crate) async fn refresh(
    host: &'static dyn Host,
    api: &str,
    place: Store,
) -> Result<Secret, Absent> {
    let before = host.read(place, storage::ACCESS_TOKEN);
    let api = api.to_owned();
    let refreshed = turns::in_turn(async move {
        let now = host.read(place, storage::ACCESS_TOKEN);
        match now.filter(|now| before.as_ref().is_some_and(|before| before != now)) {
            Some(fetched) => Ok(Secret::from(fetched)),
            None => ask_for_refresh(host, &api, place).await,
        }
    });
    let refreshed = refreshed.await;
    refreshed.unwrap_or(Err(Absent::Unreachable(CallError::Network)))
}

async fn ask_for_refresh(host: &dyn Host, api: &str, place: Store) -> Result<Secret, Absent> {
    let (home, token) = match host.read(place, storage::REFRESH_TOKEN) {
        Some(token) => (place, Secret::from(token)),
        None => kept(host, storage::REFRESH_TOKEN).ok_or(Absent::SignedOut)?,
    };
    let answer = rpc::call::<user::Refresh>(api, Some(&token), user::NoParams {}).await?;
    let Some(fresh) = answer.access_token.clone().filter(|_| answer.is_ok()) else {
        return Err(Absent::SignedOut);
    };
    // The player may have signed out meanwhile, or signed in as somebody else.
    if host.read(home, storage::REFRESH_TOKEN).as_deref() != Some(token.expose()) {
        return Err(Absent::SignedOut);
    }
    host.save(place, storage::ACCESS_TOKEN, fresh.expose());
    if let Some(next) = answer.refresh_token {
        host.save(home, storage::REFRESH_TOKEN, next.expose());
    }
    Ok(fresh)
}

/// Signs out: clears both stores at once, then calls `User.logout`. A server that lacks the method,
/// or can't be reached, is no error: the tokens expire.
pub(crate) fn sign_out(host: &'static dyn Host, api: String) -> impl Future<Output = ()> {
    let token = kept(host, storage::REFRESH_TOKEN).or_else(|| kept(host, storage::ACCESS_TOKEN));
    forget(host);
    async move {
        if let Some((_, token)) = token {
            _ = rpc::call::<user::Logout>(&api, Some(&token), user::NoParams {}).await;
        }
    }
}

/// The session of whoever the stores say has `token`.
pub(crate) fn of(host: &(impl Host + ?Sized), token: Secret) -> Session {
    // The game reads the id from the device first, wherever the token lives.
    let uid = host
        .read(Store::Device, storage::ID)
        .or_else(|| host.read(Store::Memory, storage::ID))
        .unwrap_or_default();
    Session {
        token,
        uid: UserId::from(uid),
    }
}

/// Takes everything about the player out of both stores.
pub(crate) fn forget(host: &dyn Host) {
    for key in storage::ALL {
        host.remove(Store::Device, key);
        host.remove(Store::Memory, key);
    }
}

fn keep(host: &dyn Host, place: Store, answer: user::LoginResult) {
    // Another player's id left on the device would be taken for this one's.
    forget(host);
    let values = [
        (
            storage::ACCESS_TOKEN,
            answer.access_token.map(Secret::into_inner),
        ),
        (
            storage::REFRESH_TOKEN,
            answer.refresh_token.map(Secret::into_inner),
        ),
        (storage::ID, answer.id.map(|id| id.to_string())),
        (storage::NICKNAME, answer.nickname),
        (storage::AVATAR, answer.avatar),
        (storage::MONEY, answer.money.map(|money| money.to_string())),
        (
            storage::CREDIT,
            answer.credit.map(|credit| credit.to_string()),
        ),
    ];
    for (key, value) in values {
        if let Some(value) = value {
            host.save(place, key, &value);
        }
    }
}

pub(crate) fn kept(host: &(impl Host + ?Sized), key: &str) -> Option<(Store, Secret)> {
    [Store::Memory, Store::Device]
        .into_iter()
        .find_map(|place| Some((place, host.read(place, key)?.into())))
}
