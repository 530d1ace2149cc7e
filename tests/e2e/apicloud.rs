//! The stand-in for the web view of an APICloud app, see `apicloud.js`.

use serde_json::{Value, json};

use crate::page::Page;
use crate::wait::wait_for;

/// When `api` shows up, in milliseconds after the page's start.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrives {
    After(u32),
    /// Unless [`App::arrive`] is called.
    Never,
}

/// A store of the app's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// On the device.
    Prefs,
    /// In memory.
    Global,
}

impl Kept {
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
    /// Puts every page that is loaded from now on into the app, opened with this `pageParam`.
    pub(crate) fn around(page: &'a Page, arrives: Arrives, page_param: &Value) -> Self {
        let arrives = match arrives {
            Arrives::After(milliseconds) => json!(milliseconds),
            Arrives::Never => Value::Null,
        };
        let script = include_str!("apicloud.js")
            .replace("ARRIVES", &arrives.to_string())
            .replace("PAGE_PARAM", &page_param.to_string());
        page.session().run_first(&script);
        Self(page)
    }

    /// What the page called under this name, as arguments.
    pub(crate) fn called(self, name: &str) -> Vec<Value> {
        let calls = self.0.session().run("return window.standIn.calls");
        let calls = calls.as_array().cloned().unwrap_or_default();
        calls
            .into_iter()
            .filter(|call| call["name"] == name)
            .map(|mut call| call["argument"].take())
            .collect()
    }

    /// Waits until the page has called this at least so often, and returns all of these calls.
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

    /// What a store has under a key; `Null` for nothing.
    pub(crate) fn kept(self, store: Kept, key: &str) -> Value {
        let script = format!(
            "return window.standIn.stored('{}')['{key}'] ?? null",
            store.name()
        );
        self.0.session().run(&script)
    }

    /// Another window of the app keeps something.
    pub(crate) fn keep(self, store: Kept, key: &str, value: &Value) {
        let script = format!("window.standIn.put('{}', '{key}', {value})", store.name());
        self.0.session().run(&script);
    }

    /// The web view's `api` is there only now.
    pub(crate) fn arrive(self) {
        self.0.session().run("window.standIn.arrive()");
    }

    /// The app tells the page.
    pub(crate) fn tell(self, event: &str) {
        let script = format!("window.standIn.tell('{event}')");
        self.0.session().run(&script);
    }

    /// The device sleeps.
    pub(crate) fn sleep(self, milliseconds: u32) {
        let script = format!("window.standIn.sleep({milliseconds})");
        self.0.session().run(&script);
    }
}
