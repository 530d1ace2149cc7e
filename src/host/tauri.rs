//! A window of Tauri 2.

use js_sys::Reflect;

use super::{Browser, Host, Store};

/// What Tauri puts into `window` before anything of the page runs.
pub(super) const SIGN: &str = "__TAURI_INTERNALS__";

/// A window of Tauri's. Still a browser in all that it does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tauri;

/// Whether the page is in one.
pub(super) fn is_here() -> bool {
    Reflect::get(&js_sys::global(), &SIGN.into()).is_ok_and(|it| !it.is_undefined())
}

/// Gets ready what can't be asked for without waiting.
///
/// # Errors
/// When the shell does not answer; in its words.
pub(super) async fn open() -> Result<(), String> {
    Ok(())
}

impl Host for Tauri {
    fn name(&self) -> &'static str {
        super::TAURI
    }

    fn read(&self, store: Store, key: &str) -> Option<String> {
        Browser.read(store, key)
    }

    fn save(&self, store: Store, key: &str, value: &str) {
        Browser.save(store, key, value);
    }

    fn remove(&self, store: Store, key: &str) {
        Browser.remove(store, key);
    }

    fn keeps(&self, store: Store) -> bool {
        Browser.keeps(store)
    }

    fn back(&self, home: &str) {
        Browser.back(home);
    }

    fn open_window(&self, name: &str, url: &str) -> bool {
        Browser.open_window(name, url)
    }

    fn toast(&self, text: &str) -> bool {
        Browser.toast(text)
    }
}
