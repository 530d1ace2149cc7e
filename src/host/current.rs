//! The host that holds the page.

use std::cell::Cell;

use super::browser::Browser;
use super::interface::Host;

thread_local! {
    static HERE: Cell<&'static dyn Host> = const { Cell::new(&Browser) };
}

/// The host that holds the page; a plain browser, until another one was chosen.
pub(crate) fn here() -> &'static dyn Host {
    HERE.get()
}

/// Makes `host` the one that holds the page.
pub(super) fn hold(host: &'static dyn Host) {
    HERE.set(host);
}
