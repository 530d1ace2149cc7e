use alloc::borrow::Cow;
use alloc::string::String;

use super::EncodeError;

/// The namespace as it goes on the wire: `/` for an empty one, with a leading slash.
///
/// A query is part of the name. A comma would end the name, and U+001E would end the packet in a
/// polling payload: both are refused, since the other side could not read them back.
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
