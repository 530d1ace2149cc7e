//! Passwords, hashed with argon2id at the crate's default cost (19 MiB, two passes).
//!
//! That cost is also a weapon: each sign-in takes its memory, and a processor for some 20 ms. So a fixed number of workers
//! hashes, each in a buffer that it keeps, and few sign-ins may wait for them.

mod hashing;
mod queue;

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use orchard_contract::Secret;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::error::StartError;
use hashing::Buffer;
use queue::Queue;

/// More are of no use to a server of this size, and each keeps its 19 MiB.
const MOST_WORKERS: usize = 4;

/// Whose turn has not come by then is told to try again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compares passwords with hashes. It is done once the last of its clones is dropped.
#[derive(Clone)]
pub(crate) struct Passwords {
    pool: Arc<Pool>,
    /// What the password of an unknown account is compared with, so that it takes as long.
    nobody: Secret,
}

impl Passwords {
    /// Starts `workers` threads, or half as many as there are processors: the others are for those who are signed in.
    pub(crate) fn start(workers: Option<usize>, waiting: usize) -> Result<Self, StartError> {
        let pool = Arc::new(Pool(Arc::new(Queue::new(waiting))));
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let workers = workers.unwrap_or((processors / 2).clamp(1, MOST_WORKERS));
        for _ in 0..workers.max(1) {
            let queue = Arc::clone(&pool.0);
            // Before anybody signs in: what the server needs is seen at its start.
            let buffer = Buffer::new();
            thread::Builder::new()
                .name("passwords".into())
                .spawn(move || work(&queue, buffer))
                .map_err(StartError::Runtime)?;
        }
        Ok(Self {
            pool,
            nobody: hash(&Secret::new("nobody's"))?,
        })
    }

    /// Whether the password is the one of this hash. Without a hash it takes as long to say no.
    ///
    /// Those with fewer `attempts` behind them go first: whoever signs in at last does not wait behind all the wrong
    /// passwords of others.
    ///
    /// # Errors
    /// When more than the queue holds are waiting, and none of them has a lower place than this one; or its turn does not
    /// come, as others go first.
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
        // One whose place another takes is dropped, and so is its end of the channel.
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

/// Hashes a new password, on the thread of the caller and in memory of its own: for the start and the command line.
pub(crate) fn hash(password: &Secret) -> Result<Secret, StartError> {
    hashing::hash(password, &mut Buffer::new()).map_err(StartError::Password)
}

/// The queue of the workers, whom it sends home when it is dropped.
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
        // The caller may be gone.
        let _ = question.answer.send(equal);
    }
}

#[cfg(test)]
mod tests {
    use orchard_contract::Secret;

    use super::{Busy, Passwords, hash};

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let passwords = Passwords::start(Some(1), 8).unwrap();
        let right = hash(&Secret::new("correct horse")).unwrap();
        let verify = |password: &str, hash| passwords.verify(Secret::new(password), hash, 0);
        assert_eq!(verify("correct horse", Some(right.clone())).await, Ok(true));
        assert_eq!(verify("correct hors", Some(right)).await, Ok(false));
        assert_eq!(verify("x", Some(Secret::new("no hash"))).await, Ok(false));
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::start(Some(1), 8).unwrap();
        let password = Secret::new("nobody's");
        assert_eq!(passwords.verify(password, None, 0).await, Ok(false));
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_so() {
        let passwords = Passwords::start(Some(1), 1).unwrap();
        let many = (0..20).map(|_| passwords.verify(Secret::new("x"), None, 7));
        let answers = futures_util::future::join_all(many).await;
        assert!(
            answers.contains(&Ok(false)) && answers.contains(&Err(Busy)),
            "{answers:?}"
        );
    }
}
