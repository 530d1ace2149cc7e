use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};

const BYTES: usize = 16;

/// The name under which everybody may know a socket.
///
/// It says nothing of the Engine.IO session, whose id is a secret between server and client: whoever has that can read
/// what is queued for a polling client, and send in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicId(Box<str>);

impl PublicId {
    /// One that nobody can guess and no other socket has.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(Base64UrlUnpadded::encode_string(&bytes).into()))
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
