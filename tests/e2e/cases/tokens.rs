//! Access and refresh tokens: `checkout` before the socket opens.

use serde_json::json;

use super::{Case, everywhere, on_flask, short_lived};
use crate::page::Store;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    short_lived(everywhere(
        "expired_token_on_the_device",
        expired_token_on_the_device,
    )),
    short_lived(everywhere(
        "expired_token_in_memory",
        expired_token_in_memory,
    )),
    short_lived(everywhere(
        "expired_token_and_no_refresh",
        expired_token_and_no_refresh,
    )),
    everywhere("invalid_token_asks_again", invalid_token_asks_again),
    on_flask("refresh_as_a_bare_string", refresh_as_a_bare_string),
];

fn expired_token_on_the_device(stage: &mut Stage<'_>) {
    refreshed(stage, Store::Device, Store::Memory);
}

fn expired_token_in_memory(stage: &mut Stage<'_>) {
    refreshed(stage, Store::Memory, Store::Device);
}

fn refreshed(stage: &Stage<'_>, kept: Store, other: Store) {
    let Stage { page, .. } = stage;
    let old = sign_in_and_expire(stage, kept);
    page.reload();
    page.wait_for_state("live");
    assert!(
        page.text("sign-in").is_none(),
        "refreshed, and asked for a password"
    );
    let new = page
        .stored(kept, "access_token")
        .expect("a token where the old one lived");
    assert_ne!(new, old, "the token was not refreshed");
    assert_eq!(
        page.stored(other, "access_token"),
        None,
        "the new token is in {other:?} too"
    );
    assert_eq!(page.wire().sockets, 1);
}

fn expired_token_and_no_refresh(stage: &mut Stage<'_>) {
    sign_in_and_expire(stage, Store::Device);
    let Stage { page, .. } = stage;
    page.put(Store::Device, "refresh_token", "not.a.token");
    page.reload();
    page.wait_for_form();
    assert_eq!(
        page.wire().sockets,
        0,
        "a socket was opened without a token"
    );
}

fn invalid_token_asks_again(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    page.put(Store::Device, "access_token", "not.a.token");
    page.put(Store::Device, "refresh_token", "not.a.token");
    page.reload();
    page.wait_for_form();
    assert_eq!(
        page.wire().sockets,
        0,
        "a socket was opened without a token"
    );

    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

fn refresh_as_a_bare_string(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    let old = page.stored(Store::Device, "access_token");
    server.control("settings", &json!({ "refresh_as_string": true }));
    server.control("expire", &json!({}));
    page.reload();
    page.wait_for_state("live");
    let new = page.stored(Store::Device, "access_token");
    assert!(new.is_some());
    assert_ne!(new, old, "the token was not refreshed");
}

/// Signs in, waits until the server calls the access token expired, and returns it.
fn sign_in_and_expire(stage: &Stage<'_>, kept: Store) -> String {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, kept == Store::Device);
    page.wait_for_state("live");
    let token = page.stored(kept, "access_token").expect("a token");
    wait_for("the token to expire", || {
        let answer = server.call("User.check", &json!({}), Some(&token));
        if answer["errno"] == 1005 {
            Ok(())
        } else {
            Err(answer.to_string())
        }
    });
    token
}
