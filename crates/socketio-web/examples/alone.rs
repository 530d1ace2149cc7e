//! A minimal page: it receives a typed event, emits one with an acknowledgement, and shows the
//! status of the connection. It connects to the server that it was loaded from. Its size is the
//! size of the client.
//!
//! ```text
//! cargo build --release --target wasm32-unknown-unknown --package socketio-web --example alone
//! wasm-bindgen --target web --no-typescript --out-dir alone target/wasm32-unknown-unknown/release/examples/alone.wasm
//! ```
//!
//! Use the version of `wasm-bindgen` that Cargo.toml names. A page of your Socket.IO server loads
//! the example by `<body><p></p><p></p><script type="module">import start from "./alone.js";
//! start();</script>`: the first paragraph shows the status, the second what was received. The
//! events are those of the servers in `tests/servers/`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use socketio_web::{Event, OpenError, Socket, Status};

/// An event that the server emits to each socket that connects.
#[derive(Deserialize, Event)]
struct Welcome {
    id: String,
}

/// An event that the server sends back as its acknowledgement.
#[derive(Event, Serialize)]
#[event(ack = String)]
struct Echo(&'static str);

fn main() {
    if let Err(error) = start() {
        show(0, &error.to_string());
    }
}

fn start() -> Result<(), OpenError> {
    let socket = Socket::builder("").build()?;
    let status = socket.on_status(|status| {
        show(
            0,
            match status {
                Status::Connecting => "connecting",
                Status::Connected => "connected",
                Status::Reconnecting { .. } => "reconnecting",
                Status::Refused { message } => message,
                _ => "disconnected",
            },
        );
    });
    let welcome = socket.on(|Welcome { id }| show(1, &id));
    // At each connect, the first one and every later one.
    let connect = socket.on_connect(move || {
        let answer = socket.emit_with_ack(&Echo("hello"), Some(Duration::from_secs(5)));
        wasm_bindgen_futures::spawn_local(async move {
            match answer.await {
                Ok(text) => show(1, &text),
                Err(error) => show(1, &error.to_string()),
            }
        });
    });
    // Keep the listeners for the lifetime of the page.
    for listening in [status, welcome, connect] {
        listening.forget();
    }
    let _connecting = socket.connect();
    Ok(())
}

/// Puts text into one of the page's paragraphs.
fn show(paragraph: u32, text: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let paragraphs = document.map(|document| document.get_elements_by_tag_name("p"));
    if let Some(element) = paragraphs.and_then(|found| found.item(paragraph)) {
        element.set_text_content(Some(text));
    }
}
