//! Servers that refuse a player or fail. For each, the page shows a state, a reason, and a button
//! that reconnects.

use serde_json::json;

use super::{Case, go_live, on_default, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::scripted::{Behaviour, Scripted};
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_default(
        "a_handshake_that_is_never_sent",
        a_handshake_that_is_never_sent,
    ),
    on_default(
        "a_connect_that_is_never_answered",
        a_connect_that_is_never_answered,
    ),
    on_flask(
        "an_exception_in_the_connect_handler",
        an_exception_in_the_connect_handler,
    ),
    on_default("every_form_of_refusal", every_form_of_refusal),
    on_flask(
        "every_form_of_refusal_by_flask",
        every_form_of_refusal_by_flask,
    ),
    on_flask(
        "a_refusal_with_always_connect",
        a_refusal_with_always_connect,
    ),
    on_default(
        "a_disconnect_with_and_without_a_reason",
        a_disconnect_with_and_without_a_reason,
    ),
    on_default(
        "a_server_that_stops_its_heartbeat",
        a_server_that_stops_its_heartbeat,
    ),
    on_default(
        "a_server_that_closes_after_each_handshake",
        a_server_that_closes_after_each_handshake,
    ),
    on_default(
        "a_server_that_closes_after_each_connect",
        a_server_that_closes_after_each_connect,
    ),
    on_default("the_bar_does_not_cover_the_count_zh", |stage| {
        the_bar_does_not_cover_the_count(stage, "zh-CN")
    }),
    on_default("the_bar_does_not_cover_the_count_en", |stage| {
        the_bar_does_not_cover_the_count(stage, "en-GB")
    }),
    on_flask(
        "a_token_check_that_is_never_answered",
        a_token_check_that_is_never_answered,
    ),
    on_flask(
        "corrected_settings_are_read_by_retry",
        corrected_settings_are_read_by_retry,
    ),
];

/// A page whose Socket.IO server is the scripted one.
const SCRIPTED: &str = "/scripted.html";

/// Makes the clocks and timers of the page five times as fast: some timeouts are longer than ten
/// seconds.
const FAST: &str = r#"
(() => {
    const factor = 5;
    const [start, date, set] = [Date.now(), Date.now.bind(Date), globalThis.setTimeout.bind(globalThis)];
    const now = performance.now.bind(performance);
    performance.now = () => now() * factor;
    Date.now = () => start + (date() - start) * factor;
    globalThis.setTimeout = (callback, delay, ...rest) => set(callback, (delay ?? 0) / factor, ...rest);
})();
"#;

/// Starts a scripted server and opens the page with it: signed in, but not connected yet.
pub(super) fn enter(stage: &mut Stage<'_>, behaviour: Behaviour) -> Scripted {
    let scripted = Scripted::start(behaviour);
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    for text in [
        "WebSocket connection to",
        "Failed to load resource",
        "CORS policy",
    ] {
        page.expect_console(text);
    }
    server.kill(page);
    server.connect_to(&[&scripted.origin]);
    server.launch(environment);
    let settings = json!({ "socket_server": scripted.origin, "chat": false });
    server.write_page(SCRIPTED, &settings);
    page.visit(&server.url(SCRIPTED));
    page.sign_in(&server.user, true);
    scripted
}

#[track_caller]
fn wait_for_text(page: &Page, id: &str, part: &str) {
    wait_for(&format!("{part} in {id}"), || match page.text(id) {
        Some(text) if text.contains(part) => Ok(()),
        text => Err(format!("{text:?}, {}", page.state())),
    });
}

#[track_caller]
fn wait_for_more(what: &str, before: usize, count: impl Fn() -> usize) {
    wait_for(what, || match count() {
        now if now > before => Ok(()),
        now => Err(format!("{now}")),
    });
}

/// Asserts that the button connects the page, and that the bar disappears.
fn assert_retry_connects(page: &Page) {
    page.click("bar-retry");
    page.wait_for_state("live");
    page.wait_for_presence("bar", false);
}

/// Like [`assert_retry_connects`], for a page that may reconnect before the click.
fn assert_reconnects(page: &Page) {
    _ = page.find("bar-retry").and_then(|button| button.click());
    page.wait_for_state("live");
    page.wait_for_presence("bar", false);
}

fn a_handshake_that_is_never_sent(stage: &mut Stage<'_>) {
    stage.page.session().run_first(FAST);
    let scripted = enter(stage, Behaviour::NoHandshake);
    let Stage { page, .. } = stage;
    wait_for_text(page, "bar", "还在连接");
    wait_for_text(page, "bar-why", "在等服务器回应");
    assert_eq!(page.state(), "connecting");
    // The button replaces a hanging attempt by a new one.
    let opened = scripted.opened();
    page.click("bar-retry");
    wait_for_more("another attempt", opened, || scripted.opened());
    // Without the button, the attempt times out and is repeated.
    wait_for_text(page, "bar-why", "迟迟没有回应");
    page.wait_for_state("reconnecting");
    scripted.set(Behaviour::Accept(&[]));
    assert_reconnects(page);
}

fn a_connect_that_is_never_answered(stage: &mut Stage<'_>) {
    stage.page.session().run_first(FAST);
    let scripted = enter(stage, Behaviour::IgnoreConnect);
    let Stage { page, .. } = stage;
    wait_for_text(page, "bar", "还在连接");
    wait_for_text(page, "bar-why", "等它让你进来");
    assert_eq!(page.state(), "connecting");
    let before = scripted.connects();
    page.click("bar-retry");
    wait_for_more("another request", before, || scripted.connects());
    wait_for_text(page, "bar-why", "一直没有让你进来");
    page.wait_for_state("reconnecting");
    page.click("connection");
    wait_for_text(page, "advice", "connect 处理函数");
    page.click("close");
    scripted.set(Behaviour::Accept(&[]));
    assert_reconnects(page);
}

/// Flask-SocketIO does not answer such a CONNECT.
fn an_exception_in_the_connect_handler(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.session().run_first(FAST);
    server.control("settings", &json!({ "connect_raises": true }));
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    wait_for_text(page, "bar-why", "等它让你进来");
    wait_for_text(page, "bar-why", "一直没有让你进来");
    server.control("settings", &json!({ "connect_raises": false }));
    assert_reconnects(page);
}

/// The answers of a server that refuses a player, the resulting state, and the reason that the page
/// shows.
const REFUSALS: [(&[&str], &str, &str); 8] = [
    (
        &[r#"44/mofang,{"message":"closed for the harvest","data":{"code":7}}"#],
        "refused",
        "closed for the harvest",
    ),
    (&[r#"44/mofang,"果园关门了""#], "refused", "果园关门了"),
    (&["44/mofang,"], "refused", "没有说明原因"),
    (&["44/mofang,{}"], "refused", "没有说明原因"),
    (
        // The message is in another language than the page, which has its own text for this number.
        &[r#"44/mofang,{"message":"invalid input","data":{"errno":1001}}"#],
        "refused",
        "输入有误",
    ),
    (&["41/mofang"], "refused", "没有说明原因"),
    (
        &[r#"41/mofang,{"message":"果园关门了"}"#],
        "refused",
        "果园关门了",
    ),
    (
        &[
            r#"40/mofang,{"sid":"s"}"#,
            r#"41/mofang,{"message":"1001 invalid input"}"#,
        ],
        "ended",
        "输入有误",
    ),
];

fn every_form_of_refusal(stage: &mut Stage<'_>) {
    let scripted = enter(stage, Behaviour::Answer(REFUSALS[0].0));
    let Stage { page, .. } = stage;
    page.wait_for_state(REFUSALS[0].1);
    for (frames, state, reason) in REFUSALS {
        scripted.set(Behaviour::Answer(frames));
        page.reload();
        page.wait_for_state(state);
        wait_for_text(page, "bar-why", reason);
        // A refusal of the retry is reported, too.
        let before = scripted.connects();
        page.click("bar-retry");
        wait_for_more("another request", before, || scripted.connects());
        page.wait_for_state(state);
        page.click("connection");
        wait_for_text(page, "link-trouble", reason);
        page.click("close");
        scripted.set(Behaviour::Accept(&[]));
        assert_retry_connects(page);
    }
}

fn every_form_of_refusal_by_flask(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let refuse = |refuse: serde_json::Value| {
        server.control("settings", &json!({ "refuse": refuse }));
    };
    refuse(json!(["果园关门了", { "code": 7 }]));
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("refused");
    for (refusal, reason) in [
        (json!(["果园关门了", { "code": 7 }]), "果园关门了"),
        (json!(["果园关门了"]), "果园关门了"),
        (json!([]), "Connection rejected by server"),
    ] {
        refuse(refusal);
        page.reload();
        page.wait_for_state("refused");
        wait_for_text(page, "bar-why", reason);
        refuse(json!(null));
        assert_retry_connects(page);
    }
}

/// Such a server accepts every CONNECT, and then disconnects the socket with the refusal.
fn a_refusal_with_always_connect(stage: &mut Stage<'_>) {
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    server.kill(page);
    server.always_connect();
    server.launch(environment);
    server.control("settings", &json!({ "refuse": ["果园关门了"] }));
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("ended");
    wait_for_text(page, "bar", "服务器结束了连接");
    wait_for_text(page, "bar-why", "果园关门了");
    server.control("settings", &json!({ "refuse": null }));
    assert_retry_connects(page);
}

fn a_disconnect_with_and_without_a_reason(stage: &mut Stage<'_>) {
    let scripted = enter(stage, Behaviour::Accept(&[]));
    let Stage { page, .. } = stage;
    page.wait_for_state("live");
    let disconnects: [(&[&str], &str); 4] = [
        (&["41/mofang"], "没有说明原因"),
        (
            &[r#"41/mofang,{"message":"你在别处登录了"}"#],
            "你在别处登录了",
        ),
        // The default server announces the reason, as text or by number.
        (
            &[
                r#"42/mofang,["error_response",{"errno":1429,"errmsg":"慢一点"}]"#,
                "41/mofang",
            ],
            "慢一点",
        ),
        (
            &[
                r#"42/mofang,["error_response",{"errno":1429,"errmsg":"slow down"}]"#,
                "41/mofang",
            ],
            "发送得太频繁",
        ),
    ];
    for (frames, reason) in disconnects {
        for frame in frames {
            scripted.send(frame);
        }
        page.wait_for_state("ended");
        wait_for_text(page, "bar", "服务器结束了连接");
        wait_for_text(page, "bar-why", reason);
        assert_retry_connects(page);
    }
    assert_eq!(
        scripted.connects(),
        1 + disconnects.len(),
        "the page reconnected by itself"
    );
}

/// A reason of any length covers neither the count nor the connection's state, on any screen.
fn the_bar_does_not_cover_the_count(stage: &mut Stage<'_>, language: &str) {
    const SIZES: [(u32, u32); 8] = [
        (320, 568),
        (360, 640),
        (390, 844),
        (667, 375),
        (844, 390),
        (768, 1024),
        (1024, 600),
        (1440, 900),
    ];
    stage.page.session().prefer_language(language);
    let scripted = enter(stage, Behaviour::Accept(&[]));
    let Stage { page, .. } = stage;
    let session = page.session();
    session.reduce_motion();
    page.wait_for_state("live");
    scripted.send(r#"42/mofang,["server_response",{"count":1234567,"sid":"a"}]"#);
    wait_for_text(page, "user-count", "1,234");
    let reason = "Closed for the harvest. 服务器正在维护，请稍后再来。".repeat(9);
    scripted.send(&format!(r#"41/mofang,{{"message":"{reason}"}}"#));
    wait_for_text(page, "bar-why", "harvest");
    for (width, height) in SIZES {
        session.resize(width, height);
        for other in [".count", ".connection"] {
            let gap = session.run_with(GAP, &[json!(other)]);
            let gap = gap.as_f64().unwrap_or(f64::NAN);
            assert!(
                gap >= 3.0,
                "{width}×{height}: {gap} px between the bar and {other}"
            );
        }
    }
}

/// Returns the distance in pixels between the bar and another element, negative if they overlap.
const GAP: &str = r#"
const [bar, other] = [".bar-body", arguments[0]].map((it) => document.querySelector(it).getBoundingClientRect());
return Math.max(other.top - bar.bottom, bar.top - other.bottom, other.left - bar.right, bar.left - other.right);
"#;

fn a_server_that_stops_its_heartbeat(stage: &mut Stage<'_>) {
    let scripted = enter(stage, Behaviour::NoHeartbeats);
    let Stage { page, .. } = stage;
    page.wait_for_state("live");
    // The next attempt does not fail, so the page continues to show this reason.
    scripted.set(Behaviour::NoHandshake);
    page.wait_for_state("reconnecting");
    wait_for_text(page, "bar", "正在重新连接");
    wait_for_text(page, "bar-why", "很久没有收到服务器的消息");
    let opened = scripted.opened();
    page.click("bar-retry");
    wait_for_more("another attempt", opened, || scripted.opened());
    scripted.set(Behaviour::Accept(&[]));
    assert_reconnects(page);
}

fn a_server_that_closes_after_each_handshake(stage: &mut Stage<'_>) {
    let scripted = enter(stage, Behaviour::CloseAfterHandshake);
    let Stage { page, .. } = stage;
    page.wait_for_state("reconnecting");
    wait_for_text(page, "bar-why", "马上又断开了");
    page.click("connection");
    wait_for_text(page, "advice", "接受连接后马上又关掉");
    page.click("close");
    // The delay grows with each attempt.
    page.wait_for_presence("bar", true);
    let opened = scripted.opened();
    assert!(opened < 8, "{opened} connections in a few seconds");
    let before = scripted.opened();
    page.click("bar-retry");
    wait_for_more("another attempt", before, || scripted.opened());
    scripted.set(Behaviour::Accept(&[]));
    assert_reconnects(page);
}

/// The socket is connected for a moment again and again: the page must not show the state live.
fn a_server_that_closes_after_each_connect(stage: &mut Stage<'_>) {
    const CONNECT_AND_CLOSE: &[&str] = &[r#"40/mofang,{"sid":"s"}"#, "1"];
    let scripted = enter(stage, Behaviour::Answer(CONNECT_AND_CLOSE));
    let Stage { page, .. } = stage;
    wait_for_text(page, "bar", "正在重新连接");
    wait_for_text(page, "bar-why", "服务器结束了连接");
    assert!(scripted.opened() < 8, "{} connections", scripted.opened());
    scripted.set(Behaviour::Accept(&[]));
    page.wait_for_state("live");
    page.wait_for_presence("bar", false);
}

/// A token that can't be checked is sent unchecked after a while. Until then the bar shows what the
/// page is waiting for.
fn a_token_check_that_is_never_answered(stage: &mut Stage<'_>) {
    stage.page.session().run_first(FAST);
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let disconnect = || {
        server.control("settings", &json!({ "api_fault": "hang" }));
        server.control("drop", &json!({}));
    };
    disconnect();
    wait_for_text(page, "bar-why", "正在确认你的登录");
    page.wait_for_state("live");
    page.wait_for_presence("bar", false);

    disconnect();
    wait_for_text(page, "bar-why", "正在确认你的登录");
    server.control("settings", &json!({ "api_fault": null }));
    server.control("forget", &json!({}));
    // The pending request is repeated, and answered.
    assert_reconnects(page);
    let calls = server.state()["calls"].to_string();
    assert!(calls.contains("User.check"), "{calls}");
    assert_eq!(page.text("sign-in"), None, "the page asks to sign in");
}

/// The settings name a server that can't be connected to: the button reads them again.
fn corrected_settings_are_read_by_retry(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    server.write_page(SCRIPTED, &json!({ "socket_server": "nonsense://" }));
    page.visit(&server.url(SCRIPTED));
    page.sign_in(&server.user, true);
    page.wait_for_toast("无法使用");
    page.dismiss_toasts();
    server.write_page(SCRIPTED, &json!({ "chat": false }));
    page.click("connection");
    page.click("link-retry");
    page.wait_for_state("live");
}
