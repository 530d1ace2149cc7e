//! Passwords, hashed with argon2id at the crate's default cost (19 MiB, two passes).

use std::sync::Arc;
use std::thread;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use orchard_contract::Secret;
use tokio::sync::Semaphore;

use crate::error::StartError;

/// Hashes and compares, on threads where blocking is allowed, no more at a time than there are
/// processors: each takes its memory.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    /// What the password of an unknown account is compared with, so that it takes as long.
    nobody: Secret,
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self, StartError> {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            turns: Arc::new(Semaphore::new(processors)),
            nobody: hash(Secret::new("nobody's")).await?,
        })
    }

    /// Whether the password is the one of this hash. Without a hash it takes as long to say no.
    pub(crate) async fn verify(&self, password: Secret, hash: Option<Secret>) -> bool {
        // The semaphore is never closed, so this only waits.
        let Ok(_turn) = self.turns.acquire().await else {
            return false;
        };
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let equal = tokio::task::spawn_blocking(move || {
            PasswordHash::new(hash.expose()).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.expose().as_bytes(), &hash)
                    .is_ok()
            })
        })
        .await
        .unwrap_or(false);
        known && equal
    }
}

pub(crate) async fn hash(password: Secret) -> Result<Secret, StartError> {
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.expose().as_bytes())
            .map(|hash: PasswordHash| Secret::new(hash.to_string()))
            .map_err(|error| StartError::Password(error.to_string()))
    });
    hashed
        .await
        .map_err(|error| StartError::Password(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use orchard_contract::Secret;

    use super::{Passwords, hash};

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let passwords = Passwords::new().await.unwrap();
        let right = hash(Secret::new("correct horse")).await.unwrap();
        assert!(
            passwords
                .verify(Secret::new("correct horse"), Some(right.clone()))
                .await
        );
        assert!(
            !passwords
                .verify(Secret::new("correct hors"), Some(right))
                .await
        );
        assert!(
            !passwords
                .verify(Secret::new("x"), Some(Secret::new("no hash")))
                .await
        );
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new().await.unwrap();
        assert!(!passwords.verify(Secret::new("nobody's"), None).await);
    }

    #[tokio::test]
    async fn a_hash_has_its_own_salt_and_the_cost_that_we_want() {
        let one = hash(Secret::new("x")).await.unwrap();
        let two = hash(Secret::new("x")).await.unwrap();
        assert_ne!(one, two);
        assert!(
            one.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            one.expose()
        );
    }
}
