//! The endpoints of the contract: namespaces, paths and the `Authorization` header.

use alloc::string::String;

/// The namespace of the orchard's events.
pub const NAMESPACE: &str = "/mofang";

/// The namespace that receives [`SomeEvent`](crate::events::SomeEvent).
pub const DEFAULT_NAMESPACE: &str = "/";

/// The HTTP path of Socket.IO.
pub const SOCKET_PATH: &str = "/socket.io/";

/// The HTTP path of JSON-RPC.
pub const API_PATH: &str = "/api";

/// The scheme of the `Authorization` header.
pub const AUTHORIZATION_SCHEME: &str = "jwt";

/// Returns the value of the `Authorization` header that carries `token`.
///
/// ```
/// assert_eq!(orchard_contract::endpoints::authorization("a.b.c"), "jwt a.b.c");
/// ```
pub fn authorization(token: &str) -> String {
    [AUTHORIZATION_SCHEME, " ", token].concat()
}

/// Returns the token in the value of an `Authorization` header. The scheme is case-insensitive.
///
/// ```
/// use orchard_contract::endpoints::token_of;
///
/// assert_eq!(token_of("jwt a.b.c"), Some("a.b.c"));
/// assert_eq!(token_of("Bearer a.b.c"), None);
/// assert_eq!(token_of("jwt "), None);
/// ```
pub fn token_of(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case(AUTHORIZATION_SCHEME) && !token.is_empty()).then_some(token)
}
