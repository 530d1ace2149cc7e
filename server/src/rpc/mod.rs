//! JSON-RPC 2.0: from the bytes of a request body to the bytes of a response.

mod caller;
mod failure;
mod fault;
mod user;

use axum::http::StatusCode;
use orchard_contract::Errno;
use orchard_contract::rpc::user::{Check, CheckResult, Info, Login, Logout, Refresh};
use orchard_contract::rpc::{Id, Method, Response, VERSION};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::logging::Outside;
use failure::Failure;

pub(crate) use caller::Caller;
pub(crate) use fault::Fault;
pub(crate) use user::{MAX_ACCOUNT_BYTES, MAX_PASSWORD_BYTES};

/// A response, ready to be sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The response body; `None` for a notification.
    pub(crate) body: Option<Vec<u8>>,
    /// The number of seconds until the caller may try again.
    pub(crate) retry_after: Option<u64>,
}

impl Answer {
    pub(crate) fn fault(id: Id, fault: Fault) -> Self {
        let body = serde_json::to_vec(&Response::<()>::error(id, fault.error));
        Self {
            status: fault.status,
            body: body.ok(),
            retry_after: fault.retry_after,
        }
    }

    fn result(id: Id, result: Value) -> Self {
        match serde_json::to_vec(&Response::result(id.clone(), result)) {
            Ok(body) => Self {
                status: StatusCode::OK,
                body: Some(body),
                retry_after: None,
            },
            Err(error) => Self::fault(id, Fault::internal(error)),
        }
    }
}

/// A request with a valid envelope.
struct Call {
    method: String,
    params: Map<String, Value>,
}

/// Handles one request.
pub(crate) async fn answer(app: &App, caller: &Caller, body: &[u8]) -> Answer {
    let request = match serde_json::from_slice(body) {
        Ok(Value::Object(request)) => request,
        Ok(Value::Array(_)) => return Answer::fault(Id::Null, Fault::batch()),
        Ok(_) => {
            let fault = Fault::invalid_request("a request is an object");
            return Answer::fault(Id::Null, fault);
        }
        Err(error) => return Answer::fault(Id::Null, Fault::not_json(&error)),
    };
    let id = match request_id(&request) {
        Ok(id) => id,
        Err(fault) => return Answer::fault(Id::Null, fault),
    };
    let call = match read(request) {
        Ok(call) => call,
        Err(fault) => return Answer::fault(id.unwrap_or_default(), fault),
    };
    let Some(id) = id else {
        // A notification gets no response, and only one method has an effect beyond its response.
        if call.method == Logout::NAME {
            let outcome = run(app, caller, call).await;
            tracing::debug!(?outcome, "a notification of a sign-out");
        }
        return Answer {
            status: StatusCode::NO_CONTENT,
            body: None,
            retry_after: None,
        };
    };
    let named = call.method.clone();
    let method = Outside(&named);
    let outcome = run(app, caller, call).await;
    match outcome {
        Ok(result) => {
            tracing::debug!(%method, "called");
            Answer::result(id, result)
        }
        Err(Failure::Errno(errno)) => {
            tracing::info!(%method, address = %caller.address, %errno, "call refused");
            refusal(id, errno, caller.words(errno))
        }
        Err(Failure::NoHint) => {
            let errno = Errno::WRONG_PASSWORD;
            tracing::info!(%method, address = %caller.address, %errno, "call refused");
            let words = if caller.english {
                "wrong account or password"
            } else {
                "账号或密码错误"
            };
            refusal(id, errno, Some(words.into()))
        }
        Err(Failure::Fault(fault)) => {
            let error = Outside(&fault.error);
            tracing::info!(%method, address = %caller.address, %error, "call failed");
            Answer::fault(id, fault)
        }
    }
}

fn refusal(id: Id, errno: Errno, errmsg: Option<String>) -> Answer {
    let refusal = CheckResult {
        errno: Some(errno),
        errmsg,
    };
    match serde_json::to_value(refusal) {
        Ok(result) => Answer::result(id, result),
        Err(error) => Answer::fault(id, Fault::internal(error)),
    }
}

/// Returns the id, or `None` for a notification.
fn request_id(request: &Map<String, Value>) -> Result<Option<Id>, Fault> {
    match request.get("id") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Id::Null)),
        Some(Value::String(id)) => Ok(Some(Id::Text(id.clone()))),
        Some(Value::Number(id)) if id.is_i64() => Ok(id.as_i64().map(Id::Number)),
        Some(_) => Err(Fault::invalid_request("`id` is a string or a whole number")),
    }
}

fn read(mut request: Map<String, Value>) -> Result<Call, Fault> {
    if request.get("jsonrpc").and_then(Value::as_str) != Some(VERSION) {
        return Err(Fault::invalid_request("`jsonrpc` is \"2.0\""));
    }
    let Some(Value::String(method)) = request.remove("method") else {
        return Err(Fault::invalid_request("`method` is a string"));
    };
    let params = match request.remove("params") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) => return Err(Fault::invalid_params()),
    };
    Ok(Call { method, params })
}

async fn run(app: &App, caller: &Caller, call: Call) -> Result<Value, Failure> {
    match call.method.as_str() {
        Login::NAME => value(user::login(app, caller, call.params).await?),
        Check::NAME => value(user::check(app, caller).await?),
        Refresh::NAME => value(user::refresh(app, caller).await?),
        Info::NAME => value(user::info(app, caller).await?),
        Logout::NAME => value(user::logout(app, caller).await?),
        _ => Err(Fault::no_such_method().into()),
    }
}

fn value(result: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(result).map_err(|error| Fault::internal(error).into())
}
