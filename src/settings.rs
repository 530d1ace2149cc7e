//! Where the page's server is, and a few choices: read when the page starts, from the element
//! `#settings` of `index.html`, so that a built page is pointed elsewhere by editing one file.

use js_sys::{JSON, Object, Reflect};
use orchard_contract::endpoints;
use wasm_bindgen::{JsCast, JsValue};

/// The element that holds the settings.
const ELEMENT: &str = "settings";

/// The page's settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    /// The URL of the JSON-RPC.
    pub(crate) api: String,
    /// The page or window of the button 背包; without one it is not open yet, as are the other two.
    pub(crate) bag: Option<String>,
    /// Whether to ask for the timed push of counts.
    pub(crate) chat: bool,
    /// The page or window of the button 好友.
    pub(crate) friends: Option<String>,
    /// Where "back" leads when there is nothing to go back to.
    pub(crate) home: String,
    /// What holds the page, such as `apicloud`; `auto` or none: whatever is found.
    pub(crate) host: Option<String>,
    /// A language tag, or `auto` for the browser's.
    pub(crate) language: Option<String>,
    /// The page or window of the button 商店.
    pub(crate) shop: Option<String>,
    /// The namespace of the orchard's events.
    pub(crate) socket_namespace: String,
    /// The HTTP path of Socket.IO.
    pub(crate) socket_path: String,
    /// The origin of the Socket.IO server; empty for the page's own.
    pub(crate) socket_server: String,
}

/// What is wrong with a setting. The default stands in for each value that can't be used.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    /// The host that was asked for does not answer: its name, and what it said if anything.
    HostSilent(String),
    /// This is the name of no host.
    HostUnknown(String),
    /// The whole block is no JSON; in the browser's words.
    NotJson(String),
    /// This key's value, as JSON, is not `true` or `false`.
    NotSwitch(String, String),
    /// This key's value, as JSON, is not text.
    NotText(String, String),
    /// This key means nothing here.
    Unknown(String),
}

impl Settings {
    /// The settings of the page that is open, and what was wrong with them.
    pub(crate) fn of_document() -> (Self, Vec<Problem>) {
        Self::from_json(&block())
    }

    /// As [`of_document`](Self::of_document), with what `carried` says in its place: JSON, too, from whoever opened the page.
    pub(crate) fn of_document_and(carried: &str) -> (Self, Vec<Problem>) {
        let block = block();
        Self::from_json(&merged(&block, carried).unwrap_or(block))
    }

    /// The settings in `block`, and what was wrong with them. An empty block is fine.
    pub(crate) fn from_json(block: &str) -> (Self, Vec<Problem>) {
        let mut reader = Reader::new(block);
        let settings = Self {
            api: reader
                .text("api")
                .unwrap_or_else(|| endpoints::API_PATH.into()),
            bag: reader.text("bag"),
            chat: reader.switch("chat").unwrap_or(true),
            friends: reader.text("friends"),
            home: reader.text("home").unwrap_or_else(|| "/".into()),
            host: reader.text("host"),
            language: reader.text("language"),
            shop: reader.text("shop"),
            socket_namespace: reader
                .text("socket_namespace")
                .unwrap_or_else(|| endpoints::NAMESPACE.into()),
            socket_path: reader
                .text("socket_path")
                .unwrap_or_else(|| endpoints::SOCKET_PATH.into()),
            socket_server: reader.text("socket_server").unwrap_or_default(),
        };
        (settings, reader.problems())
    }
}

fn block() -> String {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(ELEMENT))
        .and_then(|element| element.text_content())
        .unwrap_or_default()
}

/// Both objects in one; where both have a key, the value of `above`.
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
                problems.push(Problem::NotJson(words(&error)));
                JsValue::UNDEFINED
            }),
        };
        Self { block, problems }
    }

    // Not by serde: its errors would bring the printing of floats along, seven kilobytes of it.
    fn text(&mut self, key: &str) -> Option<String> {
        let value = self.take(key)?;
        let text = value.as_string();
        if text.is_none() {
            self.problems
                .push(Problem::NotText(key.into(), json(&value)));
        }
        text
    }

    fn switch(&mut self, key: &str) -> Option<bool> {
        let value = self.take(key)?;
        let switch = value.as_bool();
        if switch.is_none() {
            self.problems
                .push(Problem::NotSwitch(key.into(), json(&value)));
        }
        switch
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

/// What a JavaScript error says.
fn words(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .unwrap_or_default()
}
