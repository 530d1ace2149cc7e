//! Events that a handler emits are sent, or their outcome is reported, before anything that the
//! handler then does to the connection takes effect (H2).

use std::cell::RefCell;
use std::rc::Rc;

use socketio_web::{Ack, AckError, Binary, Outcome, Socket};
use wasm_bindgen_test::wasm_bindgen_test;

use super::events::Chat;
use crate::support::owned::Owned;
use crate::support::script::{Script, Ws, address, connected};

const CHAT: &str = r#"42["chat","x"]"#;

/// The calls that a handler makes after its emits.
const ENDS: [fn(Socket); 3] = [
    Socket::disconnect,
    |socket| {
        socket.disconnect();
        socket.connect();
    },
    Socket::remove,
];

/// Emits an event by each of the methods.
fn emit_all(socket: Socket) -> Ack<u32> {
    assert_eq!(socket.emit(&Chat("a".into())).unwrap(), Outcome::Sent);
    let bytes = Binary::from(vec![7]);
    assert_eq!(socket.emit_named("b", &bytes).unwrap(), Outcome::Sent);
    let volatile = socket.emit_volatile(&Chat("c".into()));
    assert_eq!(volatile.unwrap(), Outcome::Sent);
    socket.emit_named_with_ack("d", &1, None)
}

fn assert_all_sent(ws: &Ws) {
    let sent = [
        r#"42["chat","a"]"#,
        r#"451-["b",{"_placeholder":true,"num":0}]"#,
        "binary 7",
        r#"42["chat","c"]"#,
        r#"420["d",1]"#,
        "41",
    ];
    assert_eq!(ws.sent(), sent);
    assert!(ws.is_closed());
}

/// Asserts that the wait ends because the event was sent and whether it arrived is unknown.
async fn assert_ends(ack: &RefCell<Option<Ack<u32>>>) {
    let error = ack.take().unwrap().await.unwrap_err();
    assert!(matches!(error, AckError::Disconnected), "{error}");
}

#[wasm_bindgen_test]
async fn h2_events_of_on_connect_are_sent_before_the_connection_ends() {
    for end in ENDS {
        let script = Script::install();
        let socket = Owned(Socket::builder(&address()).build().unwrap());
        let ack = Rc::new(RefCell::new(None));
        let (kept, handle) = (Rc::clone(&ack), *socket);
        let _connect = socket.on_connect(move || {
            if kept.borrow().is_none() {
                kept.replace(Some(emit_all(handle)));
                end(handle);
            }
        });
        socket.connect();
        let ws = script.last();
        ws.accept("s1");
        assert_eq!(ws.sent_first(), "40");
        assert_all_sent(&ws);
        assert_ends(&ack).await;
    }
}

#[wasm_bindgen_test]
async fn h2_events_of_a_listener_are_sent_before_the_connection_ends() {
    for end in ENDS {
        let (_script, ws, socket) = connected();
        let ack = Rc::new(RefCell::new(None));
        let (kept, handle) = (Rc::clone(&ack), *socket);
        let _chat = socket.on(move |Chat(_)| {
            kept.replace(Some(emit_all(handle)));
            end(handle);
        });
        ws.deliver(CHAT);
        assert_all_sent(&ws);
        assert_ends(&ack).await;
    }
}

#[wasm_bindgen_test]
async fn h2_events_of_on_disconnect_wait_for_the_connection_that_the_same_handler_opens() {
    let (script, ws, socket) = connected();
    let ack = Rc::new(RefCell::new(None));
    let (kept, handle) = (Rc::clone(&ack), *socket);
    let _end = socket.on_disconnect(move |_| {
        let outcome = handle.emit(&Chat("kept".into())).unwrap();
        assert_eq!(outcome, Outcome::Buffered);
        let volatile = handle.emit_volatile(&Chat("dropped".into()));
        assert_eq!(volatile.unwrap(), Outcome::Dropped);
        kept.replace(Some(handle.emit_named_with_ack::<_, u32>("d", &1, None)));
        handle.connect();
    });
    ws.deliver("41");
    script.last().accept("s2");
    assert_eq!(
        script.last().sent(),
        ["40", r#"42["chat","kept"]"#, r#"420["d",1]"#]
    );
    socket.remove();
    assert_ends(&ack).await;
}
