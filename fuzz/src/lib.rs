//! The harness is the crate's own, so that its tests on stable replay the corpus through the same code.

#[path = "../../crates/socketio-proto/tests/fuzz/harness/mod.rs"]
pub mod harness;
