//! Sizes of packets on the wire, computed before they are sent.

use std::io;

use serde::Serialize;

use super::anything::Anything;
use crate::session::Size;

/// Returns the size of an event with one argument and no attachments.
pub(super) fn size(namespace: &str, name: &str, payload: &impl Serialize) -> Size {
    Size::of_text(event(namespace, name).saturating_add(json(payload)))
}

/// Returns the size of an event with a client's payload.
pub(super) fn size_of_anything(namespace: &str, name: &str, payload: &Anything) -> Size {
    let mut attachments = Vec::new();
    let text = anything(payload, &mut attachments);
    let size = Size::of_text(event(namespace, name).saturating_add(text));
    attachments.into_iter().fold(size, Size::with_attachment)
}

/// Returns the size of an acknowledgement with no arguments.
pub(super) fn size_of_ack(namespace: &str, id: i64) -> Size {
    let id = id.checked_ilog10().unwrap_or(0) as usize + 1;
    Size::of_text("3,[]".len() + namespace.len() + id)
}

/// Returns the size of a DISCONNECT packet: `1/namespace,`.
pub(super) fn size_of_disconnect(namespace: &str) -> Size {
    Size::of_text("1,".len() + namespace.len())
}

/// Returns the size of an event packet without its argument: `2/namespace,["name",…]`.
fn event(namespace: &str, name: &str) -> usize {
    let namespace = if namespace == "/" {
        0
    } else {
        namespace.len() + 1
    };
    "2[,]".len() + namespace + json(name)
}

/// Returns the size as JSON, or 0 for what can't be serialized and so is not sent.
fn json(value: &(impl Serialize + ?Sized)) -> usize {
    struct Count(usize);

    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => 0,
    }
}

/// Returns the size of the JSON text, in which each attachment is a placeholder.
fn anything(value: &Anything, attachments: &mut Vec<usize>) -> usize {
    let between = |count: usize| 2 + count.saturating_sub(1);
    match value {
        Anything::Binary(bytes) => {
            let number = attachments.len();
            attachments.push(bytes.len());
            r#"{"_placeholder":true,"num":}"#.len() + json(&number)
        }
        Anything::List(items) => {
            let lengths = items.iter().map(|item| anything(item, attachments));
            lengths.sum::<usize>() + between(items.len())
        }
        Anything::Map(entries) => {
            let lengths = entries.iter();
            let lengths = lengths.map(|(key, value)| json(key) + 1 + anything(value, attachments));
            lengths.sum::<usize>() + between(entries.len())
        }
        scalar => json(scalar),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;
    use socketioxide::TransportType::{Polling, Websocket};

    use super::{Anything, size, size_of_ack, size_of_anything, size_of_disconnect};

    #[test]
    fn the_estimated_size_is_the_size_that_is_sent() {
        let payload = json!({"text": "果子\n\"", "a": [1, -2, 1.5, null, true, []]});
        let sent = format!(r#"42/mofang,["broadcast_response",{payload}]"#);
        let found = size("/mofang", "broadcast_response", &payload);
        assert_eq!(found.over(Polling), sent.len());
        let read: Anything = serde_json::from_value(payload.clone()).unwrap();
        assert_eq!(
            size_of_anything("/mofang", "broadcast_response", &read),
            found
        );

        let sent = r#"42["some event",{"data":42}]"#;
        let found = size("/", "some event", &json!({"data": 42}));
        assert_eq!(found.over(Polling), sent.len());
        assert_eq!(
            size_of_disconnect("/mofang").over(Polling),
            "41/mofang,".len()
        );
        for id in [0, 9, 10, 1234] {
            let sent = format!("43/mofang,{id}[]");
            assert_eq!(size_of_ack("/mofang", id).over(Polling), sent.len());
        }
    }

    #[test]
    fn attachments_count_as_separate_frames() {
        let sent = concat!(
            r#"452-/mofang,["e",{"a":{"_placeholder":true,"num":0},"#,
            r#""b":[{"_placeholder":true,"num":1}]}]"#
        );
        let payload = Anything::Map(vec![
            ("a".into(), Anything::Binary(Bytes::from_static(&[0; 100]))),
            (
                "b".into(),
                Anything::List(vec![Anything::Binary(Bytes::from_static(&[0; 200]))]),
            ),
        ]);
        let found = size_of_anything("/mofang", "e", &payload).over(Websocket);
        // The number of attachments is not counted: a few bytes too few, never too many.
        assert_eq!(found, sent.len() - "2-".len() + 2 + 102 + 204);
    }
}
