//! How long a player waits: from the navigation to the first count on screen.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::harness::take;
use super::{Budget, Context, Figure, site};
use crate::{cache, page, process, server, workspace};

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    page::build()?;
    let program = server::build()?;
    let folder = workspace::target()?.join("bench/live");
    cache::remove(&folder)?;
    site::copy_all(&workspace::dist(), &folder.join("site"))?;
    site::copy_all(&site::vue(context)?, &folder.join("site/vue"))?;

    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let data = folder.join("data");
    let mut command = Command::new(&program);
    command.arg("--dist").arg(folder.join("site"));
    // Vue compiles its template in the page, which our policy forbids: neither page is sent one.
    command.args(["--content-security-policy", ""]);
    let _server = server::start_aside(&mut command, port, &data)?;
    let (account, password) = demo_account(&program, &data)?;

    let options = json!({
        "origin": format!("http://127.0.0.1:{port}"),
        "account": account,
        "password": password,
        "rounds": { "plain": context.rounds(11, 3), "slow": context.rounds(9, 2) },
    });
    let mut samples = context.drive("live.mjs", options)?;
    let (name, version) = site::vue_peer(context)?;
    let mut figure = |id, title| -> Result<Figure> {
        let pair = take(&mut samples, id)?;
        Ok(Figure::new(id, title, "ms")
            .ours(pair.ours)
            .theirs((&name, &version), pair.theirs))
    };
    Ok(vec![
        figure("live-plain", "Plain")?,
        figure("live-slow", "1.6 Mbit/s, 150 ms, CPU slowed four times")?
            .budget(Budget::ratio(0.8).held_to(1.05)),
    ])
}

/// Account and password that the server has made for its data.
fn demo_account(program: &Path, data: &Path) -> Result<(String, String)> {
    let mut command = Command::new(program);
    command.arg("demo-account").arg("--database");
    let printed = process::output(command.arg(server::database(data)))?;
    let field = |name| {
        let value = printed
            .lines()
            .find_map(|line| line.trim().strip_prefix(name));
        value
            .map(|value| value.trim().to_owned())
            .with_context(|| format!("the server's demo account has no `{name}`"))
    };
    Ok((field("account:")?, field("password:")?))
}
