//! How many files the system lets the server have open: each connection is one.

/// Kept for the database, the files of the page that are being sent, and connections that are being closed: at least so
/// many, and an eighth.
const RESERVE: usize = 64;

/// So many connections, or as many as the system allows. The soft limit, which is meant for programs that can't do with
/// more, is raised as far as needed.
pub(crate) fn connections(wanted: usize) -> usize {
    let needed = u64::try_from(wanted.saturating_add(reserve(wanted))).unwrap_or(u64::MAX);
    let limit = match rlimit::increase_nofile_limit(needed) {
        Ok(limit) => limit,
        Err(error) => {
            tracing::debug!(%error, "how many files may be open is not known");
            return wanted;
        }
    };
    let allowed = usize::try_from(limit).unwrap_or(usize::MAX);
    let connections = wanted.min(allowed.saturating_sub(reserve(allowed))).max(1);
    if connections < wanted {
        tracing::warn!(
            connections,
            limit,
            "the system allows fewer open files than --max-connections needs"
        );
    }
    connections
}

fn reserve(files: usize) -> usize {
    RESERVE.max(files / 8)
}

#[cfg(test)]
mod tests {
    use super::connections;

    #[test]
    fn so_many_as_are_wanted_or_allowed() {
        assert_eq!(connections(1), 1);
        assert!(connections(usize::MAX) < usize::MAX);
    }
}
