use std::cell::RefCell;

use web_sys::{Storage, window};

use super::interface::{BROWSER, Host, Store};

thread_local! {
    /// The values of a store that is blocked or full: `(store, key, value)`.
    static UNKEPT: RefCell<Vec<(Store, String, String)>> = const { RefCell::new(Vec::new()) };
}

/// A plain browser.
///
/// The device is `localStorage`, memory is `sessionStorage`. Either may be missing, or throw on
/// access (blocked cookies) or on writing (private windows, quota). Values are then kept in the
/// page's own memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Browser;

impl Host for Browser {
    fn read(&self, store: Store, key: &str) -> Option<String> {
        unkept(store, key)
            .or_else(|| storage(store)?.get_item(key).ok()?)
            .filter(|value| !value.is_empty())
    }

    fn save(&self, store: Store, key: &str, value: &str) {
        forget(store, key);
        let kept = storage(store).is_some_and(|storage| storage.set_item(key, value).is_ok());
        if !kept {
            let entry = (store, key.to_owned(), value.to_owned());
            UNKEPT.with_borrow_mut(|entries| entries.push(entry));
        }
    }

    fn remove(&self, store: Store, key: &str) {
        forget(store, key);
        if let Some(storage) = storage(store) {
            // A store that can't remove a value could not have saved it either.
            _ = storage.remove_item(key);
        }
    }

    fn keeps(&self, store: Store) -> bool {
        const PROBE: &str = "orchard_probe";
        storage(store).is_some_and(|storage| {
            storage.set_item(PROBE, PROBE).is_ok() && storage.remove_item(PROBE).is_ok()
        })
    }

    fn name(&self) -> &'static str {
        BROWSER
    }

    fn back(&self, home: &str) {
        let Some(window) = window() else {
            return;
        };
        let gone = window.history().is_ok_and(|history| {
            history.length().is_ok_and(|length| length > 1) && history.back().is_ok()
        });
        if !gone {
            _ = window.location().set_href(home);
        }
    }

    fn open_window(&self, _name: &str, _url: &str) -> bool {
        false
    }

    fn toast(&self, _text: &str) -> bool {
        false
    }
}

fn storage(store: Store) -> Option<Storage> {
    match store {
        Store::Device => window()?.local_storage(),
        Store::Memory => window()?.session_storage(),
    }
    .ok()
    .flatten()
}

fn unkept(store: Store, key: &str) -> Option<String> {
    UNKEPT.with_borrow(|entries| {
        entries
            .iter()
            .find(|(of, name, _)| *of == store && name == key)
            .map(|(.., value)| value.clone())
    })
}

fn forget(store: Store, key: &str) {
    UNKEPT.with_borrow_mut(|entries| entries.retain(|(of, name, _)| *of != store || name != key));
}
