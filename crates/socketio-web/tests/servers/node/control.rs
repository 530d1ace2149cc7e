use js_sys::{Function, Promise};
use serde::de::DeserializeOwned;
use socketio_web::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::server::Server;

/// Sends a control command to the server.
pub(crate) async fn post(server: Server, control: &str, body: &str) {
    call(server, "POST", control, Some(body)).await;
}

/// Returns the server's state.
pub(crate) async fn state<T: DeserializeOwned>(server: Server) -> T {
    json::from_str(&call(server, "GET", "state", None).await).expect("the state is of this type")
}

async fn call(server: Server, method: &str, control: &str, body: Option<&str>) -> String {
    let call: Function = js_sys::eval(include_str!("control.js"))
        .expect("the script is valid")
        .unchecked_into();
    let url = format!("{}/control/{control}", server.url());
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
