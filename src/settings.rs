//! Where the page's server is, and a few choices: read when the page starts, from the element
//! `#settings` of `index.html`, so that a built page is pointed elsewhere by editing one file.

use js_sys::{JSON, Object, Reflect};
use leptos::prelude::document;
use orchard_contract::endpoints;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

/// The element that holds the settings.
const ELEMENT: &str = "settings";

/// The page's settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    /// The URL of the JSON-RPC.
    pub(crate) api: String,
    /// Whether to ask for the timed push of counts.
    pub(crate) chat: bool,
    /// Where "back" leads when there is nothing to go back to.
    pub(crate) home: String,
    /// A language tag, instead of the browser's.
    pub(crate) language: Option<String>,
    /// The namespace of the orchard's events.
    pub(crate) socket_namespace: String,
    /// The HTTP path of Socket.IO.
    pub(crate) socket_path: String,
    /// The origin of the Socket.IO server; empty for the page's own.
    pub(crate) socket_server: String,
}

/// What is wrong with the settings. The default stands in for each value that can't be used.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// The key, unless it is the whole block.
    pub(crate) key: Option<String>,
    /// What is wrong, in the words of the reader; `None` for a key that means nothing here.
    pub(crate) what: Option<String>,
}

impl Settings {
    /// The settings of the page that is open, and what was wrong with them.
    pub(crate) fn of_document() -> (Self, Vec<Problem>) {
        let block = document()
            .get_element_by_id(ELEMENT)
            .and_then(|element| element.text_content())
            .unwrap_or_default();
        Self::from_json(&block)
    }

    /// The settings in `block`, and what was wrong with them. An empty block is fine.
    pub(crate) fn from_json(block: &str) -> (Self, Vec<Problem>) {
        let mut reader = Reader::new(block);
        let settings = Self {
            api: reader
                .value("api")
                .unwrap_or_else(|| endpoints::API_PATH.into()),
            chat: reader.value("chat").unwrap_or(true),
            home: reader.value("home").unwrap_or_else(|| "/".into()),
            language: reader.value("language"),
            socket_namespace: reader
                .value("socket_namespace")
                .unwrap_or_else(|| endpoints::NAMESPACE.into()),
            socket_path: reader
                .value("socket_path")
                .unwrap_or_else(|| endpoints::SOCKET_PATH.into()),
            socket_server: reader.value("socket_server").unwrap_or_default(),
        };
        (settings, reader.problems())
    }
}

/// Takes value after value out of the block; what is left at the end meant nothing.
struct Reader {
    block: JsValue,
    problems: Vec<Problem>,
}

impl Reader {
    fn new(block: &str) -> Self {
        let mut problems = Vec::new();
        let block = match block.trim() {
            "" => JsValue::UNDEFINED,
            text => JSON::parse(text).unwrap_or_else(|error| {
                problems.push(Problem {
                    key: None,
                    what: Some(words(&error)),
                });
                JsValue::UNDEFINED
            }),
        };
        Self { block, problems }
    }

    fn value<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let block = self.block.dyn_ref::<Object>()?;
        let key_value = JsValue::from_str(key);
        let value = Reflect::get(block, &key_value).ok()?;
        _ = Reflect::delete_property(block, &key_value);
        if value.is_null_or_undefined() {
            return None;
        }
        serde_wasm_bindgen::from_value(value)
            .map_err(|error| {
                self.problems.push(Problem {
                    key: Some(key.to_owned()),
                    what: Some(words(&error.into())),
                });
            })
            .ok()
    }

    fn problems(mut self) -> Vec<Problem> {
        if let Some(block) = self.block.dyn_ref::<Object>() {
            self.problems
                .extend(Object::keys(block).iter().map(|key| Problem {
                    key: key.as_string(),
                    what: None,
                }));
        }
        self.problems
    }
}

/// What a JavaScript error says.
fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .unwrap_or_default()
}
