//! The options of `cargo xtask test`.

use std::num::NonZeroU32;

use clap::{Args, ValueEnum};

/// The options of `test`.
#[derive(Args, Debug, Default)]
pub(crate) struct Test {
    /// Run only the tests whose name contains this
    pub(crate) filter: Option<String>,
    /// Run only this group; may be given again
    #[arg(long, value_name = "GROUP")]
    pub(crate) only: Vec<Group>,
    /// Run them N times, and say at the end which test failed in which round
    #[arg(long, value_name = "N")]
    pub(crate) repeat: Option<NonZeroU32>,
    /// Keep all cores busy from outside, of several rounds in every second one
    #[arg(long)]
    pub(crate) load: bool,
    /// Whether to replace the accepted pictures of the gallery instead of comparing with them.
    #[arg(skip)]
    pub(crate) accept: bool,
}

/// Tests with the same requirements.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Group {
    /// The protocol, the contract, this tool, and the parts of client and page that need no
    /// browser.
    Unit,
    /// The default server.
    Server,
    /// The client and its hooks, in a headless browser.
    Browser,
    /// Pictures of every component, compared with accepted ones.
    Gallery,
    /// The built page in a browser against real servers.
    EndToEnd,
    /// The page from a CDN, in each engine.
    Engines,
    /// The package of the Tauri window, and its program.
    Tauri,
}

impl Group {
    pub(crate) const ALL: [Self; 7] = [
        Self::Unit,
        Self::Server,
        Self::Browser,
        Self::Gallery,
        Self::EndToEnd,
        Self::Engines,
        Self::Tauri,
    ];

    /// Returns the name that `--only` takes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Server => "server",
            Self::Browser => "browser",
            Self::Gallery => "gallery",
            Self::EndToEnd => "end-to-end",
            Self::Engines => "engines",
            Self::Tauri => "tauri",
        }
    }
}
