use alloc::borrow::Cow;
use alloc::string::String;

use super::EncodeError;

/// Returns the namespace in its form on the wire: with a leading slash, and `/` for an empty one.
///
/// A query is part of the name. A comma would end the name, and U+001E would end the packet in a
/// polling payload. Both are refused, because the peer would decode another packet.
pub fn normalize_namespace(namespace: &str) -> Result<Cow<'_, str>, EncodeError> {
    if namespace.bytes().any(|byte| matches!(byte, b',' | 0x1e)) {
        return Err(EncodeError::InvalidNamespace {
            namespace: namespace.into(),
        });
    }
    Ok(if namespace.is_empty() {
        "/".into()
    } else if namespace.starts_with('/') {
        namespace.into()
    } else {
        let mut name = String::with_capacity(1 + namespace.len());
        name.push('/');
        name.push_str(namespace);
        name.into()
    })
}
