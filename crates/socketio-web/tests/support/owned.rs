use std::ops::Deref;

use socketio_web::Socket;

/// A socket that goes with its test: what it leaves behind would be heard in the next.
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
