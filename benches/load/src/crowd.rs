//! Many clients that connect at a given rate, and then only receive.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Error, Result, bail};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::target::{Target, source};
use crate::wait::{PATIENCE, until, within};
use crate::{client, polling};

/// The maximum number of concurrent connects: if the server can't keep up with the rate, clients
/// wait here and not in the kernel.
const AT_ONCE: usize = 100;

/// The callback of a crowd for each frame.
pub(crate) type Listener = Arc<dyn Fn(&str) + Send + Sync>;

/// How the clients are connected.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Transport {
    WebSocket,
    Polling,
}

/// The clients of a crowd.
pub(crate) struct Plan<'a> {
    pub(crate) transport: Transport,
    pub(crate) namespace: &'static str,
    pub(crate) token: Option<&'a str>,
    /// How many of them connect per second.
    pub(crate) rate: u32,
    pub(crate) listener: Listener,
}

/// Clients that are connected until this value is dropped.
#[derive(Debug)]
pub(crate) struct Crowd {
    clients: JoinSet<()>,
    door: Arc<Semaphore>,
    count: u32,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    joined: AtomicU32,
    lost: AtomicU32,
    /// The number of events that arrived, before and after the answer to CONNECT.
    events: AtomicU64,
    /// Why the first client was lost.
    failure: Mutex<Option<Error>>,
}

impl Crowd {
    pub(crate) fn new() -> Self {
        Self {
            clients: JoinSet::new(),
            door: Arc::new(Semaphore::new(AT_ONCE)),
            count: 0,
            state: Arc::default(),
        }
    }

    /// Connects `count` more clients, and waits until all are connected.
    pub(crate) async fn add(&mut self, target: &Target, plan: &Plan<'_>, count: u32) -> Result<()> {
        let (start, gap) = (Instant::now(), Duration::from_secs(1) / plan.rate.max(1));
        for number in 0..count {
            sleep_until(start + gap * number).await;
            let waiting = async { Ok(Arc::clone(&self.door).acquire_owned().await?) };
            let entering = within("waiting for others to connect", waiting).await?;
            let state = Arc::clone(&self.state);
            let client = run(target.clone(), plan, self.count, state, entering)?;
            self.clients.spawn(client);
            self.count += 1;
        }
        let state = &self.state;
        until(PATIENCE * 2, || {
            Ok(state.joined.load(Ordering::Relaxed) >= self.count || self.is_hurt())
        })
        .await?;
        self.must_be_whole()
    }

    /// Returns the number of events that all of them have received.
    pub(crate) fn events(&self) -> u64 {
        self.state.events.load(Ordering::Relaxed)
    }

    /// Returns how many are no longer connected.
    pub(crate) fn lost(&self) -> u32 {
        self.state.lost.load(Ordering::Relaxed)
    }

    /// Returns an error if a client could not connect or was disconnected.
    pub(crate) fn must_be_whole(&self) -> Result<()> {
        let joined = self.state.joined.load(Ordering::Relaxed);
        if joined >= self.count && !self.is_hurt() {
            return Ok(());
        }
        let mut failure = self
            .state
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let lost = format!(
            "of {} clients {joined} have connected and {} are lost",
            self.count,
            self.lost()
        );
        match failure.take() {
            Some(failure) => Err(failure.context(lost)),
            None => bail!(lost),
        }
    }

    fn is_hurt(&self) -> bool {
        self.lost() > 0
    }
}

/// Runs one client.
fn run(
    target: Target,
    plan: &Plan<'_>,
    number: u32,
    state: Arc<State>,
    entering: OwnedSemaphorePermit,
) -> Result<impl Future<Output = ()> + Send + use<>> {
    let from = source(number)?;
    let &Plan {
        transport,
        namespace,
        ref listener,
        ..
    } = plan;
    let (listener, token) = (Arc::clone(listener), plan.token.map(str::to_owned));
    let life = {
        let state = Arc::clone(&state);
        async move {
            let joined = |early: u64| {
                drop(entering);
                state.joined.fetch_add(1, Ordering::Relaxed);
                state.events.fetch_add(early, Ordering::Relaxed);
            };
            let receive = |frame: &str| {
                state.events.fetch_add(1, Ordering::Relaxed);
                listener(frame);
            };
            match transport {
                Transport::WebSocket => {
                    let mut client = client::Client::open(&target, from).await?;
                    joined(client.join(namespace, token.as_deref()).await?);
                    while let Some(frame) = client.next().await? {
                        receive(&frame);
                    }
                    bail!("the server closed the connection")
                }
                Transport::Polling => {
                    let mut client = polling::Client::open(&target, from).await?;
                    joined(client.join(namespace, token.as_deref()).await?);
                    loop {
                        receive(&client.next().await?);
                    }
                }
            }
        }
    };
    Ok(async move {
        let outcome: Result<()> = life.await;
        state.lost.fetch_add(1, Ordering::Relaxed);
        let mut failure = state.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Err(error), None) = (outcome, failure.as_ref()) {
            *failure = Some(error);
        }
    })
}
