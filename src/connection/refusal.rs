//! A server's message when it refuses or ends something: words, and an errno of the contract where
//! it has one.

use orchard_contract::Errno;
use orchard_contract::events::RefusalData;

use socketio_proto::manager::Refusal;

use crate::i18n::shown;

/// The words, made safe to show, and the errno.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerMessage {
    pub(crate) errno: Option<Errno>,
    pub(crate) words: String,
}

impl ServerMessage {
    /// What an event of the server's says.
    pub(crate) fn new(errno: Option<Errno>, words: Option<&str>) -> Self {
        Self {
            errno,
            words: shown::words(words.unwrap_or_default()),
        }
    }

    /// Reads a CONNECT_ERROR or a DISCONNECT. The errno is in its `data`, or begins the message, as
    /// in `1005 token expired`, from servers that can send a text only.
    pub(crate) fn of(refusal: &Refusal) -> Self {
        let message = refusal.message();
        let data: Option<RefusalData> = refusal.data().unwrap_or_default();
        let (leading, words) = leading_errno(&message);
        Self {
            errno: data.and_then(|data| data.errno).or(leading),
            words: shown::words(words),
        }
    }

    /// Whether the token is refused, so that a new one or a sign-in is needed.
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

    /// Whether the server gave no reason.
    pub(crate) fn is_empty(&self) -> bool {
        self.errno.is_none() && self.words.is_empty()
    }
}

/// The number that a message begins with, and the rest. All of the contract's have four digits.
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
    fn a_number_stands_before_the_words() {
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
    fn only_what_is_about_the_session_is_mended_by_signing_in() {
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
