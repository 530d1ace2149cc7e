//! JSON-RPC 2.0 as the game uses it.
//!
//! A business failure is a result with an [`Errno`](crate::Errno) and HTTP status 200. A failed
//! call or a server error is an `error` object, with HTTP status 200 or an error status.
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
mod method;
pub mod user;

pub use envelope::{ErrorObject, Id, Request, Response, VERSION, code};
pub use method::{Method, MethodResult, TokenKind};
