//! Waits until everything that a screenshot shows is drawn.
//!
//! `complete` of an `<img>` does not cover backgrounds, masks, borders and fonts: a screenshot that
//! is taken too early lacks them. Therefore every URL in a computed style is checked, of elements
//! and of their pseudo-elements.

mod cases;
mod server;

use serde_json::Value;

use crate::wait::wait_for;
use crate::webdriver::Session;

pub(crate) use cases::ALL;

/// Waits until the page no longer changes: pictures of any kind and fonts are loaded and decoded,
/// no animation runs, and two frames have been drawn since.
///
/// # Panics
///
/// Panics at the deadline, with the list of what is missing.
#[track_caller]
pub(crate) fn settle(session: &Session, what: &str) {
    wait_for(&format!("{what} to be drawn"), || {
        let missing = missing(session)?;
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("missing: {}", missing.join(", ")))
        }
    });
}

/// Returns a list of what is not drawn yet.
pub(crate) fn missing(session: &Session) -> Result<Vec<String>, String> {
    match session.run_async(include_str!("settled.js"), &[]) {
        Value::Array(missing) => Ok(missing
            .iter()
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
            .collect()),
        other => Err(other.to_string()),
    }
}
