//! The player's name and balances: in the header, and in the panel that it opens.

use serde_json::{Value, json};

use super::{Case, everywhere, go_live, on_flask};
use crate::page::{Page, Store};
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere("header_shows_the_player", header_shows_the_player),
    everywhere(
        "the_account_panel_shows_the_player",
        the_account_panel_shows_the_player,
    ),
    everywhere(
        "sign_out_from_the_header_clears_the_stores",
        sign_out_from_the_header_clears_the_stores,
    ),
    on_flask(
        "stored_balances_are_shown_when_the_request_fails",
        stored_balances_are_shown_when_the_request_fails,
    ),
    on_flask(
        "an_avatar_that_is_no_picture_is_replaced",
        an_avatar_that_is_no_picture_is_replaced,
    ),
    on_flask(
        "long_names_and_large_amounts_fit",
        long_names_and_large_amounts_fit,
    ),
    on_flask(
        "a_token_that_expires_while_live_is_refreshed",
        a_token_that_expires_while_live_is_refreshed,
    ),
    on_flask(
        "a_session_that_ends_while_live_shows_the_form",
        a_session_that_ends_while_live_shows_the_form,
    ),
];

fn header_shows_the_player(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let token = page.stored(Store::Device, "access_token");
    let info = server.call("User.info", &json!({}), token.as_deref());
    page.wait_for_text("user-name", info["nickname"].as_str().expect("a name"));
    page.wait_for_text("money", "1,000.00");
    page.wait_for_text("credit", "100");
}

fn the_account_panel_shows_the_player(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    page.click("wallet");
    page.wait_for_text("money-full", "1,000.00");
    page.wait_for_text("credit-full", "100");
    page.wait_for_text("mobile", "138****8000");
    page.click("close");
    page.wait_for_presence("account-panel", false);
    assert_eq!(page.focused(), "wallet");
}

fn sign_out_from_the_header_clears_the_stores(stage: &mut Stage<'_>) {
    super::leaving::expect_no_logout(stage);
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    page.click("info");
    page.click("sign-out");
    page.wait_for_form();
    assert_eq!(page.state(), "idle");
    for store in [Store::Device, Store::Memory] {
        for key in ["access_token", "refresh_token", "id", "nickname", "money"] {
            assert_eq!(page.stored(store, key), None, "{key} in {store:?}");
        }
    }
    page.reload();
    page.wait_for_form();
    page.sign_in(&server.user, false);
    page.wait_for_state("live");
}

fn stored_balances_are_shown_when_the_request_fails(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    page.wait_for_text("credit", "100");
    server.control("settings", &json!({ "info_errno": 1008 }));
    page.reload();
    page.wait_for_text("credit", "100");
    page.wait_for_text("money", "1,000.00");
    page.click("wallet");
    wait_for("the hint in the panel", || {
        match page.text("account-panel") {
            Some(text) if text.contains("余额可能不是最新的") => Ok(()),
            text => Err(format!("{text:?}")),
        }
    });
}

fn an_avatar_that_is_no_picture_is_replaced(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    page.expect_console("nothing.png");
    for (avatar, shown) in [
        ("/assets/credit.svg", "/assets/credit.svg"),
        ("/nothing.png", "/assets/avatar.svg"),
        ("assets/money.svg", "/assets/money.svg"),
        ("javascript:alert(1)", "/assets/avatar.svg"),
    ] {
        server.control("settings", &json!({ "user": { "avatar": avatar } }));
        page.reload();
        wait_for(&format!("{shown} for {avatar}"), || {
            let now = page.session().run(AVATAR);
            if now == json!([server.url(shown), true]) {
                Ok(())
            } else {
                Err(now.to_string())
            }
        });
    }
}

/// Returns the address of the avatar, and whether it is loaded.
const AVATAR: &str = r#"
const image = document.querySelector('[data-testid="avatar"]');
return image && [image.src, image.complete && image.naturalWidth > 0];
"#;

fn long_names_and_large_amounts_fit(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let name = "<b>一个名字特别特别长的小果农阿桃</b>";
    let user =
        json!({ "nickname": name, "money": 8_765_432_109.87, "credit": -98_765_432_109_i64 });
    server.control("settings", &json!({ "user": user }));
    page.reload();
    page.wait_for_text("money", "87.65亿");
    page.wait_for_text("credit", "-987.65亿");
    assert_eq!(page.text("user-name").as_deref(), Some(name));
    for id in ["money", "credit"] {
        let [content, available] = sizes(page, id);
        assert!(content <= available, "{id}: {content} of {available}");
    }
    let [content, available] = sizes(page, "user-name");
    assert!(content > available, "the name is too short for this test");
    let [content, available] = sizes(page, "header");
    assert!(content <= available, "the header: {content} of {available}");

    page.click("wallet");
    page.wait_for_text("money-full", "8,765,432,109.87");
    page.wait_for_text("credit-full", "-98,765,432,109");
}

/// Returns the width of an element's content, and the width of the element.
fn sizes(page: &Page, id: &str) -> [u64; 2] {
    let script = format!(
        "const it = document.querySelector('[data-testid={id}]'); return [it.scrollWidth, it.clientWidth]"
    );
    let sizes = page.session().run(&script);
    [0, 1].map(|at| sizes[at].as_u64().expect("a width"))
}

fn a_token_that_expires_while_live_is_refreshed(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    page.wait_for_text("credit", "100");
    let old = page.stored(Store::Device, "access_token");
    server.control("settings", &json!({ "user": { "credit": 101 } }));
    server.control("expire", &json!({}));
    page.click("wallet");
    page.wait_for_text("credit-full", "101");
    assert_ne!(page.stored(Store::Device, "access_token"), old);
    assert_eq!(page.state(), "live");
    let refreshes = calls(&server.state(), "User.refresh");
    assert_eq!(refreshes, 1);
}

fn a_session_that_ends_while_live_shows_the_form(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    page.wait_for_text("credit", "100");
    page.store(Store::Device, "refresh_token", "not.a.token");
    server.control("expire", &json!({}));
    page.click("wallet");
    page.wait_for_form();
    page.wait_for_presence("account-panel", false);
    let form = page.text("sign-in").unwrap_or_default();
    assert!(form.contains("登录已过期"), "{form}");

    page.dismiss_toasts();
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

fn calls(state: &Value, method: &str) -> usize {
    let calls = state["calls"].as_array().into_iter().flatten();
    calls.filter(|call| **call == *method).count()
}
