use std::sync::atomic::{AtomicBool, Ordering};

use super::public_id::PublicId;

/// One socket in the namespace of the orchard.
#[derive(Debug)]
pub(crate) struct Member {
    /// What everybody may know it by.
    pub(super) id: PublicId,
    /// Whose socket it is, as its token has proved; none for a guest.
    pub(super) player: Option<Player>,
    pub(super) stay: Stay,
    /// Whether it was given the last notices.
    has_notices: AtomicBool,
}

/// A verified user.
#[derive(Clone, Debug)]
pub(super) struct Player {
    pub(super) id: i64,
    pub(super) nickname: String,
    /// The sign-in that the token came of.
    pub(super) sign_in: i64,
}

impl Player {
    /// The room of all sockets of this player.
    pub(super) fn room(&self) -> String {
        self.id.to_string()
    }
}

impl Member {
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn new(player: Option<Player>) -> Result<Self, getrandom::Error> {
        Ok(Self {
            id: PublicId::random()?,
            player,
            stay: Stay::default(),
            has_notices: false.into(),
        })
    }

    /// Whether it is to be given the last notices, which it is once.
    pub(super) fn takes_notices(&self) -> bool {
        !self.has_notices.swap(true, Ordering::Relaxed)
    }
}

/// From when a socket is connected until it is no more. The end may come first: connecting takes several steps, and the
/// connection may be lost between two of them.
#[derive(Debug, Default)]
pub(super) struct Stay {
    has_entered: AtomicBool,
    has_left: AtomicBool,
}

impl Stay {
    /// False if it has left already.
    pub(super) fn enter(&self) -> bool {
        self.has_entered.store(true, Ordering::SeqCst);
        !self.has_left()
    }

    /// Whether it had entered, and not left before.
    pub(super) fn leave(&self) -> bool {
        let is_first = !self.has_left.swap(true, Ordering::SeqCst);
        is_first && self.has_entered.load(Ordering::SeqCst)
    }

    pub(super) fn has_left(&self) -> bool {
        self.has_left.load(Ordering::SeqCst)
    }
}
