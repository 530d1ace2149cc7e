//! The message of a server that refuses or ends a connection: a text, and an errno of the contract
//! if it sends one.

use orchard_contract::Errno;
use orchard_contract::events::RefusalData;

use socketio_proto::manager::Refusal;

use crate::i18n::shown;

/// The text, sanitized for display, and the errno.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerMessage {
    pub(crate) errno: Option<Errno>,
    pub(crate) words: String,
}

impl ServerMessage {
    /// Creates a message from the fields of an event.
    pub(crate) fn new(errno: Option<Errno>, words: Option<&str>) -> Self {
        Self {
            errno,
            words: shown::words(words.unwrap_or_default()),
        }
    }

    /// Reads a CONNECT_ERROR or a DISCONNECT. The errno is in its `data`, or at the beginning of
    /// the message, as in `1005 token expired`, from servers that can send only a text.
    pub(crate) fn of(refusal: &Refusal) -> Self {
        let message = refusal.message();
        let data: Option<RefusalData> = refusal.data().unwrap_or_default();
        let (leading, words) = leading_errno(&message);
        Self {
            errno: data.and_then(|data| data.errno).or(leading),
            words: shown::words(words),
        }
    }

    /// Returns whether the token is refused, so that a new token or a sign-in is required.
    pub(crate) fn is_about_session(&self) -> bool {
        matches!(
            self.errno,
            Some(
                Errno::NO_AUTHORIZATION
                    | Errno::TOKEN_EXPIRED
                    | Errno::TOKEN_INVALID
                    | Errno::NO_SUCH_USER
            )
        )
    }

    /// Returns whether the server gave no reason.
    pub(crate) fn is_empty(&self) -> bool {
        self.errno.is_none() && self.words.is_empty()
    }
}

/// Splits an errno off the beginning of a message. Every errno of the contract has four digits.
fn leading_errno(message: &str) -> (Option<Errno>, &str) {
    let message = message.trim_start();
    let digits = message.bytes().take_while(u8::is_ascii_digit).count();
    let (Some(number), Some(rest)) = (message.get(..digits), message.get(digits..)) else {
        return (None, message);
    };
    let words = rest.trim_start_matches([' ', ':', '：', '-']);
    let stands_apart = words.len() < rest.len() || rest.is_empty();
    match number.parse() {
        Ok(errno) if digits == 4 && stands_apart => (Some(Errno::new(errno)), words),
        _ => (None, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errno_precedes_the_message() {
        for (message, errno, words) in [
            ("1005 token expired", Some(1005), "token expired"),
            ("1005: 登录已过期", Some(1005), "登录已过期"),
            ("1005", Some(1005), ""),
            ("10050 apples", None, "10050 apples"),
            ("100 apples", None, "100 apples"),
            ("1005th visitor", None, "1005th visitor"),
            ("closed for the harvest", None, "closed for the harvest"),
            ("", None, ""),
        ] {
            assert_eq!(leading_errno(message), (errno.map(Errno::new), words));
        }
    }

    #[test]
    fn only_session_errors_are_fixed_by_signing_in() {
        let about = |code| {
            ServerMessage {
                errno: Some(Errno::new(code)),
                ..ServerMessage::default()
            }
            .is_about_session()
        };
        for code in [1004, 1005, 1006, 1008] {
            assert!(about(code), "{code}");
        }
        for code in [1000, 1001, 1009, 1017] {
            assert!(!about(code), "{code}");
        }
        assert!(!ServerMessage::default().is_about_session());
    }
}
