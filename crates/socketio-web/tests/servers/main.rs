//! The client on a real WebSocket, against real servers. The tests in `common` run against each of
//! them.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]
#![allow(
    clippy::duplicate_mod,
    reason = "the common tests are written once, and included in the module of each server"
)]

mod asgi;
mod flask;
mod matrix;
mod node;
mod server;
mod socketioxide;
#[path = "../support/mod.rs"]
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
