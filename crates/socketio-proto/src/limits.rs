/// Bounds on what one packet may hold, in either direction.
///
/// What exceeds a limit is refused with an error that names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Binary attachments of one packet. Default: 10, as the reference client has it.
    pub attachments: usize,
    /// Bytes of one packet, its text and its attachments taken together. Default: 16 MiB.
    pub packet_bytes: usize,
    /// Nesting of arrays and objects in a payload. Default: 512, which is as deep as payloads are decoded: what is
    /// let pass beyond that can only be looked at as text.
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
