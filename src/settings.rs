//! The settings: the address of the page's server, and a few options.
//!
//! The page reads them at its start from the element `#settings` of `index.html`. A built page is
//! pointed at another server by editing that file.

use js_sys::{JSON, Object, Reflect};
use orchard_contract::settings::{
    API, BAG, CHAT, FRIENDS, HOME, HOST, LANGUAGE, SHOP, SOCKET_NAMESPACE, SOCKET_PATH,
    SOCKET_SERVER, Setting,
};
use wasm_bindgen::{JsCast, JsValue};

/// The id of the element that contains the settings.
const ELEMENT: &str = "settings";

/// The values of the page's settings. The fields are documented where the settings are defined, in
/// [`orchard_contract::settings`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) api: String,
    pub(crate) bag: Option<String>,
    pub(crate) chat: bool,
    pub(crate) friends: Option<String>,
    pub(crate) home: String,
    pub(crate) host: String,
    pub(crate) language: String,
    pub(crate) shop: Option<String>,
    pub(crate) socket_namespace: String,
    pub(crate) socket_path: String,
    pub(crate) socket_server: String,
}

/// A problem in the settings. The default replaces each invalid value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    /// The requested host does not respond: its name, and its error message if it sent one.
    HostSilent(String),
    /// There is no host of this name.
    HostUnknown(String),
    /// The whole block is not valid JSON: the browser's error message.
    NotJson(String),
    /// A value is not `true` or `false`: the key, and the value as JSON.
    NotSwitch(String, String),
    /// A value is not a string: the key, and the value as JSON.
    NotText(String, String),
    /// There is no setting with this key.
    Unknown(String),
}

impl Settings {
    /// Reads the settings of the current document, and returns them with their problems.
    pub(crate) fn of_document() -> (Self, Vec<Problem>) {
        Self::from_json(&block())
    }

    /// Like [`of_document`](Self::of_document), but values in `carried` take precedence: JSON from
    /// the app that has opened the page.
    pub(crate) fn of_document_and(carried: &str) -> (Self, Vec<Problem>) {
        let block = block();
        Self::from_json(&merged(&block, carried).unwrap_or(block))
    }

    /// Parses the settings in `block`, and returns them with their problems. An empty block is
    /// valid.
    pub(crate) fn from_json(block: &str) -> (Self, Vec<Problem>) {
        let mut reader = Reader::new(block);
        let settings = Self {
            api: reader.text(API),
            bag: reader.optional(BAG),
            chat: reader.switch(CHAT),
            friends: reader.optional(FRIENDS),
            home: reader.text(HOME),
            host: reader.text(HOST),
            language: reader.text(LANGUAGE),
            shop: reader.optional(SHOP),
            socket_namespace: reader.text(SOCKET_NAMESPACE),
            socket_path: reader.text(SOCKET_PATH),
            socket_server: reader.text(SOCKET_SERVER),
        };
        (settings, reader.problems())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_json("").0
    }
}

fn block() -> String {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(ELEMENT))
        .and_then(|element| element.text_content())
        .unwrap_or_default()
}

/// Merges two JSON objects. Values of `above` take precedence.
fn merged(below: &str, above: &str) -> Option<String> {
    let below = if below.trim().is_empty() {
        Object::new().into()
    } else {
        JSON::parse(below).ok()?
    };
    let above = JSON::parse(above).ok()?;
    let carried: &Object = above.dyn_ref()?;
    for key in Object::keys(carried).iter() {
        Reflect::set(&below, &key, &Reflect::get(&above, &key).ok()?).ok()?;
    }
    JSON::stringify(&below).ok().map(Into::into)
}

/// Removes each known key from the block, so that the keys that are left at the end are unknown.
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
                problems.push(Problem::NotJson(words(&error)));
                JsValue::UNDEFINED
            }),
        };
        Self { block, problems }
    }

    fn text(&mut self, setting: Setting<&str>) -> String {
        self.string(setting.key)
            .unwrap_or_else(|| setting.default.into())
    }

    fn optional(&mut self, setting: Setting<Option<&str>>) -> Option<String> {
        self.string(setting.key)
            .or_else(|| setting.default.map(Into::into))
    }

    fn switch(&mut self, setting: Setting<bool>) -> bool {
        let Some(value) = self.take(setting.key) else {
            return setting.default;
        };
        value.as_bool().unwrap_or_else(|| {
            self.problems
                .push(Problem::NotSwitch(setting.key.into(), json(&value)));
            setting.default
        })
    }

    // Without serde: its errors would add float formatting, seven kilobytes of code.
    fn string(&mut self, key: &str) -> Option<String> {
        let value = self.take(key)?;
        let text = value.as_string();
        if text.is_none() {
            self.problems
                .push(Problem::NotText(key.into(), json(&value)));
        }
        text
    }

    fn take(&self, key: &str) -> Option<JsValue> {
        let block = self.block.dyn_ref::<Object>()?;
        let key = JsValue::from_str(key);
        let value = Reflect::get(block, &key).ok()?;
        _ = Reflect::delete_property(block, &key);
        (!value.is_null_or_undefined()).then_some(value)
    }

    fn problems(mut self) -> Vec<Problem> {
        if let Some(block) = self.block.dyn_ref::<Object>() {
            let left = Object::keys(block);
            let left = left.iter().filter_map(|key| key.as_string());
            self.problems.extend(left.map(Problem::Unknown));
        }
        self.problems
    }
}

fn json(value: &JsValue) -> String {
    JSON::stringify(value).map(String::from).unwrap_or_default()
}

/// Returns the message of a JavaScript error.
fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .unwrap_or_default()
}
