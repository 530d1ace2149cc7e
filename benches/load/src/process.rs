//! The resource usage of a process, as Linux reports it in `/proc`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// Ticks per second of the times in `/proc/PID/stat`, which are the same on all current Linux
/// platforms.
const TICKS: u64 = 100;

/// A process on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    folder: PathBuf,
}

impl Process {
    pub(crate) fn new(pid: u32) -> Result<Self> {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        ensure!(
            folder.join("stat").is_file(),
            "there is no process {pid} in /proc, where Linux has its processes"
        );
        Ok(Self { folder })
    }

    /// Returns this process.
    pub(crate) fn own() -> Result<Self> {
        Self::new(std::process::id())
    }

    /// Returns the processor time of all its threads so far, to a hundredth of a second.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let ticks = ticks(&self.read("stat")?).context("/proc/PID/stat has no times")?;
        Ok(Duration::from_millis(ticks * 1000 / TICKS))
    }

    /// Returns its current memory in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        self.status("VmRSS")
    }

    /// Returns its peak memory since it started, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        self.status("VmHWM")
    }

    /// Returns the number of its open files and sockets.
    pub(crate) fn descriptors(&self) -> Result<usize> {
        let folder = self.folder.join("fd");
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("could not read {}", folder.display()))?;
        Ok(entries.count())
    }

    fn status(&self, name: &str) -> Result<u64> {
        let status = self.read("status")?;
        bytes(&status, name).with_context(|| format!("/proc/PID/status has no {name}"))
    }

    fn read(&self, name: &str) -> Result<String> {
        let file = self.folder.join(name);
        fs::read_to_string(&file)
            .with_context(|| format!("could not read {}: has the server ended?", file.display()))
    }
}

/// Returns user and system time, which are the 14th and 15th field. The second field is the
/// program's name in parentheses, which may contain any character.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// Returns the bytes of a line `Name:   1234 kB`.
fn bytes(status: &str, name: &str) -> Option<u64> {
    let mut lines = status.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_after_any_name() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 3 4 20 0 1 0 100 0 0";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("7 (a) S"), None);
    }

    #[test]
    fn a_size_is_found_by_its_full_name() {
        let status = "VmHWMx:\t 1 kB\nVmHWM:\t    20 kB\nVmRSS:\t    10 kB\n";
        assert_eq!(bytes(status, "VmHWM"), Some(20 * 1024));
        assert_eq!(bytes(status, "VmSwap"), None);
    }

    #[test]
    fn this_process_has_figures() {
        let me = Process::own().unwrap();
        assert!(me.memory().unwrap() > 0);
        assert!(me.peak_memory().unwrap() >= me.memory().unwrap() / 2);
        assert!(me.descriptors().unwrap() > 0);
        let before = me.cpu().unwrap();
        let mut sum = 0_u64;
        while me.cpu().unwrap() == before {
            sum = std::hint::black_box((0..100_000).fold(sum, u64::wrapping_add));
        }
    }

    #[test]
    fn a_missing_process_is_an_error() {
        assert!(Process::new(u32::MAX).is_err());
    }
}
