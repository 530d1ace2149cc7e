//! A single request to a server, and the part of the response that the browser lets the page read.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use leptos::prelude::window_event_listener_untyped;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestInit, RequestMode};

use super::address::Address;
use crate::dom::pause::pause;

/// The timeout of each request, in milliseconds.
const PATIENCE: u32 = 8_000;

/// How long to wait for the browser to report a violation of the content security policy.
const REST: Duration = Duration::from_millis(200);

/// How many characters of a response are kept: more than any handshake has.
const MOST: usize = 2_000;

/// The outcome of a request.
#[derive(Debug)]
pub(super) enum Reply {
    /// A readable response: its status, and the beginning of its body.
    Answer(u16, String),
    /// The page's own content security policy blocks the request.
    Forbidden,
    /// No response.
    Nothing,
    /// A response that the browser hides, because the server does not allow the page's origin.
    Unreadable,
}

pub(super) async fn ask(address: &Address) -> Reply {
    let forbidden = Rc::new(Cell::new(false));
    let listener = {
        let (forbidden, origin) = (forbidden.clone(), address.origin.clone());
        window_event_listener_untyped("securitypolicyviolation", move |event| {
            let blocked = Reflect::get(&event, &"blockedURI".into()).ok();
            let blocked = blocked.and_then(|blocked| blocked.as_string());
            if blocked.is_some_and(|blocked| blocked.starts_with(&origin)) {
                forbidden.set(true);
            }
        })
    };
    let reply = match fetch(&address.url, RequestMode::Cors).await {
        Ok(response) => answer(&response).await,
        // A `no-cors` request succeeds with any server that responds.
        Err(_) => match fetch(&address.url, RequestMode::NoCors).await {
            Ok(_) => Reply::Unreadable,
            Err(_) => {
                // A browser blocks the request immediately, and reports the violation a little
                // later.
                pause(REST).await;
                if forbidden.get() {
                    Reply::Forbidden
                } else {
                    Reply::Nothing
                }
            }
        },
    };
    listener.remove();
    reply
}

async fn fetch(url: &str, mode: RequestMode) -> Result<web_sys::Response, JsValue> {
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_mode(mode);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&abort.signal()));
    let _deadline = Timeout::new(PATIENCE, move || abort.abort());
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?;
    Ok(response.unchecked_into())
}

async fn answer(response: &web_sys::Response) -> Reply {
    let body = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok(),
        Err(_) => None,
    };
    let body = body.and_then(|body| body.as_string()).unwrap_or_default();
    Reply::Answer(response.status(), body.chars().take(MOST).collect())
}
