//! The methods about users.

use orchard_contract::rpc::user::{
    CheckResult, InfoResult, LoginParams, LoginResult, LogoutResult, RefreshResult,
};
use orchard_contract::{Errno, Secret, UserId};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::failure::Failure;
use super::fault::Fault;
use crate::app::App;
use crate::database::{NewSignIn, Refresh, Refreshed, User};
use crate::tokens::{Holder, Purpose};

pub(crate) const MAX_ACCOUNT_BYTES: usize = 128;
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;

pub(super) async fn login(
    app: &App,
    caller: &Caller,
    params: Map<String, Value>,
) -> Result<LoginResult, Failure> {
    let LoginParams {
        account, password, ..
    } = serde_json::from_value(params.into()).map_err(|_| Errno::INVALID_INPUT)?;
    let account = account.trim();
    if account.is_empty()
        || account.len() > MAX_ACCOUNT_BYTES
        || password.expose().is_empty()
        || password.expose().len() > MAX_PASSWORD_BYTES
    {
        return Err(Errno::INVALID_INPUT.into());
    }
    let attempts = app
        .attempts
        .begin(caller.address, account)
        .map_err(Fault::too_many_attempts)?;
    let user = app.database.user_by_account(account.to_owned()).await?;
    // An unknown account takes as long as a wrong password, so that the response time reveals
    // nothing.
    let hash = user.as_ref().map(|user| user.password.clone());
    let compared = app.passwords.verify(password, hash, attempts).await;
    let right = compared.map_err(|error| {
        app.attempts.withdrawn(caller.address, account);
        app.counters.sign_ins_put_off.add();
        tracing::debug!(%error, "a sign-in is refused for now");
        Fault::busy()
    })?;
    let user = match user {
        Some(user) if right => user,
        _ if app.no_account_hints => return Err(Failure::NoHint),
        Some(_) => return Err(Errno::WRONG_PASSWORD.into()),
        None => return Err(Errno::NO_SUCH_ACCOUNT.into()),
    };
    app.attempts.succeeded(caller.address, account);
    // Only a caller who knows the password learns that the account is locked.
    let holder = begin(app, &user).await?.ok_or(Errno::LOCKED)?;
    tracing::info!(user = user.id, address = %caller.address, "signed in");
    Ok(LoginResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
        access_token: Some(issue(app, Purpose::Access, holder)?),
        refresh_token: Some(issue(app, Purpose::Refresh, holder)?),
        id: Some(UserId::Number(user.id.unsigned_abs())),
        nickname: Some(user.nickname),
        avatar: Some(user.avatar),
        money: Some(user.money),
        credit: Some(user.credit),
    })
}

pub(super) async fn check(app: &App, caller: &Caller) -> Result<CheckResult, Failure> {
    caller.user(app).await?;
    Ok(CheckResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
    })
}

pub(super) async fn refresh(app: &App, caller: &Caller) -> Result<RefreshResult, Failure> {
    let holder = app.tokens.verify(Purpose::Refresh, caller.token()?)?;
    let refresh = Refresh {
        now: app.clock.now(),
        expires_at: app.tokens.end(Purpose::Refresh),
        grace: app.refresh_grace,
    };
    let holder = match app.database.refresh(holder, refresh).await? {
        Refreshed::Good(holder) => holder,
        Refreshed::Reused => {
            let address = caller.address;
            tracing::warn!(user = holder.user, %address, "a sign-in is revoked: an old refresh token was used");
            app.revoked.notify_one();
            return Err(Errno::TOKEN_INVALID.into());
        }
        Refreshed::Ended => return Err(Errno::TOKEN_INVALID.into()),
        Refreshed::NoUser => return Err(Errno::NO_SUCH_USER.into()),
    };
    Ok(RefreshResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
        access_token: Some(issue(app, Purpose::Access, holder)?),
        refresh_token: Some(issue(app, Purpose::Refresh, holder)?),
    })
}

pub(super) async fn info(app: &App, caller: &Caller) -> Result<InfoResult, Failure> {
    let user = caller.user(app).await?;
    Ok(InfoResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
        id: Some(UserId::Number(user.id.unsigned_abs())),
        mobile: Some(user.mobile),
        nickname: Some(user.nickname),
        avatar: Some(user.avatar),
        money: Some(user.money),
        credit: Some(user.credit),
    })
}

/// Ends the sign-in that the token belongs to, which invalidates all of its tokens.
///
/// Any of these tokens is accepted, also an expired one: it can only end its own sign-in. If the
/// sign-in has already ended, that is no error, since the call may be a retry.
pub(super) async fn logout(app: &App, caller: &Caller) -> Result<LogoutResult, Failure> {
    let token = caller.token()?;
    let holder = app.tokens.holder(token).map_err(|_| Errno::TOKEN_INVALID)?;
    if app.database.end_sign_in(holder.sign_in).await? {
        tracing::info!(user = holder.user, address = %caller.address, "signed out");
        app.revoked.notify_one();
    }
    Ok(LogoutResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
    })
}

/// Begins a sign-in. Returns `None` if the user is locked, or has another password by now.
async fn begin(app: &App, user: &User) -> Result<Option<Holder>, Failure> {
    let random = getrandom::u64().map_err(Fault::internal)?;
    let new = NewSignIn {
        id: i64::try_from(random >> 1).unwrap_or(i64::MAX),
        user: user.id,
        password: user.password.clone(),
        now: app.clock.now(),
        expires_at: app.tokens.end(Purpose::Refresh),
        most: app.max_sign_ins,
    };
    Ok(app.database.begin_sign_in(new).await?)
}

fn issue(app: &App, purpose: Purpose, holder: Holder) -> Result<Secret, Failure> {
    let token = app.tokens.issue(purpose, holder);
    token
        .map(Secret::from)
        .map_err(|error| Fault::internal(error).into())
}
