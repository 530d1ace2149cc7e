//! The settings of the page: keys, kinds and defaults.
//!
//! The page reads them from a block of JSON in its `index.html`. The commands that package the page
//! write and validate the same block.

use crate::endpoints;

/// A setting of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The key in the block.
    pub key: &'static str,
    /// What values are valid.
    pub kind: Kind,
    /// The value if the key is missing or its value is invalid.
    pub default: T,
}

/// The values that are valid for a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An HTTP URL, or a path on the page's own server.
    Address,
    /// The origin of a server, such as `https://game.example:5000`.
    Origin,
    /// A path, which begins with a slash.
    Path,
    /// `true` or `false`.
    Switch,
    /// Any string.
    Text,
}

/// The value of [`HOST`] and [`LANGUAGE`] that leaves the choice to the page.
pub const AUTO: &str = "auto";

/// The URL of the JSON-RPC.
pub const API: Setting<&str> = Setting::new("api", Kind::Address, endpoints::API_PATH);

/// The page or window that the button 背包 opens. By default the button says that it is not open
/// yet.
pub const BAG: Setting<Option<&str>> = Setting::new("bag", Kind::Text, None);

/// Whether the page requests the current count each second.
pub const CHAT: Setting<bool> = Setting::new("chat", Kind::Switch, true);

/// The page or window that the button 好友 opens; the default is that of [`BAG`].
pub const FRIENDS: Setting<Option<&str>> = Setting::new("friends", Kind::Text, None);

/// The URL that "back" navigates to if the history is empty.
pub const HOME: Setting<&str> = Setting::new("home", Kind::Text, "/");

/// The host of the page: `browser`, `apicloud` or `tauri`. By default the page detects it.
pub const HOST: Setting<&str> = Setting::new("host", Kind::Text, AUTO);

/// The language of the page: `zh` or `en`. By default it is the browser's. A player's own choice
/// takes precedence.
pub const LANGUAGE: Setting<&str> = Setting::new("language", Kind::Text, AUTO);

/// The page or window that the button 商店 opens; the default is that of [`BAG`].
pub const SHOP: Setting<Option<&str>> = Setting::new("shop", Kind::Text, None);

/// The namespace of the orchard's events.
pub const SOCKET_NAMESPACE: Setting<&str> =
    Setting::new("socket_namespace", Kind::Path, endpoints::NAMESPACE);

/// The HTTP path of Socket.IO.
pub const SOCKET_PATH: Setting<&str> =
    Setting::new("socket_path", Kind::Path, endpoints::SOCKET_PATH);

/// The origin of the Socket.IO server. The empty string is the page's own origin.
pub const SOCKET_SERVER: Setting<&str> = Setting::new("socket_server", Kind::Origin, "");

/// The keys of all settings, sorted, with their kinds.
pub const ALL: [(&str, Kind); 11] = [
    API.entry(),
    BAG.entry(),
    CHAT.entry(),
    FRIENDS.entry(),
    HOME.entry(),
    HOST.entry(),
    LANGUAGE.entry(),
    SHOP.entry(),
    SOCKET_NAMESPACE.entry(),
    SOCKET_PATH.entry(),
    SOCKET_SERVER.entry(),
];

/// The settings of the buttons that lead out of the orchard.
pub const TARGETS: [Setting<Option<&str>>; 3] = [BAG, FRIENDS, SHOP];

impl<T> Setting<T> {
    const fn new(key: &'static str, kind: Kind, default: T) -> Self {
        Self { key, kind, default }
    }

    const fn entry(&self) -> (&'static str, Kind) {
        (self.key, self.kind)
    }
}
