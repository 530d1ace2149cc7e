//! Socket.IO protocol 5: packets, how they are written and how they are read.
//!
//! A packet is text, `<type>[<attachments>-][<namespace>,][<id>][<json>]`, and as many binary
//! messages as it announces. [`Decoder`] makes a [`Packet`] of them; [`Arguments`] and the
//! `encode_…` functions make a [`Frame`].
//!
//! # Where this differs from the reference
//!
//! On purpose, against socket.io-parser 4.2.7 and engine.io-parser 5.2.3. What only the reference
//! takes is written by no encoder that is known; whatever it writes itself is read. What only we take is sent by servers
//! that exist (`tests/recordings`). A test compares the two (`tests/differential`), and lets pass just what is told here.
//!
//! | input | the reference | here | why |
//! |---|---|---|---|
//! | a number beyond all floats, `1e999` | `Infinity` | an error of whoever reads it as a number | JSON has none |
//! | `NaN`, `Infinity` and `-Infinity`, as Python writes them | an error, which ends the connection | null | the rest of the payload is sound, and Node's servers send null there |
//! | an event with a reserved name, `2["connect"]` | an error, which ends the connection | an event like any other | the servers of Python and socketioxide let it out, and nothing here is called by such a name |
//! | `2` + 2^53 or more, or more than 16 digits, + `["x"]` | an id that is rounded | `invalid_ack_id` | an ack would answer another event |
//! | `51e0-`, `50x1-`, `5 1-`, `5+1-` | one attachment, by JavaScript's `Number()` | `invalid_attachment_count` | counts are ASCII digits |
//! | `"num":0.5` | `undefined` in the place of the bytes | `invalid_placeholder`, for `1e-400` too | the listener would never see its bytes |
//! | placeholders that share an attachment | let pass | let pass, each counts against [`Limits::packet_bytes`](crate::Limits::packet_bytes) | some bytes of text would stand for gigabytes |
//! | `1{"message":"no"}`, `4[]`, `0null`: JSON of another shape | an error, which ends the connection | the packet, and its payload as it came | servers send it, and what the packet is for is clear |
//! | `2`, `3`, `51-` with no payload | decodes, and throws later | `missing_payload` | |
//! | `4` with no payload | decodes, and throws later | a refusal without words | it is one |
//! | `2[1.0]` | an event named `1` | an event named `1.0` | the name is the text of the number |
//! | `"\ud800"` in a name or value | half a surrogate pair | U+FFFD | Rust's strings hold whole characters |
//! | nesting beyond [`Limits::nesting`](crate::Limits::nesting) | decodes | `nesting_too_deep` | the types that read it recurse |
//! | more bytes than [`Limits::packet_bytes`](crate::Limits::packet_bytes) | decodes | `packet_too_large` | memory stays bounded |
//! | `4` with a blank behind it | CONNECT | `unknown_packet_type` | types are ASCII digits |
//! | a packet without attachments while those of another are due | an error, which ends the connection | the packet, and goes on waiting | python-socketio in threads lets it between, and it is clear whose the bytes are |
//! | a packet with attachments while those of another are due, then another frame | goes on waiting | starts afresh | the connection is closed anyway |
//! | `2 ["a"]`, `2 12["a"]`, `4 7` | id 0, id 12, id 7 | no id, `invalid_json`, the payload 7 | ids are ASCII digits |
//! | an event with no argument, for the recovery's offset | takes the event's name | takes none | a name is no offset |
//! | a handshake without ping values, or with absurd ones | a ping timeout at once | an error that names the field | |
//! | what base64 adds to a payload | reckoned as a third | counted | the server counts, too |
//! | `b!!!!`, `b-_-_`, `bA` | zeros in browsers; Node skips what it doesn't know, and takes the URL alphabet | `invalid_base64` | bytes that nobody sent are worse than none |
//!
//! When sending:
//!
//! | what | the reference | here | why |
//! |---|---|---|---|
//! | more attachments than the limit | sends them, and the other side closes the connection | `too_many_attachments` | the caller can act on it |
//! | a value with `_placeholder: true` beside attachments | sends it, and an attachment takes its place | `misleading_placeholder` | it could not be read back |
//! | a namespace with a comma | sends it, and its head is taken for the whole | `invalid_namespace` | it could not be read back |

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
