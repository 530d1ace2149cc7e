//! Nothing but the place for `core.rs`, which compares.
