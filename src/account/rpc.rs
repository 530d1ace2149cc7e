//! JSON-RPC 2.0 calls, each of which is one `POST`.

use gloo_timers::callback::Timeout;
use orchard_contract::Secret;
use orchard_contract::endpoints::authorization;
use orchard_contract::rpc::{ErrorObject, Method, Request, Response, code};
use serde::Serialize;
use serde::de::DeserializeOwned;
use socketio_proto::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit};

/// The timeout of a call, in milliseconds: enough for a slow mobile network.
const TIMEOUT: u32 = 15_000;

/// Why a call returned no result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CallError {
    /// The server answered with an error object.
    Fault(ErrorObject),
    /// No readable response: no network, no server, or a response that CORS hides from the page.
    Network,
    /// The response is not a valid response of the method.
    NotUnderstood,
    /// The server responded with this HTTP status and no result.
    Status(u16),
    /// No response within the timeout.
    TimedOut,
}

impl CallError {
    /// Returns whether the server was unreachable or overloaded, so that a retry may succeed.
    pub(crate) fn is_unreachable(&self) -> bool {
        match self {
            Self::Network | Self::TimedOut | Self::Status(502..=504) => true,
            Self::Fault(fault) => fault.code == Some(code::BUSY),
            Self::NotUnderstood | Self::Status(_) => false,
        }
    }
}

/// Calls the method `M` at the URL `api`, authorized by `token`.
///
/// An outcome such as "wrong password" is a result, not an error.
pub(crate) async fn call<M>(
    api: &str,
    token: Option<&Secret>,
    params: M::Params,
) -> Result<M::Result, CallError>
where
    M: Method<Params: Serialize, Result: DeserializeOwned>,
{
    let request = Request::of::<M>(uuid(), params);
    let body = json::to_string(&request).map_err(|_| CallError::NotUnderstood)?;
    let (status, text) = post(api, token, &body).await?;
    let answer = json::from_str::<Response<M::Result>>(&text);
    match answer {
        Ok(Response {
            error: Some(error), ..
        }) => Err(CallError::Fault(error)),
        Ok(Response {
            result: Some(result),
            ..
        }) => Ok(result),
        _ if !(200..300).contains(&status) => Err(CallError::Status(status)),
        _ => Err(CallError::NotUnderstood),
    }
}

/// Posts `body`, and returns the status and the body of the response.
pub(crate) async fn post(
    url: &str,
    token: Option<&Secret>,
    body: &str,
) -> Result<(u16, String), CallError> {
    let abort = AbortController::new().map_err(|_| CallError::Network)?;
    let deadline = {
        let abort = abort.clone();
        // Dropping the timer cancels it: after the response, or when this future is dropped.
        Timeout::new(TIMEOUT, move || abort.abort())
    };
    let fetched = fetch(url, token, body, &abort).await;
    drop(deadline);
    fetched.map_err(|_| {
        if abort.signal().aborted() {
            CallError::TimedOut
        } else {
            CallError::Network
        }
    })
}

async fn fetch(
    url: &str,
    token: Option<&Secret>,
    body: &str,
    abort: &AbortController,
) -> Result<(u16, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("Content-Type", "application/json")?;
    // The page shows the server's messages, so it requests them in its own language, which may
    // differ from the browser's.
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let root = window.document().and_then(|it| it.document_element());
    if let Some(language) = root.and_then(|root| root.get_attribute("lang")) {
        headers.set("Accept-Language", &language)?;
    }
    if let Some(token) = token {
        headers.set("Authorization", &authorization(token.expose()))?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&body.into());
    init.set_signal(Some(&abort.signal()));
    let response = JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?;
    let response: web_sys::Response = response.unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// Returns a random UUID. `crypto.randomUUID` is missing in pages loaded by plain HTTP, and an id
/// that matches a response to its request need not be secret.
pub(crate) fn uuid() -> String {
    let mut uuid = String::with_capacity(36);
    for template in "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".bytes() {
        let random = (js_sys::Math::random() * 16.0) as u32;
        let digit = match template {
            b'x' => random,
            b'y' => 8 + random % 4,
            other => {
                uuid.push(other.into());
                continue;
            }
        };
        uuid.extend(char::from_digit(digit, 16));
    }
    uuid
}
