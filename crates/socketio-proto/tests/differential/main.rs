//! Comparison of the codec with other implementations. Each side decodes what the other encodes to
//! the same packet, and both refuse the same input, except for known and documented differences.
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
