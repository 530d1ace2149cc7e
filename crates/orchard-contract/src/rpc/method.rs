use crate::Errno;

/// A method: its name, its token, and the types of its parameters and result.
pub trait Method {
    /// The method's name on the wire.
    const NAME: &'static str;

    /// The token that the call must carry.
    const TOKEN: TokenKind;

    /// The type of the named parameters.
    type Params;

    /// The type of the result.
    type Result: MethodResult;
}

/// The kind of token that a call carries in its `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// No token.
    None,
    /// The short-lived access token.
    Access,
    /// The long-lived refresh token, valid only for `User.refresh` and `User.logout`.
    Refresh,
}

/// The fields that every result has.
pub trait MethodResult {
    /// Returns the outcome's code, if the server sent one.
    fn errno(&self) -> Option<Errno>;

    /// Returns the server's message about the outcome, if it sent one.
    fn errmsg(&self) -> Option<&str>;

    /// Returns whether the call succeeded.
    fn is_ok(&self) -> bool {
        self.errno().is_some_and(Errno::is_ok)
    }
}
