//! Installs the package.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The path of the program in the package.
const PROGRAM: &str = "usr/bin/orchard";

/// The installed program, which is removed when this value is dropped.
#[derive(Debug)]
pub(crate) enum Installed {
    /// Installed in the system, which only root can do.
    System { remover: Child },
    /// Unpacked into a temporary folder.
    Unpacked { root: TempDir },
}

impl Installed {
    /// Installs the package in the system; unpacks it instead without root's rights, or if the
    /// program is already installed.
    pub(crate) fn from(file: &Path) -> Self {
        let package = output(
            Command::new("dpkg-deb")
                .arg("--field")
                .arg(file)
                .arg("Package"),
        );
        let package = package.trim().to_owned();
        let is_installed = Path::new("/").join(PROGRAM).exists();
        if is_installed || output(Command::new("id").arg("--user")).trim() != "0" {
            let root = tempfile::tempdir().expect("a temporary folder");
            output(
                Command::new("dpkg-deb")
                    .arg("--extract")
                    .arg(file)
                    .arg(root.path()),
            );
            return Self::Unpacked { root };
        }
        let installed = Self::System {
            remover: remover(&package),
        };
        // It fails if a dependency of the package is missing, which is part of the test.
        output(Command::new("dpkg").arg("--install").arg(file));
        installed
    }

    pub(crate) fn program(&self) -> PathBuf {
        match self {
            Self::System { .. } => Path::new("/").join(PROGRAM),
            Self::Unpacked { root } => root.path().join(PROGRAM),
        }
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        if let Self::System { remover } = self {
            drop(remover.stdin.take());
            if !remover.wait().is_ok_and(|status| status.success()) {
                eprintln!("could not remove the package again");
            }
        }
    }
}

/// Starts a process that removes the package when its standard input closes. That happens however
/// this process ends.
fn remover(package: &str) -> Child {
    Command::new("sh")
        .args(["-c", "cat; exec dpkg --purge \"$1\"", "sh", package])
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("a shell")
}

fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
