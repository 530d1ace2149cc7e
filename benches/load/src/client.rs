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

/// Bytes that a client holds for what comes: there are thousands of clients.
const BUFFER: usize = 4096;

/// How many frames of one client may wait to be sent.
const WAITING: usize = 64;

/// A client that has its Engine.IO handshake. It answers heartbeats while it is read from, and only then.
#[derive(Debug)]
pub(crate) struct Client {
    stream: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn open(target: &Target, from: Ipv4Addr) -> Result<Self> {
        Self::open_on(target, tcp::connect(target, from, None).await?).await
    }

    /// Opens it on a connection that is there.
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

    /// Connects to a namespace. Returns how many of its events came before the answer.
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

    /// The next frame that is no heartbeat; `None` once the connection is closed.
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

    /// Two halves: whoever waits until it can send still reads.
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

/// What sends the frames of a client.
#[derive(Debug)]
pub(crate) struct Sender {
    frames: mpsc::Sender<String>,
    task: JoinHandle<()>,
}

impl Sender {
    /// Waits while the server does not take what is sent. `false` once the connection is closed.
    pub(crate) async fn send(&self, frame: String) -> bool {
        self.frames.send(frame).await.is_ok()
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What reads the frames of a client.
#[derive(Debug)]
pub(crate) struct Receiver {
    stream: SplitStream<WebSocketStream<TcpStream>>,
    frames: mpsc::Sender<String>,
}

impl Receiver {
    /// The next frame that is no heartbeat; `None` once the connection is closed, however that came.
    pub(crate) async fn next(&mut self) -> Option<Utf8Bytes> {
        loop {
            match next(&mut self.stream).await {
                // Where so much waits that there is no room for it, the answer would come too late anyway.
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
