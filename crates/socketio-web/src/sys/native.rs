//! Builds for other targets than a browser's, as of a server that renders a page: every handle is inert there. What only a
//! browser can do aborts such a program, so it stands behind this constant.

/// Whether this is one.
pub(crate) const NATIVE: bool = cfg!(not(target_arch = "wasm32"));
