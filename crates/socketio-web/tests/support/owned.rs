use std::ops::Deref;

use socketio_web::Socket;

/// A socket that is removed at the end of its test, so that it does not affect the next one.
pub(crate) struct Owned(pub(crate) Socket);

impl Deref for Owned {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.remove();
    }
}
