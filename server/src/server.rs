use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::app::App;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::config::Config;
use crate::database::Database;
use crate::demo::DemoAccount;
use crate::error::StartError;
use crate::passwords::Passwords;
use crate::tokens::{self, Tokens};
use crate::{orchard, web};

/// A server that has its database and its port.
pub struct Server {
    config: Config,
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    io: SocketIo,
    new_demo_account: Option<DemoAccount>,
}

impl Server {
    /// Opens everything that the server needs.
    pub async fn bind(config: Config, clock: Clock) -> Result<Self, StartError> {
        // The port first: a second server must not touch the database of the first.
        let listener = listen(config.listen).await?;
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Bind(config.listen, error))?;
        if !config.api_only && !config.dist.join("index.html").is_file() {
            return Err(StartError::NoPage(config.dist));
        }
        let database = Database::open(&config.database)?;
        let key = tokens::key_beside(&config.database)?;
        let new_demo_account =
            DemoAccount::make_if_first(&database, &config.database, &clock).await?;
        let app = Arc::new(App {
            database,
            passwords: Passwords::start(config.password_workers, config.password_queue)?,
            tokens: Tokens::new(
                key,
                clock.clone(),
                config.access_token_seconds,
                config.refresh_token_seconds,
            ),
            attempts: Attempts::new(config.login_attempts, config.login_window_seconds, clock),
        });
        let (engine, io) = orchard::engine(Arc::clone(&app), &config);
        let router = web::router(app, engine, &config);
        Ok(Self {
            config,
            listener,
            address,
            router,
            io,
            new_demo_account,
        })
    }

    /// Where it listens: the port that was found, if any would do.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The demo account, if it has been made just now.
    pub fn new_demo_account(&self) -> Option<&DemoAccount> {
        self.new_demo_account.as_ref()
    }

    /// Serves until `stop` ends, then gives open connections their time to end.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        tracing::info!(address = %format_args!("http://{}", self.address), "listening");
        let (stopping, stopped) = oneshot::channel::<()>();
        let service = self
            .router
            .into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(async {
            // A sender that is gone says the same.
            let _ = stopped.await;
        });
        let mut serving = std::pin::pin!(serving.into_future());
        tokio::select! {
            outcome = &mut serving => return outcome.map_err(StartError::Serve),
            () = stop => {}
        }
        tracing::info!("stopping");
        let _ = stopping.send(());
        let ending = async { tokio::join!(self.io.close(), serving).1 };
        match tokio::time::timeout(self.config.shutdown_limit(), ending).await {
            Ok(outcome) => outcome.map_err(StartError::Serve)?,
            Err(_) => tracing::warn!("some connections had to be cut"),
        }
        tracing::info!("stopped");
        Ok(())
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::AddressTaken(address),
            _ => StartError::Bind(address, error),
        })
}
