//! The CDN package on nginx, with its server on another origin.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::Paths;
use crate::backend::{User, demo_account, port_of};
use crate::environment::Environment;
use crate::http::Http;
use crate::process::{Guarded, free_port};
use crate::wait::wait_for;

/// The path of the page on its origin.
pub(super) const PATH: &str = "/games/orchard/";

/// The script that runs before the page and records what it shows.
const RECORDER: &str = "recorder.js";

/// The CDN package on nginx, and the default server on another origin.
#[derive(Debug)]
pub(crate) struct Cdn {
    pub(crate) user: User,
    /// The address of the page.
    pub(crate) url: String,
    /// The package's description of each file.
    pub(crate) listed: Vec<Value>,
    pub(crate) paths: Paths,
    _nginx: Guarded,
    _server: Guarded,
    folder: TempDir,
}

impl Cdn {
    pub(crate) fn start(paths: Paths) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let page = format!("http://127.0.0.1:{port}");

        let database = folder.path().join("orchard.sqlite3");
        let mut command = Command::new(&paths.server);
        command
            .args(["--api-only", "--listen", "127.0.0.1:0"])
            .args(["--cors-origin", &page, "--push-interval-ms", "200"])
            .arg("--database")
            .arg(&database);
        let (server, server_port) = Guarded::start(&command, port_of);

        let package = folder.path().join("package");
        make(&paths, &package, &format!("http://127.0.0.1:{server_port}"));
        let listed = fs::read_to_string(package.join("headers.json")).expect("a list of headers");
        let listed = serde_json::from_str(&listed).expect("a list in JSON");
        add_recorder(&package.join("site").join(PATH.trim_matches('/')));
        Self {
            user: demo_account(&paths.server, &database),
            url: format!("{page}{PATH}"),
            listed,
            _nginx: nginx(&paths, folder.path(), &package, port),
            paths,
            _server: server,
            folder,
        }
    }

    /// Returns the address of a path on the page's origin.
    pub(crate) fn address(&self, path: &str) -> String {
        let origin = self.url.strip_suffix(PATH).unwrap_or(&self.url);
        format!("{origin}{path}")
    }

    /// Returns the folder that is published.
    pub(crate) fn site(&self) -> PathBuf {
        self.folder.path().join("package/site")
    }
}

/// Runs `cargo xtask package cdn` for a page that calls `server`.
fn make(paths: &Paths, package: &Path, server: &str) {
    let root = Environment::tests();
    let root = root.parent().expect("the tests are in the checkout");
    let mut command = Command::new(&paths.xtask);
    command
        .current_dir(root)
        // Cargo sets this variable; `xtask` finds the checkout by it.
        .env("CARGO_MANIFEST_DIR", root.join("xtask"))
        .args(["package", "cdn", "--path", PATH, "--out"])
        .arg(package)
        .args(["--set", &format!("socket_server={server}")])
        .args([
            "--set",
            &format!("api={server}/api"),
            "--set",
            "language=zh",
        ]);
    let output = command.output().expect("xtask runs");
    assert!(output.status.success(), "no package: {output:#?}");
}

/// Inserts the recorder before all scripts of `index.html`.
fn add_recorder(page: &Path) {
    let index = page.join("index.html");
    let html = fs::read_to_string(&index).expect("index.html");
    let recorded = html.replacen(
        "<head>",
        &format!("<head>\n<script src=\"{RECORDER}\"></script>"),
        1,
    );
    assert_ne!(html, recorded, "index.html has a head");
    fs::write(index, recorded).expect("a page that can be written");
    let recorder = Environment::tests().join("e2e").join(RECORDER);
    fs::copy(recorder, page.join(RECORDER)).expect("a recorder beside the page");
}

/// Starts nginx with the configuration snippet of the package.
fn nginx(paths: &Paths, folder: &Path, package: &Path, port: u16) -> Guarded {
    // When root starts nginx, its workers run as a user who can't read a temporary folder.
    let user = if is_root() { "user root;" } else { "" };
    let configuration = format!(
        "{user}\n\
         load_module {brotli};\n\
         daemon off;\n\
         worker_processes 1;\n\
         pid {folder}/nginx.pid;\n\
         error_log stderr;\n\
         events {{}}\n\
         http {{\n\
             access_log off;\n\
             client_body_temp_path {folder}/body;\n\
             proxy_temp_path {folder}/proxy;\n\
             fastcgi_temp_path {folder}/fastcgi;\n\
             uwsgi_temp_path {folder}/uwsgi;\n\
             scgi_temp_path {folder}/scgi;\n\
             server {{\n\
                 listen 127.0.0.1:{port};\n\
                 root {package}/site;\n\
                 include {package}/nginx.conf;\n\
             }}\n\
         }}\n",
        brotli = paths.brotli.display(),
        folder = folder.display(),
        package = package.display(),
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration).expect("a configuration");
    let mut command = Command::new(&paths.nginx);
    command
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(&file)
        .args(["-e", "stderr"]);
    let nginx = Guarded::spawn(&command);
    let http = Http::new();
    wait_for("nginx", || {
        let status = http.status(&format!("http://127.0.0.1:{port}{PATH}"))?;
        if status == 200 {
            Ok(())
        } else {
            Err(format!("{status}: {}", nginx.written()))
        }
    });
    nginx
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0"))
}
