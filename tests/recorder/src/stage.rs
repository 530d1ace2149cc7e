//! What a scenario is played on: a client, a server, and the lines that are recorded.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::client::{Client, Incoming};
use crate::names::Names;
use crate::server::Server;
use crate::transcript::{Frame, Line};

/// What is known to come may take that long.
const PATIENCE: Duration = Duration::from_secs(15);

/// When a server has nothing more to say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quiet<'a> {
    /// After this time.
    After(Duration),
    /// When it has said what is expected, and a moment later.
    When(&'a [Line], Duration),
}

#[derive(Debug)]
pub(crate) struct Stage<'a> {
    server: &'a mut Server,
    client: Client,
    quiet: Quiet<'a>,
    names: Names,
    /// Whether heartbeats are recorded, and left to the scenario to answer.
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

    /// Opens another WebSocket, where the first is closed.
    pub(crate) fn reopen(&mut self) -> Result<()> {
        self.client = Client::open(self.server.address)?;
        self.is_closed = false;
        self.lines.push(Line::Open);
        self.handshake()
    }

    /// Connects `/`, and from then on records heartbeats, and leaves it to the scenario to answer them. A ping before
    /// that is not recorded: socketioxide sends its first before or behind the reply.
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

    /// Sends what no client of ours sends.
    pub(crate) fn forge(&mut self, text: &str) -> Result<()> {
        self.write(Frame::Text(text.to_owned()), Line::Forged)
    }

    /// Acknowledges the event that came last, with these arguments.
    pub(crate) fn acknowledge(&mut self, arguments: &str) -> Result<()> {
        let asked = self.lines.iter().rev().find_map(|line| match line {
            Line::Received(Frame::Text(text)) => text.strip_prefix("42"),
            _ => None,
        });
        let id: String = asked
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        self.send(&format!("43{id}{arguments}"))
    }

    /// Takes all that comes, until the server is quiet.
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

    /// As [`settle`](Self::settle), and says that nothing came, where the client waits for something.
    pub(crate) fn silence(&mut self) -> Result<()> {
        self.settle()?;
        if !self.is_closed {
            self.lines.push(Line::Silence);
        }
        Ok(())
    }

    /// Takes all that comes, until this beginning of a frame does.
    pub(crate) fn until(&mut self, beginning: &str) -> Result<()> {
        let before = self.lines.len();
        let come = |line: &Line| match line {
            Line::Received(Frame::Text(text)) => text.starts_with(beginning),
            _ => false,
        };
        while !self.lines.iter().skip(before).any(come) {
            if !self.take(PATIENCE)? {
                bail!("{beginning} did not come");
            }
        }
        Ok(())
    }

    /// Takes all that comes, until the WebSocket is closed.
    pub(crate) fn closes(&mut self) -> Result<()> {
        while !self.is_closed {
            if !self.take(PATIENCE)? {
                bail!("it was not closed");
            }
        }
        Ok(())
    }

    /// Looks for these text frames with a binary frame behind them, one right behind the other, in all that comes until
    /// `ends` texts have come that end so. Of all that has come since the last frame was sent, only they are kept, and where
    /// they are not found, that frame is not kept either.
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
                bail!("{ending} did not come");
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
                bail!("no handshake came");
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

    /// Takes what comes within this time; `false` where nothing did.
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
