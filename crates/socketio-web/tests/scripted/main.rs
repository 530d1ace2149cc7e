//! The client on a WebSocket that the test controls. A test of a row of the reference client's
//! behaviour is named after that row.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod acks;
mod auth;
mod binary;
mod clocks;
mod connecting;
mod emitting;
mod events;
mod head_start;
mod leaks;
mod listening;
mod memory;
mod order;
mod page_life;
mod reconnecting;
mod sharing;
#[path = "../support/mod.rs"]
mod support;
mod urls;
mod user_code;
mod watching;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Returns how often a test repeats its operation. The number is smaller if all tests run again
/// under conditions for which it does not matter.
const fn times(count: usize) -> usize {
    if support::script::disturbed() || cfg!(feature = "__faults") {
        count / 20
    } else {
        count
    }
}
