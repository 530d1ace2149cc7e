//! Tools are downloaded by `cargo binstall` if that is installed, and built from source if it finds
//! no binary.

#![cfg(unix)]
// All of this is test code, which fails by panicking. Clippy only knows that for functions with
// `#[test]`.
#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A substitute for cargo: it records its arguments, and installs programs that print their
/// version.
const CARGO: &str = r#"#!/bin/sh
echo "$@" >> "$LOG"
case "$1 $2" in
  "binstall -V") exit "$BINSTALL_IS_THERE" ;;
  binstall*) [ "$BINSTALL_FINDS" = 0 ] || exit 1 ;;
  install*) ;;
  *) exit 0 ;;
esac
for argument; do
  case "$argument" in *@*) version="${argument#*@}" ;; esac
  [ "$previous" = --root ] && root="$argument"
  previous="$argument"
done
mkdir -p "$root/bin"
for program in trunk wasm-bindgen wasm-bindgen-test-runner; do
  printf '#!/bin/sh\necho %s\n' "$version" > "$root/bin/$program"
  chmod +x "$root/bin/$program"
done
"#;

const NPM: &str = r#"#!/bin/sh
for argument; do
  [ "$previous" = --prefix ] && bin="$argument/node_modules/.bin"
  previous="$argument"
done
mkdir -p "$bin"
for program in wasm-opt esbuild; do
  version="${previous#*@}"
  printf '#!/bin/sh\necho %s %s\n' "$version" "${version%.0.0}" > "$bin/$program"
  chmod +x "$bin/$program"
done
"#;

/// Prints the folder of the target, and its version.
const RUSTC: &str = "#!/bin/sh\necho /\n";

#[test]
fn a_prebuilt_tool_is_not_built() {
    let log = build("prebuilt", "0", "0");
    assert!(has(&log, "binstall", "trunk@"), "{log}");
    assert!(has(&log, "binstall", "wasm-bindgen-cli@"), "{log}");
    assert!(
        !log.lines().any(|line| line.starts_with("install")),
        "{log}"
    );
}

#[test]
fn a_tool_that_is_not_prebuilt_is_built() {
    let log = build("missing", "0", "1");
    assert!(has(&log, "install", "trunk@"), "{log}");
    assert!(has(&log, "install", "wasm-bindgen-cli@"), "{log}");
}

#[test]
fn without_binstall_every_tool_is_built() {
    let log = build("without", "1", "1");
    assert!(has(&log, "install", "trunk@"), "{log}");
    assert!(!has(&log, "binstall", "trunk@"), "{log}");
}

fn has(log: &str, command: &str, package: &str) -> bool {
    log.lines()
        .any(|line| line.starts_with(command) && line.contains(package))
}

/// Builds the page with an empty cache, up to the first program that is only a substitute, and
/// returns the arguments of each call of cargo.
fn build(name: &str, binstall_is_there: &str, binstall_finds: &str) -> String {
    let folder = std::env::temp_dir().join(format!("orchard-{name}-{}", std::process::id()));
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let cargo = program(&bin, "cargo", CARGO);
    program(&bin, "npm", NPM);
    program(&bin, "rustc", RUSTC);
    // Excludes tools that the user has installed.
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("build")
        .env("PATH", path)
        .env("CARGO", cargo)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("ORCHARD_CACHE", folder.join("cache"))
        .env("LOG", folder.join("log"))
        .env("BINSTALL_IS_THERE", binstall_is_there)
        .env("BINSTALL_FINDS", binstall_finds)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("building it in release"), "{output:?}");
    let log = std::fs::read_to_string(folder.join("log")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    log
}

fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
    file
}
