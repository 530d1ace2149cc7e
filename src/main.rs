//! The orchard page: a client-side Leptos app on a Socket.IO connection.
//!
//! - [`boot`]: what runs before the page is there, and needs none of it;
//! - [`app`]: the page as a whole: who is let in, and what is shown then;
//! - [`account`]: who is signed in, and the calls to the game's API;
//! - [`connection`]: the Socket.IO connection, and what its events do to the page;
//! - [`notices`]: the notice board, what is kept of it, and what waits to be sent;
//! - [`components`]: what is seen, one a file;
//! - [`state`]: what several parts of the page share;
//! - [`i18n`]: what the page says, in Chinese and English;
//! - [`host`]: what the page asks of the browser or web view around it;
//! - [`dom`]: browser APIs that no library covers;
//! - [`settings`]: where its server is, read from `index.html`.

#![allow(
    unreachable_pub,
    reason = "the functions that #[component] makes are pub"
)]

mod account;
mod app;
mod boot;
mod components;
mod connection;
mod dom;
#[cfg(feature = "gallery")]
mod gallery;
mod host;
mod i18n;
mod music;
mod notices;
mod settings;
mod state;

/// The element of `index.html` that the page is put into.
const PAGE: &str = "page";

/// Small, and constant in time.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();

    #[cfg(feature = "gallery")]
    if gallery::open() {
        return;
    }
    boot::start(boot::late::load);
}
