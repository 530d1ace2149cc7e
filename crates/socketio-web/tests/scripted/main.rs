//! The client on a WebSocket that does what the test says. Where a test belongs to a row of the reference client's
//! behaviour, it is named after it.

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

/// How often a test does what it counts; less often where all tests run once more, under circumstances that their number
/// has nothing to do with.
const fn times(count: usize) -> usize {
    if support::script::disturbed() || cfg!(feature = "__faults") {
        count / 20
    } else {
        count
    }
}
