use std::io;
use std::net::Shutdown;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};

/// The listener, which keeps a second handle to each connection.
#[derive(Debug)]
pub(crate) struct Connections(pub(crate) TcpListener);

/// The handle that cuts a connection. Every request on it carries one.
#[derive(Clone, Debug)]
pub(crate) struct Cut(Option<Arc<std::net::TcpStream>>);

impl Cut {
    /// Closes the connection without any notice to the peer.
    pub(crate) fn cut(&self) {
        if let Some(stream) = &self.0 {
            // The connection may have ended at this moment.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Connected<IncomingStream<'_, Connections>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.remote_addr().clone()
    }
}

impl Listener for Connections {
    type Io = TcpStream;
    type Addr = Cut;

    async fn accept(&mut self) -> (TcpStream, Cut) {
        loop {
            let (stream, _) = Listener::accept(&mut self.0).await;
            if let Ok(both) = doubled(stream) {
                return both;
            }
        }
    }

    fn local_addr(&self) -> io::Result<Cut> {
        Ok(Cut(None))
    }
}

fn doubled(stream: TcpStream) -> io::Result<(TcpStream, Cut)> {
    let stream = stream.into_std()?;
    let cut = Cut(Some(Arc::new(stream.try_clone()?)));
    Ok((TcpStream::from_std(stream)?, cut))
}
