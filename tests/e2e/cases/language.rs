//! Two languages: the browser's preferred one at first, the player's choice afterwards.

use serde_json::json;

use super::{Case, everywhere, go_live, on_flask};
use crate::backend::User;
use crate::page::{Page, Store};
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask(
        "the_browsers_language_is_the_default",
        the_browsers_language_is_the_default,
    ),
    on_flask("a_chosen_language_is_stored", a_chosen_language_is_stored),
    everywhere(
        "the_english_page_contains_no_chinese",
        the_english_page_contains_no_chinese,
    ),
    on_flask(
        "an_error_at_sign_in_is_translated",
        an_error_at_sign_in_is_translated,
    ),
    on_flask(
        "errors_of_the_socket_are_translated",
        errors_of_the_socket_are_translated,
    ),
];

fn assert_language(page: &Page, tag: &str, title: &str) {
    let now = page
        .session()
        .run("return [document.documentElement.lang, document.title]");
    assert_eq!(now, json!([tag, title]));
}

/// Opens the page in a browser that prefers English.
fn visit_in_english(stage: &Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.session().prefer_language("en-US");
    page.visit(&server.url(QUIET));
    page.wait_for_form();
}

fn the_browsers_language_is_the_default(stage: &mut Stage<'_>) {
    visit_in_english(stage);
    let Stage { page, .. } = stage;
    assert_language(page, "en", "The Orchard · Mofang");
    assert_eq!(page.text("submit").as_deref(), Some("Sign in"));
    assert_eq!(page.text("language").as_deref(), Some("中文"));
}

/// The change takes effect immediately, and does not clear the form.
fn a_chosen_language_is_stored(stage: &mut Stage<'_>) {
    visit_in_english(stage);
    let Stage { page, .. } = stage;
    page.find("account")
        .and_then(|field| field.fill("somebody"))
        .expect("the field of the account");
    page.click("language");
    assert_language(page, "zh-CN", "种植园 · 魔方");
    assert_eq!(page.text("submit").as_deref(), Some("登录"));
    let typed = "return document.querySelector('[data-testid=account]').value";
    assert_eq!(page.session().run(typed), "somebody");
    assert_eq!(
        page.stored(Store::Device, "language").as_deref(),
        Some("zh-CN")
    );

    page.reload();
    page.wait_for_form();
    assert_language(page, "zh-CN", "种植园 · 魔方");
}

fn the_english_page_contains_no_chinese(stage: &mut Stage<'_>) {
    stage.page.session().prefer_language("en-GB");
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    wait_for("the count", || page.count().ok_or_else(String::new));
    page.wait_for_toast("You are signed in.");
    page.dismiss_toasts();
    // Names of players may be in any language; the page's own texts are in English.
    let script = r#"
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        const nickname = document.querySelector('[data-testid="user-name"]').textContent.trim();
        for (let node; (node = walker.nextNode());) {
            const part = node.parentElement;
            if (part.closest('script, noscript, [lang^="zh"], [data-testid="user-name"]')) continue;
            if (node.data.trim() === nickname) continue;
            if (/\p{Script=Han}/u.test(node.data)) found.push(node.data.trim());
        }
        for (const part of document.querySelectorAll("[aria-label]")) {
            const label = part.getAttribute("aria-label");
            if (/\p{Script=Han}/u.test(label) && part.dataset.testid !== "info") found.push(label);
        }
        return found;
    "#;
    let check = |what: &str| {
        let found = page.session().run(script);
        assert_eq!(found, json!([]), "Chinese in {what}");
    };
    check("the orchard");
    for (opener, panel) in [
        ("menu-help", "help"),
        ("menu-news", "notices-panel"),
        ("wallet", "account-panel"),
        ("connection", "connection-panel"),
    ] {
        page.click(opener);
        wait_for(panel, || page.text(panel).ok_or_else(String::new));
        check(panel);
        page.click("close");
    }
}

/// The game's server sends only Chinese texts: the page has its own texts for known errors and
/// events.
fn an_error_at_sign_in_is_translated(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.session().prefer_language("en-GB");
    page.visit(&server.url(QUIET));
    let wrong = User {
        password: "not the password".into(),
        ..server.user.clone()
    };
    page.sign_in(&wrong, true);
    page.wait_for_text("password-error", "The password is wrong.");
}

fn errors_of_the_socket_are_translated(stage: &mut Stage<'_>) {
    stage.page.session().prefer_language("en-GB");
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    page.wait_for_toast("You are signed in.");
    let refused = json!({ "errno": 1001, "errmsg": "输入有误" });
    server.control(
        "emit",
        &json!({ "event": "login_response", "data": refused }),
    );
    page.wait_for_toast("The input can't be used.");
    server.control("settings", &json!({ "refuse": ["1017 余额不足"] }));
    page.reload();
    page.wait_for_state("refused");
    page.wait_for_text("bar-why", "There is not enough money.");
}
