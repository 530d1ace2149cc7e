//! A WebSocket client without any protocol on top.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tungstenite::{Error, Message, WebSocket};

use crate::transcript::Frame;

/// The time limit for sending a frame and for opening the connection.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Client(WebSocket<TcpStream>);

/// What the client receives.
#[derive(Debug)]
pub(crate) enum Incoming {
    Frame(Frame),
    Closed { code: u16, reason: String },
}

impl Client {
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("the server is not there")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = tungstenite::client(url, stream).context("no WebSocket was opened")?;
        Ok(Self(socket))
    }

    pub(crate) fn send(&mut self, frame: &Frame) -> Result<()> {
        let message = match frame {
            Frame::Text(text) => Message::text(text.as_str()),
            Frame::Binary(data) => Message::binary(data.clone()),
        };
        self.0.send(message).context("a frame could not be sent")
    }

    /// Returns the next frame, or the close, which is the last; `None` at the deadline.
    pub(crate) fn receive(&mut self, deadline: Instant) -> Result<Option<Incoming>> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.0.get_ref().set_read_timeout(Some(left))?;
            let frame = match self.0.read() {
                Ok(Message::Text(text)) => Frame::Text(text.to_string()),
                Ok(Message::Binary(data)) => Frame::Binary(data.to_vec()),
                Ok(Message::Close(frame)) => {
                    let (code, reason) = match frame {
                        Some(frame) => (frame.code.into(), frame.reason.to_string()),
                        None => (1005, String::new()),
                    };
                    // Sends the reply to the close frame.
                    let _ = self.0.flush();
                    return Ok(Some(Incoming::Closed { code, reason }));
                }
                Ok(_) => continue,
                Err(Error::Io(error)) if is_timeout(error.kind()) => return Ok(None),
                Err(Error::Capacity(error)) => return Err(error.into()),
                // A browser reports the same code for every abnormal closure.
                Err(_) => {
                    let reason = String::new();
                    return Ok(Some(Incoming::Closed { code: 1006, reason }));
                }
            };
            return Ok(Some(Incoming::Frame(frame)));
        }
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
