//! Access and refresh tokens: `checkout` before CONNECT.

use serde_json::json;

use super::outages::enter as enter_scripted;
use super::{Case, everywhere, go_live, on_default, on_flask, short_lived};
use crate::page::Store;
use crate::runner::Stage;
use crate::scripted::Behaviour;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "a_stored_token_is_checked_once",
        a_stored_token_is_checked_once,
    ),
    everywhere(
        "the_websocket_opens_while_the_token_is_checked",
        the_websocket_opens_while_the_token_is_checked,
    ),
    everywhere(
        "the_websocket_of_an_invalid_token_is_closed",
        the_websocket_of_an_invalid_token_is_closed,
    ),
    short_lived(everywhere(
        "expired_token_on_the_device",
        expired_token_on_the_device,
    )),
    short_lived(everywhere(
        "expired_token_in_memory",
        expired_token_in_memory,
    )),
    short_lived(everywhere(
        "expired_token_that_cannot_be_refreshed",
        expired_token_that_cannot_be_refreshed,
    )),
    everywhere("invalid_token_shows_the_form", invalid_token_shows_the_form),
    on_flask("refresh_as_a_bare_string", refresh_as_a_bare_string),
    on_flask(
        "a_token_that_connect_refuses_is_refreshed",
        a_token_that_connect_refuses_is_refreshed,
    ),
    on_flask(
        "a_refreshed_token_that_connect_refuses_shows_the_form",
        a_refreshed_token_that_connect_refuses_shows_the_form,
    ),
    on_flask(
        "each_refresh_token_is_used_once",
        each_refresh_token_is_used_once,
    ),
    on_flask("two_windows_refresh_once", two_windows_refresh_once),
    on_default(
        "a_session_that_the_server_ends",
        a_session_that_the_server_ends,
    ),
];

/// The script that checks the token while the module is loading makes the page's own call: if it
/// asked anything else, the page would ask again.
fn a_stored_token_is_checked_once(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    for remember in [true, false] {
        page.sign_in(&server.user, remember);
        page.wait_for_state("live");
        page.reload();
        page.wait_for_state("live");
        page.wait_for_requests();
        assert_eq!(
            page.wire().calls_of("User.check"),
            1,
            "remember: {remember}"
        );
        for store in [Store::Device, Store::Memory] {
            page.session().run(&format!("{}.clear()", store.name()));
        }
        page.reload();
    }
}

/// The module that would open it isn't loaded yet. The page then uses this WebSocket.
fn the_websocket_opens_while_the_token_is_checked(stage: &mut Stage<'_>) {
    const MODULE: &str = "early-";
    go_live(stage, QUIET);
    let page = &stage.page;
    page.wait_for_toast("登录成功");
    page.expect_console(MODULE);
    page.expect_console("Failed to fetch");
    page.session().block(MODULE);
    page.reload();
    wait_for("an unanswered handshake", || match page.wire() {
        wire if (wire.sockets, wire.handshakes(), wire.frames_sent()) == (1, 1, 0) => Ok(()),
        wire => Err(format!("{wire:?}")),
    });

    page.session().unblock();
    page.reload();
    page.wait_for_state("live");
    assert_eq!(page.wire().sockets, 1, "it opened another one");
    assert_eq!(page.wire().auths().len(), 1);
}

fn the_websocket_of_an_invalid_token_is_closed(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    page.store(Store::Device, "access_token", "not.a.token");
    page.reload();
    page.wait_for_form();
    wait_for(
        "a closed WebSocket on which nothing was sent",
        || match page.wire() {
            wire if (wire.sockets, wire.closed, wire.frames_sent()) == (1, 1, 0) => Ok(()),
            wire => Err(format!("{wire:?}")),
        },
    );
}

fn expired_token_on_the_device(stage: &mut Stage<'_>) {
    refreshed(stage, Store::Device, Store::Memory);
}

fn expired_token_in_memory(stage: &mut Stage<'_>) {
    refreshed(stage, Store::Memory, Store::Device);
}

fn refreshed(stage: &Stage<'_>, store: Store, other: Store) {
    let Stage { page, .. } = stage;
    let old = sign_in_and_expire(stage, store);
    page.reload();
    page.wait_for_state("live");
    assert!(
        page.text("sign-in").is_none(),
        "the page asks for a password after the refresh"
    );
    let new = page
        .stored(store, "access_token")
        .expect("a token in the same store");
    assert_ne!(new, old, "the token was not refreshed");
    assert_eq!(
        page.stored(other, "access_token"),
        None,
        "the new token is in {other:?}, too"
    );
    assert_eq!(page.wire().auths().len(), 1);
}

fn expired_token_that_cannot_be_refreshed(stage: &mut Stage<'_>) {
    sign_in_and_expire(stage, Store::Device);
    let Stage { page, .. } = stage;
    page.store(Store::Device, "refresh_token", "not.a.token");
    page.reload();
    page.wait_for_form();
    assert_eq!(
        page.wire().frames_sent(),
        0,
        "CONNECT was sent without a valid token"
    );
}

fn invalid_token_shows_the_form(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    page.store(Store::Device, "access_token", "not.a.token");
    page.store(Store::Device, "refresh_token", "not.a.token");
    page.reload();
    page.wait_for_form();
    assert_eq!(
        page.wire().frames_sent(),
        0,
        "CONNECT was sent without a valid token"
    );

    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

fn refresh_as_a_bare_string(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let old = page.stored(Store::Device, "access_token");
    server.control("settings", &json!({ "refresh_as_string": true }));
    server.control("expire", &json!({}));
    page.reload();
    page.wait_for_state("live");
    let new = page.stored(Store::Device, "access_token");
    assert!(new.is_some());
    assert_ne!(new, old, "the token was not refreshed");
}

/// The server puts the error number before its message, like servers that can only send text.
/// `/api` still accepts the token.
fn a_token_that_connect_refuses_is_refreshed(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let old = page.stored(Store::Device, "access_token");
    server.control("stale", &json!({}));
    page.reload();
    page.wait_for_state("live");
    let new = page.stored(Store::Device, "access_token");
    assert!(new.is_some());
    assert_ne!(new, old, "the token was not refreshed");
    assert_eq!(page.text("sign-in"), None, "the page asks to sign in");
}

fn a_refreshed_token_that_connect_refuses_shows_the_form(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    for refusal in [
        json!(["no", { "errno": 1005 }]),
        json!(["1006 token invalid"]),
        json!(["1008 no such user"]),
    ] {
        server.control("settings", &json!({ "refuse": refusal }));
        page.reload();
        page.wait_for_form();
        page.wait_for_text("sign-in-error", "登录已过期，请重新登录。");
        let connects = page.wire().auths().len();
        assert!(connects <= 4, "{refusal}: {connects} CONNECTs");
        server.control("settings", &json!({ "refuse": null }));
        page.sign_in(&server.user, true);
        page.wait_for_state("live");
    }
}

/// If each refresh token is valid once, the page must store the next one: otherwise the session
/// would end at the second refresh.
fn each_refresh_token_is_used_once(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    server.control("settings", &json!({ "rotate": true }));
    let mut tokens = vec![page.stored(Store::Device, "refresh_token")];
    for _ in 0..2 {
        server.control("expire", &json!({}));
        page.reload();
        page.wait_for_state("live");
        let token = page.stored(Store::Device, "refresh_token");
        assert!(!tokens.contains(&token), "the token was not replaced");
        tokens.push(token);
    }
    assert_eq!(page.text("sign-in"), None, "the page asks to sign in");
}

/// Both windows notice the expired token at the same time, and only one of them may use the refresh
/// token.
fn two_windows_refresh_once(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let here = page.session().tab();
    page.session().new_tab();
    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    let there = page.session().tab();
    server.control("settings", &json!({ "rotate": true }));
    server.control("forget", &json!({}));
    server.control("expire", &json!({}));
    server.control("drop", &json!({}));
    for tab in [&here, &there] {
        page.session().switch_to(tab);
        wait_for("the window to be live again", || {
            let handshakes = server.state()["handshakes"].as_u64();
            let state = page.state();
            match handshakes {
                Some(2..) if state == "live" => Ok(()),
                _ => Err(format!("{state}, {handshakes:?} handshakes")),
            }
        });
        assert_eq!(page.text("sign-in"), None, "the page asks to sign in");
    }
    let calls = server.state()["calls"].to_string();
    let refreshes = calls.matches("User.refresh").count();
    assert_eq!(refreshes, 1, "{calls}");
}

/// The server announces that the token is no longer valid, and disconnects the socket. The page
/// refreshes it once; if that does not help, the player must sign in again.
fn a_session_that_the_server_ends(stage: &mut Stage<'_>) {
    let scripted = enter_scripted(stage, Behaviour::Accept(&[]));
    let Stage { page, .. } = stage;
    page.wait_for_state("live");
    let end = || {
        scripted.send(r#"42/mofang,["error_response",{"errno":1006,"errmsg":"登录凭证无效"}]"#);
        scripted.send("41/mofang");
    };
    end();
    wait_for("the page to be live again", || match scripted.connects() {
        2 if page.state() == "live" => Ok(()),
        connects => Err(format!("{connects} CONNECTs, {}", page.state())),
    });
    page.store(Store::Device, "refresh_token", "not.a.token");
    end();
    page.wait_for_form();
    page.wait_for_text("sign-in-error", "登录已过期，请重新登录。");
}

/// Signs in, waits until the access token has expired for the server, and returns it.
fn sign_in_and_expire(stage: &Stage<'_>, store: Store) -> String {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, store == Store::Device);
    page.wait_for_state("live");
    let token = page.stored(store, "access_token").expect("a token");
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
