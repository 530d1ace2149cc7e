//! The page during development: `trunk serve` serves it, and forwards the paths that Trunk.toml
//! lists to the default server.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{Case, on_default};
use crate::environment::Environment;
use crate::http::Http;
use crate::process::Guarded;
use crate::runner::Stage;
use crate::site;

pub(super) const CASES: &[Case] = &[on_default(
    "trunk_serve_forwards_to_the_server",
    trunk_serve_forwards_to_the_server,
)];

/// The server needs no options for this.
fn trunk_serve_forwards_to_the_server(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let trunk = Trunk::serve(stage.environment, &server.url(""));
    page.visit(&trunk.url);
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    page.wait_for_counts(1);
}

/// The server of `cargo xtask run --dev`, with the release build of the page: this case does not
/// test the build.
#[derive(Debug)]
struct Trunk {
    url: String,
    _process: Guarded,
    _folder: TempDir,
}

impl Trunk {
    fn serve(environment: &Environment, server: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = folder.path().join("source");
        write_source(&source, &environment.dist);
        let configuration = source.join("Trunk.toml");
        fs::write(&configuration, proxies(server)).expect("a file in the temporary folder");
        let command = |port: u16| {
            // trunk accepts NO_COLOR only as `true` or `false`, and fails otherwise.
            let mut command = Command::new("env");
            command.args(["-u", "NO_COLOR"]).arg(Environment::trunk());
            command.args(["serve", "--offline", "--skip-version-check"]);
            command.args(["--no-autoreload", "--address", "127.0.0.1"]);
            command.args(["--port", &port.to_string(), "--config"]);
            command.arg(&configuration).arg("--dist");
            command.arg(folder.path().join("dist"));
            command
        };
        let http = Http::new();
        let ready = |port| match http.status(&format!("http://127.0.0.1:{port}/")) {
            Ok(200) => Ok(()),
            answer => Err(format!("{answer:?}")),
        };
        let (process, port) = Guarded::start_on_a_port(command, ready);
        Self {
            url: format!("http://127.0.0.1:{port}/"),
            _process: process,
            _folder: folder,
        }
    }
}

/// Writes a page that trunk only needs to copy.
fn write_source(source: &Path, dist: &Path) {
    let files = source.join("files");
    fs::create_dir_all(&files).expect("a folder in the temporary folder");
    site::copy(dist, &files);
    let mut links = String::new();
    for entry in fs::read_dir(dist).expect("the folder of the build") {
        let entry = entry.expect("an entry of the build");
        let kind = if entry.path().is_dir() { "dir" } else { "file" };
        let name = entry.file_name();
        let name = name.to_str().expect("a name of the build");
        if name != "index.html" {
            links += &format!("<link data-trunk rel=\"copy-{kind}\" href=\"files/{name}\">\n");
        }
    }
    let index = fs::read_to_string(dist.join("index.html")).expect("dist/index.html");
    let (head, rest) = index.split_once("</head>").expect("index.html has a head");
    let index = format!("{head}{links}</head>{rest}");
    fs::write(source.join("index.html"), index).expect("a file in the temporary folder");
}

/// Returns the proxies of the repository's Trunk.toml, with this server as their target.
fn proxies(server: &str) -> String {
    const DEFAULT: &str = "127.0.0.1:5000";
    let configuration = include_str!("../../../Trunk.toml");
    let start = configuration.find("[[proxies]]").expect("a proxy");
    let proxies = &configuration[start..];
    assert_eq!(proxies.matches(DEFAULT).count(), 2, "{proxies}");
    proxies.replace(DEFAULT, server.trim_start_matches("http://"))
}
