use socketio_proto::Limits;
use socketio_proto::engine::{EnginePacket, Handshake, HandshakeError};
use socketio_proto::json;
use socketio_proto::packet::{DecodeError, Decoded, Decoder, Packet};

/// Decodes the frames of one connection after another.
pub(crate) struct Inspector {
    decoder: Decoder,
}

impl Inspector {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            decoder: Decoder::new(limits),
        }
    }

    pub(super) fn text(&mut self, frame: String) -> Report {
        let engine = match EnginePacket::decode(&frame) {
            Ok(engine) => engine,
            Err(error) => {
                // The connection can't continue, so an incomplete packet is discarded.
                self.decoder.reset();
                return Report::Bad {
                    kind: error.kind(),
                    message: error.to_string(),
                };
            }
        };
        match engine {
            EnginePacket::Open(data) => open(data),
            EnginePacket::Close => Report::Engine {
                name: "close",
                data: None,
            },
            EnginePacket::Ping(data) => Report::engine("ping", data),
            EnginePacket::Pong(data) => Report::engine("pong", data),
            EnginePacket::Upgrade => Report::Engine {
                name: "upgrade",
                data: None,
            },
            EnginePacket::Noop => Report::Engine {
                name: "noop",
                data: None,
            },
            EnginePacket::Binary(data) => {
                let data = data.into_owned();
                self.binary(data)
            }
            EnginePacket::Message(_) => Report::message(self.decoder.text(frame, 1)),
        }
    }

    pub(super) fn binary(&mut self, data: Vec<u8>) -> Report {
        Report::message(self.decoder.binary(data))
    }

    pub(super) fn reset(&mut self) -> Report {
        self.decoder.reset();
        Report::Reset
    }
}

/// The result of one line.
pub(crate) enum Report {
    /// The line is not an Engine.IO packet, or could not be parsed.
    Bad {
        kind: &'static str,
        message: String,
    },
    /// An Engine.IO packet that is not a message.
    Engine {
        name: &'static str,
        data: Option<String>,
    },
    /// An Engine.IO packet with invalid content: a message that is not a Socket.IO packet, or a
    /// handshake that is not JSON.
    Error {
        engine: &'static str,
        kind: &'static str,
        message: String,
    },
    /// A handshake: compact JSON, and whether a client could use it.
    Open {
        data: String,
        handshake: Result<Handshake, HandshakeError>,
    },
    Packet(Box<Packet>),
    Reset,
    Waiting {
        missing: usize,
    },
}

impl Report {
    pub(super) fn bad_line(message: &str) -> Self {
        Self::Bad {
            kind: "invalid_input",
            message: message.to_owned(),
        }
    }

    fn engine(name: &'static str, data: &str) -> Self {
        Self::Engine {
            name,
            data: Some(data.to_owned()).filter(|data| !data.is_empty()),
        }
    }

    fn message(result: Result<Decoded, DecodeError>) -> Self {
        match result {
            Ok(Decoded::Packet(packet)) => Self::Packet(Box::new(packet)),
            Ok(Decoded::Waiting { missing }) => Self::Waiting { missing },
            Err(error) => Self::Error {
                engine: "message",
                kind: error.kind(),
                message: error.to_string(),
            },
        }
    }
}

fn open(data: &str) -> Report {
    let mut compact = String::new();
    match json::compact(data, 0, &mut compact, |_, _| {}) {
        Ok(()) => Report::Open {
            data: compact,
            handshake: Handshake::parse(data),
        },
        Err(error) => Report::Error {
            engine: "open",
            kind: HandshakeError::NotAnObject.kind(),
            message: format!("the handshake is not JSON: {error}"),
        },
    }
}
