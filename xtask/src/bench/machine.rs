//! The machine and the date of a measurement.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::process;

/// Returns processor, cores and operating system.
pub(super) fn machine() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = entry(&read("/proc/cpuinfo"), "model name", ':')
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let system = entry(&read("/etc/os-release"), "PRETTY_NAME", '=')
        .unwrap_or_else(|| std::env::consts::OS.to_owned());
    format!("{processor}, {cores} cores, {system}")
}

/// Returns the output of `--version`, in one line.
pub(super) fn version(program: &Path) -> String {
    process::output(Command::new(program).arg("--version"))
        .ok()
        .and_then(|printed| Some(printed.lines().next()?.trim().to_owned()))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Returns today's date in UTC, as `2026-01-31`.
pub(super) fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    date(seconds / 86_400)
}

/// Returns the value of a line `name<separator>value`.
fn entry(text: &str, name: &str, separator: char) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// Converts days since 1970 to a date. Years begin in March here, so that the leap day is the last
/// of a year.
fn date(day: u64) -> String {
    // Days since 1 March 0000, in periods of 400 years.
    let day = day + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_formatted_as_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(11_017), "2000-03-01");
        assert_eq!(date(20_453), "2025-12-31");
        assert_eq!(date(20_454), "2026-01-01");
    }

    #[test]
    fn an_entry_is_found_by_its_full_name() {
        let text = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian 13\"\n";
        assert_eq!(entry(text, "PRETTY_NAME", '=').unwrap(), "Debian 13");
        assert_eq!(entry(text, "PRETTY", '='), None);
    }
}
