//! The notice board: the notices of all players, and the delivery of the player's own.

use serde_json::json;

use super::outages::enter as enter_scripted;
use super::{Case, everywhere, go_live, on_default, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::scripted::Behaviour;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere("an_own_notice_is_delivered", an_own_notice_is_delivered),
    everywhere(
        "a_notice_reaches_another_window",
        a_notice_reaches_another_window,
    ),
    everywhere(
        "an_offline_notice_stays_in_the_field",
        an_offline_notice_stays_in_the_field,
    ),
    on_flask(
        "any_payload_is_shown_as_a_notice",
        any_payload_is_shown_as_a_notice,
    ),
    everywhere("notices_survive_a_reload", notices_survive_a_reload),
    on_flask(
        "a_name_claimed_by_the_sender_is_not_shown",
        a_name_claimed_by_the_sender_is_not_shown,
    ),
    on_default(
        "the_servers_last_notices_are_merged",
        the_servers_last_notices_are_merged,
    ),
];

pub(super) const HELLO: &str = "大家好 <b>hello</b>";

pub(super) fn write(page: &Page, text: &str) {
    wait_for("the field for a notice", || page.find("notice")?.fill(text));
    page.click("notice-send");
}

/// Returns the text in the field.
pub(super) fn draft(page: &Page) -> String {
    let script = "return document.querySelector('[data-testid=notice]').value";
    page.session()
        .run(script)
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Returns each notice as its kind and its text, newest first.
pub(super) fn notices(page: &Page) -> Vec<(String, String)> {
    let script = r#"
        return [...document.querySelectorAll('[data-testid="notice-item"]')].map((it) => [
            ["own", "system"].find((kind) => it.classList.contains(kind)) ?? "other",
            it.querySelector(".words").textContent,
        ]);
    "#;
    serde_json::from_value(page.session().run(script)).expect("pairs of texts")
}

#[track_caller]
pub(super) fn wait_for_notice(page: &Page, kind: &str, text: &str) {
    wait_for(&format!("the {kind} notice {text}"), || {
        let notices = notices(page);
        let found = notices.iter().any(|it| it.0 == kind && it.1 == text);
        if found {
            Ok(())
        } else {
            Err(format!("{notices:?}, {:?}", page.text("notice-said")))
        }
    });
}

/// Waits until the form shows an outcome with this text.
#[track_caller]
fn wait_for_outcome(page: &Page, text: &str) {
    wait_for(&format!("the outcome {text}"), || {
        match page.text("notice-said") {
            Some(outcome) if outcome.contains(text) => Ok(()),
            outcome => Err(format!("{outcome:?}")),
        }
    });
}

fn an_own_notice_is_delivered(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    page.click("menu-news");
    write(page, HELLO);
    wait_for_notice(page, "own", HELLO);
    wait_for_notice(page, "system", "42");
    wait_for_outcome(page, "已送达");
    assert_eq!(draft(page), "");
    assert_eq!(page.text("unread"), None, "an own notice counts as unread");
}

fn a_notice_reaches_another_window(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let here = page.session().tab();
    page.session().new_tab();
    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    let there = page.session().tab();

    page.session().switch_to(&here);
    page.click("menu-news");
    write(page, HELLO);
    wait_for_notice(page, "own", HELLO);

    page.session().switch_to(&there);
    wait_for("the number of unread notices", || {
        match page.text("unread") {
            Some(unread) if unread.contains('1') => Ok(()),
            unread => Err(format!("{unread:?}")),
        }
    });
    page.click("menu-news");
    wait_for_notice(page, "other", HELLO);
    wait_for_notice(page, "system", "42");
    let inside = "return document.querySelector('[data-testid=notices] b')";
    assert!(
        page.session().run(inside).is_null(),
        "the text was inserted as HTML"
    );
    page.click("close");
    assert_eq!(
        page.text("unread"),
        None,
        "a notice that was read counts as unread"
    );
}

fn an_offline_notice_stays_in_the_field(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    page.click("menu-news");
    server.kill(page);
    page.wait_for_state("reconnecting");
    write(page, HELLO);
    wait_for_outcome(page, "离线");
    assert_eq!(draft(page), HELLO);
    assert!(notices(page).is_empty(), "{:?}", notices(page));

    server.launch(environment);
    page.wait_for_state("live");
    assert_eq!(draft(page), HELLO);
    assert!(
        page.wire().sent("my_broadcast").is_empty(),
        "the page sent it by itself"
    );
    page.click("notice-send");
    wait_for_notice(page, "own", HELLO);
    assert_eq!(page.wire().sent("my_broadcast").len(), 1);
}

fn notices_survive_a_reload(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    page.click("menu-news");
    write(page, HELLO);
    wait_for_notice(page, "own", HELLO);
    // Without waiting: a pending draft is stored when the page is left.
    page.reload();
    page.wait_for_state("live");
    page.click("menu-news");
    wait_for_notice(page, "own", HELLO);
    assert_eq!(
        page.text("unread"),
        None,
        "a notice that was read counts as unread"
    );
}

/// This server forwards the name and the time that the sender claims.
fn a_name_claimed_by_the_sender_is_not_shown(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let claim = json!({ "text": HELLO, "nickname": "管理员", "at": 0 });
    server.control(
        "emit",
        &json!({ "event": "broadcast_response", "data": claim }),
    );
    page.click("menu-news");
    wait_for_notice(page, "other", HELLO);
    assert_eq!(page.text("notice-whose").as_deref(), Some(""));
    let time = page
        .session()
        .run("return document.querySelector('.notice time').textContent");
    assert!(
        !time.to_string().contains('月'),
        "the sender's time is shown: {time}"
    );
}

/// A server that sets the sender's name itself, and stores the last notices.
fn the_servers_last_notices_are_merged(stage: &mut Stage<'_>) {
    const WELCOME: &str = r#"42/mofang,["login_response",{"data":"登录成功","sid":"p1"}]"#;
    const FIRST: &[&str] = &[
        WELCOME,
        r#"42/mofang,["notices",{"notices":[{"text":"one","nickname":"阿桃","at":1000},{"text":"two","nickname":"小梨","at":2000}]}]"#,
    ];
    const LATER: &[&str] = &[
        WELCOME,
        r#"42/mofang,["notices",{"notices":[{"text":"two","nickname":"小梨","at":2000},{"text":"three","nickname":"阿桃","at":3000},{"text":"four","nickname":"小梨","at":4000}]}]"#,
    ];
    let scripted = enter_scripted(stage, Behaviour::Accept(FIRST));
    let Stage { page, .. } = stage;
    page.wait_for_state("live");
    page.click("menu-news");
    wait_for_board(page, &["小梨 two", "阿桃 one"]);
    assert_eq!(
        page.text("unread"),
        None,
        "the first notices count as unread"
    );
    scripted.send(
        r#"42/mofang,["broadcast_response",{"text":"three","nickname":"阿桃","at":3000,"id":"x"}]"#,
    );
    wait_for_board(page, &["阿桃 three", "小梨 two", "阿桃 one"]);
    page.click("close");

    // After an outage, the notices that were missed are added, and none is shown twice.
    scripted.set(Behaviour::Accept(LATER));
    scripted.send("1");
    wait_for("the number of unread notices", || {
        match page.text("unread") {
            Some(unread) if unread.contains('1') => Ok(()),
            unread => Err(format!("{unread:?}, {}", page.state())),
        }
    });
    page.click("menu-news");
    let all = ["小梨 four", "阿桃 three", "小梨 two", "阿桃 one"];
    wait_for_board(page, &all);
    page.reload();
    page.wait_for_state("live");
    page.click("menu-news");
    wait_for_board(page, &all);
    assert_eq!(
        page.text("unread"),
        None,
        "notices that were read count as unread"
    );
}

/// Waits until the board shows exactly these notices, each as its sender and its text.
#[track_caller]
pub(super) fn wait_for_board(page: &Page, expected: &[&str]) {
    let script = r#"
        const text = (it, part) => it.querySelector(part).textContent;
        const items = [...document.querySelectorAll('[data-testid="notice-item"]')];
        return items.map((it) => `${text(it, ".whose")} ${text(it, ".words")}`);
    "#;
    wait_for(&format!("the notices {expected:?}"), || {
        let now = page.session().run(script);
        if now == json!(expected) {
            Ok(())
        } else {
            Err(now.to_string())
        }
    });
}

fn any_payload_is_shown_as_a_notice(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let payloads = [
        (json!("to all"), "to all"),
        (
            json!({ "data": "as the chapter sends it" }),
            "as the chapter sends it",
        ),
        (
            json!({ "msg": "from elsewhere", "uid": 7 }),
            "from elsewhere",
        ),
        (
            json!({ "a": [1, { "b c": null }] }),
            r#"{"a":[1,{"b c":null}]}"#,
        ),
        (json!(7), "7"),
        (json!(null), "null"),
    ];
    for (data, _) in &payloads {
        let event = json!({ "event": "broadcast_response", "data": data });
        server.control("emit", &event);
    }
    let system = json!({ "event": "some event", "data": { "data": 42 }, "namespace": "/" });
    server.control("emit", &system);
    page.click("menu-news");
    wait_for_notice(page, "system", "42");
    wait_for("all payloads", || {
        let shown = notices(page);
        let shown = shown.iter().rev().filter(|it| it.0 == "other");
        let shown: Vec<_> = shown.map(|it| it.1.as_str()).collect();
        let expected: Vec<_> = payloads.iter().map(|it| it.1).collect();
        if shown == expected {
            Ok(())
        } else {
            Err(format!("{shown:?}"))
        }
    });
    assert_eq!(page.state(), "live");
}
