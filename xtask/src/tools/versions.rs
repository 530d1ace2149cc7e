//! The programs that the commands use, each pinned to one version.

use std::path::PathBuf;

use anyhow::Result;

use super::lockfile;
use super::tool::{Source, Tool};
use crate::side_by_side::side_by_side;
use crate::workspace;

/// Every tool that builds the page.
pub(crate) fn all() -> Result<[Tool; 4]> {
    Ok([trunk(), wasm_bindgen()?, wasm_opt(), esbuild()])
}

/// Installs every tool that builds the page, in parallel, and returns the folders of their
/// programs.
pub(crate) fn set_up_all() -> Result<Vec<PathBuf>> {
    side_by_side(all()?.map(|tool| move || tool.set_up()))
}

/// Builds the page, and serves it during development.
pub(crate) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        package_version: "0.21.14".to_owned(),
        programs: &["trunk"],
        version: "0.21.14".to_owned(),
        // Its default features are TLS and a check for newer versions. It needs neither: it finds its
        // tools on PATH and forwards requests to this machine only.
        source: Source::Cargo {
            locked: true,
            default_features: false,
            optimized: &[],
        },
    }
}

/// Pinned to the version of the crate in Cargo.lock: the two must match.
pub(crate) fn wasm_bindgen() -> Result<Tool> {
    let lock = workspace::root().join("Cargo.lock");
    let version = lockfile::locked_version(&lock, "wasm-bindgen")?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        package_version: version.clone(),
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version,
        source: Source::Cargo {
            locked: false,
            default_features: true,
            // Without it, a test binary takes three seconds more.
            optimized: &[
                "gimli",
                "hashbrown",
                "walrus",
                "wasm-bindgen-cli-support",
                "wasm-encoder",
                "wasmparser",
            ],
        },
    })
}

pub(crate) fn wasm_opt() -> Tool {
    Tool {
        package: "binaryen",
        package_version: "132.0.0".to_owned(),
        programs: &["wasm-opt"],
        version: "132".to_owned(),
        source: Source::Npm,
    }
}

/// Bundles and minifies scripts.
pub(crate) fn esbuild() -> Tool {
    Tool {
        package: "esbuild",
        package_version: "0.28.2".to_owned(),
        programs: &["esbuild"],
        version: "0.28.2".to_owned(),
        source: Source::Npm,
    }
}

/// Runs libFuzzer, for `cargo xtask fuzz`.
pub(crate) fn cargo_fuzz() -> Tool {
    Tool {
        package: "cargo-fuzz",
        package_version: "0.13.2".to_owned(),
        programs: &["cargo-fuzz"],
        version: "0.13.2".to_owned(),
        source: Source::Cargo {
            locked: true,
            default_features: true,
            optimized: &[],
        },
    }
}

/// The WebDriver of Firefox, for the tests.
pub(crate) fn geckodriver() -> Tool {
    Tool {
        package: "geckodriver",
        package_version: "0.37.1".to_owned(),
        programs: &["geckodriver"],
        version: "0.37.1".to_owned(),
        source: Source::Cargo {
            locked: true,
            default_features: true,
            optimized: &[],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_toml_names_the_version_of_wasm_opt() {
        let trunk = std::fs::read_to_string(workspace::root().join("Trunk.toml")).unwrap();
        let wanted = format!("wasm_opt = \"version_{}\"", wasm_opt().version);
        assert!(trunk.contains(&wanted), "Trunk.toml lacks {wanted}");
    }
}
