//! One Engine.IO session, from its handshake to its end.

use std::sync::{Arc, Mutex, PoisonError};

use socketioxide::socket::Socket;

use crate::orchard::Member;

/// What this server knows of a session. The request of the handshake carries it, and the engine keeps that request for
/// as long as it keeps the session: so this lives as long, and is dropped with it.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// Its socket in the orchard, if it has one now.
    member: Mutex<Option<Arc<Member>>>,
}

impl Session {
    /// The session of a socket; every request that opens one was given it.
    pub(crate) fn of(socket: &Socket) -> Option<&Arc<Self>> {
        socket.req_parts().extensions.get()
    }

    pub(crate) fn member(&self) -> Option<Arc<Member>> {
        self.lock().clone()
    }

    pub(crate) fn set_member(&self, member: Arc<Member>) {
        *self.lock() = Some(member);
    }

    /// It has left, unless another has come meanwhile.
    pub(crate) fn remove_member(&self, member: &Arc<Member>) {
        let mut current = self.lock();
        if current.as_ref().is_some_and(|it| Arc::ptr_eq(it, member)) {
            *current = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Member>>> {
        self.member.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
