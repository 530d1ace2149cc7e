use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::json;
use crate::split::{decimal, split_once};

/// The longest delay of a browser's timer, in milliseconds: 2^31 − 1, about 24 days.
const MAX_DELAY_MS: u64 = (1 << 31) - 1;

const INTERVAL: &str = "a number of milliseconds from 0 to 2^31 - 1";
const TIMEOUT: &str = "a number of milliseconds from 1 to 2^31 - 1";

/// The handshake of a connection: the data of the server's open packet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Handshake {
    /// The id of the Engine.IO session. It differs from the id of a socket.
    pub sid: String,
    /// The names of the transports that this connection can be upgraded to.
    pub upgrades: Vec<String>,
    /// The time between two pings of the server.
    pub ping_interval: Duration,
    /// How long a ping may be late before the connection counts as dead.
    pub ping_timeout: Duration,
    /// The maximum size of one polling payload in bytes; `None` when the server sets no bound.
    pub max_payload: Option<u64>,
}

impl Handshake {
    /// Parses the data of [`EnginePacket::Open`](super::EnginePacket::Open).
    ///
    /// The reference client accepts any data, and a connection without ping values fails at once
    /// with a ping timeout. Here, `sid`, `pingInterval` and `pingTimeout` are required, the timeout
    /// must be at least 1 ms, and neither may exceed the range of a browser's timer. An interval of
    /// 0 is allowed: python-engineio announces it for intervals below a second. `upgrades` and
    /// `maxPayload` are optional. A `maxPayload` of 0 means no bound, and so does a number beyond
    /// 64 bits, such as JavaScript's `Number.MAX_VALUE`.
    ///
    /// ```
    /// use core::time::Duration;
    /// use socketio_proto::engine::Handshake;
    ///
    /// let open = r#"{"sid":"x1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#;
    /// let handshake = Handshake::parse(open)?;
    /// assert_eq!(handshake.ping_interval, Duration::from_secs(25));
    /// # Ok::<(), socketio_proto::engine::HandshakeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the data is not a JSON object, or a field is missing or out of range. The error names
    /// the field.
    pub fn parse(data: &str) -> Result<Self, HandshakeError> {
        let fields = Fields::read(data)?;
        Ok(Self {
            sid: sid(fields.sid)?,
            upgrades: upgrades(fields.upgrades)?,
            ping_interval: delay("pingInterval", fields.ping_interval, 0)?,
            ping_timeout: delay("pingTimeout", fields.ping_timeout, 1)?,
            max_payload: max_payload(fields.max_payload)?,
        })
    }
}

/// Why a handshake can't be used. The server is at fault, and the attempt to connect has failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HandshakeError {
    /// A field has the wrong type, or a value out of range.
    InvalidField {
        /// The field's name on the wire.
        field: &'static str,
        /// What the field must hold.
        expected: &'static str,
    },
    /// A field is missing.
    MissingField {
        /// The field's name on the wire.
        field: &'static str,
    },
    /// The data is not a JSON object.
    NotAnObject,
}

impl HandshakeError {
    /// Returns a name for logs and tools, in snake case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidField { .. } => "invalid_handshake_field",
            Self::MissingField { .. } => "missing_handshake_field",
            Self::NotAnObject => "invalid_handshake",
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidField { field, expected } => {
                write!(f, "`{field}` of the handshake must be {expected}")
            }
            Self::MissingField { field } => write!(
                f,
                "the handshake has no `{field}`: is this an Engine.IO 4 server (Socket.IO 3 or later)?"
            ),
            Self::NotAnObject => f.write_str("the handshake is no JSON object"),
        }
    }
}

impl core::error::Error for HandshakeError {}

/// The fields as raw JSON text. Each is parsed on its own, so that an error can name it.
#[derive(Default)]
struct Fields<'a> {
    sid: Option<&'a str>,
    upgrades: Option<&'a str>,
    ping_interval: Option<&'a str>,
    ping_timeout: Option<&'a str>,
    max_payload: Option<&'a str>,
}

impl<'a> Fields<'a> {
    fn read(data: &'a str) -> Result<Self, HandshakeError> {
        let mut fields = Self::default();
        let mut take = |key: &str, value: &'a str| {
            // Of duplicate keys the last one wins, as in `JSON.parse`. Null means absent.
            let value = Some(value).filter(|value| *value != "null");
            match key {
                "sid" => fields.sid = value,
                "upgrades" => fields.upgrades = value,
                "pingInterval" => fields.ping_interval = value,
                "pingTimeout" => fields.ping_timeout = value,
                "maxPayload" => fields.max_payload = value,
                _ => {}
            }
        };
        json::members(data, &mut take).map_err(|_| HandshakeError::NotAnObject)?;
        Ok(fields)
    }
}

fn sid(value: Option<&str>) -> Result<String, HandshakeError> {
    let value = value.ok_or(HandshakeError::MissingField { field: "sid" })?;
    json::string(value)
        .filter(|sid| !sid.is_empty())
        .ok_or(HandshakeError::InvalidField {
            field: "sid",
            expected: "a string that is not empty",
        })
}

fn upgrades(value: Option<&str>) -> Result<Vec<String>, HandshakeError> {
    let mut names = Vec::new();
    let mut all = true;
    let mut take = |value: &str| match json::string(value) {
        Some(name) => names.push(name),
        None => all = false,
    };
    let array = json::elements(value.unwrap_or("[]"), &mut take).is_ok();
    match array && all {
        true => Ok(names),
        false => Err(HandshakeError::InvalidField {
            field: "upgrades",
            expected: "a list of transport names",
        }),
    }
}

fn delay(field: &'static str, value: Option<&str>, least: u64) -> Result<Duration, HandshakeError> {
    let value = value.ok_or(HandshakeError::MissingField { field })?;
    match number(value) {
        Some(ms) if (least..=MAX_DELAY_MS).contains(&ms) => Ok(Duration::from_millis(ms)),
        _ => Err(HandshakeError::InvalidField {
            field,
            expected: if least == 0 { INTERVAL } else { TIMEOUT },
        }),
    }
}

fn max_payload(value: Option<&str>) -> Result<Option<u64>, HandshakeError> {
    let Some(value) = value else {
        return Ok(None);
    };
    match number(value) {
        // A value that begins with a digit but is no `u64` is beyond 64 bits, or has an exponent,
        // as JavaScript writes its largest numbers.
        None if !value.as_bytes().first().is_some_and(u8::is_ascii_digit) => {
            Err(HandshakeError::InvalidField {
                field: "maxPayload",
                expected: "a number of bytes, 0 for no bound",
            })
        }
        bytes => Ok(bytes.filter(|bytes| *bytes > 0)),
    }
}

/// Parses a number that is not negative, without its fraction. Exponents are refused: no server
/// writes a delay with one, and without floating-point code the page stays small.
fn number(json: &str) -> Option<u64> {
    let (whole, fraction) = split_once(json, b'.').unwrap_or((json, ""));
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    decimal(whole)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    fn with(field: &str, value: &str) -> Result<Handshake, HandshakeError> {
        let mut fields = vec![
            ("sid", "\"x\""),
            ("upgrades", "[\"websocket\"]"),
            ("pingInterval", "25000"),
            ("pingTimeout", "20000"),
            ("maxPayload", "1000000"),
        ];
        fields.retain(|(name, _)| *name != field);
        if !value.is_empty() {
            fields.push((field, value));
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        Handshake::parse(&format!("{{{}}}", fields.join(",")))
    }

    #[test]
    fn j6_a_handshake_reads() {
        let handshake = Handshake {
            sid: "x".into(),
            upgrades: vec!["websocket".into()],
            ping_interval: Duration::from_millis(25_000),
            ping_timeout: Duration::from_millis(20_000),
            max_payload: Some(1_000_000),
        };
        assert_eq!(with("more", "{\"a\":[1]}"), Ok(handshake.clone()));
        let data = " { \"s\\u0069d\" : \"y\", \"sid\":\"x\",\n\"upgrades\":[\"websocket\"],\"pingInterval\":25000.0,\
                    \"pingTimeout\":20000.9,\"maxPayload\":1000000 } ";
        assert_eq!(Handshake::parse(data), Ok(handshake));
    }

    #[test]
    fn j6_optional_fields_may_be_absent() {
        for value in ["", "null"] {
            assert_eq!(
                with("upgrades", value).unwrap().upgrades,
                Vec::<String>::new()
            );
            assert_eq!(with("maxPayload", value).unwrap().max_payload, None);
        }
        assert_eq!(with("maxPayload", "0").unwrap().max_payload, None);
        for value in ["99999999999999999999", "1.7976931348623157e+308"] {
            assert_eq!(with("maxPayload", value).unwrap().max_payload, None);
        }
    }

    #[test]
    fn j6_an_absent_field_is_named() {
        for field in ["sid", "pingInterval", "pingTimeout"] {
            for value in ["", "null"] {
                assert_eq!(
                    with(field, value),
                    Err(HandshakeError::MissingField { field })
                );
            }
        }
        let message = with("pingTimeout", "").unwrap_err().to_string();
        assert!(message.contains("pingTimeout"), "{message}");
    }

    #[test]
    fn j6_an_invalid_field_is_named() {
        for value in [
            "-1",
            "1e3",
            "2147483648",
            "1e999",
            "\"25000\"",
            "true",
            "[25000]",
            "{}",
        ] {
            for (field, expected) in [("pingInterval", INTERVAL), ("pingTimeout", TIMEOUT)] {
                let error = HandshakeError::InvalidField { field, expected };
                assert_eq!(with(field, value), Err(error), "{value}");
            }
        }
        for value in ["0", "0.9"] {
            assert!(with("pingTimeout", value).is_err(), "{value}");
            let handshake = with("pingInterval", value).unwrap();
            assert_eq!(handshake.ping_interval, Duration::ZERO);
        }
        for (field, values) in [
            ("sid", &["\"\"", "1", "[]", "{}", "false"][..]),
            (
                "upgrades",
                &["1", "\"websocket\"", "[1]", "[[\"websocket\"]]", "{}"],
            ),
            ("maxPayload", &["-1", "\"1\"", "[]", "{}", "true"]),
        ] {
            for value in values {
                let found = with(field, value);
                assert!(
                    matches!(found, Err(HandshakeError::InvalidField { field: named, .. }) if named == field),
                    "{field}: {value} gave {found:?}"
                );
            }
        }
    }

    #[test]
    fn j6_a_handshake_that_is_not_an_object_is_refused() {
        let deep = "[".repeat(100_000);
        for data in [
            "",
            " ",
            "null",
            "[]",
            "\"x\"",
            "{",
            "{\"sid\"}",
            "{\"sid\":}",
            "{}x",
            "{,}",
            &deep,
        ] {
            assert_eq!(
                Handshake::parse(data),
                Err(HandshakeError::NotAnObject),
                "{data:.20}"
            );
        }
    }
}
