//! Support for builds without a browser, such as a server that renders pages: every handle is inert
//! there. Calls of browser APIs would abort such a program, so they are made only where this
//! constant is false.

/// Whether this build is not for a browser.
pub(crate) const NATIVE: bool = cfg!(not(target_arch = "wasm32"));
