//! The host: the browser, web view or desktop shell that the page runs in.
//!
//! The page uses the trait [`Host`], and [`here`] returns the current implementation. Each
//! implementation has a file of its own. `choice` selects one when the page starts. The code that
//! runs before (`boot`) supports plain browsers only: the other hosts load the page from the
//! device, where loading takes no time.

mod apicloud;
mod browser;
mod choice;
mod current;
mod interface;
pub(crate) mod links;
mod tauri;
pub(crate) mod version;

pub(crate) use browser::Browser;
pub(crate) use choice::{choose, is_elsewhere, when_late};
pub(crate) use current::here;
pub(crate) use interface::{BROWSER, Host, HostEvent, Store};

/// Returns whether the page's data is lost when the page is closed.
pub(crate) fn forgetful(host: &dyn Host) -> bool {
    !host.keeps(Store::Device)
}
