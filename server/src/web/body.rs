//! Request bodies: read whole, up to a maximum size and within a time limit.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

/// The limits of a request body.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    pub(super) bytes: usize,
    /// The time from the end of the head to the end of the body.
    pub(super) time: Duration,
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// The connection has failed.
    BrokenOff,
    TooLarge,
    TooSlow,
}

impl BodyError {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

/// Reads the body into memory and returns the request with it.
pub(super) async fn read(request: Request, limits: BodyLimits) -> Result<Request, BodyError> {
    let (parts, body) = request.into_parts();
    let bytes = bytes(body, limits).await?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

pub(super) async fn bytes(body: Body, limits: BodyLimits) -> Result<Bytes, BodyError> {
    let whole = Limited::new(body, limits.bytes).collect();
    match timeout(limits.time, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::BrokenOff),
        Err(_) => Err(BodyError::TooSlow),
    }
}
