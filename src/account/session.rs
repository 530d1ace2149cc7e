//! The session: checking and renewing it, signing in and signing out.

use orchard_contract::rpc::{MethodResult, user};
use orchard_contract::{Errno, Secret, UserId, storage};

use crate::account::rpc::{self, CallError};
use crate::account::turns;
use crate::host::{Host, Store};

/// The error of the auth callback if the session has ended, so that no CONNECT is sent.
pub(crate) const SIGNED_OUT: &str = "signed out";

/// The session of a player who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The access token.
    pub(crate) token: Secret,
    /// The player's id, in the form in which the game's devices store it: as a string.
    pub(crate) uid: UserId,
}

/// Why there is no session.
#[derive(Debug)]
pub(crate) enum Absent {
    /// The access token in this store has expired and may be renewed.
    Expired(Store),
    /// The check failed with an error of the server.
    Fault(CallError),
    /// There is no token.
    NeverSignedIn,
    /// The token is no longer valid.
    SignedOut,
    /// Not checked yet: which stores contain the tokens depends on the host.
    Unasked,
    /// The response of the early check was missing or unreadable, so the page has to check again.
    Unclear,
    /// The server was unreachable, so the token may still be valid.
    Unreachable(CallError),
}

/// Why signing in failed.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The call failed.
    Call(CallError),
    /// The server refused, with this code and this message.
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

/// Finds the stored session, and asks the server whether it is valid. Memory is read before the
/// device.
pub(crate) async fn check(host: &dyn Host, api: &str) -> Result<Session, Absent> {
    let (place, token) = kept(host, storage::ACCESS_TOKEN).ok_or(Absent::NeverSignedIn)?;
    let checked = rpc::call::<user::Check>(api, Some(&token), user::NoParams {}).await?;
    match checked.errno() {
        Some(Errno::OK) => Ok(of(host, token)),
        Some(Errno::TOKEN_EXPIRED) => Err(Absent::Expired(place)),
        _ => Err(Absent::SignedOut),
    }
}

/// Like [`check`], but renews an expired access token.
pub(crate) async fn checkout(host: &'static dyn Host, api: &str) -> Result<Session, Absent> {
    match check(host, api).await {
        Err(Absent::Expired(place)) => renew(host, api, place).await,
        checked => checked,
    }
}

/// Returns a session with a new access token, which is saved in the store of the old one.
pub(crate) async fn renew(
    host: &'static dyn Host,
    api: &str,
    place: Store,
) -> Result<Session, Absent> {
    let token = refresh(host, api, place).await?;
    Ok(of(host, token))
}

/// Signs in, and stores the result: on the device if `remember`, else in memory.
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

/// Like [`renew`], for the stored token, in either store.
pub(crate) async fn renew_kept(host: &'static dyn Host, api: &str) -> Result<Session, Absent> {
    let (place, _) = kept(host, storage::ACCESS_TOKEN).ok_or(Absent::NeverSignedIn)?;
    renew(host, api, place).await
}

/// Requests a new access token with the stored refresh token.
///
/// A server may accept each refresh token only once, and revoke the session if one is reused.
/// Therefore refreshes run one at a time, across all windows. A refresh that had to wait returns
/// the token that another one has fetched meanwhile.
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
    // The player may have signed out meanwhile, or signed in to another account.
    if host.read(home, storage::REFRESH_TOKEN).as_deref() != Some(token.expose()) {
        return Err(Absent::SignedOut);
    }
    host.save(place, storage::ACCESS_TOKEN, fresh.expose());
    if let Some(next) = answer.refresh_token {
        host.save(home, storage::REFRESH_TOKEN, next.expose());
    }
    Ok(fresh)
}

/// Signs out: clears both stores immediately, then calls `User.logout`. A failure of the call is
/// ignored, because the tokens expire.
pub(crate) fn sign_out(host: &'static dyn Host, api: String) -> impl Future<Output = ()> {
    let token = kept(host, storage::REFRESH_TOKEN).or_else(|| kept(host, storage::ACCESS_TOKEN));
    forget(host);
    async move {
        if let Some((_, token)) = token {
            _ = rpc::call::<user::Logout>(&api, Some(&token), user::NoParams {}).await;
        }
    }
}

/// Returns the session of `token`, with the user id from the stores.
pub(crate) fn of(host: &(impl Host + ?Sized), token: Secret) -> Session {
    // The game reads the id from the device first, whichever store contains the token.
    let uid = host
        .read(Store::Device, storage::ID)
        .or_else(|| host.read(Store::Memory, storage::ID))
        .unwrap_or_default();
    Session {
        token,
        uid: UserId::from(uid),
    }
}

/// Removes the player's data from both stores.
pub(crate) fn forget(host: &dyn Host) {
    for key in storage::ALL {
        host.remove(Store::Device, key);
        host.remove(Store::Memory, key);
    }
}

fn keep(host: &dyn Host, place: Store, answer: user::LoginResult) {
    // Otherwise another player's id on the device would be used.
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
