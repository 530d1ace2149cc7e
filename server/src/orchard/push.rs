use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use orchard_contract::endpoints::NAMESPACE;
use orchard_contract::events::ServerResponse;
use socketioxide::SocketIo;

/// The timed push of counts. It runs at most once, and ends when nobody is left to hear it; the
/// next `chat` starts it again.
#[derive(Clone)]
pub(super) struct Push {
    interval: Duration,
    running: Arc<Mutex<bool>>,
}

impl Push {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            running: Arc::default(),
        }
    }

    /// Starts it unless it runs; whether it did.
    pub(super) fn start(&self, io: SocketIo) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if *running {
            return false;
        }
        *running = true;
        tokio::spawn(self.clone().run(io));
        true
    }

    async fn run(self, io: SocketIo) {
        loop {
            tokio::time::sleep(self.interval).await;
            if self.ends(&io) {
                tracing::info!("the push ends: nobody listens");
                return;
            }
            match getrandom::u32() {
                Ok(random) => {
                    let count = Some(u64::from(random % 100) + 1);
                    let push = ServerResponse {
                        count,
                        ..Default::default()
                    };
                    super::emit(&io, NAMESPACE, None, &push);
                }
                Err(error) => tracing::error!(%error, "nothing is pushed"),
            }
        }
    }

    /// Under the lock, so that a `chat` that comes meanwhile either is heard of or starts anew.
    fn ends(&self, io: &SocketIo) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let nobody = io
            .of(NAMESPACE)
            .is_none_or(|namespace| namespace.sockets().is_empty());
        *running = !nobody;
        nobody
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use socketioxide::SocketIo;
    use tokio::time::timeout;

    use super::Push;

    #[tokio::test]
    async fn it_runs_once_and_ends_with_its_listeners() {
        let (_service, io) = SocketIo::new_svc();
        let push = Push::new(Duration::from_millis(1));
        assert!(push.start(io.clone()));
        assert!(!push.start(io.clone()), "it runs already");
        let again = async {
            while !push.start(io.clone()) {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), again)
            .await
            .expect("nobody listens, so it ends");
    }
}
