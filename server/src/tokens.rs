//! Tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, HS256), and no other algorithm.

use std::fs;
use std::io;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::Clock;
use crate::error::StartError;
use crate::private_file;

/// `{"alg":"HS256","typ":"JWT"}` in base64url. It is compared, never parsed: a token can't choose
/// its algorithm.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

const KEY_BYTES: usize = 32;

/// The purpose of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Purpose {
    Access,
    Refresh,
}

/// The user and sign-in that a token was issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The id of the user.
    pub(crate) user: i64,
    /// The sign-in that the token belongs to.
    pub(crate) sign_in: i64,
    /// How often that sign-in had been refreshed when the token was issued.
    pub(crate) serial: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The user's id.
    sub: String,
    /// The purpose of the token.
    purpose: Purpose,
    sign_in: i64,
    serial: i64,
    /// When the token was issued, in seconds since 1970.
    iat: u64,
    /// When the token expires, in seconds since 1970.
    exp: u64,
}

impl Claims {
    fn holder(&self) -> Option<Holder> {
        Some(Holder {
            user: self.sub.parse().ok()?,
            sign_in: self.sign_in,
            serial: self.serial,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenError {
    Expired,
    Invalid,
}

pub(crate) struct Tokens {
    key: Hmac<Sha256>,
    clock: Clock,
    access_seconds: u64,
    refresh_seconds: u64,
}

impl Tokens {
    pub(crate) fn new(
        key: Hmac<Sha256>,
        clock: Clock,
        access_seconds: u64,
        refresh_seconds: u64,
    ) -> Self {
        Self {
            key,
            clock,
            access_seconds,
            refresh_seconds,
        }
    }

    pub(crate) fn issue(
        &self,
        purpose: Purpose,
        holder: Holder,
    ) -> Result<String, serde_json::Error> {
        let claims = serde_json::to_vec(&Claims {
            sub: holder.user.to_string(),
            purpose,
            sign_in: holder.sign_in,
            serial: holder.serial,
            iat: self.clock.now(),
            exp: self.end(purpose),
        })?;
        let signed = format!("{HEADER}.{}", Base64UrlUnpadded::encode_string(&claims));
        let signature = self
            .key
            .clone()
            .chain_update(&signed)
            .finalize()
            .into_bytes();
        Ok(format!(
            "{signed}.{}",
            Base64UrlUnpadded::encode_string(&signature)
        ))
    }

    /// Returns when a token that is issued now expires, in seconds since 1970.
    pub(crate) fn end(&self, purpose: Purpose) -> u64 {
        let life = match purpose {
            Purpose::Access => self.access_seconds,
            Purpose::Refresh => self.refresh_seconds,
        };
        self.clock.now().saturating_add(life)
    }

    /// Verifies a token and returns whom it was issued to. Only the database knows whether the
    /// sign-in has ended.
    pub(crate) fn verify(&self, purpose: Purpose, token: &str) -> Result<Holder, TokenError> {
        let claims = self.claims(token).ok_or(TokenError::Invalid)?;
        if claims.purpose != purpose {
            return Err(TokenError::Invalid);
        }
        if claims.exp <= self.clock.now() {
            return Err(TokenError::Expired);
        }
        claims.holder().ok_or(TokenError::Invalid)
    }

    /// Like [`verify`](Self::verify), but accepts a token for any purpose, also an expired one:
    /// enough to end the sign-in that it belongs to.
    pub(crate) fn holder(&self, token: &str) -> Result<Holder, TokenError> {
        let claims = self.claims(token).ok_or(TokenError::Invalid)?;
        claims.holder().ok_or(TokenError::Invalid)
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        if header != HEADER {
            return None;
        }
        let signature = Base64UrlUnpadded::decode_vec(signature).ok()?;
        // In constant time.
        self.key
            .clone()
            .chain_update(signed)
            .verify_slice(&signature)
            .ok()?;
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(claims).ok()?).ok()
    }
}

/// Loads the key from the file beside the database; the first start creates it.
pub(crate) fn key_beside(database: &Path) -> Result<Hmac<Sha256>, StartError> {
    let path = private_file::beside(database, ".key");
    let key = match fs::read(&path) {
        Ok(key) => key,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; KEY_BYTES];
            getrandom::fill(&mut key).map_err(StartError::Random)?;
            private_file::replace(&path, &key)
                .map_err(|error| StartError::File(path.clone(), error))?;
            key.to_vec()
        }
        Err(error) => return Err(StartError::File(path, error)),
    };
    if key.len() != KEY_BYTES {
        return Err(StartError::KeyDamaged(path));
    }
    Hmac::new_from_slice(&key).map_err(|_| StartError::KeyDamaged(path))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use base64ct::{Base64UrlUnpadded, Encoding};
    use hmac::{Hmac, KeyInit, Mac};

    use super::{HEADER, Holder, Purpose, TokenError, Tokens};
    use crate::clock::Clock;

    const HOLDER: Holder = Holder {
        user: 7,
        sign_in: i64::MAX,
        serial: 3,
    };

    fn tokens(key: &[u8]) -> (Tokens, Arc<AtomicU64>) {
        let now = Arc::new(AtomicU64::new(1_000_000));
        let clock = Clock::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::SeqCst)
        });
        (
            Tokens::new(Hmac::new_from_slice(key).unwrap(), clock, 3600, 2_592_000),
            now,
        )
    }

    #[test]
    fn the_encoded_header_names_the_algorithm() {
        let header = Base64UrlUnpadded::decode_vec(HEADER).unwrap();
        assert_eq!(header, br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    #[test]
    fn a_token_is_valid_for_its_purpose_and_its_lifetime() {
        let (tokens, now) = tokens(b"key");
        let access = tokens.issue(Purpose::Access, HOLDER).unwrap();
        let refresh = tokens.issue(Purpose::Refresh, HOLDER).unwrap();
        assert_eq!(tokens.verify(Purpose::Access, &access), Ok(HOLDER));
        assert_eq!(tokens.verify(Purpose::Refresh, &refresh), Ok(HOLDER));
        assert_eq!(
            tokens.verify(Purpose::Refresh, &access),
            Err(TokenError::Invalid)
        );
        assert_eq!(
            tokens.verify(Purpose::Access, &refresh),
            Err(TokenError::Invalid)
        );

        now.fetch_add(3599, Ordering::SeqCst);
        assert_eq!(tokens.verify(Purpose::Access, &access), Ok(HOLDER));
        now.fetch_add(1, Ordering::SeqCst);
        assert_eq!(
            tokens.verify(Purpose::Access, &access),
            Err(TokenError::Expired)
        );
        assert_eq!(tokens.verify(Purpose::Refresh, &refresh), Ok(HOLDER));
        now.fetch_add(2_592_000, Ordering::SeqCst);
        assert_eq!(
            tokens.verify(Purpose::Refresh, &refresh),
            Err(TokenError::Expired)
        );
    }

    #[test]
    fn the_sign_in_of_a_token_can_be_read_after_it_expires() {
        let (tokens, now) = tokens(b"key");
        for purpose in [Purpose::Access, Purpose::Refresh] {
            let token = tokens.issue(purpose, HOLDER).unwrap();
            now.fetch_add(10_000_000, Ordering::SeqCst);
            assert_eq!(tokens.holder(&token), Ok(HOLDER));
            let forged = token.replace('.', ".A");
            assert_eq!(tokens.holder(&forged), Err(TokenError::Invalid));
        }
    }

    #[test]
    fn a_token_of_another_key_is_invalid() {
        let token = tokens(b"theirs").0.issue(Purpose::Access, HOLDER).unwrap();
        assert_eq!(
            tokens(b"ours").0.verify(Purpose::Access, &token),
            Err(TokenError::Invalid)
        );
    }

    #[test]
    fn no_byte_of_a_token_can_be_changed() {
        let (tokens, _) = tokens(b"key");
        let token = tokens.issue(Purpose::Access, HOLDER).unwrap();
        for at in 0..token.len() {
            for other in [b'A', b'_', b'.'] {
                let mut bytes = token.clone().into_bytes();
                if bytes[at] == other {
                    continue;
                }
                bytes[at] = other;
                let changed = String::from_utf8(bytes).unwrap();
                assert_eq!(
                    tokens.verify(Purpose::Access, &changed),
                    Err(TokenError::Invalid)
                );
            }
            assert_eq!(
                tokens.verify(Purpose::Access, token.get(..at).unwrap()),
                Err(TokenError::Invalid)
            );
        }
    }

    #[test]
    fn a_token_cannot_choose_its_algorithm() {
        let (tokens, _) = tokens(b"key");
        let token = tokens.issue(Purpose::Access, HOLDER).unwrap();
        let claims = token.split('.').nth(1).unwrap();
        let none = Base64UrlUnpadded::encode_string(br#"{"alg":"none","typ":"JWT"}"#);
        let unsigned = format!("{none}.{claims}.");
        assert_eq!(
            tokens.verify(Purpose::Access, &unsigned),
            Err(TokenError::Invalid)
        );

        let signed = format!("{none}.{claims}");
        let signature = tokens
            .key
            .clone()
            .chain_update(&signed)
            .finalize()
            .into_bytes();
        let signed = format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature));
        assert_eq!(
            tokens.verify(Purpose::Access, &signed),
            Err(TokenError::Invalid)
        );
    }
}
