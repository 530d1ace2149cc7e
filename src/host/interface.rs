//! What each host offers the page.

/// What settings call the hosts.
pub(crate) const BROWSER: &str = "browser";
pub(super) const APICLOUD: &str = "apicloud";
pub(super) const TAURI: &str = "tauri";

/// The two stores of the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// On the device: it outlives the page.
    Device,
    /// In memory, shared by the windows of the app: it ends with them.
    Memory,
}

/// What a host tells that no event of the browser does. All else it tells in the browser's words: `pagehide` and `pageshow`,
/// `offline` and `online`, on the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostEvent {
    /// The device's key "back" was pressed.
    Back,
    /// The page is in front again: the window over it was closed, or the app came back.
    Shown,
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

    /// What settings call it.
    fn name(&self) -> &'static str;

    /// Leaves the page: back to where the player came from, or closes its window, else to `home`.
    fn back(&self, home: &str);

    /// Opens the window `name` with the page at `url`; `false` if the host has no windows, and the link is to be followed.
    fn open_window(&self, name: &str, url: &str) -> bool;

    /// Shows `text` by the host's own means; `false` if it has none and the page must.
    fn toast(&self, text: &str) -> bool;

    /// Whether its player finds the page's own files by their addresses.
    fn plays_files(&self) -> bool {
        true
    }

    /// Opens the host's own window to sign in by; `false` if it has none, and the page asks by its form.
    fn open_sign_in(&self) -> bool {
        false
    }

    /// Settings that come with the page's window, as JSON. They go before those of `index.html`.
    fn settings(&self) -> Option<String> {
        None
    }

    /// Has `hear` called whenever the host tells this, in place of what was called before.
    fn listen(&self, _told: HostEvent, _hear: Box<dyn Fn()>) {}
}
