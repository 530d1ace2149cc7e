use std::rc::Rc;

use super::slab::Key;

/// Asks for what the next CONNECT carries, and hands the answer to the socket; told which request of the socket's that
/// is, and whether the server refused what it was given last. It brings its own way to wait, and to catch what the user's
/// code throws: a page without one has none.
pub(crate) type AuthProvider = Rc<dyn Fn(Key, u32, bool)>;
