//! `orchard-server`: reads its configuration, serves, and stops when it is told to.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use orchard_server::config::{Cli, Command};
use orchard_server::{Clock, Config, DemoAccount, Server, StartError, logging};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Some(Command::DemoAccount) => print_demo_account(&cli.config),
        None => serve(cli.config),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done if even this can't be written.
            let _ = writeln!(io::stderr(), "orchard-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> Result<(), StartError> {
    logging::init(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let outcome = runtime.block_on(async {
        let server = Server::bind(config, Clock::system()).await?;
        if let Some(account) = server.new_demo_account() {
            let _ = writeln!(io::stdout(), "{}", account.in_a_box());
        }
        server.run(told_to_stop()).await
    });
    // A password may still be hashed for a caller who is gone: don't wait for it.
    runtime.shutdown_timeout(Duration::from_millis(500));
    outcome
}

fn print_demo_account(config: &Config) -> Result<(), StartError> {
    let account = DemoAccount::load(&config.database)?;
    let _ = writeln!(io::stdout(), "{account}");
    Ok(())
}

/// Ends with the first SIGINT or SIGTERM.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
