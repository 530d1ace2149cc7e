//! The interface that each host implements.

// The names of the hosts in the settings.
pub(crate) const BROWSER: &str = "browser";
pub(super) const APICLOUD: &str = "apicloud";
pub(super) const TAURI: &str = "tauri";

/// The two stores of the game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// On the device. Its data outlives the page.
    Device,
    /// In memory, shared by the windows of the app. Its data is lost with them.
    Memory,
}

/// An event of the host for which browsers have no event. A host dispatches all other events on the
/// window, as browsers do: `pagehide`, `pageshow`, `offline` and `online`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostEvent {
    /// The device's "back" key was pressed.
    Back,
    /// The page is in the foreground again: the window above it was closed, or the app was resumed.
    Shown,
}

/// The environment that the page runs in.
///
/// No method fails. If a store is unavailable, its values are kept until the page is closed.
pub(crate) trait Host {
    /// Returns the value of `key` in `store`. An empty value counts as none, as in the web view.
    fn read(&self, store: Store, key: &str) -> Option<String>;

    /// Sets the value of `key` in `store`.
    fn save(&self, store: Store, key: &str, value: &str);

    /// Removes the value of `key` from `store`.
    fn remove(&self, store: Store, key: &str);

    /// Returns whether the data in `store` outlives the page.
    fn keeps(&self, store: Store) -> bool;

    /// Returns the host's name in the settings.
    fn name(&self) -> &'static str;

    /// Leaves the page: goes back in the history or closes the window, or navigates to `home`.
    fn back(&self, home: &str);

    /// Opens the window `name` with the page at `url`. Returns `false` if the host has no windows;
    /// the caller then follows the link.
    fn open_window(&self, name: &str, url: &str) -> bool;

    /// Shows `text` as a toast of the host. Returns `false` if it has none; the page then shows its
    /// own.
    fn toast(&self, text: &str) -> bool;

    /// Returns whether the host's media player can load the page's files by URL.
    fn plays_files(&self) -> bool {
        true
    }

    /// Opens the host's own sign-in window. Returns `false` if it has none; the page then shows its
    /// form.
    fn open_sign_in(&self) -> bool {
        false
    }

    /// Returns the settings that were passed to the page's window, as JSON. They take precedence
    /// over those of `index.html`.
    fn settings(&self) -> Option<String> {
        None
    }

    /// Calls the given function on each such event, and replaces the previous listener.
    fn listen(&self, _told: HostEvent, _hear: Box<dyn Fn()>) {}
}
