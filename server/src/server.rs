use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use socketioxide::SocketIo;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

use crate::app::App;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::config::Config;
use crate::counters::Counters;
use crate::database::{Database, Owner};
use crate::demo::DemoAccount;
use crate::error::StartError;
use crate::orchard::Notices;
use crate::passwords::Passwords;
use crate::session::Sessions;
use crate::tokens::{self, Tokens};
use crate::{logging, net, open_files, orchard, web};

/// The interval at which the counters are logged, if they have changed.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// A server whose database and port are open.
pub struct Server {
    config: Config,
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    io: SocketIo,
    limits: net::Limits,
    counters: Arc<Counters>,
    notices: Arc<Notices>,
    new_demo_account: Option<DemoAccount>,
    database: Database,
    /// The lock on the database, held for the lifetime of the server.
    _owner: Owner,
}

impl Server {
    /// Opens the port, the database and everything else that the server needs.
    pub async fn bind(config: Config, clock: Clock) -> Result<Self, StartError> {
        // The port first: a second server must not touch the database of the first.
        let listener = listen(config.listen).await?;
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Bind(config.listen, error))?;
        if !config.api_only && !config.dist.join("index.html").is_file() {
            return Err(StartError::NoPage(config.dist));
        }
        let owner = Owner::claim(&config.database)?;
        let database = Database::open(&config.database, config.database_check())?;
        let key = tokens::key_beside(&config.database)?;
        let new_demo_account =
            DemoAccount::make_if_first(&database, &config.database, &clock).await?;
        let counters = Arc::<Counters>::default();
        let notices = Notices::load(database.clone(), config.notice_limits())
            .await
            .map_err(|error| StartError::Query(config.database.clone(), error.to_string()))?;
        let notices = Arc::new(notices);
        let app = Arc::new(App {
            database: database.clone(),
            passwords: Passwords::start(config.password_workers, config.password_queue)?,
            tokens: Tokens::new(
                key,
                clock.clone(),
                config.access_token_seconds,
                config.refresh_token_seconds,
            ),
            attempts: Attempts::new(
                config.login_attempts,
                config.login_window_seconds,
                clock.clone(),
            ),
            clock,
            max_sign_ins: config.max_sign_ins,
            refresh_grace: config.refresh_grace_seconds,
            no_account_hints: config.no_account_hints,
            revoked: Notify::new(),
            counters: Arc::clone(&counters),
        });
        let connections = open_files::connections(config.max_connections);
        let sessions = Arc::new(Sessions::new(
            config.max_connections,
            config.max_connections_per_address,
            config.session_limits(),
            Arc::clone(&counters),
        ));
        let (engine, io) = orchard::engine(Arc::clone(&app), Arc::clone(&notices), &config);
        let router = web::router(app, engine, sessions, &config);
        Ok(Self {
            limits: config.net_limits(connections),
            config,
            listener,
            address,
            router,
            io,
            counters,
            notices,
            new_demo_account,
            database,
            _owner: owner,
        })
    }

    /// Returns the address it listens on, with the actual port if port 0 was requested.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the demo account, if this start has created it.
    pub fn new_demo_account(&self) -> Option<&DemoAccount> {
        self.new_demo_account.as_ref()
    }

    /// Serves until `stop` completes, then gives open connections time to finish.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let connections = self.limits.connections;
        let address = format!("http://{}", self.address);
        tracing::info!(address, connections, "listening");
        let (stopping, stopped) = oneshot::channel::<()>();
        let serving = net::serve(
            self.listener,
            self.router,
            self.limits,
            Arc::clone(&self.counters),
            async {
                // A dropped sender means the same.
                let _ = stopped.await;
            },
        );
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            () = &mut serving => {}
            never = report(&self.counters) => match never {},
            () = stop => {}
        }
        tracing::info!("stopping");
        let _ = stopping.send(());
        let ending = async { tokio::join!(self.io.close(), serving) };
        if tokio::time::timeout(self.config.shutdown_limit(), ending)
            .await
            .is_err()
        {
            tracing::warn!("some connections were closed before they finished");
        }
        if let Err(error) = self.notices.save().await {
            tracing::error!(%error, "the last notices are not saved");
        }
        if let Err(error) = self.database.settle().await {
            tracing::warn!(%error, "part of the database stays in its WAL file");
        }
        tracing::info!(since_start = since_start(&self.counters), "stopped");
        Ok(())
    }
}

fn since_start(counters: &Counters) -> String {
    match (logging::lines_left_out(), counters.to_string()) {
        (0, counted) => counted,
        (lines, counted) if counted.is_empty() => format!("log lines left out: {lines}"),
        (lines, counted) => format!("{counted}, log lines left out: {lines}"),
    }
}

/// Logs the counters when they have changed, at most once per interval.
async fn report(counters: &Counters) -> Infallible {
    let mut reported = String::new();
    loop {
        tokio::time::sleep(REPORT_INTERVAL).await;
        let now = since_start(counters);
        if now != reported {
            tracing::warn!(since_start = now, "limits were reached");
            reported = now;
        }
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
