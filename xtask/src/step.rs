//! Progress messages.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Runs `work`. Prints what it does before, and how long it took after.
pub(crate) fn step<T>(what: impl fmt::Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {what}");
    let start = Instant::now();
    let result = work().with_context(|| format!("could not finish: {what}"))?;
    // Repeat the name: another step may have started meanwhile.
    println!("    {what}: done in {}", Seconds(start.elapsed()));
    Ok(result)
}

/// Prints a line of progress.
pub(crate) fn note(what: impl fmt::Display) {
    println!("==> {what}");
}

/// Formats a duration for people: `0.4 s`, `12 s`, `3 min 5 s`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds(pub(crate) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        if seconds < 9.95 {
            return write!(f, "{seconds:.1} s");
        }
        let whole = seconds.round() as u64;
        match (whole / 60, whole % 60) {
            (0, seconds) => write!(f, "{seconds} s"),
            (minutes, seconds) => write!(f, "{minutes} min {seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_formatted_readably() {
        let shown = |millis| Seconds(Duration::from_millis(millis)).to_string();
        assert_eq!(shown(0), "0.0 s");
        assert_eq!(shown(9_940), "9.9 s");
        assert_eq!(shown(9_960), "10 s");
        assert_eq!(shown(59_600), "1 min 0 s");
        assert_eq!(shown(185_000), "3 min 5 s");
    }
}
