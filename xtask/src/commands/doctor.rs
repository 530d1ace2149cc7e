//! `cargo xtask doctor`

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::tools::{self, browser, cache, engines, python, webkit};
use crate::workspace::{self, WASM};

/// Prints what is installed and what is missing. It installs nothing.
pub(crate) fn doctor() -> Result<()> {
    line("Rust", workspace::rustc_version().ok(), "see rustup.rs");
    let target = tools::has_wasm_target()?.then(|| WASM.to_owned());
    line("target", target, "`cargo xtask run` adds it with rustup");
    for tool in tools::all()? {
        let found = tool
            .found()?
            .map(|dir| format!("{} in {}", tool.version, dir.display()));
        line(
            tool.name(),
            found,
            &format!(
                "`cargo xtask run` installs {}; {}",
                tool.version,
                tool.advice()
            ),
        );
    }
    println!("\nfor the tests:");
    let browser = browser::found();
    let browser = browser.as_ref();
    let advice = "`cargo xtask test` installs it as root on Debian; else install it by hand";
    line(
        "Chromium",
        browser.and_then(|browser| version(&browser.chromium)),
        advice,
    );
    line(
        "ChromeDriver",
        browser.and_then(|browser| version(&browser.driver)),
        advice,
    );
    line(
        "Python",
        python::version().ok(),
        "install Python 3 with venv",
    );
    line(
        "Node.js",
        version(Path::new("node")),
        "install Node.js 18.20 or newer with npm",
    );
    println!("\nfor the tests in other engines:");
    for (name, found) in engines::parts()? {
        let found = found.map(|program| program.display().to_string());
        line(name, found, advice);
    }
    let nginx = engines::nginx()?.map(|nginx| nginx.program.display().to_string());
    line("nginx", nginx, advice);
    println!("\nfor the window:");
    line(
        "WebKitGTK",
        webkit::library(),
        "`cargo xtask package tauri` installs it as root on Debian; else install it by hand",
    );
    println!("\nthe cache is {}", cache::dir("")?.display());
    println!("Cargo builds into {}", workspace::target()?.display());
    Ok(())
}

fn line(name: &str, found: Option<String>, advice: &str) {
    match found {
        Some(found) => println!("{name:<14} {}", found.lines().next().unwrap_or_default()),
        None => println!("{name:<14} missing: {advice}"),
    }
}

fn version(program: &Path) -> Option<String> {
    let printed = process::output(Command::new(program).arg("--version")).ok()?;
    Some(printed.trim().to_owned())
}
