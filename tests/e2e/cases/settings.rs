//! Settings that name a wrong server: the page shows what is wrong and what to check.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use super::{Case, on_default};
use crate::backend::port_of;
use crate::environment::Environment;
use crate::page::Page;
use crate::process::Guarded;
use crate::runner::Stage;
use crate::site::UNKNOWN_NAMESPACE;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_default("a_wrong_server_is_reported", a_wrong_server_is_reported),
    on_default("a_wrong_path_is_reported", a_wrong_path_is_reported),
    on_default(
        "a_wrong_namespace_is_reported",
        a_wrong_namespace_is_reported,
    ),
    on_default(
        "a_server_of_an_old_version_is_reported",
        a_server_of_an_old_version_is_reported,
    ),
    on_default("a_wrong_api_is_reported", a_wrong_api_is_reported),
    on_default(
        "a_server_that_the_policy_forbids_is_reported",
        a_server_that_the_policy_forbids_is_reported,
    ),
];

/// The page with the wrong settings.
const WRONG: &str = "/wrong.html";

fn a_wrong_server_is_reported(stage: &mut Stage<'_>) {
    let (_closed, closed) = closed_server();
    let (_strict, strict) = another_server(stage, &["--cors-origin", "https://other.example"]);
    let (_files, files) = server_of_files(stage.environment);
    let page = stage.server.url("");
    allow(stage, &[&closed, &strict, &files]);
    expect_failures(&stage.page);
    for (server, what, check) in [
        (&closed, "没有回应", "证书"),
        (&strict, "浏览器不让来自", "--cors-origin"),
        (&files, "浏览器不让来自", &page),
    ] {
        visit(stage, &json!({ "socket_server": server }));
        wait_for_advice(&stage.page, server, what, check);
    }
    // The error is permanent, so the page reports it by itself.
    stage.page.wait_for_toast("浏览器不让来自");
}

fn a_wrong_path_is_reported(stage: &mut Stage<'_>) {
    expect_failures(&stage.page);
    visit(stage, &json!({ "socket_path": "/nowhere/" }));
    let here = stage.server.url("/nowhere/");
    wait_for_advice(&stage.page, &here, "那里不是 Socket.IO", "socket_path");
}

fn a_wrong_namespace_is_reported(stage: &mut Stage<'_>) {
    expect_failures(&stage.page);
    stage.page.visit(&stage.server.url(UNKNOWN_NAMESPACE));
    stage.page.sign_in(&stage.server.user, true);
    wait_for_advice(&stage.page, "/nowhere", "没有命名空间", "socket_namespace");
    stage.page.wait_for_toast("没有命名空间");
}

fn a_server_of_an_old_version_is_reported(stage: &mut Stage<'_>) {
    let (_with, with) = old_server(&["--orchard"]);
    let (_without, without) = old_server(&[]);
    allow(stage, &[&with, &without]);
    expect_failures(&stage.page);
    for server in [&with, &without] {
        visit(stage, &json!({ "socket_server": server }));
        wait_for_advice(&stage.page, server, "别的 Socket.IO 版本", "Flask-SocketIO");
    }
}

fn a_wrong_api_is_reported(stage: &mut Stage<'_>) {
    let (_closed, closed) = closed_server();
    let (_other, other) = another_server(stage, &["--cors-origin", "https://other.example"]);
    allow(stage, &[&closed, &other]);
    expect_failures(&stage.page);
    let user = stage.server.user.clone();
    for (api, what, check) in [
        (format!("{closed}/api"), "没有回应", "证书"),
        (format!("{other}/api"), "浏览器不让来自", "--cors-origin"),
        ("/nowhere".to_owned(), "不是游戏的接口", "api"),
    ] {
        stage.server.write_page(WRONG, &json!({ "api": api }));
        stage.page.visit(&stage.server.url(WRONG));
        stage.page.sign_in(&user, true);
        wait_for_advice_text(&stage.page, &api, what, check);
    }
}

fn a_server_that_the_policy_forbids_is_reported(stage: &mut Stage<'_>) {
    let (_other, other) = another_server(stage, &["--cors-origin", "*"]);
    expect_failures(&stage.page);
    stage.page.expect_violation("connect-src");
    stage.page.expect_violation("Fetch API cannot load");
    visit(stage, &json!({ "socket_server": other }));
    wait_for_advice(&stage.page, &other, "内容安全策略", "connect-src");
    // Chromium only reports that the connection failed.
    let trouble = stage.page.text("link-trouble").unwrap_or_default();
    assert!(
        trouble.contains("连不上服务器"),
        "the panel shows {trouble:?}"
    );
}

/// Opens the page with these settings, signed in.
fn visit(stage: &mut Stage<'_>, settings: &Value) {
    let Stage { page, server, .. } = stage;
    server.write_page(WRONG, settings);
    page.visit(&server.url(WRONG));
    wait_for("the page", || match page.state().as_str() {
        "none" => Err("none".into()),
        _ => Ok(()),
    });
    if page.state() == "idle" {
        page.sign_in(&server.user, true);
    }
}

/// Opens the connection's panel, and waits until its advice is about `at` and contains both texts.
#[track_caller]
fn wait_for_advice(page: &Page, at: &str, what: &str, check: &str) {
    // Before sign-in, the connection's sign is not a button.
    wait_for("the connection's sign to be a button", || {
        page.session()
            .find("button[data-testid=connection]")?
            .click()
    });
    wait_for_advice_text(page, at, what, check);
}

fn wait_for_advice_text(page: &Page, at: &str, what: &str, check: &str) {
    wait_for(&format!("advice about {at}"), || {
        match page.text("advice") {
            Some(text) if [at, what, check].iter().all(|part| text.contains(part)) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

/// Allows the page to connect to these origins.
fn allow(stage: &mut Stage<'_>, origins: &[&str]) {
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    server.kill(page);
    server.connect_to(origins);
    server.launch(environment);
}

fn expect_failures(page: &Page) {
    for text in [
        "WebSocket connection to",
        "Failed to load resource",
        "CORS policy",
    ] {
        page.expect_console(text);
    }
}

/// Returns the origin of a port that refuses connections for as long as the socket lives.
///
/// The socket is bound and does not listen. If the port were only free, the server of a parallel
/// test could take it.
fn closed_server() -> (Socket, String) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .expect("a free port");
    let address = socket.local_addr().ok().and_then(|it| it.as_socket());
    let port = address.expect("its address").port();
    (socket, format!("http://127.0.0.1:{port}"))
}

/// Starts another default server, without a page.
fn another_server(stage: &Stage<'_>, flags: &[&str]) -> (Guarded, String) {
    let mut command = Command::new(&stage.environment.server);
    command
        .args(["--api-only", "--listen", "127.0.0.1:0", "--database"])
        .arg(stage.server.folder().join("another.sqlite3"))
        .args(flags);
    started(&command)
}

/// Starts a file server without files.
fn server_of_files(environment: &Environment) -> (Guarded, String) {
    let script = "import http.server, socketserver\n\
        server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n\
        print('listening on 127.0.0.1:%d' % server.server_address[1], flush=True)\n\
        server.serve_forever()";
    let mut command = Command::new(&environment.python);
    command.args(["-c", script]);
    started(&command)
}

fn old_server(flags: &[&str]) -> (Guarded, String) {
    let mut command = Command::new("node");
    command
        .arg(Environment::tests().join("servers/node/old.mjs"))
        .args(flags);
    started(&command)
}

fn started(command: &Command) -> (Guarded, String) {
    let (process, port) = Guarded::start(command, port_of);
    (process, format!("http://127.0.0.1:{port}"))
}
