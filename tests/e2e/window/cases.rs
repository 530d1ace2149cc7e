//! What the window promises.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::Stage;
use super::app::{Device, Window};
use crate::environment::Environment;

/// A promise: its name, and how it is tried.
type Case = (&'static str, fn(Stage<'_>));

pub(super) const ALL: &[Case] = &[
    ("goes_live_on_the_default_server", goes_live),
    ("keeps_its_token_over_a_restart", keeps_its_token),
    ("forgets_a_token_that_was_not_to_be_kept", forgets),
    ("closes_by_its_back_button", closes),
    ("reaches_the_configured_server_only", reaches_one_server),
    ("may_ask_its_shell_for_little", asks_for_little),
];

fn goes_live(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, true);
    assert_ne!(window.page.count().unwrap_or_default(), "", "no count");

    // For the README, and for whoever wants to see it.
    let picture = window.page.session().screenshot().expect("a picture");
    let picture = BASE64_STANDARD.decode(picture).expect("base64");
    fs::create_dir_all(Environment::evidence()).expect("a folder for the picture");
    fs::write(Environment::evidence().join("window.png"), picture).expect("a file");
}

fn keeps_its_token(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, true);
    window.close();
    drop(window);
    let kept = fs::read_to_string(device.kept().join("player.json")).expect("the store");
    let kept: Value = serde_json::from_str(&kept).expect("the store is JSON");
    assert!(kept["access_token"].is_string(), "no token in the store");
    let mode = fs::metadata(device.kept())
        .expect("the store's folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "others can look for the token");

    let window = device.open();
    window.page.wait_for_state("live");
    assert_eq!(window.page.text("sign-in"), None, "asked again");
}

fn forgets(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    signs_in(&window, &device, false);
    // As long as the window is there, its page knows who plays.
    window.page.session().reload();
    window.page.wait_for_state("live");
    window.close();
    drop(window);
    device.open().page.wait_for_form();
}

fn closes(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    window.page.wait_for_form();
    assert!(window.is_open());
    window.page.click("back");
    window.wait_until_closed();
}

/// Another server is one that would answer: a second one of the same kind.
fn reaches_one_server(stage: Stage<'_>) {
    let device = Device::new(stage);
    let other = Device::new(stage);
    let window = device.open();
    window.page.wait_for_form();
    let asked = |server: &str| {
        let call =
            r#"{ method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }"#;
        window.outcome(&format!("(await fetch('{server}/api', {call})).status"))
    };
    assert!(
        asked(&device.server).is_number(),
        "{}",
        asked(&device.server)
    );
    assert!(
        asked(&other.server)["error"].is_string(),
        "{}",
        asked(&other.server)
    );
}

fn asks_for_little(stage: Stage<'_>) {
    let device = Device::new(stage);
    let window = device.open();
    window.page.wait_for_form();
    let asked = |command: &str, arguments: &str| {
        window.outcome(&format!(
            "await __TAURI_INTERNALS__.invoke('{command}', {arguments})"
        ))
    };
    let store = asked("plugin:store|get_store", "{ path: 'player.json' }");
    assert!(store.is_number(), "{store}");
    for (command, arguments) in [
        ("plugin:store|load", "{ path: 'other.json' }"),
        ("plugin:store|clear", "{ rid: 0 }"),
        ("plugin:window|set_title", "{ value: 'x' }"),
        ("plugin:event|emit", "{ event: 'x' }"),
        ("plugin:webview|create_webview_window", "{ options: {} }"),
    ] {
        let answer = asked(command, arguments);
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
        "signed in, and the form is still there"
    );
}
