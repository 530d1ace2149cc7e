use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use orchard_contract::events::ServerResponse;

use super::hall::Hall;

/// The timed push of random counts, as in the chapter's server. At most one runs at a time; it ends
/// when no socket is left, and the next `chat` starts it again.
#[derive(Clone)]
pub(super) struct DemoCount {
    interval: Duration,
    hall: Arc<Hall>,
    running: Arc<Mutex<bool>>,
}

impl DemoCount {
    pub(super) fn new(interval: Duration, hall: Arc<Hall>) -> Self {
        Self {
            interval,
            hall,
            running: Arc::default(),
        }
    }

    /// Starts the push unless it is running. Returns whether it was started.
    pub(super) fn start(&self) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if *running {
            return false;
        }
        *running = true;
        tokio::spawn(self.clone().run());
        true
    }

    async fn run(self) {
        loop {
            tokio::time::sleep(self.interval).await;
            if self.ends() {
                tracing::info!("the push ends: no socket is left");
                return;
            }
            match getrandom::u32() {
                Ok(random) => {
                    let count = Some(u64::from(random % 100) + 1);
                    self.hall.emit(&ServerResponse {
                        count,
                        ..ServerResponse::default()
                    });
                }
                Err(error) => tracing::error!(%error, "no count is pushed"),
            }
        }
    }

    /// Decides under the lock whether to end, so that a concurrent `chat` either finds the push
    /// running or starts a new one.
    fn ends(&self) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let is_last = self.hall.is_empty();
        *running = !is_last;
        is_last
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::{DemoCount, Hall};

    #[tokio::test]
    async fn one_push_task_runs_and_ends_with_the_last_socket() {
        let hall = Arc::new(Hall::new("/", Arc::default()));
        let push = DemoCount::new(Duration::from_millis(1), hall);
        assert!(push.start());
        assert!(!push.start(), "it runs already");
        let again = async {
            while !push.start() {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), again)
            .await
            .expect("there is no socket, so it ends");
    }
}
