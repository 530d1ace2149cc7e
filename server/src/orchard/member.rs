use super::public_id::PublicId;

/// One socket in the namespace of the orchard.
#[derive(Debug)]
pub(crate) struct Member {
    /// What everybody may know it by.
    pub(super) id: PublicId,
}

impl Member {
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self {
            id: PublicId::random()?,
        })
    }
}
