//! What the desktop window guarantees.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use super::Stage;
use super::app::{Device, Window};
use crate::environment::Environment;
use crate::settled::settle;
use crate::wait::wait_for;

/// A case: its name and its function.
type Case = (&'static str, fn(Stage<'_>));

pub(super) const ALL: &[Case] = &[
    (
        "connects_to_the_default_server",
        connects_to_the_default_server,
    ),
    ("the_token_survives_a_restart", the_token_survives_a_restart),
    (
        "a_token_is_not_stored_if_not_remembered",
        a_token_is_not_stored_if_not_remembered,
    ),
    (
        "the_back_button_closes_the_window",
        the_back_button_closes_the_window,
    ),
    ("plays_music", plays_music),
    (
        "connects_to_the_configured_server_only",
        connects_to_the_configured_server_only,
    ),
    (
        "web_addresses_open_in_the_browser",
        web_addresses_open_in_the_browser,
    ),
    (
        "the_page_may_call_few_commands",
        the_page_may_call_few_commands,
    ),
    ("wrong_settings_are_reported", wrong_settings_are_reported),
    (
        "a_server_that_refuses_the_origin_is_reported",
        a_server_that_refuses_the_origin_is_reported,
    ),
];

fn connects_to_the_default_server(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, true);
    wait_for("a count", || {
        window
            .page
            .count()
            .filter(|count| !count.is_empty())
            .ok_or("none".into())
    });
    window.assert_no_errors();
    take_picture(&window);
}

/// Takes the picture of the README, by day at any hour.
fn take_picture(window: &Window<'_>) {
    let session = window.page.session();
    window.page.dismiss_toasts();
    session.run("document.querySelector('main').dataset.sky = 'day'");
    settle(session, "the window");
    let picture = session.screenshot().expect("a picture");
    let picture = BASE64_STANDARD.decode(picture).expect("base64");
    fs::create_dir_all(Environment::evidence()).expect("a folder for the picture");
    fs::write(Environment::evidence().join("window.png"), picture).expect("a file");
}

fn the_token_survives_a_restart(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, true);
    window.close();
    drop(window);
    let store = fs::read_to_string(device.data().join("player.json")).expect("the store");
    let store: Value = serde_json::from_str(&store).expect("the store is JSON");
    assert!(store["access_token"].is_string(), "no token in the store");
    let mode = fs::metadata(device.data())
        .expect("the store's folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "other users can read the token");

    let window = device.open();
    window.page.wait_for_state("live");
    assert_eq!(
        window.page.text("sign-in"),
        None,
        "it asks to sign in again"
    );
}

fn a_token_is_not_stored_if_not_remembered(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, false);
    // After a reload, the page of the open window is still signed in.
    window.page.session().reload();
    window.page.wait_for_state("live");
    window.close();
    drop(window);
    device.open().page.wait_for_form();
}

fn the_back_button_closes_the_window(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    window.page.wait_for_form();
    assert!(window.is_open());
    window.close();
}

/// The music is a file inside the program, which the player of WebKitGTK can't read.
fn plays_music(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, true);
    wait_for_music(&window, true);
    window.page.click("music");
    wait_for_music(&window, false);
    window.page.click("music");
    wait_for_music(&window, true);
    window.assert_no_errors();
}

/// The other server accepts the page's origin, so that only the policy prevents a connection.
fn connects_to_the_configured_server_only(stage: Stage<'_>) {
    let device = Device::new(stage);
    let other = Device::new(stage);
    let window = device.open();
    window.page.wait_for_form();
    let call = |server: &str| {
        let request =
            r#"{ method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }"#;
        window.outcome(&format!("(await fetch('{server}/api', {request})).status"))
    };
    let connect = |server: &str| {
        let socket = server.replacen("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket";
        window.outcome(&format!(
            "await new Promise((resolve, reject) => {{
                const socket = new WebSocket('{socket}');
                socket.onopen = () => resolve('open');
                socket.onerror = () => reject('refused');
            }})"
        ))
    };
    let own = call(&device.server);
    assert!(own.is_number(), "{own}");
    assert_eq!(connect(&device.server), "open");
    window.assert_no_errors();

    let others = call(&other.server);
    assert!(others["error"].is_string(), "{others}");
    let others = connect(&other.server);
    assert!(others["error"].is_string(), "{others}");
    // The policy blocked the requests, not the server.
    let errors = window.errors();
    let is_reported = |scheme: &str| {
        let address = other.server.replacen("http", scheme, 1);
        let mut errors = errors.iter();
        errors.any(|it| it.contains(&address) && it.contains("Content Security Policy"))
    };
    assert!(is_reported("http") && is_reported("ws"), "{errors:?}");
}

/// A setting that is no web address is ignored: its entry is a button without a target.
fn web_addresses_open_in_the_browser(stage: Stage<'_>) {
    const SHOP: &str = "https://shop.example/apples?1";
    let device = Device::new(stage);
    device.set(&json!({ "shop": SHOP, "bag": "bag" }));
    let window = device.open();
    signs_in(&window, &device, true);
    let here = window.page.session().url();
    window.page.click("menu-shop");
    wait_for("the player's browser to open the address", || {
        let opened = device.opened_in_browser();
        if opened == format!("{SHOP}\n") {
            Ok(())
        } else {
            Err(opened)
        }
    });
    let bag = "return document.querySelector('[data-testid=\"menu-bag\"]').tagName";
    assert_eq!(
        window.page.session().run(bag),
        "BUTTON",
        "the entry is a link"
    );
    // The page can't navigate there by itself either.
    window.page.session().run("location.href = '/bag.html'");
    window.page.click("menu-help");
    window.page.wait_for_presence("help", true);
    assert_eq!(window.page.session().url(), here);
    assert_eq!(window.page.state(), "live");
}

fn the_page_may_call_few_commands(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    window.page.wait_for_form();
    let invoke = |command: &str, arguments: &str| {
        window.outcome(&format!(
            "await __TAURI_INTERNALS__.invoke('{command}', {arguments})"
        ))
    };
    let store = invoke("plugin:store|get_store", "{ path: 'player.json' }");
    assert!(store.is_number(), "{store}");
    for (command, arguments) in [
        ("plugin:store|load", "{ path: 'other.json' }"),
        ("plugin:store|clear", "{ rid: 0 }"),
        ("plugin:window|set_title", "{ value: 'x' }"),
        ("plugin:event|emit", "{ event: 'x' }"),
        ("plugin:webview|create_webview_window", "{ options: {} }"),
    ] {
        let answer = invoke(command, arguments);
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains("not allowed"), "{command}: {answer}");
    }
}

fn signs_in(window: &Window<'_>, device: &Device<'_>, remember: bool) {
    window.page.sign_in(&device.user, remember);
    window.page.wait_for_state("live");
    assert_eq!(
        window.page.text("sign-in"),
        None,
        "the form is shown after the sign-in"
    );
}

fn wrong_settings_are_reported(stage: Stage<'_>) {
    let device = Device::new(stage);
    let missing = device.run(&["--settings", "/no/such.json"]);
    assert!(!missing.status.success(), "{missing:?}");
    let stderr = String::from_utf8_lossy(&missing.stderr);
    assert!(stderr.contains("/no/such.json"), "{stderr}");

    device.write_settings("{ socket_server: 'http://game.example' }");
    wait_for_toast(&device.open(), "JSON");
    device.set(&json!({ "chat": "yes" }));
    wait_for_toast(&device.open(), "chat");
}

/// Waits until a toast contains `text`. The page is not recorded, so it must be shown now.
fn wait_for_toast(window: &Window<'_>, text: &str) {
    wait_for(&format!("a toast with {text}"), || {
        match window.page.text("toasts") {
            Some(toasts) if toasts.contains(text) => Ok(()),
            toasts => Err(format!("{toasts:?}")),
        }
    });
}

/// The server has no `--cors-origin` for the window.
fn a_server_that_refuses_the_origin_is_reported(stage: Stage<'_>) {
    let device = Device::with(stage, &[]);
    let window = device.open();
    window.page.sign_in(&device.user, true);
    wait_for("the advice", || match window.page.text("sign-in") {
        Some(text) if text.contains("tauri://localhost") && text.contains("--cors-origin") => {
            Ok(())
        }
        text => Err(format!("{text:?}")),
    });
}

#[track_caller]
fn wait_for_music(window: &Window<'_>, plays: bool) {
    // What the page shows besides the record says why it is silent.
    let script = r#"
        return {
            plays: document.querySelector('[data-testid="music"]').ariaPressed === "true",
            visible: document.visibilityState,
            toasts: [...document.querySelectorAll(".toasts > *")].map((it) => it.textContent),
        };"#;
    wait_for(&format!("music: {plays}"), || {
        match window.page.session().run(script) {
            now if now["plays"] == plays => Ok(()),
            now => Err(format!("{now}, and written {:?}", window.errors())),
        }
    });
}
