//! What every server must do with the client. `super::SERVER` is the one at hand; what it can't do is in `matrix.rs`.

mod connections;
mod events;

use super::SERVER;
