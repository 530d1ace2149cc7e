use std::borrow::Cow;

use socketio_proto::manager::SocketError;
use socketio_proto::packet;

use crate::error::OpenError;

/// Returns the namespace as it is sent.
pub(crate) fn checked_namespace(namespace: &str) -> Result<Cow<'_, str>, OpenError> {
    let bad = |_| OpenError::Namespace(SocketError::BadNamespace(namespace.into()));
    packet::normalize_namespace(namespace).map_err(bad)
}
