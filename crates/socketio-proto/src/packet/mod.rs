//! Socket.IO protocol 5: packets, their encoding and decoding.
//!
//! A packet consists of the text `<type>[<attachments>-][<namespace>,][<id>][<json>]` and as many
//! binary messages as the text announces. [`Decoder`] decodes them into a [`Packet`]; [`Arguments`]
//! and the `encode_…` functions produce a [`Frame`].
//!
//! # Where this differs from the reference
//!
//! The differences to socket.io-parser 4.2.7 and engine.io-parser 5.2.3 are intentional. This
//! decoder reads everything that the reference encodes. No known encoder writes the input that only
//! the reference accepts. Existing servers send the input that only this decoder accepts
//! (`tests/recordings`). A test compares both (`tests/differential`), and allows only the
//! differences listed here.
//!
//! | input | the reference | here | why |
//! |---|---|---|---|
//! | a number beyond all floats, `1e999` | `Infinity` | an error when it is decoded as a number | JSON has none |
//! | `NaN`, `Infinity` and `-Infinity`, as Python writes them | an error, which ends the connection | null | the rest of the payload is sound, and Node's servers send null there |
//! | an event with a reserved name, `2["connect"]` | an error, which ends the connection | an event like any other | the servers of Python and socketioxide send it, and this library has no listeners under such names |
//! | `2` + 2^53 or more, or more than 16 digits, + `["x"]` | an id that is rounded | `invalid_ack_id` | an ack would answer another event |
//! | `51e0-`, `50x1-`, `5 1-`, `5+1-` | one attachment, by JavaScript's `Number()` | `invalid_attachment_count` | counts are ASCII digits |
//! | `"num":0.5` | `undefined` instead of the bytes | `invalid_placeholder`, for `1e-400` too | the listener would never see its bytes |
//! | placeholders that share an attachment | accepted | accepted, each counts against [`Limits::packet_bytes`](crate::Limits::packet_bytes) | a few bytes of text could expand to gigabytes |
//! | `1{"message":"no"}`, `4[]`, `0null`: JSON of another shape | an error, which ends the connection | the packet, with its payload unchanged | servers send it, and the packet's meaning is clear |
//! | `2`, `3`, `51-` with no payload | decodes, and throws later | `missing_payload` | |
//! | `4` with no payload | decodes, and throws later | a refusal without a message | it is a valid refusal |
//! | `2[1.0]` | an event named `1` | an event named `1.0` | the name is the text of the number |
//! | `"\ud800"` in a name or value | a lone surrogate | U+FFFD | Rust's strings are valid UTF-8 |
//! | nesting beyond [`Limits::nesting`](crate::Limits::nesting) | decodes | `nesting_too_deep` | the types that read it recurse |
//! | more bytes than [`Limits::packet_bytes`](crate::Limits::packet_bytes) | decodes | `packet_too_large` | memory stays bounded |
//! | `4` followed by a space | CONNECT | `unknown_packet_type` | types are ASCII digits |
//! | a packet without attachments while those of another are due | an error, which ends the connection | the packet; the attachments stay due | python-socketio with threads interleaves packets, and the attachments are still unambiguous |
//! | a packet with attachments while those of another are due, then another frame | keeps waiting | resets the decoder | the connection is closed anyway |
//! | `2 ["a"]`, `2 12["a"]`, `4 7` | id 0, id 12, id 7 | no id, `invalid_json`, the payload 7 | ids are ASCII digits |
//! | an event without arguments, as the source of the recovery offset | uses the event's name | uses nothing | a name is not an offset |
//! | a handshake without ping values, or with invalid ones | a ping timeout at once | an error that names the field | |
//! | the size that base64 adds to a payload | estimated as a third | computed exactly | the server counts exactly too |
//! | `b!!!!`, `b-_-_`, `bA` | zeros in browsers; Node skips unknown characters, and accepts the URL alphabet | `invalid_base64` | bytes that nobody sent are worse than an error |
//!
//! Differences in encoding:
//!
//! | what | the reference | here | why |
//! |---|---|---|---|
//! | more attachments than the limit | sends them, and the peer closes the connection | `too_many_attachments` | the caller can act on it |
//! | a value with `_placeholder: true` beside attachments | sends it, and an attachment takes its place | `misleading_placeholder` | the peer would decode another value |
//! | a namespace with a comma | sends it, and its head is taken for the whole | `invalid_namespace` | the peer would decode another namespace |

mod args;
mod arguments;
mod decoder;
mod encode;
mod error;
mod head;
mod kind;
mod namespace;
mod payload;
mod received;
#[cfg(test)]
mod tests;

pub use arguments::Arguments;
pub use decoder::{Decoded, Decoder};
pub use encode::{
    Frame, encode_ack, encode_connect, encode_connect_error, encode_disconnect, encode_event,
};
pub(crate) use error::too_large;
pub use error::{DecodeError, EncodeError};
pub use kind::{MAX_ACK_ID, PacketKind, RESERVED_EVENTS};
pub use namespace::normalize_namespace;
pub use received::Packet;
