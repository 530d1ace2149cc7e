//! Ports of 127.0.0.1.

use std::net::TcpListener;

use anyhow::{Context, Result, bail};

/// Returns a port of 127.0.0.1 that is free at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Returns an error with `advice` if no server can listen on this port of 127.0.0.1.
pub(crate) fn port_is_free(port: u16, advice: &str) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("port {port} of 127.0.0.1 is in use by another program. {advice}")
        }
        Err(error) => Err(error).with_context(|| format!("can't listen on port {port}. {advice}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_for_a_taken_port_says_what_to_do() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = port_is_free(port, "Stop it.").unwrap_err().to_string();
        assert!(
            error.contains("in use") && error.ends_with("Stop it."),
            "{error}"
        );
    }
}
