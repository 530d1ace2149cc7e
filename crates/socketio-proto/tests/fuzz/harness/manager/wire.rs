//! The transports that the core requested, and the frames that it sends over them.

use std::collections::VecDeque;

use socketio_proto::Limits;
use socketio_proto::engine::EnginePacket;
use socketio_proto::manager::{Output, TransportId};
use socketio_proto::packet::{DecodeError, Decoded, Decoder, PacketKind};

#[derive(Default)]
pub(super) struct Wire {
    /// The transport that is opening or open.
    pub(super) open: Option<TransportId>,
    pub(super) superseded: Vec<TransportId>,
    /// Sent packets that request an acknowledgement: namespace and id.
    pub(super) awaited: VecDeque<(String, u64)>,
    /// Sent events.
    pub(super) events: usize,
    /// Received events.
    pub(super) received: usize,
    last: Option<TransportId>,
    server: Decoder,
}

impl Wire {
    /// Carries out an output that concerns a transport.
    pub(super) fn carry_out(&mut self, output: Output, is_open: bool) {
        match output {
            Output::OpenTransport(id) => {
                assert_eq!(self.open, None, "a transport is open already");
                assert!(
                    self.last.is_none_or(|last| last < id),
                    "an id is used again"
                );
                self.superseded.extend(self.last);
                (self.open, self.last) = (Some(id), Some(id));
                self.server = Decoder::new(Limits::default());
            }
            Output::CloseTransport(id) => {
                assert_eq!(self.open.take(), Some(id), "it is not open");
                self.server.reset();
            }
            Output::SendText(id, text) => {
                assert_eq!(self.open, Some(id), "a frame for a closed transport");
                assert!(is_open, "a frame before the handshake");
                match EnginePacket::decode(&text) {
                    Ok(EnginePacket::Message(_)) => {
                        let decoded = self.server.text(text, 1);
                        self.sent(decoded);
                    }
                    Ok(EnginePacket::Pong("")) => {}
                    other => panic!("the core sent {other:?}"),
                }
            }
            Output::SendBinary(id, data) => {
                assert_eq!(self.open, Some(id), "bytes for a closed transport");
                let decoded = self.server.binary(data);
                self.sent(decoded);
            }
            other => panic!("unknown output {other:?}"),
        }
    }

    /// Checks that what the core sends can always be decoded.
    fn sent(&mut self, decoded: Result<Decoded, DecodeError>) {
        let Decoded::Packet(packet) = decoded.expect("the core sends what can be read") else {
            return;
        };
        if packet.kind() == PacketKind::Event {
            self.events += 1;
            if let Some(ack) = packet.id() {
                self.awaited.push_back((packet.namespace().into(), ack));
            }
            if self.awaited.len() > 32 {
                self.awaited.pop_front();
            }
        }
    }

    /// Whether a packet was sent without all of its attachments.
    pub(super) fn is_waiting(&self) -> bool {
        self.server.is_waiting()
    }
}
