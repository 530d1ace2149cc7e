//! HTTP requests to the server under load, one connection each.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::target::Target;
use crate::tcp;
use crate::wait::within;

/// How many bytes of an answer are read at most.
const MAX_ANSWER: usize = 4 << 20;

/// A kept-alive connection.
#[derive(Debug)]
pub(crate) struct Http {
    requests: SendRequest<Full<Bytes>>,
    host: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Method,
    path: String,
    kind: &'static str,
    body: Bytes,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

impl Http {
    pub(crate) async fn connect(target: &Target, from: Ipv4Addr) -> Result<Self> {
        let stream = tcp::connect(target, from, None).await?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends when `requests` is dropped; errors are returned by the request.
        tokio::spawn(connection);
        Ok(Self {
            requests,
            host: target.address().to_string(),
        })
    }

    /// Sends a request and reads its answer to the end.
    pub(crate) async fn send(&mut self, request: Request) -> Result<Answer> {
        within("an HTTP request", self.exchange(request)).await
    }

    async fn exchange(&mut self, request: Request) -> Result<Answer> {
        let mut builder = hyper::Request::builder()
            .method(request.method)
            .uri(request.path)
            .header(header::HOST, &self.host);
        if !request.kind.is_empty() {
            builder = builder.header(header::CONTENT_TYPE, request.kind);
        }
        let request = builder.body(Full::new(request.body))?;
        self.requests.ready().await?;
        let response = self.requests.send_request(request).await?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let body = Limited::new(response.into_body(), MAX_ANSWER)
            .collect()
            .await
            .map_err(|error| anyhow!("could not read the answer: {error}"))?;
        Ok(Answer {
            status,
            retry_after: retry_after.map(Duration::from_secs),
            body: body.to_bytes(),
        })
    }
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            kind: "",
            body: Bytes::new(),
        }
    }

    pub(crate) fn post(path: &str, kind: &'static str, body: String) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            kind,
            body: body.into(),
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("HTTP {} with no JSON: {}", self.status, self.text()))
    }

    /// Returns the beginning of the body, for an error message.
    pub(crate) fn text(&self) -> String {
        let beginning = self.body.get(..200).unwrap_or(&self.body);
        String::from_utf8_lossy(beginning).into_owned()
    }
}
