//! Checks the direction of imports between files.
//!
//! The sources are read as text. An import is an edge from the importing file to the file that
//! defines the name, with re-exports resolved. Files that import each other, and imports against
//! the order of the layers, are errors.

mod graph;
mod source;

use anyhow::{Result, bail};

use self::graph::Graph;
use crate::workspace::root;

/// The crates in which no two files may import each other.
const CRATES: &[&str] = &[
    ".",
    "crates/leptos-socketio",
    "crates/orchard-contract",
    "crates/orchard-hosting",
    "crates/socketio-derive",
    "crates/socketio-proto",
    "crates/socketio-web",
    "music",
    "server",
    "tauri",
    "xtask",
];

/// The modules of the page above its `dom` and `host` layers.
const PAGE_PARTS: &[&str] = &[
    "account",
    "app",
    "boot",
    "components",
    "connection",
    "gallery",
    "i18n",
    "music",
    "notices",
    "state",
];

/// Folders, and the folders and files of the same `src` that they must not import.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("./src/dom", PAGE_PARTS),
    ("./src/host", PAGE_PARTS),
    (
        "./src/account",
        &[
            "app",
            "boot",
            "components",
            "connection",
            "gallery",
            "notices",
        ],
    ),
    (
        "./src/state",
        &["app", "boot", "components", "gallery", "notices"],
    ),
    ("./src/i18n", &["app", "boot", "components", "gallery"]),
    (
        "./src/notices",
        &["app", "boot", "components", "connection", "gallery"],
    ),
    (
        "./src/connection",
        &["app", "boot", "components", "gallery"],
    ),
    ("./src/components", &["app", "boot", "gallery"]),
    ("./src/app", &["boot/late.rs", "gallery"]),
    (
        "crates/socketio-proto/src/json",
        &["engine", "manager", "packet"],
    ),
    ("crates/socketio-proto/src/engine", &["manager"]),
    ("crates/socketio-proto/src/packet", &["engine", "manager"]),
    (
        "crates/socketio-proto/src/manager/socket",
        &["engine", "manager/mod.rs"],
    ),
    (
        "crates/socketio-web/src/sys",
        &[
            "driver",
            "ack.rs",
            "builder.rs",
            "event.rs",
            "head_start.rs",
            "message.rs",
            "responder.rs",
            "socket.rs",
            "subscription.rs",
            "wait.rs",
        ],
    ),
    (
        "crates/socketio-web/src/driver",
        &[
            "ack.rs",
            "builder.rs",
            "head_start.rs",
            "responder.rs",
            "socket.rs",
            "subscription.rs",
            "wait.rs",
        ],
    ),
    (
        "xtask/src/tools",
        &["bench", "commands", "package", "page", "servers"],
    ),
    (
        "xtask/src/page",
        &["bench", "commands", "package", "servers"],
    ),
    (
        "xtask/src/servers",
        &["bench", "commands", "package", "page"],
    ),
    ("xtask/src/package", &["bench", "commands", "servers"]),
    ("xtask/src/bench", &["commands", "package"]),
];

/// Returns an error if imports form a cycle or go against the layers.
pub(crate) fn check() -> Result<()> {
    let mut faults = Vec::new();
    for package in CRATES {
        let graph = Graph::read(&root().join(package).join("src"))?;
        for circle in graph.circles() {
            faults.push(format!(
                "{package}: these files import each other:\n    {}",
                circle.join("\n    ")
            ));
        }
        for (folder, forbidden) in FORBIDDEN {
            let Some(folder) = folder.strip_prefix(&format!("{package}/src/")) else {
                continue;
            };
            faults.extend(graph.against(folder, forbidden));
        }
    }
    if !faults.is_empty() {
        bail!("imports must run one way\n  {}", faults.join("\n  "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_this_checkout_run_one_way() {
        check().unwrap();
    }

    #[test]
    fn each_forbidden_import_is_of_a_crate_that_is_read_and_of_folders_that_exist() {
        for (folder, forbidden) in FORBIDDEN {
            assert!(root().join(folder).is_dir(), "{folder}");
            let package = CRATES.iter().find(|package| folder.starts_with(**package));
            let source = root().join(package.unwrap()).join("src");
            for place in *forbidden {
                assert!(source.join(place).exists(), "{place}");
            }
        }
    }
}
