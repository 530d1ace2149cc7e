use alloc::vec::Vec;

/// Bytes that travel as an attachment of a packet, wherever they stand in its payload.
///
/// `serde_bytes` and `bytes::Bytes` work as well: whatever serializes as bytes becomes an attachment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Binary(pub Vec<u8>);
