use std::rc::Rc;

use super::slab::Key;

/// Requests the payload of the next CONNECT and passes the answer to the socket. The arguments are
/// the socket, the number of its request, and whether the server refused the previous auth. The
/// provider brings its own executor, and its own guard against exceptions of the user's code: a
/// page without a provider links neither.
pub(crate) type AuthProvider = Rc<dyn Fn(Key, u32, bool)>;
