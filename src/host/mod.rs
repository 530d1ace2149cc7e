//! What the page asks of the place that holds it.
//!
//! The page is written against [`Host`]; which host it is, is decided in this module alone. A plain
//! browser is the only one so far. APICloud and Tauri will each be a file beside `browser`, and
//! [`Here`] an enum of the three: calls stay static, so that none costs a table of functions.

mod browser;

pub(crate) use browser::Browser as Here;

/// The two stores of the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// On the device: it outlives the page.
    Device,
    /// In memory, shared by the windows of the app: it ends with them.
    Memory,
}

/// The place that holds the page.
///
/// Nothing here fails: a store that can't keep anything keeps it for as long as the page lives.
pub(crate) trait Host {
    /// What `store` has under `key`; an empty value counts as none, as it does in the web view.
    fn read(&self, store: Store, key: &str) -> Option<String>;

    /// Puts `value` under `key` into `store`.
    fn save(&self, store: Store, key: &str, value: &str);

    /// Takes what is under `key` out of `store`.
    fn remove(&self, store: Store, key: &str);

    /// Whether `store` outlives the page.
    fn keeps(&self, store: Store) -> bool;

    /// Leaves the page: back to where the player came from, else to `home`.
    fn back(&self, home: &str);

    /// Opens the window `name` with the page at `url`; `false` if the host has no windows, and the link is to be followed.
    fn open_window(&self, name: &str, url: &str) -> bool;

    /// Shows `text` by the host's own means; `false` if it has none and the page must.
    fn toast(&self, text: &str) -> bool;
}

/// Whether what the page saves is gone when it is closed.
pub(crate) fn forgetful(host: &impl Host) -> bool {
    !host.keeps(Store::Device)
}
