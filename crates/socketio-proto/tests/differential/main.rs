//! The codec against codecs that others wrote: what we write they read as the same, what they write we read as the
//! same, and what one refuses the other refuses, but for differences that are known and named.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[path = "../../examples/inspect/lib.rs"]
#[expect(
    dead_code,
    reason = "of the example only the answers in JSON are wanted"
)]
mod inspect;
mod model;
mod nasty;
mod node;
mod reference;
mod rules;
mod socketioxide;
#[path = "../support/value.rs"]
mod value;
