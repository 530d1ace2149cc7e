//! A client on a WebSocket.

use std::net::Ipv4Addr;

use anyhow::{Context, Result, anyhow, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::target::Target;
use crate::tcp;
use crate::wait::within;
use crate::wire::{self, PING, PONG, QUERY};

/// The read buffer of a client in bytes; small, as there are thousands of clients.
const BUFFER: usize = 4096;

/// How many frames of one client may be queued for sending.
const WAITING: usize = 64;

/// A client after its Engine.IO handshake. It answers heartbeats only while it is read from.
#[derive(Debug)]
pub(crate) struct Client {
    stream: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn open(target: &Target, from: Ipv4Addr) -> Result<Self> {
        Self::open_on(target, tcp::connect(target, from, None).await?).await
    }

    /// Opens a client on an existing connection.
    pub(crate) async fn open_on(target: &Target, stream: TcpStream) -> Result<Self> {
        let url = format!("ws://{}{QUERY}&transport=websocket", target.address());
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0);
        let opening = async { Ok(client_async_with_config(url, stream, Some(config)).await?) };
        let (stream, _) = within("opening a WebSocket", opening).await?;
        let mut client = Self { stream };
        let handshake = within("the handshake", client.next()).await?;
        match handshake {
            Some(frame) if frame.starts_with("0{") => Ok(client),
            other => bail!("no handshake of Engine.IO, but {other:?}"),
        }
    }

    /// Connects to a namespace. Returns how many of its events arrived before the answer.
    pub(crate) async fn join(&mut self, namespace: &str, token: Option<&str>) -> Result<u64> {
        self.send(wire::connect(namespace, token)).await?;
        let mut early = 0;
        let answer = async {
            while let Some(frame) = self.next().await? {
                match wire::answer_to_connect(&frame, namespace) {
                    Some(Ok(())) => return Ok(()),
                    Some(Err(refusal)) => bail!("the server refuses {namespace}: {refusal}"),
                    None => early += 1,
                }
            }
            Err(anyhow!("the server closed the connection"))
        };
        within("CONNECT", answer).await?;
        Ok(early)
    }

    /// Returns the next frame that is not a heartbeat; `None` once the connection is closed.
    pub(crate) async fn next(&mut self) -> Result<Option<Utf8Bytes>> {
        loop {
            match next(&mut self.stream).await? {
                Some(frame) if frame == PING => self.send(PONG.to_owned()).await?,
                other => return Ok(other),
            }
        }
    }

    pub(crate) async fn send(&mut self, frame: String) -> Result<()> {
        Ok(self.stream.send(Message::text(frame)).await?)
    }

    /// Splits the client, so that it can be read while a send waits.
    pub(crate) fn split(self) -> (Sender, Receiver) {
        let (sink, stream) = self.stream.split();
        let (frames, waiting) = mpsc::channel(WAITING);
        let task = tokio::spawn(send_all(sink, waiting));
        let sender = Sender {
            frames: frames.clone(),
            task,
        };
        (sender, Receiver { stream, frames })
    }
}

/// The sending half of a client.
#[derive(Debug)]
pub(crate) struct Sender {
    frames: mpsc::Sender<String>,
    task: JoinHandle<()>,
}

impl Sender {
    /// Sends a frame, and waits while the server does not read. Returns `false` once the connection
    /// is closed.
    pub(crate) async fn send(&self, frame: String) -> bool {
        self.frames.send(frame).await.is_ok()
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The receiving half of a client.
#[derive(Debug)]
pub(crate) struct Receiver {
    stream: SplitStream<WebSocketStream<TcpStream>>,
    frames: mpsc::Sender<String>,
}

impl Receiver {
    /// Returns the next frame that is not a heartbeat; `None` once the connection is closed for any
    /// reason.
    pub(crate) async fn next(&mut self) -> Option<Utf8Bytes> {
        loop {
            match next(&mut self.stream).await {
                // If the queue is full, the answer would be sent too late anyway.
                Ok(Some(frame)) if frame == PING => drop(self.frames.try_send(PONG.to_owned())),
                Ok(other) => return other,
                Err(_) => return None,
            }
        }
    }
}

async fn send_all(
    mut sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    mut frames: mpsc::Receiver<String>,
) {
    while let Some(frame) = frames.recv().await {
        if sink.send(Message::text(frame)).await.is_err() {
            return;
        }
    }
}

async fn next<S>(stream: &mut S) -> Result<Option<Utf8Bytes>>
where
    S: StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => return Ok(Some(text)),
            Some(Ok(Message::Close(_))) | None => return Ok(None),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error).context("the connection broke"),
        }
    }
}
