//! The harness is part of socketio-proto, so that its tests on stable run the corpus through the same
//! code.

#[path = "../../crates/socketio-proto/tests/fuzz/harness/mod.rs"]
pub mod harness;
