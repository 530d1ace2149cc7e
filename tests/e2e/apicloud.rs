//! The stand-in for the web view of an APICloud app, see `apicloud.js`.

use serde_json::{Value, json};

use crate::page::Page;
use crate::wait::wait_for;

/// The time at which `api` is defined, in milliseconds after the page's start.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Definition {
    After(u32),
    /// Only when [`App::define_api`] is called.
    Never,
}

/// A store of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppStore {
    /// On the device.
    Prefs,
    /// In memory.
    Global,
}

impl AppStore {
    fn name(self) -> &'static str {
        match self {
            Self::Prefs => "prefs",
            Self::Global => "global",
        }
    }
}

/// The app around a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct App<'a>(&'a Page);

impl<'a> App<'a> {
    /// Loads every further page inside the app, which was opened with this `pageParam`.
    pub(crate) fn around(page: &'a Page, definition: Definition, page_param: &Value) -> Self {
        let delay = match definition {
            Definition::After(milliseconds) => json!(milliseconds),
            Definition::Never => Value::Null,
        };
        let script = include_str!("apicloud.js")
            .replace("DELAY", &delay.to_string())
            .replace("PAGE_PARAM", &page_param.to_string());
        page.session().run_first(&script);
        Self(page)
    }

    /// Returns the arguments of every call that the page made to this function.
    pub(crate) fn called(self, name: &str) -> Vec<Value> {
        let calls = self.0.session().run("return window.standIn.calls");
        let calls = calls.as_array().cloned().unwrap_or_default();
        calls
            .into_iter()
            .filter(|call| call["name"] == name)
            .map(|mut call| call["argument"].take())
            .collect()
    }

    /// Waits until the page has called this function at least `many` times, and returns the
    /// arguments of all calls.
    #[track_caller]
    pub(crate) fn wait_for_calls(self, name: &str, many: usize) -> Vec<Value> {
        wait_for(&format!("{many} calls of api.{name}"), || {
            let calls = self.called(name);
            if calls.len() >= many {
                Ok(calls)
            } else {
                Err(format!("{calls:?}"))
            }
        })
    }

    /// Returns the value that a store has for a key; `Null` if there is none.
    pub(crate) fn stored(self, store: AppStore, key: &str) -> Value {
        let script = format!(
            "return window.standIn.stored('{}')['{key}'] ?? null",
            store.name()
        );
        self.0.session().run(&script)
    }

    /// Stores a value, as another window of the app does.
    pub(crate) fn store(self, store: AppStore, key: &str, value: &Value) {
        let script = format!("window.standIn.put('{}', '{key}', {value})", store.name());
        self.0.session().run(&script);
    }

    /// Defines the web view's `api` now.
    pub(crate) fn define_api(self) {
        self.0.session().run("window.standIn.defineApi()");
    }

    /// Sends an event of the app to the page.
    pub(crate) fn send_event(self, event: &str) {
        let script = format!("window.standIn.sendEvent('{event}')");
        self.0.session().run(&script);
    }

    /// Lets the device sleep for this time.
    pub(crate) fn sleep(self, milliseconds: u32) {
        let script = format!("window.standIn.sleep({milliseconds})");
        self.0.session().run(&script);
    }
}
