use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::head::Head;
use super::{DecodeError, PacketKind};
use crate::Limits;
use crate::json::{self, ScanError, ScanErrorKind, Scanner};

/// The structure of a payload, found in one pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub(super) name: Option<Name>,
    pub(super) args: Args,
}

/// An event's name.
#[derive(Clone, Debug)]
pub(super) enum Name {
    /// The name's range in the text.
    InText(Range<usize>),
    /// The decoded name, if it contained escapes.
    Unescaped(String),
}

/// The position of an array's arguments. Their ranges are not stored one by one, because a hostile
/// `[0,0,…]` would then take many times its size in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Args {
    /// The position after the opening bracket, or after the event's name.
    start: usize,
    /// Whether an element precedes `start`.
    behind_name: bool,
    pub(super) count: usize,
    pub(super) last: Range<usize>,
}

impl Args {
    /// The position after the opening bracket, or after the event's name.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The range of the argument at this index.
    pub(super) fn get(&self, text: &str, index: usize) -> Option<Range<usize>> {
        if index >= self.count {
            return None;
        }
        if index + 1 == self.count {
            return Some(self.last.clone());
        }
        let mut elements = Elements {
            scanner: Scanner::new(text, self.start, usize::MAX),
            behind_another: self.behind_name,
        };
        for _ in 0..index {
            elements.next().ok()?;
        }
        elements.next().ok()?
    }
}

/// Validates the payload after `head` in one pass: it must be JSON, and an array where it contains
/// arguments.
///
/// The other kinds may have any JSON payload, and their readers interpret it. Servers send more
/// there than the protocol specifies, such as a reason with DISCONNECT.
pub(super) fn check(text: &str, head: &Head, limits: &Limits) -> Result<Shape, DecodeError> {
    let kind = head.kind;
    let has_arguments = matches!(kind, PacketKind::Event | PacketKind::Ack);
    if head.data >= text.len() {
        return match has_arguments {
            true => Err(DecodeError::MissingPayload { kind }),
            false => Ok(Shape::default()),
        };
    }
    let json = |error| scan_error(error, limits);

    let mut scanner = Scanner::new(text, head.data, limits.nesting);
    scanner.skip_whitespace();
    let is_array = scanner.peek() == Some(b'[');
    let shape = match has_arguments && is_array {
        true => array(text, &mut scanner, kind, limits)?,
        false => {
            // Distinguishes text that is not JSON from JSON of another shape.
            scanner.value().map_err(json)?;
            Shape::default()
        }
    };
    end(&mut scanner).map_err(json)?;
    match has_arguments && !is_array {
        true => Err(DecodeError::InvalidPayload {
            kind,
            reason: "it must be an array",
        }),
        false => Ok(shape),
    }
}

/// Reads an event up to its name, and leaves the arguments after it unread. Returns `None` if the
/// payload does not begin with an array.
pub(super) fn head_of_event(
    text: &str,
    head: &Head,
    limits: &Limits,
) -> Result<Option<Shape>, DecodeError> {
    let mut scanner = Scanner::new(text, head.data, limits.nesting);
    scanner.skip_whitespace();
    if scanner.peek() != Some(b'[') {
        return Ok(None);
    }
    let (name, args, _) = begin(text, &mut scanner, head.kind, limits)?;
    Ok(Some(Shape { name, args }))
}

/// Skips white space, after which the text must end.
pub(super) fn end(scanner: &mut Scanner<'_>) -> Result<(), ScanError> {
    scanner.skip_whitespace();
    if scanner.at_end() {
        return Ok(());
    }
    Err(ScanError {
        kind: ScanErrorKind::Trailing,
        offset: scanner.pos(),
    })
}

/// Checks that each placeholder refers to an attachment, and returns the total size in bytes of the
/// attachments they refer to.
///
/// As in the reference parser, several placeholders may share an attachment. No encoder writes
/// that, but a hostile peer could expand every few bytes to megabytes. So an attachment counts as
/// often as it is referred to.
pub(super) fn placeholder_bytes(data: &str, attachments: &[Vec<u8>]) -> Result<usize, DecodeError> {
    let placeholders = json::check_placeholders(data, attachments.len())
        .map_err(|_| DecodeError::InvalidPlaceholder)?;
    let mut bytes: usize = 0;
    for placeholder in &placeholders {
        let attachment = attachments.get(placeholder.num);
        bytes = bytes.saturating_add(attachment.map_or(0, Vec::len));
    }
    Ok(bytes)
}

/// Whether the placeholders are exactly those of the attachments, each once and in order, as an
/// encoder writes them.
pub(super) fn placeholders_are_own(data: &str, attachments: usize) -> bool {
    json::check_placeholders(data, attachments)
        .is_ok_and(|found| found.iter().map(|it| it.num).eq(0..attachments))
}

/// Converts an error of the scanner into an error of the packet.
pub(super) fn scan_error(error: ScanError, limits: &Limits) -> DecodeError {
    match error.kind {
        ScanErrorKind::Nesting => DecodeError::NestingTooDeep {
            limit: limits.nesting,
        },
        _ => DecodeError::InvalidJson(error),
    }
}

fn array<'a>(
    text: &'a str,
    scanner: &mut Scanner<'a>,
    kind: PacketKind,
    limits: &Limits,
) -> Result<Shape, DecodeError> {
    let json = |error| scan_error(error, limits);
    let (name, mut args, inner) = begin(text, scanner, kind, limits)?;
    let mut elements = Elements {
        scanner: inner,
        behind_another: args.behind_name,
    };
    while let Some(range) = elements.next().map_err(json)? {
        args.count += 1;
        args.last = range;
    }
    *scanner = Scanner::new(text, elements.scanner.pos(), limits.nesting);
    scanner.expect(b']').map_err(json)?;
    Ok(Shape { name, args })
}

/// Reads the opening bracket of an array and, for an event, its name. The arguments follow.
fn begin<'a>(
    text: &'a str,
    scanner: &mut Scanner<'a>,
    kind: PacketKind,
    limits: &Limits,
) -> Result<(Option<Name>, Args, Scanner<'a>), DecodeError> {
    let json = |error| scan_error(error, limits);
    let inside = limits
        .nesting
        .checked_sub(1)
        .ok_or(DecodeError::NestingTooDeep {
            limit: limits.nesting,
        })?;
    scanner.expect(b'[').map_err(json)?;
    let mut inner = Scanner::new(text, scanner.pos(), inside);

    let behind_name = kind == PacketKind::Event;
    let name = if behind_name {
        Some(name(text, &mut inner, limits)?)
    } else {
        None
    };
    let args = Args {
        start: inner.pos(),
        behind_name,
        ..Args::default()
    };
    Ok((name, args, inner))
}

fn name(text: &str, scanner: &mut Scanner<'_>, limits: &Limits) -> Result<Name, DecodeError> {
    let invalid = |reason| DecodeError::InvalidPayload {
        kind: PacketKind::Event,
        reason,
    };
    scanner.skip_whitespace();
    match scanner.peek() {
        Some(b'"') => {
            let token = scanner
                .string()
                .map_err(|error| scan_error(error, limits))?;
            let raw = text.get(token.range.clone()).unwrap_or_default();
            let name = match token.escaped {
                true => Name::Unescaped(json::unescape(raw).into_owned()),
                false => Name::InText(token.range),
            };
            Ok(name)
        }
        Some(b'-' | b'0'..=b'9') => {
            let range = scanner.value().map_err(|error| scan_error(error, limits))?;
            Ok(Name::InText(range))
        }
        _ => {
            // Distinguishes text that is not JSON from JSON of another shape.
            if scanner.peek() != Some(b']') {
                scanner.value().map_err(|error| scan_error(error, limits))?;
            }
            Err(invalid(
                "it must begin with the event's name, a string or a number",
            ))
        }
    }
}

/// Iterates over the elements of an array, up to its closing bracket.
#[derive(Debug)]
struct Elements<'a> {
    scanner: Scanner<'a>,
    /// Whether an element precedes the next one, so that a comma is required.
    behind_another: bool,
}

impl Elements<'_> {
    fn next(&mut self) -> Result<Option<Range<usize>>, ScanError> {
        self.scanner.skip_whitespace();
        if self.scanner.peek() == Some(b']') {
            return Ok(None);
        }
        if self.behind_another {
            self.scanner.expect(b',')?;
        }
        self.behind_another = true;
        self.scanner.value().map(Some)
    }
}
