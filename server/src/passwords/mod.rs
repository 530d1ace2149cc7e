//! Passwords, hashed with argon2id at the crate's default cost (19 MiB, two passes).
//!
//! That cost can be abused: each sign-in takes 19 MiB and some 20 ms of a processor. So a fixed
//! number of workers computes the hashes, each in a buffer that it keeps, and the queue of waiting
//! sign-ins is bounded.

mod hashing;
mod queue;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use orchard_contract::Secret;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::error::StartError;
use hashing::Buffer;
use queue::Queue;

/// The maximum number of workers by default. A server of this size needs no more, and each keeps
/// its 19 MiB.
const MOST_WORKERS: usize = 4;

/// The time after which a queued sign-in is told to try again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compares passwords with hashes on worker threads, which end when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Passwords {
    pool: Arc<Pool>,
    /// The hash that the password of an unknown account is compared with, so that it takes as long.
    nobody: Secret,
}

impl Passwords {
    /// Starts `workers` threads, by default half as many as there are processors: the others serve
    /// the players who are signed in.
    pub(crate) fn start(workers: Option<usize>, waiting: usize) -> Result<Self, StartError> {
        let pool = Arc::new(Pool(Arc::new(Queue::new(waiting))));
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let workers = workers.unwrap_or((processors / 2).clamp(1, MOST_WORKERS));
        let nobody = hash(&Secret::new("nobody's"))?;
        for _ in 0..workers.max(1) {
            let queue = Arc::clone(&pool.0);
            // Allocated before the first sign-in, so that the memory is part of what the server
            // takes at its start.
            let buffer = spare().take().unwrap_or_else(Buffer::new);
            thread::Builder::new()
                .name("passwords".into())
                .spawn(move || work(&queue, buffer))
                .map_err(StartError::Runtime)?;
        }
        Ok(Self { pool, nobody })
    }

    /// Returns whether the password matches the hash. Without a hash the answer is no, after the
    /// same time.
    ///
    /// Sign-ins with fewer `attempts` go first, so that a legitimate one does not wait behind the
    /// wrong passwords of others.
    ///
    /// # Errors
    /// Returns an error if the queue is full and holds nothing with a higher rank, or if the
    /// sign-in does not get its turn in time because others go first.
    pub(crate) async fn verify(
        &self,
        password: Secret,
        hash: Option<Secret>,
        attempts: u32,
    ) -> Result<bool, Busy> {
        let known = hash.is_some();
        let (answer, answered) = oneshot::channel();
        let question = Question {
            password,
            hash: hash.unwrap_or_else(|| self.nobody.clone()),
            answer,
        };
        self.pool.0.push(attempts, question).map_err(|_| Busy)?;
        // A job that loses its place to another is dropped, and its end of the channel with it.
        match timeout(PATIENCE, answered).await {
            Ok(Ok(equal)) => Ok(known && equal),
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
    }
}

/// Too many sign-ins are waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many sign-ins are waiting")
    }
}

/// Hashes a new password on the calling thread: for the start and the command line.
///
/// The buffer is kept for the first worker. If it were freed, glibc would raise its thresholds to
/// the buffer's size, place the worker's buffer on the heap, and return no freed memory to the
/// system until twice that size is free.
pub(crate) fn hash(password: &Secret) -> Result<Secret, StartError> {
    let mut buffer = spare().take().unwrap_or_else(Buffer::new);
    let hash = hashing::hash(password, &mut buffer).map_err(StartError::Password);
    *spare() = Some(buffer);
    hash
}

/// The buffer of the last [`hash`], until a worker takes it.
fn spare() -> MutexGuard<'static, Option<Buffer>> {
    static SPARE: Mutex<Option<Buffer>> = Mutex::new(None);
    SPARE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The queue of the workers. Dropping it ends them.
struct Pool(Arc<Queue<Question>>);

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct Question {
    password: Secret,
    hash: Secret,
    answer: oneshot::Sender<bool>,
}

impl queue::Job for Question {
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

fn work(queue: &Queue<Question>, mut buffer: Buffer) {
    while let Some(question) = queue.pop() {
        let equal = hashing::verify(&question.password, &question.hash, &mut buffer);
        // The caller may have been dropped.
        let _ = question.answer.send(equal);
    }
}

#[cfg(test)]
mod tests {
    use orchard_contract::Secret;

    use super::{Busy, Passwords, hash};

    #[tokio::test]
    async fn only_the_exact_password_matches() {
        let passwords = Passwords::start(Some(1), 8).unwrap();
        let right = hash(&Secret::new("correct horse")).unwrap();
        let verify = |password: &str, hash| passwords.verify(Secret::new(password), hash, 0);
        assert_eq!(verify("correct horse", Some(right.clone())).await, Ok(true));
        assert_eq!(verify("correct hors", Some(right)).await, Ok(false));
        assert_eq!(verify("x", Some(Secret::new("no hash"))).await, Ok(false));
    }

    #[tokio::test]
    async fn without_a_hash_no_password_matches() {
        let passwords = Passwords::start(Some(1), 8).unwrap();
        let password = Secret::new("nobody's");
        assert_eq!(passwords.verify(password, None, 0).await, Ok(false));
    }

    #[tokio::test]
    async fn a_full_queue_is_reported() {
        let passwords = Passwords::start(Some(1), 1).unwrap();
        let many = (0..20).map(|_| passwords.verify(Secret::new("x"), None, 7));
        let answers = futures_util::future::join_all(many).await;
        assert!(
            answers.contains(&Ok(false)) && answers.contains(&Err(Busy)),
            "{answers:?}"
        );
    }
}
