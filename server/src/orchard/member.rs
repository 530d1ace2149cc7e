use std::sync::atomic::{AtomicBool, Ordering};

use super::public_id::PublicId;

/// A socket in the orchard's namespace.
#[derive(Debug)]
pub(crate) struct Member {
    /// The id that other clients may know.
    pub(super) id: PublicId,
    /// The player that the token identifies; `None` for a guest.
    pub(super) player: Option<Player>,
    pub(super) stay: Stay,
    /// Whether the socket has received the last notices.
    has_notices: AtomicBool,
}

/// An authenticated user.
#[derive(Clone, Debug)]
pub(super) struct Player {
    pub(super) id: i64,
    pub(super) nickname: String,
    /// The sign-in that the token belongs to.
    pub(super) sign_in: i64,
}

impl Player {
    /// Returns the room of all sockets of this player.
    pub(super) fn room(&self) -> String {
        self.id.to_string()
    }
}

impl Member {
    /// # Errors
    /// Returns an error if the system provides no random numbers.
    pub(super) fn new(player: Option<Player>) -> Result<Self, getrandom::Error> {
        Ok(Self {
            id: PublicId::random()?,
            player,
            stay: Stay::default(),
            has_notices: false.into(),
        })
    }

    /// Returns `true` the first time: each socket receives the last notices once.
    pub(super) fn takes_notices(&self) -> bool {
        !self.has_notices.swap(true, Ordering::Relaxed)
    }
}

/// The time from a socket's connect to its disconnect. The disconnect may come first: connecting
/// takes several steps, and the connection may be lost between two of them.
#[derive(Debug, Default)]
pub(super) struct Stay {
    has_entered: AtomicBool,
    has_left: AtomicBool,
}

impl Stay {
    /// Records the connect. Returns `false` if the socket has already left.
    pub(super) fn enter(&self) -> bool {
        self.has_entered.store(true, Ordering::SeqCst);
        !self.has_left()
    }

    /// Records the disconnect. Returns whether the socket had connected and not yet left.
    pub(super) fn leave(&self) -> bool {
        let is_first = !self.has_left.swap(true, Ordering::SeqCst);
        is_first && self.has_entered.load(Ordering::SeqCst)
    }

    pub(super) fn has_left(&self) -> bool {
        self.has_left.load(Ordering::SeqCst)
    }
}
