//! A client on HTTP long-polling.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::http::{Answer, Http, Request};
use crate::target::Target;
use crate::wait::within;
use crate::wire::{self, PING, PONG, QUERY, SEPARATOR};

/// A client after its Engine.IO handshake. It has one connection for the pending poll, and one for
/// what it sends meanwhile.
#[derive(Debug)]
pub(crate) struct Client {
    polls: Http,
    posts: Http,
    path: String,
    /// The unread packets of the last payload.
    waiting: VecDeque<String>,
}

#[derive(Deserialize)]
struct Handshake {
    sid: String,
}

impl Client {
    pub(crate) async fn open(target: &Target, from: Ipv4Addr) -> Result<Self> {
        let mut polls = Http::connect(target, from).await?;
        let posts = Http::connect(target, from).await?;
        let path = format!("{QUERY}&transport=polling");
        let answer = succeeded(polls.send(Request::get(&path)).await?)?;
        let text = answer.text();
        let handshake = text.strip_prefix('0').context("no handshake")?;
        let Handshake { sid } = serde_json::from_str(handshake).context("no handshake")?;
        Ok(Self {
            polls,
            posts,
            path: format!("{path}&sid={sid}"),
            waiting: VecDeque::new(),
        })
    }

    /// Connects to a namespace. Returns how many of its events arrived before the answer.
    pub(crate) async fn join(&mut self, namespace: &str, token: Option<&str>) -> Result<u64> {
        self.send(wire::connect(namespace, token)).await?;
        let mut early = 0;
        let answer = async {
            loop {
                let packet = self.next().await?;
                match wire::answer_to_connect(&packet, namespace) {
                    Some(Ok(())) => return Ok(()),
                    Some(Err(refusal)) => bail!("the server refuses {namespace}: {refusal}"),
                    None => early += 1,
                }
            }
        };
        within("CONNECT", answer).await?;
        Ok(early)
    }

    /// Returns the next packet that is not a heartbeat; an error once the session is closed.
    pub(crate) async fn next(&mut self) -> Result<String> {
        loop {
            match self.waiting.pop_front() {
                Some(packet) if packet == PING => self.send(PONG.to_owned()).await?,
                Some(packet) => return Ok(packet),
                None => {
                    let answer = self.polls.send(Request::get(&self.path)).await?;
                    let body = succeeded(answer)?.body;
                    let payload = str::from_utf8(&body).context("a payload is no text")?;
                    self.waiting = payload.split(SEPARATOR).map(str::to_owned).collect();
                }
            }
        }
    }

    async fn send(&mut self, packet: String) -> Result<()> {
        let post = Request::post(&self.path, "text/plain;charset=UTF-8", packet);
        succeeded(self.posts.send(post).await?).map(drop)
    }
}

fn succeeded(answer: Answer) -> Result<Answer> {
    ensure!(
        answer.status == 200,
        "the server answers a poll with HTTP {}: {}",
        answer.status,
        answer.text()
    );
    Ok(answer)
}
