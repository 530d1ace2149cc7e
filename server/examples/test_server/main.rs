//! A Socket.IO server on socketioxide, for the tests of the client.
//!
//! It handles the events of `tests/servers/node/server.mjs`, as far as socketioxide can; the table
//! in `crates/socketio-web/tests/servers/matrix.rs` lists the differences. It prints
//! `listening on 127.0.0.1:PORT` when it is ready, and exits when its standard input closes or its
//! lifetime ends, so that no test leaves one running.

#[path = "../../src/orchard/anything.rs"]
mod anything;
mod arguments;
mod connection;
mod refusals;
mod vocabulary;

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use clap::Parser;
use tokio::net::TcpListener;

use connection::{Connections, Cut};

#[derive(Debug, Parser)]
struct Options {
    /// 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Milliseconds, as all that are times.
    #[arg(long, default_value_t = 25_000)]
    ping_interval: u64,
    #[arg(long, default_value_t = 20_000)]
    ping_timeout: u64,
    /// Bytes that a message may have.
    #[arg(long, default_value_t = 100_000)]
    max_bytes: u64,
    /// 0: for ever.
    #[arg(long, default_value_t = 600_000)]
    max_life: u64,
    /// Does not end when standard input closes.
    #[arg(long)]
    stay: bool,
}

// Handlers are separate tasks: on one thread they run in the order in which their events arrived.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    end_by_itself(&options);
    let layer = vocabulary::layer(
        Duration::from_millis(options.ping_interval),
        Duration::from_millis(options.ping_timeout),
        options.max_bytes,
    );
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await?;
    writeln!(
        io::stdout().lock(),
        "listening on {}",
        listener.local_addr()?
    )?;
    let app = Router::new()
        .layer(layer)
        .into_make_service_with_connect_info::<Cut>();
    axum::serve(Connections(listener), app).await
}

fn end_by_itself(options: &Options) {
    if options.max_life > 0 {
        let life = Duration::from_millis(options.max_life);
        std::thread::spawn(move || {
            std::thread::sleep(life);
            std::process::exit(0);
        });
    }
    if !options.stay {
        std::thread::spawn(|| {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(0);
        });
    }
}
