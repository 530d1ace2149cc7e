use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};

const BYTES: usize = 16;

/// The id by which all clients may know a socket.
///
/// It is independent of the Engine.IO session id, which is a secret between server and client:
/// anyone who has that one can read what is queued for a polling client, and send in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicId(Box<str>);

impl PublicId {
    /// Returns a new id that is unique and can't be guessed.
    ///
    /// # Errors
    /// Returns an error if the system provides no random numbers.
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
