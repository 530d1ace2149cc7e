//! Before the connection: the sign-in form, and the tokens that the page stores.

use serde_json::json;

use super::{Case, everywhere, go_live, on_flask};
use crate::backend::User;
use crate::page::Store;
use crate::runner::Stage;
use crate::site::{AS_BUILT, QUIET};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "form_and_no_socket_without_a_token",
        form_and_no_socket_without_a_token,
    ),
    everywhere(
        "wrong_password_shows_the_error",
        wrong_password_shows_the_error,
    ),
    everywhere(
        "unknown_account_shows_the_error",
        unknown_account_shows_the_error,
    ),
    everywhere(
        "tokens_are_stored_on_the_device_if_remembered",
        tokens_are_stored_on_the_device_if_remembered,
    ),
    everywhere(
        "tokens_stay_in_memory_if_not_remembered",
        tokens_stay_in_memory_if_not_remembered,
    ),
    on_flask(
        "faults_of_the_api_are_reported",
        faults_of_the_api_are_reported,
    ),
    on_flask(
        "a_fault_while_the_token_is_checked_shows_the_form",
        a_fault_while_the_token_is_checked_shows_the_form,
    ),
];

fn form_and_no_socket_without_a_token(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(AS_BUILT));
    page.wait_for_form();
    assert_eq!(page.state(), "idle");
    assert_eq!(
        page.wire().sockets,
        0,
        "a socket was opened without a token"
    );
    for id in ["account", "password", "submit", "music", "back"] {
        assert!(page.find(id).is_ok(), "no {id}");
    }
}

fn wrong_password_shows_the_error(stage: &mut Stage<'_>) {
    let account = stage.server.user.account.clone();
    refused(
        stage,
        &User {
            account,
            password: "not the password".into(),
        },
        1009,
    );
}

fn unknown_account_shows_the_error(stage: &mut Stage<'_>) {
    refused(
        stage,
        &User {
            account: "13900139000".into(),
            password: "whatever".into(),
        },
        1007,
    );
}

fn refused(stage: &Stage<'_>, user: &User, errno: u32) {
    let Stage { page, server, .. } = stage;
    let params = json!({ "account": user.account, "password": user.password });
    let answer = server.call("User.login", &params, None);
    assert_eq!(answer["errno"], errno, "{answer}");
    let message = answer["errmsg"].as_str().expect("the server's message");

    page.visit(&server.url(AS_BUILT));
    page.sign_in(user, true);
    wait_for("the server's message in the form", || {
        match page.text("sign-in") {
            Some(text) if text.contains(message) => Ok(()),
            text => Err(format!("{text:?}")),
        }
    });
    assert_eq!(page.stored(Store::Device, "access_token"), None);
    assert_eq!(
        page.wire().sockets,
        0,
        "a socket was opened without a token"
    );

    // The form still works.
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

fn tokens_are_stored_on_the_device_if_remembered(stage: &mut Stage<'_>) {
    signs_in(stage, Store::Device, Store::Memory);
    let Stage { page, .. } = stage;

    page.reload();
    page.wait_for_state("live");
    assert!(page.text("sign-in").is_none(), "it asks to sign in again");
    let states = page.shown().states;
    assert!(
        !states
            .iter()
            .any(|state| state == "offline" || state == "refused"),
        "{states:?}"
    );
}

fn tokens_stay_in_memory_if_not_remembered(stage: &mut Stage<'_>) {
    signs_in(stage, Store::Memory, Store::Device);
    let Stage { page, server, .. } = stage;

    // The same window is still signed in, another one is not.
    page.reload();
    page.wait_for_state("live");
    page.session().new_tab();
    page.visit(&server.url(QUIET));
    page.wait_for_form();
}

fn signs_in(stage: &Stage<'_>, store: Store, other: Store) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, store == Store::Device);
    page.wait_for_state("live");
    assert!(
        page.text("sign-in").is_none(),
        "the form is shown after the sign-in"
    );

    for key in ["access_token", "refresh_token"] {
        assert!(page.stored(store, key).is_some(), "no {key} in {store:?}");
        assert_eq!(page.stored(other, key), None, "{key} in {other:?} too");
    }
    let id = page.stored(store, "id").expect("the id of the user");
    let logins = page.wire().sent("login");
    assert_eq!(
        logins,
        [json!({ "uid": id })],
        "the uid is sent as a string, once"
    );
}

fn faults_of_the_api_are_reported(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    // The browser's own message about an error status.
    page.expect_console("Failed to load resource");
    page.visit(&server.url(AS_BUILT));
    page.wait_for_form();
    let before = page.text("sign-in").expect("the form");

    for fault in ["error-200", "error-500", "not-json"] {
        server.control("settings", &json!({ "api_fault": fault }));
        let calls = page.wire().calls();
        page.sign_in(&server.user, true);
        wait_for(&format!("the report of the fault {fault}"), || {
            match page.text("sign-in") {
                Some(text) if text != before && page.wire().calls() > calls => Ok(()),
                text => Err(format!("{text:?}")),
            }
        });
        assert_eq!(
            page.wire().sockets,
            0,
            "a socket was opened without a token"
        );
    }

    server.control("settings", &json!({ "api_fault": null }));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

fn a_fault_while_the_token_is_checked_shows_the_form(stage: &mut Stage<'_>) {
    // The browser's own message about an error status.
    stage.page.expect_console("Failed to load resource");
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    server.control("settings", &json!({ "api_fault": "error-500" }));
    page.reload();
    page.wait_for_form();
    assert_eq!(
        page.wire().frames_sent(),
        0,
        "CONNECT was sent with an unchecked token"
    );
}
