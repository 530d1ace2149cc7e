use alloc::boxed::Box;
use alloc::rc::Rc;

/// A user: the JSON text of the auth. A thin pointer, whose copies are the least code.
pub(crate) type User = Rc<Box<str>>;

/// Where a packet that waits comes from: it must not reach another user's session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// Whose it is, where that is known.
    pub(crate) user: Option<User>,
    /// How many sessions the user had left when it was emitted.
    pub(crate) epoch: u32,
}
