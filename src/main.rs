//! The orchard page: a client-side Leptos app on a Socket.IO connection.
//!
//! - [`boot`]: runs before the page is loaded, and does not depend on it;
//! - [`app`]: the root component, which shows the sign-in form or the orchard;
//! - [`account`]: the session, the profile, and the calls to the game's API;
//! - [`connection`]: the Socket.IO connection and the handlers of its events;
//! - [`notices`]: the notice board, its storage, and the notice that is being sent;
//! - [`components`]: the visible components, one per file;
//! - [`state`]: state that several parts of the page share;
//! - [`i18n`]: the page's texts, in Chinese and English;
//! - [`host`]: the interface to the browser or web view around the page;
//! - [`dom`]: browser APIs that no library covers;
//! - [`settings`]: the address of the server and other settings, read from `index.html`.

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

/// The id of the element of `index.html` that the page is mounted to.
const PAGE: &str = "page";

/// A small allocator that runs in constant time.
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
