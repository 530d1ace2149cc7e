//! Connections that send half a request: are other requests still answered?

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::Result;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep, timeout};

use super::{Samples, size};
use crate::http::{Http, Request};
use crate::statistics::milliseconds;
use crate::target::{Target, source};
use crate::tcp;

/// The number of connections. The server is started with 1,024 file descriptors.
const CONNECTIONS: u32 = 1_100;

/// The number of addresses that they come from.
const ADDRESSES: u32 = 40;

const HALF: &[u8] = b"POST /api HTTP/1.1\r\nHost: localhost\r\nContent-Type: app";

/// How long the case waits for an answer.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let requests = size(quick, 20, 4);
    let mut held = Vec::new();
    for number in 0..CONNECTIONS {
        let from = source(number % ADDRESSES)?;
        // A server may refuse further connections.
        let Ok(Ok(mut stream)) = timeout(LIMIT, tcp::connect(target, from, None)).await else {
            continue;
        };
        if stream.write_all(HALF).await.is_ok() {
            held.push(stream);
        }
    }
    let mut longest = Duration::ZERO;
    for _ in 0..requests {
        let start = Instant::now();
        let answered = timeout(LIMIT, healthy(target)).await;
        let took = match answered {
            Ok(Ok(true)) => start.elapsed(),
            Ok(_) | Err(_) => LIMIT,
        };
        longest = longest.max(took);
        if longest >= LIMIT {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(Samples::from([("healthz-ms", milliseconds(longest))]))
}

async fn healthy(target: &Target) -> Result<bool> {
    let mut http = Http::connect(target, Ipv4Addr::LOCALHOST).await?;
    Ok(http.send(Request::get("/healthz")).await?.status == 200)
}
