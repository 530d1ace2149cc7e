//! Argon2 with memory that is reused.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use orchard_contract::Secret;

/// The maximum memory of a hash, in KiB. A hash that asks for more is not ours and is not compared.
const MOST_MEMORY: u32 = 256 * 1024;

/// The memory of one worker.
///
/// If it were allocated for each password, the allocator would keep the blocks: 17 GB after 3,000
/// wrong sign-ins.
pub(super) struct Buffer(Vec<Block>);

impl Buffer {
    pub(super) fn new() -> Self {
        Self(vec![Block::default(); Params::DEFAULT.block_count()])
    }

    /// Returns the blocks that these parameters need, and grows the buffer if necessary.
    fn for_params(&mut self, params: &Params) -> &mut [Block] {
        let count = params.block_count();
        if self.0.len() < count {
            self.0.resize(count, Block::default());
        }
        &mut self.0
    }
}

/// Returns a new hash, as a PHC string with its own random salt.
pub(super) fn hash(password: &Secret, buffer: &mut Buffer) -> Result<Secret, String> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(|error| error.to_string())?;
    let salt = Salt::new(&salt).map_err(|error| error.to_string())?;
    let params = Params::default();
    let (algorithm, version) = (Algorithm::default(), Version::default());
    let hash = digest(password, &salt, algorithm, version, params.clone(), buffer)
        .map_err(|error| error.to_string())?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params).map_err(|error| error.to_string())?,
        salt: Some(salt),
        hash: Some(hash),
    };
    Ok(Secret::new(hash.to_string()))
}

/// Returns whether the password matches the hash. An invalid hash matches nothing.
pub(super) fn verify(password: &Secret, hash: &Secret, buffer: &mut Buffer) -> bool {
    read(hash).is_some_and(|(algorithm, version, params, salt, expected)| {
        digest(password, &salt, algorithm, version, params, buffer)
            // This comparison takes constant time.
            .is_ok_and(|found| found == expected)
    })
}

fn read(hash: &Secret) -> Option<(Algorithm, Version, Params, Salt, Output)> {
    let hash = PasswordHash::new(hash.expose()).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash
        .version
        .map_or(Ok(Version::default()), Version::try_from);
    let params = Params::try_from(&hash).ok()?;
    let fits = params.m_cost() <= MOST_MEMORY;
    fits.then_some((algorithm, version.ok()?, params, hash.salt?, hash.hash?))
}

fn digest(
    password: &Secret,
    salt: &Salt,
    algorithm: Algorithm,
    version: Version,
    params: Params,
    buffer: &mut Buffer,
) -> argon2::password_hash::Result<Output> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let memory = buffer.for_params(&params);
    let argon2 = Argon2::new(algorithm, version, params);
    let mut digest = vec![0; length];
    argon2.hash_password_into_with_memory(
        password.expose().as_bytes(),
        salt,
        &mut digest,
        memory,
    )?;
    Ok(Output::new(&digest)?)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;
    use argon2::password_hash::phc::PasswordHash;
    use argon2::{Argon2, Params, PasswordHasher};
    use orchard_contract::Secret;

    use super::{Buffer, hash, verify};

    #[test]
    fn a_hash_has_its_own_salt_and_the_current_cost() {
        let mut buffer = Buffer::new();
        let one = hash(&Secret::new("x"), &mut buffer).unwrap();
        let two = hash(&Secret::new("x"), &mut buffer).unwrap();
        assert_ne!(one, two);
        let head = "$argon2id$v=19$m=19456,t=2,p=1$";
        assert!(one.expose().starts_with(head), "{}", one.expose());
    }

    #[test]
    fn the_previous_content_of_the_buffer_does_not_matter() {
        let mut buffer = Buffer::new();
        let ours = hash(&Secret::new("first"), &mut buffer).unwrap();
        assert!(!verify(&Secret::new("second"), &ours, &mut buffer));
        assert!(verify(&Secret::new("first"), &ours, &mut buffer));
        // The crate's own function, which allocates its memory, agrees.
        let parsed = PasswordHash::new(ours.expose()).unwrap();
        Argon2::default()
            .verify_password(b"first", &parsed)
            .unwrap();
    }

    #[test]
    fn hashes_of_another_cost_are_verified_at_their_own_cost() {
        let params = Params::new(32 * 1024, 1, 2, Some(24)).unwrap();
        let theirs = Argon2::from(params).hash_password(b"x").unwrap();
        let theirs = Secret::new(theirs.to_string());
        let mut buffer = Buffer::new();
        assert!(verify(&Secret::new("x"), &theirs, &mut buffer));
        assert!(!verify(&Secret::new("y"), &theirs, &mut buffer));
    }

    #[test]
    fn an_unknown_hash_matches_no_password() {
        let mut buffer = Buffer::new();
        let salt = "$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA";
        for other in [
            "",
            "x",
            "$argon2id$v=19$m=19456,t=2,p=1",
            &format!("$argon2id$v=19$m=4294967295,t=2,p=1{salt}"),
            &format!("$argon2id$v=3$m=19456,t=2,p=1{salt}"),
            &format!("$scrypt$ln=15,r=8,p=1{salt}"),
        ] {
            assert!(
                !verify(&Secret::new("x"), &Secret::new(other), &mut buffer),
                "{other}"
            );
        }
    }
}
