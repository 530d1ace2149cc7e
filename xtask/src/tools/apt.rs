//! Debian's packages.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;

/// Installs Debian packages. Returns an error without apt or without permission to use it.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    apt_update()?;
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    process::run(
        apt.args(["install", "-qq", "--yes", "--no-install-recommends"])
            .args(LOCK)
            .args(packages),
    )
}

/// Downloads Debian packages into `folder` without installing them.
pub(crate) fn apt_download(packages: &[&str], folder: &Path) -> Result<()> {
    apt_update()?;
    let mut apt = Command::new("apt-get");
    // apt's sandbox user has no permission to write to the folder.
    apt.args(["download", "-qq", "-o", "APT::Sandbox::User=root"]);
    process::run(apt.args(packages).current_dir(folder))
}

fn apt_update() -> Result<()> {
    anyhow::ensure!(
        may_install(),
        "only root can install packages, and only where there is apt-get"
    );
    let mut apt = Command::new("apt-get");
    process::run(apt.args(["update", "-qq"]).args(LOCK))
}

/// Waits up to 600 seconds for another process that is installing packages.
const LOCK: [&str; 2] = ["-o", "DPkg::Lock::Timeout=600"];

/// Returns whether this system has apt and this user may use it.
#[cfg(unix)]
pub(crate) fn may_install() -> bool {
    nix::unistd::geteuid().is_root() && Path::new("/usr/bin/apt-get").exists()
}

/// Other systems have no apt.
#[cfg(not(unix))]
pub(crate) fn may_install() -> bool {
    false
}
