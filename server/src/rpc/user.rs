//! The methods about users.

use orchard_contract::rpc::user::{
    CheckResult, InfoResult, LoginParams, LoginResult, RefreshResult,
};
use orchard_contract::{Errno, Secret, UserId};
use serde_json::{Map, Value};

use super::{Caller, Failure, Fault};
use crate::app::App;
use crate::database::User;
use crate::tokens::Purpose;

const MAX_ACCOUNT_BYTES: usize = 128;
const MAX_PASSWORD_BYTES: usize = 1024;

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
    // An unknown account takes as long as a wrong password, so that at least time tells nothing.
    let hash = user.as_ref().map(|user| user.password.clone());
    let compared = app.passwords.verify(password, hash, attempts).await;
    let right = compared.map_err(|error| {
        app.attempts.withdrawn(caller.address, account);
        app.counters.sign_ins_put_off.add();
        tracing::debug!(%error, "a sign-in is put off");
        Fault::busy()
    })?;
    let user = user.ok_or(Errno::NO_SUCH_ACCOUNT)?;
    if !right {
        return Err(Errno::WRONG_PASSWORD.into());
    }
    app.attempts.succeeded(caller.address, account);
    tracing::info!(user = user.id, address = %caller.address, "signed in");
    Ok(LoginResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
        access_token: Some(issue(app, Purpose::Access, user.id)?),
        refresh_token: Some(issue(app, Purpose::Refresh, user.id)?),
        id: Some(UserId::Number(user.id.unsigned_abs())),
        nickname: Some(user.nickname),
        avatar: Some(user.avatar),
        money: Some(user.money),
        credit: Some(user.credit),
    })
}

pub(super) async fn check(app: &App, caller: &Caller) -> Result<CheckResult, Failure> {
    user_of_token(app, caller, Purpose::Access).await?;
    Ok(CheckResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
    })
}

pub(super) async fn refresh(app: &App, caller: &Caller) -> Result<RefreshResult, Failure> {
    let user = user_of_token(app, caller, Purpose::Refresh).await?;
    Ok(RefreshResult {
        errno: Some(Errno::OK),
        errmsg: caller.words(Errno::OK),
        access_token: Some(issue(app, Purpose::Access, user.id)?),
        ..Default::default()
    })
}

pub(super) async fn info(app: &App, caller: &Caller) -> Result<InfoResult, Failure> {
    let user = user_of_token(app, caller, Purpose::Access).await?;
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

async fn user_of_token(app: &App, caller: &Caller, purpose: Purpose) -> Result<User, Failure> {
    let id = caller.user(app, purpose)?;
    app.database
        .user_by_id(id)
        .await?
        .ok_or_else(|| Errno::NO_SUCH_USER.into())
}

fn issue(app: &App, purpose: Purpose, user: i64) -> Result<Secret, Failure> {
    let token = app.tokens.issue(purpose, user);
    token
        .map(Secret::from)
        .map_err(|error| Fault::internal(error).into())
}
