//! Tests that every server must pass. `super::SERVER` is the server under test; `matrix.rs` lists
//! the abilities that it lacks.

mod connections;
mod events;

use super::SERVER;
