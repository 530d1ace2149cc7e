//! `POST /api`: from HTTP to JSON-RPC and back.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use orchard_contract::rpc::Id;

use super::body::{self, BodyError, BodyLimits};
use crate::address::Client;
use crate::app::App;
use crate::language::prefers_english;
use crate::rpc::{self, Answer, Caller, Fault};

#[derive(Clone)]
pub(super) struct Api {
    pub(super) app: Arc<App>,
    pub(super) limits: BodyLimits,
}

pub(super) async fn call(
    State(api): State<Api>,
    Extension(Client(address)): Extension<Client>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return response(Answer::fault(Id::Null, Fault::wrong_content_type()));
    }
    let answer = match body::bytes(body, api.limits).await {
        Ok(body) => {
            let header = |name| text(&parts.headers, name);
            let caller = Caller {
                address,
                authorization: header(header::AUTHORIZATION).map(str::to_owned),
                english: header(header::ACCEPT_LANGUAGE).is_some_and(prefers_english),
            };
            rpc::answer(&api.app, &caller, &body).await
        }
        Err(error) => Answer::fault(
            Id::Null,
            match error {
                BodyError::BrokenOff => Fault::unreadable(),
                BodyError::TooLarge => Fault::too_large(api.limits.bytes),
                BodyError::TooSlow => Fault::too_slow(api.limits.time),
            },
        ),
    };
    response(answer)
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(answer.body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // The response may contain tokens.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = answer.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split_once(';').map_or(kind, |(kind, _)| kind).trim();
    kind.eq_ignore_ascii_case("application/json")
        || kind.eq_ignore_ascii_case("application/json-rpc")
}
