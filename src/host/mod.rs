//! What the page asks of the place that holds it.
//!
//! The page is written against [`Host`], and [`here`] gives the one that holds it: a file each. Which one it is, is chosen
//! when the page starts (`choice`). What comes before that, early, knows plain browsers only: the others load the page
//! from the device, and pay with no waiting for what they need.

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

/// Whether what the page saves is gone when it is closed.
pub(crate) fn forgetful(host: &dyn Host) -> bool {
    !host.keeps(Store::Device)
}
