//! What the page is to be served with: its policy for content, how long its files may be kept, and their types.
//!
//! The default server sends this, and `cargo xtask package cdn` writes it down for other servers. It stands here once, so
//! that the two can't drift apart.

mod cache;
mod media_type;
mod policy;

pub use cache::cache_control;
pub use media_type::media_type;
pub use policy::{Policy, sockets_of};

/// Name and value of headers that belong on every response.
pub const SECURITY: [(&str, &str); 2] = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
];
