//! Every state of the page, checked by axe-core in both languages.

use serde_json::json;

use super::{Case, on_flask};
use crate::axe::Audit;
use crate::backend::User;
use crate::page::{Page, Store};
use crate::runner::Stage;
use crate::site::{QUIET, UNKNOWN_NAMESPACE, UNUSABLE, WITH_TARGETS};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask("axe_before_sign_in_zh", |stage| before_sign_in(stage, ZH)),
    on_flask("axe_before_sign_in_en", |stage| before_sign_in(stage, EN)),
    on_flask("axe_in_the_orchard_zh", |stage| in_the_orchard(stage, ZH)),
    on_flask("axe_in_the_orchard_en", |stage| in_the_orchard(stage, EN)),
    on_flask("axe_out_of_the_orchard_zh", |stage| {
        out_of_the_orchard(stage, ZH)
    }),
    on_flask("axe_out_of_the_orchard_en", |stage| {
        out_of_the_orchard(stage, EN)
    }),
];

/// The preferred language of the browser.
const ZH: &str = "zh-CN";
const EN: &str = "en-GB";

/// Each hour of the sky.
const SKIES: [&str; 4] = ["dawn", "day", "dusk", "night"];

/// Prepares a phone in one language and without animations: an element that is still fading in
/// can't be checked.
fn prepare(stage: &Stage<'_>, language: &str) {
    let session = stage.page.session();
    session.prefer_language(language);
    session.resize(390, 844);
    session.reduce_motion();
    // The browser's own message about an error status or a failed request.
    stage.page.expect_console("Failed to load resource");
}

fn before_sign_in(stage: &mut Stage<'_>, language: &str) {
    prepare(stage, language);
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    let mut audit = Audit::new(&environment.axe);
    let session = page.session();

    session.block("start-");
    page.visit(&server.url(QUIET));
    wait_for("the words for a page that doesn't come", || {
        let seen =
            session.run("return getComputedStyle(document.querySelector('.late')).visibility");
        if seen == "visible" {
            Ok(())
        } else {
            Err(seen.to_string())
        }
    });
    audit.check("no code", session);
    session.unblock();

    page.visit(&server.url(QUIET));
    page.wait_for_form();
    audit.check("the form", session);
    page.click("submit");
    wait_for_words(page, "account-error");
    audit.check("no account", session);
    page.click("reveal");
    fill(page, "account", "13900139000");
    page.click("submit");
    wait_for_words(page, "password-error");
    audit.check("no password", session);

    let known = server.user.clone();
    let stranger = User {
        account: "13900139000".into(),
        ..known.clone()
    };
    page.sign_in(&stranger, true);
    wait_for_words(page, "account-error");
    audit.check("an unknown account", session);
    let wrong = User {
        password: "wrong".into(),
        ..known.clone()
    };
    page.sign_in(&wrong, true);
    wait_for_words(page, "password-error");
    audit.check("a wrong password", session);
    server.control("settings", &json!({ "api_fault": "error-500" }));
    page.sign_in(&known, true);
    wait_for_words(page, "sign-in-error");
    audit.check("a fault of the server", session);
    server.control("settings", &json!({ "api_fault": null }));
    session.block("/api");
    page.sign_in(&known, true);
    wait_for_words(page, "sign-in-error");
    audit.check("no network", session);
    session.unblock();

    // No server keeps a request waiting on demand.
    session.run("window.fetch = () => new Promise(() => {})");
    page.sign_in(&known, true);
    wait_for("the form to be busy", || {
        let busy = session.run("return document.querySelector('form').ariaBusy");
        if busy == "true" {
            Ok(())
        } else {
            Err(busy.to_string())
        }
    });
    audit.check("signing in", session);
    audit.assert_clean();
}

fn in_the_orchard(stage: &mut Stage<'_>, language: &str) {
    prepare(stage, language);
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    let mut audit = Audit::new(&environment.axe);
    let session = page.session();
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    wait_for("the count", || {
        page.count()
            .filter(|it| !it.is_empty())
            .ok_or_else(String::new)
    });
    tap_greetings_away(page);
    for sky in SKIES {
        session.run(&format!(
            "document.querySelector('main').dataset.sky = '{sky}'"
        ));
        audit.measure_again();
        audit.check(&format!("live, {sky}"), session);
    }

    // They would disappear during the check.
    page.hold_toasts();
    for sid in ["first", "second", "third"] {
        let event =
            json!({ "event": "server_response", "data": { "count": 1_234_567, "sid": sid } });
        server.control("emit", &event);
    }
    wait_for("three toasts", || match page.toasts() {
        3 => Ok(()),
        many => Err(many.to_string()),
    });
    audit.check("toasts", session);
    tap_greetings_away(page);

    let notice = json!({ "event": "broadcast_response", "data": "the apples are sweet" });
    server.control("emit", &notice);
    page.wait_for_presence("unread", true);
    audit.check("an unread notice", session);
    for (opener, panel) in [
        ("menu-help", "help"),
        ("menu-news", "notices-panel"),
        ("wallet", "account-panel"),
        ("connection", "connection-panel"),
    ] {
        page.click(opener);
        page.wait_for_presence(panel, true);
        audit.check(panel, session);
        if opener == "menu-news" {
            page.click("notice-send");
            wait_for_words(page, "notice-said");
            audit.check("nothing to send", session);
            fill(page, "notice", "mine");
            page.click("notice-send");
            wait_for("it and the system's notice", || {
                match session.run("return document.querySelectorAll('.own, .system').length") {
                    two if two == 2 => Ok(()),
                    many => Err(many.to_string()),
                }
            });
            wait_for_words(page, "notice-said");
            audit.check("notices of all kinds", session);
        }
        page.click("close");
        page.wait_for_presence(panel, false);
    }

    page.visit(&server.url(WITH_TARGETS));
    page.wait_for_state("live");
    tap_greetings_away(page);
    audit.check("places to go to", session);
    audit.assert_clean();
}

fn out_of_the_orchard(stage: &mut Stage<'_>, language: &str) {
    prepare(stage, language);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    let mut audit = Audit::new(&environment.axe);
    let session = page.session();
    page.visit(&server.url(UNUSABLE));
    page.sign_in(&server.user, true);
    page.wait_for_presence("footer", true);
    wait_for("word of the settings and of the server", || {
        match page.toasts() {
            2 => Ok(()),
            many => Err(many.to_string()),
        }
    });
    audit.check("unusable settings", session);
    page.visit(&server.url(UNKNOWN_NAMESPACE));
    page.wait_for_state("refused");
    page.wait_for_presence("bar", true);
    audit.check("refused", session);

    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    tap_greetings_away(page);
    server.kill(page);
    page.wait_for_state("reconnecting");
    page.wait_for_presence("bar", true);
    audit.check("the bar", session);
    page.click("connection");
    page.wait_for_presence("link-attempt", true);
    page.wait_for_presence("link-trouble", true);
    audit.check("the figures of an outage", session);
    page.click("close");
    page.click("menu-news");
    fill(page, "notice", "kept");
    page.click("notice-send");
    wait_for_words(page, "notice-said");
    audit.check("a notice that is kept", session);
    server.go(environment);
    page.wait_for_state("live");
    page.click("close");

    server.control("settings", &json!({ "info_errno": 1008 }));
    page.click("wallet");
    wait_for("word that the balances are old", || {
        let hint = session.run("return document.querySelector('.sheet .hint').textContent");
        if hint == "" {
            Err("none".into())
        } else {
            Ok(())
        }
    });
    audit.check("old balances", session);
    page.click("close");

    session.block("/api");
    page.reload();
    page.wait_for_presence("unreachable", true);
    audit.check("out of reach", session);
    session.unblock();

    page.put(Store::Device, "refresh_token", "not.a.token");
    server.control("expire", &json!({}));
    page.reload();
    page.wait_for_form();
    wait_for_words(page, "sign-in-error");
    audit.check("an ended session", session);
    audit.assert_clean();
}

/// Dismisses the welcome and the word of the login, once both are shown: one that came later would
/// lie over the count.
fn tap_greetings_away(page: &Page) {
    wait_for("the welcome and the word of the login", || {
        match page.toasts() {
            0 | 1 => Err("not both".into()),
            _ => Ok(()),
        }
    });
    page.tap_toasts_away();
}

fn fill(page: &Page, id: &str, text: &str) {
    wait_for(&format!("the field {id}"), || page.find(id)?.fill(text));
}

#[track_caller]
fn wait_for_words(page: &Page, id: &str) {
    wait_for(&format!("words in {id}"), || match page.text(id) {
        Some(words) if !words.is_empty() => Ok(()),
        words => Err(format!("{words:?}")),
    });
}
