//! What went over the page's WebSockets, as the browser saw it.

use serde_json::Value;

/// Frames of text in the order in which they came, over all connections since the last
/// [`Wire::forget`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire {
    /// How many sockets were opened, or tried to.
    pub(crate) sockets: usize,
    /// How many calls of `/api` were sent.
    pub(crate) calls: usize,
    sent: Vec<String>,
    received: Vec<String>,
}

impl Wire {
    /// Takes in entries of the driver's performance log.
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
            let request = &event["params"]["request"];
            match (event["method"].as_str(), payload.as_str()) {
                (Some("Network.webSocketCreated"), _) => self.sockets += 1,
                (Some("Network.webSocketFrameSent"), Some(frame)) => self.sent.push(frame.into()),
                (Some("Network.webSocketFrameReceived"), Some(frame)) => {
                    self.received.push(frame.into());
                }
                (Some("Network.requestWillBeSent"), _) if request["method"] == "POST" => {
                    self.calls += 1;
                }
                _ => {}
            }
        }
    }

    /// Starts again from nothing.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The first arguments of the events that the page sent to `/mofang` under this name.
    pub(crate) fn sent(&self, event: &str) -> Vec<Value> {
        payloads(&self.sent, event)
    }

    /// The first arguments of the events that the page received in `/mofang` under this name.
    pub(crate) fn received(&self, event: &str) -> Vec<Value> {
        payloads(&self.received, event)
    }

    /// What the page's CONNECTs to `/mofang` carried.
    pub(crate) fn auths(&self) -> Vec<Value> {
        self.sent
            .iter()
            .filter_map(|frame| json(frame.strip_prefix("40/mofang,")?))
            .collect()
    }

    /// The ids that the server gave to the page's socket, in the replies to its CONNECTs.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.received
            .iter()
            .filter_map(|frame| json(frame.strip_prefix("40/mofang,")?))
            .filter_map(|reply| reply["sid"].as_str().map(str::to_owned))
            .collect()
    }

    /// Whom the server announced, by the ids that everybody may know.
    pub(crate) fn announced(&self) -> Vec<String> {
        let welcomes = self.received("server_response").into_iter();
        welcomes
            .filter_map(|welcome| welcome["sid"].as_str().map(str::to_owned))
            .collect()
    }

    /// The same by their names, where the server gives them.
    pub(crate) fn newcomers(&self) -> Vec<String> {
        let welcomes = self.received("server_response").into_iter();
        let named = welcomes.filter(|welcome| welcome["sid"].is_string());
        named
            .filter_map(|welcome| {
                let name = welcome["nickname"].as_str().or(welcome["sid"].as_str());
                name.map(str::to_owned)
            })
            .collect()
    }

    /// Whether the first `server_response` came before the reply to CONNECT.
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
