//! The time to live: from the navigation to the first count on screen.

use std::process::Command;

use anyhow::Result;
use serde_json::json;

use super::harness::take;
use super::{Budget, Context, Figure, site};
use crate::servers::orchard_server;
use crate::tools::cache;
use crate::{page, process, workspace};

pub(super) fn measure(context: &Context) -> Result<Vec<Figure>> {
    page::build()?;
    let program = orchard_server::build()?;
    let folder = workspace::target()?.join("bench/live");
    cache::remove(&folder)?;
    site::copy_all(&workspace::dist(), &folder.join("site"))?;
    site::copy_all(&site::vue(context)?, &folder.join("site/vue"))?;

    let port = process::free_port()?;
    let data = folder.join("data");
    let mut command = Command::new(&program);
    command.arg("--dist").arg(folder.join("site"));
    // Vue compiles its template in the page, which our policy forbids: send no policy with either
    // page.
    command.args(["--content-security-policy", ""]);
    // The chapter's page sends no token.
    command.arg("--guests");
    let _server = orchard_server::start_aside(&mut command, port, &data)?;
    let (account, password) = orchard_server::demo_account_aside(&program, &data)?;

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
