//! Cargo.lock.

use std::path::Path;

use anyhow::{Context, Result};

/// Returns the version that a package is locked to.
pub(crate) fn locked_version(lockfile: &Path, package: &str) -> Result<String> {
    let text = std::fs::read_to_string(lockfile)
        .with_context(|| format!("could not read {}", lockfile.display()))?;
    version(&text, package)
        .map(str::to_owned)
        .with_context(|| format!("{} does not name {package}", lockfile.display()))
}

fn version<'a>(lockfile: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lockfile.lines();
    lines.find(|line| value(line, "name") == Some(package))?;
    value(lines.next()?, "version")
}

/// Returns the value of a line: `key = "value"` → `value`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?
        .strip_prefix(" = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    const LOCK: &str = r#"
[[package]]
name = "wasm-bindgen-macro"
version = "0.2.1"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = [
 "wasm-bindgen-macro",
]
"#;

    #[test]
    fn the_version_is_that_of_the_exact_package_name() {
        assert_eq!(version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version(LOCK, "wasm"), None);
    }

    #[test]
    fn trunk_toml_names_the_locked_version() {
        let locked = locked_version(&workspace::root().join("Cargo.lock"), "wasm-bindgen").unwrap();
        let trunk = std::fs::read_to_string(workspace::root().join("Trunk.toml")).unwrap();
        assert!(
            trunk.contains(&format!("wasm_bindgen = \"{locked}\"")),
            "set [tools] wasm_bindgen = \"{locked}\" in Trunk.toml"
        );
    }
}
