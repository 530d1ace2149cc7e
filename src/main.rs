//! The orchard page: a client-side Leptos app on a Socket.IO connection.
//!
//! - `early`: what runs before the page is there, and needs none of it:
//!   - `settings`: where its server is, read from `index.html`;
//!   - `host`: what it asks of the browser or web view around it;
//!   - `rpc` and `session`: who is signed in;
//! - `language` and `text`: what it says, in Chinese and English;
//! - `live`: the connection, and what its events do to the page;
//! - `components`: what is seen, one a file.

#![allow(
    unreachable_pub,
    reason = "the functions that #[component] makes are pub"
)]

mod amounts;
mod announce;
mod announced;
mod app;
mod comeback;
mod components;
mod diagnosis;
mod door;
mod early;
mod entry;
mod frame;
#[cfg(feature = "gallery")]
mod gallery;
mod greeting;
mod host;
mod language;
mod link;
mod links;
mod live;
mod music;
mod notices;
mod online;
mod open;
mod paced;
mod page;
mod pause;
mod player;
mod readmission;
mod rpc;
mod said;
mod session;
mod settings;
mod shown;
mod sky;
mod text;
mod toasts;
mod trouble;
mod turns;
mod version;
mod window_events;

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
    early::start(page::load);
}
