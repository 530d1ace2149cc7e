//! Signing out, by choice or because the session ended, and signing in again.

use serde_json::json;

use super::{Case, everywhere, go_live, on_flask, short_lived};
use crate::page::Store;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere("sign_out_clears_the_stores", sign_out_clears_the_stores),
    on_flask("sign_out_closes_the_socket", sign_out_closes_the_socket),
    on_flask("sign_out_calls_user_logout", sign_out_calls_user_logout),
    short_lived(everywhere(
        "signing_in_again_restores_the_panel_and_the_draft",
        signing_in_again_restores_the_panel_and_the_draft,
    )),
    short_lived(everywhere(
        "reconnects_with_a_refreshed_token",
        reconnects_with_a_refreshed_token,
    )),
];

/// A server without `User.logout` is no error for the page, but the browser logs the failed
/// request.
pub(super) fn expect_no_logout(stage: &Stage<'_>) {
    stage.page.expect_console("/api - Failed to load resource");
}

fn sign_out(stage: &Stage<'_>) {
    stage.page.click("wallet");
    stage.page.click("sign-out");
    stage.page.wait_for_form();
}

fn sign_out_clears_the_stores(stage: &mut Stage<'_>) {
    expect_no_logout(stage);
    go_live(stage, QUIET);
    sign_out(stage);
    let Stage { page, server, .. } = stage;
    for store in [Store::Device, Store::Memory] {
        for key in [
            "access_token",
            "refresh_token",
            "id",
            "nickname",
            "orchard_notices",
            "orchard_draft",
        ] {
            assert_eq!(page.stored(store, key), None, "{key} in {store:?}");
        }
    }
    assert_eq!(page.state(), "idle");
    page.reload();
    page.wait_for_form();
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

fn sign_out_closes_the_socket(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let connections = || {
        let state = stage.server.state();
        state["connections"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(connections(), 1);
    sign_out(stage);
    wait_for("the end of the connection", || match connections() {
        0 => Ok(()),
        many => Err(format!("{many} connections")),
    });
}

/// This server does not have the method, which is no error for the page.
fn sign_out_calls_user_logout(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    stage.server.control("forget", &json!({}));
    sign_out(stage);
    wait_for("the call of User.logout", || {
        let calls = stage.server.state()["calls"].to_string();
        if calls.contains("User.logout") {
            Ok(())
        } else {
            Err(calls)
        }
    });
    let Stage { page, server, .. } = stage;
    assert_eq!(page.text("sign-in-error").as_deref(), Some(""));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

#[track_caller]
fn wait_for_expiry(stage: &Stage<'_>) -> String {
    let Stage { page, server, .. } = stage;
    let token = page.stored(Store::Device, "access_token").expect("a token");
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

fn signing_in_again_restores_the_panel_and_the_draft(stage: &mut Stage<'_>) {
    const DRAFT: &str = "写了一半";
    go_live(stage, QUIET);
    wait_for_expiry(stage);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    page.store(Store::Device, "refresh_token", "not.a.token");
    page.click("menu-news");
    wait_for("the field for a notice", || {
        page.find("notice")?.fill(DRAFT)
    });

    // The next CONNECT needs a token, and the page can't get one.
    server.kill(page);
    page.wait_for_state("reconnecting");
    server.launch(environment);
    page.wait_for_form();
    let form = page.text("sign-in").expect("the form");
    assert!(form.contains("登录已过期"), "{form}");

    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    wait_for("the draft in the open panel", || {
        let draft = "return document.querySelector('[data-testid=notice]')?.value ?? null";
        let draft = page.session().run(draft);
        if draft == DRAFT {
            Ok(())
        } else {
            Err(draft.to_string())
        }
    });
}

fn reconnects_with_a_refreshed_token(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let old = wait_for_expiry(stage);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    server.kill(page);
    page.wait_for_state("reconnecting");
    server.launch(environment);
    page.wait_for_state("live");
    let new = page.stored(Store::Device, "access_token").expect("a token");
    assert_ne!(new, old, "the token was not refreshed");
    let auths = page.wire().auths();
    let tokens: Vec<_> = auths.iter().map(|auth| auth["token"].as_str()).collect();
    let [Some(first), Some(second)] = tokens[..] else {
        panic!("two connects with a token each: {auths:?}")
    };
    // Even if something else has requested a token meanwhile.
    assert_ne!(first, second, "the old token was sent again");
    assert_eq!(second, new);
}
