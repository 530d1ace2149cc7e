//! The page's requests and the frames of its WebSockets, as the browser reports them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Text frames in order, over all connections since the last [`Wire::clear`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire {
    /// The number of WebSockets that the page opened or tried to open.
    pub(crate) sockets: usize,
    /// The number of these that are closed.
    pub(crate) closed: usize,
    /// The bodies of the calls of `/api`.
    calls: Vec<String>,
    /// The URLs of the requests that have not ended, by the browser's id of the request.
    open: BTreeMap<String, String>,
    sent: Vec<String>,
    received: Vec<String>,
}

impl Wire {
    /// Adds the entries of the driver's performance log.
    pub(crate) fn read(&mut self, entries: &[Value]) {
        for entry in entries {
            let Some(text) = entry["message"].as_str() else {
                continue;
            };
            let Ok(entry) = serde_json::from_str::<Value>(text) else {
                continue;
            };
            let event = &entry["message"];
            let payload = &event["params"]["response"]["payloadData"];
            self.read_request(event);
            match (event["method"].as_str(), payload.as_str()) {
                (Some("Network.webSocketCreated"), _) => self.sockets += 1,
                (Some("Network.webSocketClosed"), _) => self.closed += 1,
                (Some("Network.webSocketFrameSent"), Some(frame)) => self.sent.push(frame.into()),
                (Some("Network.webSocketFrameReceived"), Some(frame)) => {
                    self.received.push(frame.into());
                }
                _ => {}
            }
        }
    }

    /// Records the start or the end of a request.
    fn read_request(&mut self, event: &Value) {
        let params = &event["params"];
        let Some(id) = params["requestId"].as_str() else {
            return;
        };
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                if params["request"]["method"] == "POST" {
                    let body = params["request"]["postData"].as_str();
                    self.calls.push(body.unwrap_or_default().into());
                }
                // The browser's own first page may never finish loading, and the browser may not read
                // the rest of the music until it plays it.
                if let Some(url) = params["request"]["url"].as_str()
                    && url.starts_with("http")
                    && params["type"] != "Media"
                {
                    self.open.insert(id.into(), url.into());
                }
            }
            Some("Network.loadingFinished" | "Network.loadingFailed") => {
                self.open.remove(id);
            }
            _ => {}
        }
    }

    /// Clears the record.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the number of calls of `/api`.
    pub(crate) fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Returns the number of calls of this method.
    pub(crate) fn calls_of(&self, method: &str) -> usize {
        let called = self.calls.iter().filter_map(|body| json(body));
        called.filter(|call| call["method"] == method).count()
    }

    /// Returns the URLs of the requests that have not ended.
    pub(crate) fn open(&self) -> impl Iterator<Item = &str> {
        self.open.values().map(String::as_str)
    }

    /// Returns the first arguments of the events with this name that the page sent to `/mofang`.
    pub(crate) fn sent(&self, event: &str) -> Vec<Value> {
        payloads(&self.sent, event)
    }

    /// Returns the first arguments of the events with this name that the page received in
    /// `/mofang`.
    pub(crate) fn received(&self, event: &str) -> Vec<Value> {
        payloads(&self.received, event)
    }

    /// Returns the number of handshakes that the page received.
    pub(crate) fn handshakes(&self) -> usize {
        let handshakes = self.received.iter().filter(|it| it.starts_with('0'));
        handshakes.count()
    }

    /// Returns the number of frames that the page sent.
    pub(crate) fn frames_sent(&self) -> usize {
        self.sent.len()
    }

    /// Returns the auth payloads of the page's CONNECTs to `/mofang`.
    pub(crate) fn auths(&self) -> Vec<Value> {
        self.sent
            .iter()
            .filter_map(|frame| json(frame.strip_prefix("40/mofang,")?))
            .collect()
    }

    /// Returns the ids of the page's socket from the server's replies to CONNECT.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.received
            .iter()
            .filter_map(|frame| json(frame.strip_prefix("40/mofang,")?))
            .filter_map(|reply| reply["sid"].as_str().map(str::to_owned))
            .collect()
    }

    /// Returns the public ids of the players that the server announced.
    pub(crate) fn announced(&self) -> Vec<String> {
        let welcomes = self.received("server_response").into_iter();
        welcomes
            .filter_map(|welcome| welcome["sid"].as_str().map(str::to_owned))
            .collect()
    }

    /// Returns the names of the announced players; their ids if the server sends no names.
    pub(crate) fn new_players(&self) -> Vec<String> {
        let welcomes = self.received("server_response").into_iter();
        let named = welcomes.filter(|welcome| welcome["sid"].is_string());
        named
            .filter_map(|welcome| {
                let name = welcome["nickname"].as_str().or(welcome["sid"].as_str());
                name.map(str::to_owned)
            })
            .collect()
    }

    /// Returns whether the first `server_response` arrived before the reply to CONNECT.
    pub(crate) fn count_came_first(&self) -> bool {
        let count = self
            .received
            .iter()
            .position(|frame| frame.starts_with("42/mofang,"));
        let reply = self
            .received
            .iter()
            .position(|frame| frame.starts_with("40/mofang,"));
        matches!((count, reply), (Some(count), Some(reply)) if count < reply)
    }
}

fn payloads(frames: &[String], event: &str) -> Vec<Value> {
    frames
        .iter()
        .filter_map(|frame| json(frame.strip_prefix("42/mofang,")?))
        .filter(|arguments| arguments[0] == event)
        .map(|mut arguments| arguments[1].take())
        .collect()
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
