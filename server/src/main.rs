//! `orchard-server`: reads its configuration, serves, and shuts down on a signal.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use orchard_server::config::{Cli, Command, UserCommand};
use orchard_server::{Clock, Config, DemoAccount, Server, StartError, logging, users};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Some(Command::DemoAccount) => print_demo_account(&cli.config),
        Some(Command::User(command)) => manage_users(&cli.config, command),
        None => serve(cli.config),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If even this write fails, there is nowhere left to report it.
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
        let stop = told_to_stop().map_err(StartError::Runtime)?;
        let server = Server::bind(config, Clock::system()).await?;
        if let Some(account) = server.new_demo_account() {
            let _ = writeln!(io::stdout(), "{}", account.in_a_box());
        }
        server.run(stop).await
    });
    // A file may still be read for a client that has disconnected: don't wait for it.
    runtime.shutdown_timeout(Duration::from_millis(500));
    outcome
}

fn print_demo_account(config: &Config) -> Result<(), StartError> {
    let account = DemoAccount::load(&config.database)?;
    let _ = writeln!(io::stdout(), "{account}");
    Ok(())
}

fn manage_users(config: &Config, command: UserCommand) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let clock = Clock::system();
    let done = users::manage(&config.database, command, &clock);
    let output = runtime.block_on(done)?;
    let _ = write!(io::stdout(), "{output}");
    Ok(())
}

/// Returns a future that completes on the first SIGINT or SIGTERM after this call, even if it is
/// polled later.
#[cfg(unix)]
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes on the first Ctrl-C after this call, even if it is polled later.
#[cfg(windows)]
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
