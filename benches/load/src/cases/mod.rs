//! The kinds of load.

mod burst;
mod crowd;
mod fan_out;
mod flooder;
mod half_open;
mod idle;
mod sign_in;
mod stalled;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;
use tokio::time::timeout;

use crate::client::{Client, Receiver, Sender};
use crate::crowd::Transport;
use crate::process::Process;
use crate::target::Target;
use crate::wire::ORCHARD;

/// The time limit of each case.
const LIMIT: Duration = Duration::from_secs(300);

/// The measurements of a case, by name.
pub type Samples = BTreeMap<&'static str, f64>;

/// A kind of load.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Case {
    /// One client broadcasts to 200.
    FanOut,
    /// The same to 200 that poll.
    FanOutPolling,
    /// 2,000 connect to the orchard at 300/s, and something is pushed to them.
    Crowd,
    /// 10,000 connect to `/`, and nothing happens.
    Idle,
    /// 100 that do not read, while 300 notices of 99 KB are broadcast.
    Stalled,
    /// 500 and 2,000 broadcasts with acknowledgements at once.
    Burst,
    /// One client broadcasts as fast as it can, beside 20 others.
    Flooder,
    /// 3,000 wrong sign-ins from 40 addresses, and a right one now and then.
    SignIn,
    /// 1,100 connections that send half a request, while `/healthz` is requested.
    HalfOpen,
}

impl Case {
    /// Puts this load on the server; `quick` makes it a small one.
    ///
    /// # Errors
    /// If the server can't be reached, refuses a client that should be admitted, or takes too long.
    pub async fn run(self, target: &Target, quick: bool) -> Result<Samples> {
        let load = async {
            match self {
                Self::FanOut => fan_out::run(target, Transport::WebSocket, quick).await,
                Self::FanOutPolling => fan_out::run(target, Transport::Polling, quick).await,
                Self::Crowd => crowd::run(target, quick).await,
                Self::Idle => idle::run(target, quick).await,
                Self::Stalled => stalled::run(target, quick).await,
                Self::Burst => burst::run(target, quick).await,
                Self::Flooder => flooder::run(target, quick).await,
                Self::SignIn => sign_in::run(target, quick).await,
                Self::HalfOpen => half_open::run(target, quick).await,
            }
        };
        timeout(LIMIT, load)
            .await
            .with_context(|| format!("{self:?} was not over after {} s", LIMIT.as_secs()))?
    }
}

/// Returns `small` if `quick`, otherwise `full`.
fn size<T>(quick: bool, full: T, small: T) -> T {
    if quick { small } else { full }
}

/// Returns how long nothing may arrive before the case assumes that nothing more will.
fn silence(quick: bool) -> Duration {
    Duration::from_secs(size(quick, 5, 1))
}

/// Connects a client to the orchard that may broadcast.
async fn player(
    target: &Target,
    from: Ipv4Addr,
    token: Option<&str>,
) -> Result<(Sender, Receiver)> {
    let mut client = Client::open(target, from).await?;
    client.join(ORCHARD, token).await?;
    Ok(client.split())
}

/// Measures the processor time and the wall-clock time of some work.
struct Meter<'a> {
    process: &'a Process,
    cpu: Duration,
    own: Duration,
    start: Instant,
}

struct Measured {
    cpu: Duration,
    wall: Duration,
}

impl<'a> Meter<'a> {
    fn start(process: &'a Process) -> Result<Self> {
        Ok(Self {
            process,
            cpu: process.cpu()?,
            own: Process::own()?.cpu()?,
            start: Instant::now(),
        })
    }

    /// Returns the measurements of work that ended at `end`. Warns if the driver itself may have
    /// been too slow.
    fn stop(self, end: Instant) -> Result<Measured> {
        let wall = end.saturating_duration_since(self.start);
        let own = Process::own()?.cpu()?.saturating_sub(self.own);
        if own > wall.mul_f64(0.8) && wall > Duration::from_secs(1) {
            eprintln!(
                "the load driver was busy for {:.1} of {:.1} s: it may have been the slower side",
                own.as_secs_f64(),
                wall.as_secs_f64()
            );
        }
        Ok(Measured {
            cpu: self.process.cpu()?.saturating_sub(self.cpu),
            wall,
        })
    }
}
