//! The HTTP headers for serving the page: its content security policy, and the caching and media
//! types of its files.
//!
//! The default server sends these headers, and `cargo xtask package cdn` lists them for other
//! servers. Both use this crate, so that they can't diverge.

mod cache;
mod media_type;
mod policy;

pub use cache::cache_control;
pub use media_type::media_type;
pub use policy::{Policy, sockets_of};

/// The names and values of headers that every response must have.
pub const SECURITY: [(&str, &str); 2] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
];
