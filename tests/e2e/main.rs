//! Tests of the release build of the page, in a real browser and against real servers.
//!
//! Every case in [`cases`] is written once and runs against each [`backend::Backend`]. It has its
//! own server, browser and profile. Afterwards the browser's console is checked, because a panic in
//! WebAssembly shows nowhere else. The evidence of a failed case is in `target/e2e`.
//!
//! The same harness takes the pictures of the gallery, see [`gallery`], and tests the page in its
//! desktop window, see `window`.
//!
//! `cargo xtask test` builds and installs everything. Afterwards, `cargo test --test e2e --
//! flask::reload` runs one case.

// All of this is test code, which fails by panicking. Clippy only knows that for functions with
// `#[test]`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

#[cfg(not(target_arch = "wasm32"))]
mod apicloud;
#[cfg(not(target_arch = "wasm32"))]
mod axe;
#[cfg(not(target_arch = "wasm32"))]
mod backend;
#[cfg(not(target_arch = "wasm32"))]
mod cases;
#[cfg(not(target_arch = "wasm32"))]
mod console;
#[cfg(not(target_arch = "wasm32"))]
mod contrast;
#[cfg(not(target_arch = "wasm32"))]
mod engines;
#[cfg(not(target_arch = "wasm32"))]
mod environment;
#[cfg(not(target_arch = "wasm32"))]
mod failure;
#[cfg(not(target_arch = "wasm32"))]
mod gallery;
#[cfg(not(target_arch = "wasm32"))]
mod http;
#[cfg(not(target_arch = "wasm32"))]
mod page;
#[cfg(not(target_arch = "wasm32"))]
mod picture;
#[cfg(not(target_arch = "wasm32"))]
mod process;
#[cfg(not(target_arch = "wasm32"))]
mod runner;
#[cfg(not(target_arch = "wasm32"))]
mod scripted;
#[cfg(not(target_arch = "wasm32"))]
mod settled;
#[cfg(not(target_arch = "wasm32"))]
mod site;
#[cfg(not(target_arch = "wasm32"))]
mod wait;
#[cfg(not(target_arch = "wasm32"))]
mod webdriver;
#[cfg(all(target_os = "linux", not(target_arch = "wasm32")))]
mod window;
#[cfg(not(target_arch = "wasm32"))]
mod wire;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    runner::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
