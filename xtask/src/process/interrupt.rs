//! Ctrl-C, and other requests to terminate.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Records Ctrl-C, SIGTERM and SIGHUP from now on instead of exiting at once.
pub(crate) fn listen() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst))
        .context("could not listen for Ctrl-C")
}

/// Returns whether this program was asked to terminate.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}
