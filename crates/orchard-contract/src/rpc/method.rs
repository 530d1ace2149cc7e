use crate::Errno;

/// Binds a method's name to its parameters and result, once.
pub trait Method {
    /// The method's name on the wire.
    const NAME: &'static str;

    /// Which token the call has to carry.
    const TOKEN: TokenKind;

    /// Its named parameters.
    type Params;

    /// What it answers.
    type Result: Outcome;
}

/// Which token a call carries in its `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// No token.
    None,
    /// The short-lived one.
    Access,
    /// The long-lived one, which is good for nothing but a new access token.
    Refresh,
}

/// What every result holds.
pub trait Outcome {
    /// The outcome's code, if the server sent one.
    fn errno(&self) -> Option<Errno>;

    /// The server's words for it.
    fn errmsg(&self) -> Option<&str>;

    /// Whether the call did what it was asked.
    fn is_ok(&self) -> bool {
        self.errno().is_some_and(Errno::is_ok)
    }
}
