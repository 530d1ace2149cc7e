//! JSON-RPC 2.0 as the game speaks it.
//!
//! A business failure is a result with an [`Errno`] and HTTP status 200. A fault of the call or the
//! server is an `error` object, whose HTTP status may be 200 or an error's.
//!
//! ```
//! use orchard_contract::rpc::{Request, user};
//!
//! let request = Request::of::<user::Check>("0b1c…", user::NoParams {});
//! assert_eq!(
//!     serde_json::to_string(&request).unwrap(),
//!     r#"{"jsonrpc":"2.0","method":"User.check","params":{},"id":"0b1c…"}"#,
//! );
//! ```

mod envelope;
pub mod user;

pub use envelope::{ErrorObject, Id, Request, Response, VERSION, code};

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
