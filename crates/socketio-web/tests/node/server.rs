use js_sys::{Function, Promise};
use serde::de::DeserializeOwned;
use socketio_web::{Builder, Socket, json};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A server of the reference implementation, tests/servers/node, that `cargo xtask test` starts.
#[derive(Clone, Copy)]
pub(crate) struct Server(&'static str);

impl Server {
    /// With heartbeats short enough to wait for.
    pub(crate) fn plain() -> Self {
        Self::at(option_env!("SOCKETIO_TEST_SERVER"))
    }

    /// One that restores sessions.
    pub(crate) fn with_recovery() -> Self {
        Self::at(option_env!("SOCKETIO_TEST_RECOVERY_SERVER"))
    }

    fn at(url: Option<&'static str>) -> Self {
        Self(url.expect("there is no server: run `cargo xtask test`"))
    }

    /// Options of a socket on a connection of its own, that comes back soon.
    pub(crate) fn builder(self, namespace: &str) -> Builder {
        Socket::builder(self.0)
            .namespace(namespace)
            .force_new()
            .reconnection_delay(Duration::from_millis(20))
    }

    /// As [`builder`](Self::builder), on a connection that others share.
    pub(crate) fn shared(self, namespace: &str) -> Builder {
        Socket::builder(self.0).namespace(namespace)
    }

    pub(crate) async fn post(self, control: &str, body: &str) {
        self.call("POST", control, Some(body)).await;
    }

    pub(crate) async fn state<T: DeserializeOwned>(self) -> T {
        json::from_str(&self.call("GET", "state", None).await).expect("the state is of this type")
    }

    async fn call(self, method: &str, control: &str, body: Option<&str>) -> String {
        let call: Function = js_sys::eval(include_str!("control.js"))
            .expect("the script is valid")
            .unchecked_into();
        let url = format!("{}/control/{control}", self.0);
        let body = body.map_or(JsValue::NULL, JsValue::from);
        let answer: Promise = call
            .call3(&JsValue::NULL, &url.into(), &method.into(), &body)
            .unwrap()
            .unchecked_into();
        let answer = JsFuture::from(answer).await;
        answer
            .expect("the server answers")
            .as_string()
            .expect("the answer is text")
    }
}
