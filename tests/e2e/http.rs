//! JSON over HTTP: to the driver, to `/api`, and to the control interface of the test server.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::HeaderMap;

/// The time limit for any response.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The language of the players and of the browser: page and servers answer in the language that the
/// client accepts.
pub(crate) const LANGUAGE: &str = "zh-CN";

/// Sends and receives JSON. The caller interprets the response.
#[derive(Clone, Debug)]
pub(crate) struct Http(Agent);

impl Http {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // All servers are on this machine.
            .proxy(None)
            .build();
        Self(config.into())
    }

    pub(crate) fn fetch(&self, url: &str) -> Result<Value, String> {
        let answer = self.0.get(url).call();
        read(url, answer)
    }

    /// Returns the status of the response to a GET request.
    pub(crate) fn status(&self, url: &str) -> Result<u16, String> {
        let answer = self.0.get(url).call();
        let answer = answer.map_err(|error| format!("{url}: {error}"))?;
        Ok(answer.status().as_u16())
    }

    /// Returns the headers of the response to a client that accepts this encoding.
    pub(crate) fn headers(&self, url: &str, encoding: &str) -> Result<HeaderMap, String> {
        let answer = self.0.get(url).header("Accept-Encoding", encoding).call();
        let answer = answer.map_err(|error| format!("{url}: {error}"))?;
        if answer.status().is_success() {
            Ok(answer.headers().clone())
        } else {
            Err(format!("{url}: {}", answer.status()))
        }
    }

    pub(crate) fn post(&self, url: &str, body: &Value) -> Result<Value, String> {
        let answer = self
            .0
            .post(url)
            .header("Accept-Language", LANGUAGE)
            .send_json(body);
        read(url, answer)
    }

    pub(crate) fn post_as(&self, url: &str, token: &str, body: &Value) -> Result<Value, String> {
        let request = self
            .0
            .post(url)
            .header("Authorization", format!("jwt {token}"));
        let answer = request.send_json(body);
        read(url, answer)
    }

    pub(crate) fn delete(&self, url: &str) -> Result<Value, String> {
        let answer = self.0.delete(url).call();
        read(url, answer)
    }
}

fn read(
    url: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Value, String> {
    let mut answer = answer.map_err(|error| format!("{url}: {error}"))?;
    // Screenshots are long strings.
    let body = answer.body_mut().with_config().limit(64 << 20);
    body.read_json()
        .map_err(|error| format!("{url}: {}: {error}", answer.status()))
}
