use std::fmt::Display;
use std::time::Duration;

use axum::http::StatusCode;
use orchard_contract::rpc::{ErrorObject, code};

/// The `Retry-After` of a busy server, in seconds.
const BUSY_SECONDS: u64 = 5;

/// A call without a result: its JSON-RPC error, and its HTTP status.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) error: ErrorObject,
    /// The number of seconds until the caller may try again.
    pub(crate) retry_after: Option<u64>,
}

impl Fault {
    pub(crate) fn not_json(error: &serde_json::Error) -> Self {
        let message = format!("the body is not JSON: {error}");
        Self::new(StatusCode::BAD_REQUEST, code::PARSE_ERROR, message)
    }

    pub(crate) fn wrong_content_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::INVALID_REQUEST,
            "not a request: send it as Content-Type application/json",
        )
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            code::INVALID_REQUEST,
            format!("not a request: the body has more than {limit} bytes"),
        )
    }

    pub(crate) fn too_slow(limit: Duration) -> Self {
        let seconds = limit.as_secs_f32();
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            code::INVALID_REQUEST,
            format!("not a request: the body was not there after {seconds} s"),
        )
    }

    pub(crate) fn unreadable() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            code::INVALID_REQUEST,
            "not a request: the body broke off",
        )
    }

    pub(crate) fn invalid_request(why: &str) -> Self {
        let message = format!("not a request: {why}");
        Self::new(StatusCode::BAD_REQUEST, code::INVALID_REQUEST, message)
    }

    pub(crate) fn batch() -> Self {
        Self::invalid_request("batches are not taken, send each call on its own")
    }

    pub(crate) fn no_such_method() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            code::METHOD_NOT_FOUND,
            "there is no such method",
        )
    }

    pub(crate) fn invalid_params() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            code::INVALID_PARAMS,
            "`params` is an object of names",
        )
    }

    pub(crate) fn too_many_attempts(seconds: u64) -> Self {
        let message =
            format!("登录太频繁,请{seconds}秒后再试 (too many attempts: wait {seconds} s)");
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                code::TOO_MANY_ATTEMPTS,
                message,
            )
        }
    }

    /// The server is too busy to handle this call.
    pub(crate) fn busy() -> Self {
        let message = format!(
            "服务器繁忙,请{BUSY_SECONDS}秒后再试 (the server is busy: wait {BUSY_SECONDS} s)"
        );
        Self {
            retry_after: Some(BUSY_SECONDS),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code::BUSY, message)
        }
    }

    /// An internal error. The details are logged and not sent to the caller.
    pub(crate) fn internal(error: impl Display) -> Self {
        tracing::error!(%error, "a call failed inside the server");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code::INTERNAL_ERROR,
            "the server failed; its log says how",
        )
    }

    fn new(status: StatusCode, code: i64, message: impl Into<String>) -> Self {
        Self {
            status,
            error: ErrorObject::new(code, message),
            retry_after: None,
        }
    }
}
