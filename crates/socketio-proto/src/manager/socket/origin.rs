use alloc::rc::Rc;

/// Where a packet that waits comes from: it must not reach another user's session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// Whose it is, where that is known: the auth's JSON text.
    pub(crate) user: Option<Rc<str>>,
    /// How many sessions the user had left when it was emitted.
    pub(crate) epoch: u32,
}
