//! Waiting until everything that a picture shows is drawn.
//!
//! `complete` of an `<img>` says nothing about a background, a mask, a border or a font: a picture that is taken too early
//! lacks them. So each address that a computed style names is looked for, in elements and in what stands before and after them.

mod cases;
mod server;

use serde_json::Value;

use crate::wait::wait_for;
use crate::webdriver::Session;

pub(crate) use cases::ALL;

/// Waits until the page is drawn as it stays: pictures of any kind and fonts are loaded and decoded, nothing moves, and two
/// frames have been drawn since.
///
/// # Panics
///
/// When it is too late, with what is missing.
pub(crate) fn settle(session: &Session, what: &str) {
    wait_for(&format!("{what} to be drawn"), || {
        let missing = missing(session)?;
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("it lacks {}", missing.join(", ")))
        }
    });
}

/// What is not drawn yet.
pub(crate) fn missing(session: &Session) -> Result<Vec<String>, String> {
    match session.run_async(include_str!("settled.js"), &[]) {
        Value::Array(missing) => Ok(missing
            .iter()
            .map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
            .collect()),
        other => Err(other.to_string()),
    }
}
