use serde::{Deserialize, Serialize};
use socketio_web::Binary;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::log::Log;
use crate::support::script::connected;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Photo {
    name: String,
    parts: Vec<Binary>,
}

#[wasm_bindgen_test]
fn m4_bytes_in_an_emitted_payload_follow_as_messages() {
    let (_script, ws, socket) = connected();
    let photo = Photo {
        name: "tree".into(),
        parts: vec![Binary(vec![1, 2]), Binary(vec![])],
    };
    socket.emit_named("photo", &photo).unwrap();
    assert_eq!(
        ws.sent(),
        [
            r#"452-["photo",{"name":"tree","parts":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]}]"#,
            "binary 1,2",
            "binary "
        ]
    );
}

#[wasm_bindgen_test]
fn m4_bytes_replace_their_placeholders() {
    let (_script, ws, socket) = connected();
    let log = Log::default();
    let received = log.clone();
    let _photo = socket.on_named("photo", move |message| {
        received.push(format!("{:?}", message.arg::<Photo>(0).unwrap()));
    });
    ws.deliver(
        r#"452-["photo",{"name":"tree","parts":[{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]}]"#,
    );
    ws.deliver_binary(&[1, 2]);
    assert!(log.take().is_empty());
    ws.deliver_binary(&[3]);
    assert_eq!(
        log.take(),
        [r#"Photo { name: "tree", parts: [Binary([3]), Binary([1, 2])] }"#]
    );
}

#[wasm_bindgen_test]
async fn m2_bytes_in_acks_both_ways() {
    let (_script, ws, socket) = connected();
    let ack = socket.emit_named_with_ack::<_, Vec<Binary>>("photo", &1, None);
    assert_eq!(ws.sent(), [r#"420["photo",1]"#]);
    ws.deliver(r#"461-0[[{"_placeholder":true,"num":0}]]"#);
    ws.deliver_binary(&[9]);
    assert_eq!(ack.await.unwrap(), [Binary(vec![9])]);

    let _answer = socket.on_named("want", |message| {
        message
            .responder()
            .unwrap()
            .send(&[Binary(vec![7])])
            .unwrap();
    });
    ws.deliver(r#"425["want"]"#);
    assert_eq!(
        ws.sent(),
        [r#"461-5[[{"_placeholder":true,"num":0}]]"#, "binary 7"]
    );
}
