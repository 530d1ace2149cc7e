//! The orchard page as a desktop application.
//!
//! The page is embedded in this program. `settings` determines which server the page connects to,
//! `policy` forbids every other server, `page` writes the settings into the page, `storage` opens
//! the store for its tokens, and `window` shows it and nothing else.

#![cfg_attr(windows, windows_subsystem = "windows")]

mod arguments;
mod page;
mod policy;
mod settings;
mod storage;
mod window;

use std::error::Error;
use std::process::ExitCode;

use arguments::Arguments;
use tauri::utils::config::Csp;

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("orchard: {error}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orchard: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let file = match arguments {
        Arguments::Help => {
            println!("{}", arguments::USAGE);
            return Ok(());
        }
        Arguments::Version => {
            println!("orchard {}", env!("CARGO_PKG_VERSION"));
            return Ok(());
        }
        Arguments::Open { settings } => settings.as_deref(),
    };
    let changes = settings::read(file)?;
    let mut context = tauri::generate_context!();
    let settings = page::configure(&mut context, changes.as_deref())?;
    // Not in tauri.conf.json, because the allowed origins depend on the settings.
    let policy = policy::policy(&settings);
    context.config_mut().app.security.csp = Some(Csp::Policy(policy));
    tauri::Builder::default()
        .plugin(tauri_plugin_store::Builder::default().build())
        .setup(|app| {
            storage::open(app)?;
            window::open(app)?;
            Ok(())
        })
        .run(context)?;
    Ok(())
}
