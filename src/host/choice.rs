//! Which host holds the page.

use js_sys::{Date, Reflect};
use wasm_bindgen::JsValue;

use super::apicloud::{self, Apicloud};
use super::current::hold;
use super::interface::{APICLOUD, BROWSER, TAURI};
use super::tauri::{self, Tauri};
use crate::settings::{Problem, Settings};

/// Names that `window` has in a place that is no plain browser.
const SIGNS: [&str; 2] = ["api", tauri::SIGN];

/// What settings say to leave it to the page.
const AUTO: &str = "auto";

/// How long after the page's start a host may still show up, where the settings name none, in milliseconds.
const GRACE: f64 = 500.0;

/// How long the page waits for the host that its settings name, in milliseconds.
const PATIENCE: f64 = 5_000.0;

/// Whether this may be no plain browser. All that is asked early: what it is exactly, [`choose`] finds out.
pub(crate) fn is_elsewhere(settings: &Settings) -> bool {
    let named = settings.host.as_deref();
    named.is_some_and(|host| host != AUTO && host != BROWSER) || SIGNS.iter().any(|sign| has(sign))
}

/// Finds out what holds the page, and makes it what [`here`](super::here) gives. Where the one that was asked for does not
/// answer, the page goes on as in a plain browser, and is told so.
pub(crate) async fn choose(asked: Option<&str>) -> Option<Problem> {
    match asked.unwrap_or(AUTO) {
        AUTO if tauri::is_here() => open_tauri().await,
        AUTO => {
            if apicloud::arrives(GRACE - age()).await {
                hold(&Apicloud);
            }
            None
        }
        BROWSER => None,
        APICLOUD if apicloud::arrives(PATIENCE).await => {
            hold(&Apicloud);
            None
        }
        TAURI if tauri::is_here() => open_tauri().await,
        silent @ (APICLOUD | TAURI) => Some(Problem::HostSilent(silent.into())),
        other => Some(Problem::HostUnknown(other.into())),
    }
}

/// Calls `hear` should a host show up that nobody waits for any more.
pub(crate) fn when_late(hear: impl Fn() + 'static) {
    apicloud::when_late(Box::new(hear));
}

async fn open_tauri() -> Option<Problem> {
    match tauri::open().await {
        Ok(()) => {
            hold(&Tauri);
            None
        }
        Err(why) => Some(Problem::HostSilent([TAURI, ": ", &why].concat())),
    }
}

/// How long ago the page's document was asked for, in milliseconds.
fn age() -> f64 {
    let start = Reflect::get(&js_sys::global(), &"performance".into())
        .and_then(|performance| Reflect::get(&performance, &"timeOrigin".into()))
        .ok()
        .and_then(|origin| origin.as_f64());
    start.map_or(0.0, |start| Date::now() - start)
}

fn has(name: &str) -> bool {
    Reflect::get(&js_sys::global(), &JsValue::from_str(name))
        .is_ok_and(|value| !value.is_undefined())
}
