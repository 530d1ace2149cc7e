//! The states of the page, checked by axe-core in both languages.

use serde_json::{Value, json};

use super::{Case, go_live, on_flask};
use crate::apicloud::{App, AppStore, Definition};
use crate::axe::Audit;
use crate::backend::User;
use crate::page::{Page, Store};
use crate::runner::Stage;
use crate::site::{QUIET, UNKNOWN_NAMESPACE, UNUSABLE, WITH_TARGETS};
use crate::wait::wait_for;
use crate::webdriver::Session;

pub(super) const CASES: &[Case] = &[
    on_flask("axe_before_sign_in_zh", |stage| before_sign_in(stage, ZH)),
    on_flask("axe_before_sign_in_en", |stage| before_sign_in(stage, EN)),
    on_flask("axe_in_the_orchard_zh", |stage| in_the_orchard(stage, ZH)),
    on_flask("axe_in_the_orchard_en", |stage| in_the_orchard(stage, EN)),
    on_flask("axe_in_outages_zh", |stage| in_outages(stage, ZH)),
    on_flask("axe_in_outages_en", |stage| in_outages(stage, EN)),
    on_flask("axe_in_an_app_zh", |stage| in_an_app(stage, ZH)),
    on_flask("axe_in_an_app_en", |stage| in_an_app(stage, EN)),
];

/// The preferred language of the browser.
const ZH: &str = "zh-CN";
const EN: &str = "en-GB";

/// Each hour of the sky. The last one is that of the browser's clock.
const SKIES: [&str; 4] = ["dawn", "dusk", "night", "day"];

/// The darkest and the brightest sky, for the states in which few texts are on the scene.
const EXTREMES: [&str; 2] = ["night", "day"];

const PHONE: (u32, u32) = (390, 844);
const DESKTOP: (u32, u32) = (1280, 800);

/// A page whose `api` is the address of something else.
const WRONG_API: &str = "/wrong-api.html";

/// Prepares a phone at noon, in one language and without animations: an element that is still
/// fading in can't be checked.
fn prepare(stage: &Stage<'_>, language: &str) {
    let session = stage.page.session();
    session.prefer_language(language);
    resize(session, PHONE);
    session.reduce_motion();
    session.set_hour(12);
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
    // The case `a_missing_script_shows_a_message` waits for the real delay of the message.
    session.run(&format!("{LATE}.pause()"));
    audit.check("opening", session);
    session.run(&format!("{LATE}.finish()"));
    audit.check("the code can't be loaded", session);
    session.unblock();

    page.visit(&server.url(QUIET));
    page.wait_for_form();
    for sky in EXTREMES {
        set_sky(session, sky);
        audit.measure_again();
        audit.check(&format!("the form, {sky}"), session);
    }
    page.click("submit");
    wait_for_message(page, "account-error");
    audit.check("no account", session);
    page.click("reveal");
    fill(page, "account", "13900139000");
    page.click("submit");
    wait_for_message(page, "password-error");
    audit.check("no password", session);

    let known = server.user.clone();
    let unknown = User {
        account: "13900139000".into(),
        ..known.clone()
    };
    page.sign_in(&unknown, true);
    wait_for_message(page, "account-error");
    audit.check("an unknown account", session);
    let wrong = User {
        password: "wrong".into(),
        ..known.clone()
    };
    page.sign_in(&wrong, true);
    wait_for_message(page, "password-error");
    audit.check("a wrong password", session);
    server.control("settings", &json!({ "api_fault": "error-500" }));
    page.sign_in(&known, true);
    wait_for_message(page, "sign-in-error");
    audit.check("a fault of the server", session);
    server.control("settings", &json!({ "api_fault": null }));
    session.block("/api");
    page.sign_in(&known, true);
    wait_for_message(page, "sign-in-error");
    audit.check("no network", session);
    session.unblock();

    // No server delays a response on demand.
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

    server.write_page(WRONG_API, &json!({ "api": "/nowhere" }));
    page.visit(&server.url(WRONG_API));
    page.sign_in(&known, true);
    page.wait_for_presence("advice", true);
    audit.check("advice about the API", session);

    page.expect_console("WebAssembly");
    session.run_first("delete window.WebAssembly");
    page.visit(&server.url(QUIET));
    wait_for_alert(session, "#page [role=alert]");
    audit.check("an old browser", session);
    audit.assert_clean();
}

fn in_the_orchard(stage: &mut Stage<'_>, language: &str) {
    prepare(stage, language);
    go_live(stage, QUIET);
    let Stage {
        page,
        server,
        environment,
        ..
    } = &*stage;
    let mut audit = Audit::new(&environment.axe);
    let session = page.session();
    wait_for("the count", || {
        page.count()
            .filter(|it| !it.is_empty())
            .ok_or_else(String::new)
    });
    dismiss_welcome(page);
    wait_for_music(session, true);
    for (screen, size, skies) in [
        ("desktop", DESKTOP, &EXTREMES[..]),
        ("phone", PHONE, &SKIES[..]),
    ] {
        resize(session, size);
        for sky in skies {
            set_sky(session, sky);
            audit.measure_again();
            audit.check(&format!("live, {sky}, {screen}"), session);
        }
    }
    page.click("music");
    wait_for_music(session, false);
    audit.check("music off", session);

    // They would disappear during the check.
    page.pause_toasts();
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
    page.dismiss_toasts();
    page.resume_toasts();

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
        if panel == "notices-panel" {
            send_notices(stage, &mut audit);
        }
        page.click("close");
        page.wait_for_presence(panel, false);
    }

    page.visit(&server.url(WITH_TARGETS));
    page.wait_for_state("live");
    dismiss_welcome(page);
    audit.check("buttons with targets", session);
    audit.assert_clean();
}

/// Checks the outcomes of sending a notice.
fn send_notices(stage: &Stage<'_>, audit: &mut Audit<'_>) {
    let Stage { page, server, .. } = stage;
    let session = page.session();
    page.click("notice-send");
    wait_for_message(page, "notice-said");
    audit.check("nothing to send", session);
    fill(page, "notice", "mine");
    page.click("notice-send");
    wait_for("the own notice and the system's", || {
        match session.run("return document.querySelectorAll('.own, .system').length") {
            two if two == 2 => Ok(()),
            many => Err(many.to_string()),
        }
    });
    wait_for_message(page, "notice-said");
    audit.check("notices of all kinds", session);

    // The server receives nothing, so it can't broadcast the notice.
    session.run(
        "window.send = WebSocket.prototype.send;
         WebSocket.prototype.send = () => {};",
    );
    fill(page, "notice", "lost");
    page.click("notice-send");
    wait_for("a notice that is being sent", || {
        let script = "return document.querySelector('[data-testid=notice-send]').ariaDisabled";
        let disabled = session.run(script);
        if disabled == "true" {
            Ok(())
        } else {
            Err(disabled.to_string())
        }
    });
    audit.check("sending a notice", session);
    session.run("WebSocket.prototype.send = window.send");
    server.control("drop", &json!({}));
    wait_for_message(page, "notice-said");
    page.wait_for_state("live");
    audit.check("a notice that was lost", session);
}

fn in_outages(stage: &mut Stage<'_>, language: &str) {
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
    wait_for(
        "the toasts about the settings and the server",
        || match page.toasts() {
            2 => Ok(()),
            many => Err(many.to_string()),
        },
    );
    audit.check("unusable settings", session);
    page.dismiss_toasts();
    page.click("connection");
    page.wait_for_presence("link-retry", true);
    audit.check("the connection to an unusable server", session);

    page.visit(&server.url(UNKNOWN_NAMESPACE));
    page.wait_for_state("refused");
    page.wait_for_presence("bar", true);
    audit.check("refused", session);
    page.click("connection");
    page.wait_for_presence("advice", true);
    page.dismiss_toasts();
    audit.check("advice about the namespace", session);

    server.control("settings", &json!({ "connect_raises": true }));
    page.visit(&server.url(QUIET));
    page.wait_for_state("connecting");
    audit.check("connecting", session);
    page.wait_for_presence("bar", true);
    audit.check("connecting for seconds", session);
    page.click("connection");
    page.wait_for_presence("link-awaited", true);
    audit.check("the connection while connecting", session);
    server.control("settings", &json!({ "connect_raises": false }));

    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    dismiss_welcome(page);
    let sids = page.wire().ids();
    server.control("disconnect", &json!({ "sid": sids.last() }));
    page.wait_for_state("ended");
    page.wait_for_presence("bar", true);
    audit.check("disconnected by the server", session);
    page.click("bar-retry");
    page.wait_for_state("live");

    server.kill(page);
    page.wait_for_state("reconnecting");
    page.wait_for_presence("bar", true);
    for sky in EXTREMES {
        set_sky(session, sky);
        audit.measure_again();
        audit.check(&format!("reconnecting, {sky}"), session);
    }
    session.set_offline(true);
    page.wait_for_state("offline");
    audit.check("offline", session);
    session.set_offline(false);
    page.wait_for_state("reconnecting");
    page.click("connection");
    page.wait_for_presence("link-attempt", true);
    page.wait_for_presence("link-trouble", true);
    audit.check("the connection in an outage", session);
    page.click("close");
    page.click("menu-news");
    fill(page, "notice", "offline");
    page.click("notice-send");
    wait_for_message(page, "notice-said");
    audit.check("a notice in an outage", session);
    server.launch(environment);
    page.wait_for_state("live");
    page.click("close");

    server.control("settings", &json!({ "info_errno": 1008 }));
    page.click("wallet");
    wait_for("the hint that the balances are old", || {
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
    audit.check("unreachable", session);
    session.unblock();

    page.store(Store::Device, "refresh_token", "not.a.token");
    server.control("expire", &json!({}));
    page.reload();
    page.wait_for_form();
    wait_for_message(page, "sign-in-error");
    audit.check("an ended session", session);
    audit.assert_clean();
}

/// In an APICloud app, a card replaces the form.
fn in_an_app(stage: &mut Stage<'_>, language: &str) {
    prepare(stage, language);
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    let mut audit = Audit::new(&environment.axe);
    let session = page.session();
    let app = App::around(page, Definition::After(300), &Value::Null);
    page.visit(&server.url(QUIET));
    page.wait_for_presence("sign-in-elsewhere", true);
    audit.check("the card", session);

    let token = json!("not.a.token");
    app.store(AppStore::Prefs, "access_token", &token);
    app.store(AppStore::Prefs, "refresh_token", &token);
    page.reload();
    wait_for_alert(session, ".card [role=alert]");
    audit.check("the card after a session", session);
    audit.assert_clean();
}

/// The animation that shows the message for a page that does not load.
const LATE: &str = "document.getAnimations().find((it) => it.animationName === 'late')";

fn resize(session: &Session, (width, height): (u32, u32)) {
    session.resize(width, height);
}

fn set_sky(session: &Session, sky: &str) {
    session.run(&format!(
        "document.querySelector('main').dataset.sky = '{sky}'"
    ));
}

/// Dismisses the toasts of the login and the welcome, once both are shown: one that appeared later
/// would cover the count.
#[track_caller]
fn dismiss_welcome(page: &Page) {
    wait_for("the toasts of the login and the welcome", || {
        match page.toasts() {
            0 | 1 => Err("not both".into()),
            _ => Ok(()),
        }
    });
    page.dismiss_toasts();
}

#[track_caller]
fn fill(page: &Page, id: &str, text: &str) {
    wait_for(&format!("the field {id}"), || page.find(id)?.fill(text));
}

#[track_caller]
fn wait_for_message(page: &Page, id: &str) {
    wait_for(&format!("a message in {id}"), || match page.text(id) {
        Some(message) if !message.is_empty() => Ok(()),
        message => Err(format!("{message:?}")),
    });
}

/// Waits until the first element that the selector matches contains text.
#[track_caller]
fn wait_for_alert(session: &Session, selector: &str) {
    let script = format!("return document.querySelector('{selector}')?.innerText.trim() ?? ''");
    wait_for(&format!("text in {selector}"), || {
        match session.run(&script).as_str() {
            None | Some("") => Err("none".into()),
            Some(_) => Ok(()),
        }
    });
}

#[track_caller]
fn wait_for_music(session: &Session, plays: bool) {
    let script = "return document.querySelector('[data-testid=music]').ariaPressed === 'true'";
    wait_for(&format!("music plays: {plays}"), || {
        match session.run(script) {
            now if now == plays => Ok(()),
            now => Err(now.to_string()),
        }
    });
}
