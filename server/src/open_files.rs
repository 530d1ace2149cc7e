//! The number of files that the system lets the server open: each connection takes one.

/// The least number of files reserved for the database, for files of the page that are being sent,
/// and for connections that are being closed. An eighth of all is reserved if that is more.
const RESERVE: usize = 64;

/// Returns `wanted`, or as many connections as the system allows. Raises the soft limit as far as
/// needed: it exists for programs that can't handle more files.
pub(crate) fn connections(wanted: usize) -> usize {
    let needed = u64::try_from(wanted.saturating_add(reserve(wanted))).unwrap_or(u64::MAX);
    let limit = match rlimit::increase_nofile_limit(needed) {
        Ok(limit) => limit,
        Err(error) => {
            tracing::debug!(%error, "can't determine the limit of open files");
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
    fn the_number_of_connections_is_that_requested_or_allowed() {
        assert_eq!(connections(1), 1);
        assert!(connections(usize::MAX) < usize::MAX);
    }
}
