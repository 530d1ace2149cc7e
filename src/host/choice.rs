//! Detects the host of the page.

use js_sys::{Date, Reflect};
use orchard_contract::settings::AUTO;
use wasm_bindgen::JsValue;

use super::apicloud::{self, Apicloud};
use super::current::hold;
use super::interface::{APICLOUD, BROWSER, TAURI};
use super::tauri::{self, Tauri};
use crate::settings::{Problem, Settings};

/// Properties of `window` that exist only outside a plain browser.
const SIGNS: [&str; 2] = ["api", tauri::SIGN];

/// How long after its start the page waits for a host if the settings name none, in milliseconds.
const GRACE: f64 = 500.0;

/// How long the page waits for the host that its settings name, in milliseconds.
const PATIENCE: f64 = 5_000.0;

/// Returns whether the host may be another than a plain browser. Boot checks only this; [`choose`]
/// detects the exact host later.
pub(crate) fn is_elsewhere(settings: &Settings) -> bool {
    ![AUTO, BROWSER].contains(&settings.host.as_str()) || SIGNS.iter().any(|sign| has(sign))
}

/// Detects the host, and makes [`here`](super::here) return it.
///
/// If the requested host does not respond, the page continues as in a plain browser, and the
/// problem is returned.
pub(crate) async fn choose(asked: &str) -> Option<Problem> {
    match asked {
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

/// Calls `hear` if a host is detected after [`choose`] has finished.
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

/// Returns the time since the page's document was requested, in milliseconds.
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
