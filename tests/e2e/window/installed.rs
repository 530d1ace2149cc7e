//! The package, installed.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Where the package puts the program.
const PROGRAM: &str = "usr/bin/orchard";

/// The program that a package brought, for as long as this value lives.
#[derive(Debug)]
pub(crate) enum Installed {
    /// In the system, by who may do that.
    System { remover: Child },
    /// Unpacked beside it.
    Aside { root: TempDir },
}

impl Installed {
    /// Installs the package, unless that is for others to do, or somebody has it installed already.
    pub(crate) fn from(file: &Path) -> Self {
        let package = output(
            Command::new("dpkg-deb")
                .arg("--field")
                .arg(file)
                .arg("Package"),
        );
        let package = package.trim().to_owned();
        let there = Path::new("/").join(PROGRAM).exists();
        if there || output(Command::new("id").arg("--user")).trim() != "0" {
            let root = tempfile::tempdir().expect("a temporary folder");
            output(
                Command::new("dpkg-deb")
                    .arg("--extract")
                    .arg(file)
                    .arg(root.path()),
            );
            return Self::Aside { root };
        }
        let installed = Self::System {
            remover: remover(&package),
        };
        // It fails where something is missing that the package needs: that belongs to the test.
        output(Command::new("dpkg").arg("--install").arg(file));
        installed
    }

    pub(crate) fn program(&self) -> PathBuf {
        match self {
            Self::System { .. } => Path::new("/").join(PROGRAM),
            Self::Aside { root } => root.path().join(PROGRAM),
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

/// What removes the package when its standard input closes. That happens however this process ends.
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
