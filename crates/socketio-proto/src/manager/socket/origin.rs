use alloc::boxed::Box;
use alloc::rc::Rc;

/// A user, identified by the JSON text of the auth. A thin pointer, which takes the least code to
/// copy.
pub(crate) type User = Rc<Box<str>>;

/// The origin of a waiting packet, which must not reach another user's session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// The user who emitted it, where known.
    pub(crate) user: Option<User>,
    /// The number of sessions that the user had left when the packet was emitted.
    pub(crate) epoch: u32,
}
