//! The text format of the recordings: what a server sends and receives.
//!
//! A file contains the recordings of one server, each below a heading such as `## connect`. The
//! text above the first heading is for readers of the file. A line is one of:
//!
//! | line | meaning |
//! |---|---|
//! | `open` | a WebSocket is opened |
//! | `< text` | the server sends a text frame |
//! | `<b 00 ff` | the server sends a binary frame |
//! | `> text`, `>b 00 ff` | the server receives a frame |
//! | `>! text` | the server receives a frame that this client never sends |
//! | `closed 1006 reason` | the WebSocket is closed: the code, and the reason if there is one |
//! | `...` | the server sends nothing more |
//! | `= text` | what the core reports to its user |

use std::fmt;

/// The recordings of one server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transcript {
    /// The lines above the first recording.
    pub(crate) preamble: String,
    pub(crate) recordings: Vec<Recording>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Line {
    Open,
    Received(Frame),
    Sent(Frame),
    /// A frame that this client never sends.
    Forged(Frame),
    Closed {
        code: u16,
        reason: String,
    },
    Silence,
    Reported(String),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Frame {
    Text(String),
    Binary(Vec<u8>),
}

impl Transcript {
    /// # Errors
    /// What is wrong with the first invalid line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut transcript = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(name) = line.strip_prefix("## ") {
                transcript.recordings.push(Recording {
                    name: name.to_owned(),
                    lines: Vec::new(),
                });
            } else if let Some(recording) = transcript.recordings.last_mut() {
                if !line.is_empty() {
                    let line = Line::parse(line)
                        .ok_or_else(|| format!("line {number} is none: {line}"))?;
                    recording.lines.push(line);
                }
            } else {
                transcript.preamble += line;
                transcript.preamble += "\n";
            }
        }
        Ok(transcript)
    }
}

impl Recording {
    /// The recording without the reports: only what was sent over the wire.
    pub(crate) fn wire(&self) -> Self {
        let mut wire = self.clone();
        wire.lines.retain(|line| !matches!(line, Line::Reported(_)));
        wire
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let text = || Frame::Text(rest.to_owned());
        Some(match mark {
            "open" => Self::Open,
            "<" => Self::Received(text()),
            "<b" => Self::Received(Frame::bytes(rest)?),
            ">" => Self::Sent(text()),
            ">b" => Self::Sent(Frame::bytes(rest)?),
            ">!" => Self::Forged(text()),
            "closed" => {
                let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                Self::Closed {
                    code: code.parse().ok()?,
                    reason: reason.to_owned(),
                }
            }
            "..." => Self::Silence,
            "=" => Self::Reported(rest.to_owned()),
            _ => return None,
        })
    }
}

impl Frame {
    fn bytes(hex: &str) -> Option<Self> {
        let bytes = hex.split_whitespace();
        let bytes = bytes.map(|byte| u8::from_str_radix(byte, 16).ok());
        bytes.collect::<Option<_>>().map(Self::Binary)
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.preamble.trim_end())?;
        f.write_str("\n")?;
        for recording in &self.recordings {
            write!(f, "\n{recording}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n", self.name)?;
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Received(frame) => write!(f, "<{frame}"),
            Self::Sent(frame) => write!(f, ">{frame}"),
            Self::Forged(frame) => write!(f, ">!{frame}"),
            Self::Closed { code, reason } if reason.is_empty() => write!(f, "closed {code}"),
            Self::Closed { code, reason } => write!(f, "closed {code} {reason}"),
            Self::Silence => f.write_str("..."),
            Self::Reported(text) => write!(f, "= {text}"),
        }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, " {text}"),
            Self::Binary(data) => {
                f.write_str("b")?;
                data.iter().try_for_each(|byte| write!(f, " {byte:02x}"))
            }
        }
    }
}
