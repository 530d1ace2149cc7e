//! TCP connections to the server under load.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use tokio::net::{TcpSocket, TcpStream};

use crate::target::Target;
use crate::wait::within;

/// Connects from an address of 127.0.0.0/8. `receive_buffer` is the size of the kernel's receive
/// buffer in bytes, if not the system's default.
pub(crate) async fn connect(
    target: &Target,
    from: Ipv4Addr,
    receive_buffer: Option<u32>,
) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4().context(
        "could not open a socket: the limit of open files (ulimit -n) may be below the number of clients",
    )?;
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket
        .bind(SocketAddr::from((from, 0)))
        .with_context(|| format!("could not call from {from}"))?;
    let connecting = async { Ok(socket.connect(target.address().into()).await?) };
    let stream = within("connecting", connecting).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
