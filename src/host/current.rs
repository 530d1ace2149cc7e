//! The current host.

use std::cell::Cell;

use super::browser::Browser;
use super::interface::Host;

thread_local! {
    static HERE: Cell<&'static dyn Host> = const { Cell::new(&Browser) };
}

/// Returns the current host: a plain browser, until another one is chosen.
pub(crate) fn here() -> &'static dyn Host {
    HERE.get()
}

/// Sets the current host.
pub(super) fn hold(host: &'static dyn Host) {
    HERE.set(host);
}
