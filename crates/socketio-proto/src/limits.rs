/// Bounds on the size of one packet, in both directions.
///
/// A packet that exceeds a limit is refused with an error that names the limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Maximum number of binary attachments of one packet. Default: 10, as in the reference client.
    pub attachments: usize,
    /// Maximum size of one packet in bytes, its text and attachments together. Default: 16 MiB.
    pub packet_bytes: usize,
    /// Maximum nesting of arrays and objects in a payload. Default: 512, the depth to which
    /// payloads can be decoded. With a higher limit, a deeper payload is accepted, but can only be
    /// read as text.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attachments: 10,
            packet_bytes: 16 * 1024 * 1024,
            nesting: 512,
        }
    }
}
