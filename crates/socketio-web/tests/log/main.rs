//! The feature `log` writes all packets to the console (Q3).

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

use js_sys::Array;
use socketio_web::Binary;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use support::script::{HANDSHAKE, connected};

wasm_bindgen_test_configure!(run_in_browser);

/// Redirects the console's output to a list.
const CATCH: &str = "(() => {
  const lines = [];
  console.debug = (line) => lines.push(line);
  return lines;
})()";

#[wasm_bindgen_test]
fn q3_frames_are_on_the_console() {
    let lines: Array = js_sys::eval(CATCH).unwrap().unchecked_into();
    let (_script, ws, socket) = connected();
    socket
        .emit_named("file", &Binary::from(vec![7, 8]))
        .unwrap();
    ws.drop_with(1001, "going away", false);
    let lines: Vec<String> = lines.iter().map(|line| line.as_string().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "socketio 1: opens",
            &format!("socketio 1: <- {HANDSHAKE}"),
            "socketio 1: -> 40",
            r#"socketio 1: <- 40{"sid":"s1"}"#,
            r#"socketio 1: -> 451-["file",{"_placeholder":true,"num":0}]"#,
            "socketio 1: -> 2 bytes",
            "socketio 1: closed with code 1001 going away",
        ]
    );
}
