//! The stage of a scenario: a client, a server, and the recorded lines.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::client::{Client, Incoming};
use crate::names::Names;
use crate::server::Server;
use crate::transcript::{Frame, Line};

/// The time limit for a frame that is expected.
const PATIENCE: Duration = Duration::from_secs(15);

/// The condition for a server to have nothing more to send.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quiet<'a> {
    /// No frame for this time.
    After(Duration),
    /// All expected lines have been received, and no frame for this time afterwards.
    When(&'a [Line], Duration),
}

#[derive(Debug)]
pub(crate) struct Stage<'a> {
    server: &'a mut Server,
    client: Client,
    quiet: Quiet<'a>,
    names: Names,
    /// Whether heartbeats are recorded and left to the scenario to answer; otherwise they are
    /// answered here.
    heartbeats: bool,
    is_closed: bool,
    pub(crate) lines: Vec<Line>,
}

impl<'a> Stage<'a> {
    pub(crate) fn open(server: &'a mut Server, quiet: Quiet<'a>) -> Result<Self> {
        let mut stage = Self {
            client: Client::open(server.address)?,
            server,
            quiet,
            names: Names::default(),
            heartbeats: false,
            is_closed: false,
            lines: vec![Line::Open],
        };
        stage.handshake()?;
        Ok(stage)
    }

    /// Opens a new WebSocket after the first one was closed.
    pub(crate) fn reopen(&mut self) -> Result<()> {
        self.client = Client::open(self.server.address)?;
        self.is_closed = false;
        self.lines.push(Line::Open);
        self.handshake()
    }

    /// Connects to `/`; from then on, records heartbeats and leaves them to the scenario to answer.
    /// A ping before that is not recorded: socketioxide sends its first one before or after the
    /// reply.
    pub(crate) fn connect_and_mute(&mut self, replies: usize) -> Result<()> {
        self.send("40")?;
        let before = self.lines.len();
        while self.lines.len() < before + replies {
            if !self.take(PATIENCE)? {
                bail!("it was not connected");
            }
        }
        self.heartbeats = true;
        Ok(())
    }

    pub(crate) fn send(&mut self, text: &str) -> Result<()> {
        self.write(Frame::Text(text.to_owned()), Line::Sent)
    }

    pub(crate) fn send_bytes(&mut self, data: &[u8]) -> Result<()> {
        self.write(Frame::Binary(data.to_owned()), Line::Sent)
    }

    /// Sends a frame that our client would never send.
    pub(crate) fn forge(&mut self, text: &str) -> Result<()> {
        self.write(Frame::Text(text.to_owned()), Line::Forged)
    }

    /// Acknowledges the last event with these arguments.
    pub(crate) fn acknowledge(&mut self, arguments: &str) -> Result<()> {
        let event = self.lines.iter().rev().find_map(|line| match line {
            Line::Received(Frame::Text(text)) => text.strip_prefix("42"),
            _ => None,
        });
        let id: String = event
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        self.send(&format!("43{id}{arguments}"))
    }

    /// Receives frames until the server is quiet.
    pub(crate) fn settle(&mut self) -> Result<()> {
        match self.quiet {
            Quiet::After(quiet) => while self.take(quiet)? {},
            Quiet::When(expected, moment) => {
                let next = expected.get(self.lines.len()..).unwrap_or_default();
                let incoming =
                    |line: &&Line| matches!(line, Line::Received(_) | Line::Closed { .. });
                let count = next.iter().take_while(incoming).count();
                let until = self.lines.len() + count;
                while self.lines.len() < until && self.take(PATIENCE)? {}
                while self.take(moment)? {}
            }
        }
        Ok(())
    }

    /// Like [`settle`](Self::settle), and records a silence: the client keeps waiting for a frame.
    pub(crate) fn silence(&mut self) -> Result<()> {
        self.settle()?;
        if !self.is_closed {
            self.lines.push(Line::Silence);
        }
        Ok(())
    }

    /// Receives frames up to the first one that begins with this text.
    pub(crate) fn until(&mut self, beginning: &str) -> Result<()> {
        let before = self.lines.len();
        let arrives = |line: &Line| match line {
            Line::Received(Frame::Text(text)) => text.starts_with(beginning),
            _ => false,
        };
        while !self.lines.iter().skip(before).any(arrives) {
            if !self.take(PATIENCE)? {
                bail!("{beginning} did not arrive");
            }
        }
        Ok(())
    }

    /// Receives frames until the WebSocket is closed.
    pub(crate) fn closes(&mut self) -> Result<()> {
        while !self.is_closed {
            if !self.take(PATIENCE)? {
                bail!("it was not closed");
            }
        }
        Ok(())
    }

    /// Receives frames until `ends` texts with this ending have arrived, and searches them for two
    /// given text frames directly followed by a binary frame. Returns whether they were found. Of
    /// the received frames only those three are recorded; if they are not found, the last sent
    /// frame is removed from the recording as well.
    pub(crate) fn excerpt(
        &mut self,
        [first_text, second_text]: [&str; 2],
        ending: &str,
        ends: usize,
    ) -> Result<bool> {
        let start = self.lines.len();
        let mut ended = 0;
        while ended < ends {
            if !self.take(PATIENCE)? {
                bail!("{ending} did not arrive");
            }
            ended += match self.lines.last() {
                Some(Line::Received(Frame::Text(text))) if text.ends_with(ending) => 1,
                _ => 0,
            };
        }
        let incoming = self.lines.split_off(start);
        let is_text = |line: &Line, expected: &str| match line {
            Line::Received(Frame::Text(text)) => text == expected,
            _ => false,
        };
        let found = incoming.windows(3).find(|lines| match lines {
            [first, second, Line::Received(Frame::Binary(_))] => {
                is_text(first, first_text) && is_text(second, second_text)
            }
            _ => false,
        });
        match found {
            Some(found) => self.lines.extend_from_slice(found),
            None => _ = self.lines.pop(),
        }
        Ok(found.is_some())
    }

    pub(crate) fn server(&mut self) -> &mut Server {
        self.server
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    fn handshake(&mut self) -> Result<()> {
        let before = self.lines.len();
        while self.lines.len() == before {
            if !self.take(PATIENCE)? {
                bail!("no handshake arrived");
            }
        }
        Ok(())
    }

    fn write(&mut self, frame: Frame, line: fn(Frame) -> Line) -> Result<()> {
        if self.is_closed {
            bail!("{frame:?} can't be sent: it is closed");
        }
        self.client
            .send(&frame)
            .with_context(|| format!("{frame:?} was not taken"))?;
        self.lines.push(line(frame));
        Ok(())
    }

    /// Receives one frame within this time; returns `false` if there was none.
    fn take(&mut self, time: Duration) -> Result<bool> {
        if self.is_closed {
            return Ok(false);
        }
        let deadline = Instant::now() + time;
        loop {
            let line = match self.client.receive(deadline)? {
                None => return Ok(false),
                Some(Incoming::Frame(Frame::Text(text))) if text == "2" && !self.heartbeats => {
                    self.client.send(&Frame::Text("3".to_owned()))?;
                    continue;
                }
                Some(Incoming::Frame(Frame::Text(text))) => {
                    Line::Received(Frame::Text(self.names.replace(&text)))
                }
                Some(Incoming::Frame(frame)) => Line::Received(frame),
                Some(Incoming::Closed { code, reason }) => {
                    self.is_closed = true;
                    Line::Closed { code, reason }
                }
            };
            self.lines.push(line);
            return Ok(true);
        }
    }
}
