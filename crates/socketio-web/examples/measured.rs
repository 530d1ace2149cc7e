//! The page that `cargo xtask bench` measures: it contains only this client, and JavaScript
//! controls its listeners and emits, as it does for the client of the comparison
//! (`benches/client`).

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use socketio_web::{Binary, Event, OpenError, Socket, Subscription, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// The page's allocator.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// 66 bytes as a frame.
#[derive(Deserialize, Event, Serialize)]
#[event(name = "server_response", ack = Small)]
struct Small {
    count: u32,
    sid: String,
}

/// 1 KB.
#[derive(Deserialize, Event, Serialize)]
struct Garden {
    owner: String,
    trees: Vec<Tree>,
}

/// 30 KB.
#[derive(Deserialize, Event, Serialize)]
struct Orchard {
    owner: String,
    trees: Vec<Tree>,
}

#[derive(Deserialize, Serialize)]
struct Tree {
    id: u32,
    kind: String,
    owner: String,
    stage: u8,
    water: f64,
    ripe: bool,
    planted: String,
}

/// 64 KB of bytes, and a few bytes of text.
#[derive(Deserialize, Event)]
struct Photo(Binary);

/// The events that are emitted.
struct Prepared {
    small: Small,
    orchard: Orchard,
}

thread_local! {
    static SOCKETS: RefCell<Vec<Socket>> = const { RefCell::new(Vec::new()) };
    static LISTENING: RefCell<Vec<Subscription>> = const { RefCell::new(Vec::new()) };
    static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
    /// The number of received events, and a sum over their contents, as proof that they were
    /// decoded.
    static RECEIVED: Cell<(u32, f64)> = const { Cell::new((0, 0.0)) };
}

fn main() {}

/// Connects a socket for each of the namespaces, which are separated by spaces.
#[wasm_bindgen]
pub fn connect(url: &str, namespaces: &str) -> Option<String> {
    let opened = namespaces.split(' ').map(|namespace| {
        Socket::builder(url)
            .namespace(namespace)
            // The time of a reconnect is measured without its delay.
            .reconnection_delay(Duration::ZERO)
            .reconnection_delay_max(Duration::ZERO)
            .connect()
    });
    let opened: Result<Vec<_>, OpenError> = opened.collect();
    match opened {
        Ok(sockets) => {
            SOCKETS.set(sockets);
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

/// Returns whether all sockets are connected.
#[wasm_bindgen]
pub fn connected() -> bool {
    SOCKETS.with_borrow(|sockets| sockets.iter().all(|socket| socket.is_connected()))
}

/// Adds `times` listeners for an event to each socket, and removes the previous ones.
#[wasm_bindgen]
pub fn listen(event: &str, times: u32) {
    let listening = SOCKETS.with_borrow(|sockets| {
        let all = sockets.iter().flat_map(|socket| {
            (0..times).map(|_| match event {
                "server_response" => socket.on(|small: Small| {
                    received(f64::from(small.count) + length(&small.sid));
                }),
                "garden" => socket.on(|garden: Garden| received(sum(&garden.owner, &garden.trees))),
                "orchard" => {
                    socket.on(|orchard: Orchard| received(sum(&orchard.owner, &orchard.trees)))
                }
                _ => socket.on(|photo: Photo| received(photo.0.len() as f64)),
            })
        });
        all.collect()
    });
    // The previous listeners are dropped here, while nothing is borrowed.
    drop(LISTENING.replace(listening));
    RECEIVED.set((0, 0.0));
}

/// Returns the number of events received since [`listen`].
#[wasm_bindgen]
pub fn count() -> u32 {
    RECEIVED.get().0
}

/// Returns the sum over their contents.
#[wasm_bindgen]
pub fn sum_of_all() -> f64 {
    RECEIVED.get().1
}

/// Parses the events to emit from JSON; returns false if they can't be parsed.
#[wasm_bindgen]
pub fn prepare(small: &str, orchard: &str) -> bool {
    let (Ok(small), Ok(orchard)) = (json::from_str(small), json::from_str(orchard)) else {
        return false;
    };
    PREPARED.set(Some(Prepared { small, orchard }));
    true
}

/// Emits an event that carries a number: what the server is to do, and how often.
#[wasm_bindgen]
pub fn ask(event: &str, number: u32) {
    if let Some(socket) = first() {
        let _ = socket.emit_named(event, &number);
    }
}

/// Emits an event `times` times on the first socket.
#[wasm_bindgen]
pub fn emit(event: &str, times: u32) {
    let Some(socket) = first() else { return };
    PREPARED.with_borrow(|prepared| {
        let Some(prepared) = prepared else { return };
        for _ in 0..times {
            let _ = match event {
                "server_response" => socket.emit(&prepared.small),
                _ => socket.emit(&prepared.orchard),
            };
        }
    });
}

/// Emits the small event `times` times, and awaits each acknowledgement.
#[wasm_bindgen]
pub fn emit_acked(times: u32) {
    let Some(socket) = first() else { return };
    PREPARED.with_borrow(|prepared| {
        let Some(prepared) = prepared else { return };
        for _ in 0..times {
            let answer = socket.emit_with_ack(&prepared.small, None);
            wasm_bindgen_futures::spawn_local(async move {
                if let Ok(small) = answer.await {
                    received(f64::from(small.count) + length(&small.sid));
                }
            });
        }
    });
}

fn first() -> Option<Socket> {
    SOCKETS.with_borrow(|sockets| sockets.first().copied())
}

fn received(value: f64) {
    let (count, sum) = RECEIVED.get();
    RECEIVED.set((count + 1, sum + value));
}

fn sum(owner: &str, trees: &[Tree]) -> f64 {
    let tree = |tree: &Tree| {
        let text = length(&tree.kind) + length(&tree.owner) + length(&tree.planted);
        let numbers = f64::from(tree.id) + f64::from(tree.stage) + tree.water;
        text + numbers + f64::from(u8::from(tree.ripe))
    };
    length(owner) + trees.iter().map(tree).sum::<f64>()
}

/// Returns the length as JavaScript counts it, for text without characters beyond 16 bits. ASCII,
/// which most of it is, needs no loop.
fn length(text: &str) -> f64 {
    let length = match text.is_ascii() {
        true => text.len(),
        false => text.chars().count(),
    };
    length as f64
}
