//! The connection: the counts and toasts that it brings, and how it is reestablished.

use serde_json::json;

use super::{Case, everywhere, on_flask};
use crate::backend::Backend;
use crate::page::Page;
use crate::runner::Stage;
use crate::site::{AS_BUILT, QUIET, UNKNOWN_NAMESPACE};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere("first_count_and_both_toasts", first_count_and_both_toasts),
    everywhere("pushed_counts_are_shown", pushed_counts_are_shown),
    everywhere(
        "the_count_is_marked_stale_in_an_outage",
        the_count_is_marked_stale_in_an_outage,
    ),
    on_flask(
        "new_players_are_welcomed_by_name",
        new_players_are_welcomed_by_name,
    ),
    everywhere("chat_off_requests_no_counts", chat_off_requests_no_counts),
    on_flask(
        "the_last_count_of_a_burst_is_shown",
        the_last_count_of_a_burst_is_shown,
    ),
    everywhere(
        "reconnects_after_a_crash_of_the_server",
        reconnects_after_a_crash_of_the_server,
    ),
    everywhere(
        "reconnects_when_the_browser_is_online_again",
        reconnects_when_the_browser_is_online_again,
    ),
    everywhere("unknown_namespace_is_refused", unknown_namespace_is_refused),
    everywhere("one_user_in_two_windows", one_user_in_two_windows),
    on_flask("a_refusal_with_data", a_refusal_with_data),
    on_flask("disconnected_by_the_server", disconnected_by_the_server),
    on_flask(
        "unexpected_payloads_are_ignored",
        unexpected_payloads_are_ignored,
    ),
];

/// The text of the toast after a login.
const SIGNED_IN: &str = "登录成功";

fn go_live(stage: &Stage<'_>, path: &str) {
    super::go_live(stage, path);
    stage.page.wait_for_toast(SIGNED_IN);
}

fn welcome(sid: &str, count: impl std::fmt::Display) -> String {
    format!("欢迎{sid}来到种植园,当前有{count}人在忙碌着~")
}

/// Asserts that there was exactly one toast of each kind per connection.
fn assert_toasts(page: &Page, connections: usize) {
    let players = page.wire().new_players();
    assert_eq!(players.len(), connections, "connections: {players:?}");
    let toasts = page.shown().toasts;
    let with = |text: &str| {
        let found = toasts.iter().filter(|toast| toast.contains(text));
        found.count()
    };
    let first = players.first().expect("the page's own welcome");
    assert_eq!(with(first), 1, "welcomes of {first} in {toasts:#?}");
    assert_eq!(with("欢迎"), 1, "welcomes in {toasts:#?}");
    assert_eq!(with(SIGNED_IN), 1, "toasts of the login in {toasts:#?}");
}

fn first_count_and_both_toasts(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, backend, .. } = stage;
    let wire = page.wire();
    if *backend == Backend::Flask {
        assert!(
            wire.count_came_first(),
            "this server sends the count before it answers CONNECT"
        );
    }
    let [first] = &wire.received("server_response")[..] else {
        panic!("one count: {wire:?}")
    };
    let [sid] = &wire.announced()[..] else {
        panic!("one connection: {wire:?}")
    };
    // Flask-SocketIO announces the id that it sent to the client; the default server announces a
    // public id.
    assert_eq!(wire.ids().contains(sid), *backend == Backend::Flask);
    let count = first["count"].to_string();
    let name = first["nickname"].as_str().unwrap_or(sid);

    page.wait_for_toast(&welcome(name, &count));
    assert_eq!(page.count().as_deref(), Some(count.as_str()));
    assert_eq!(page.shown().counts, [count]);
    page.dismiss_toasts();
    assert_toasts(page, 1);
}

fn pushed_counts_are_shown(stage: &mut Stage<'_>) {
    go_live(stage, AS_BUILT);
    let Stage { page, .. } = stage;
    page.wait_for_counts(3);
    page.dismiss_toasts();

    let counts: Vec<_> = page.wire().received("server_response");
    let shown = page.shown().counts;
    assert_eq!(
        shown.first(),
        Some(&counts[0]["count"].to_string()),
        "the first count"
    );
    assert!(shown.len() > 1, "the count never changed: {shown:?}");
    // A pushed count welcomes no player.
    assert_toasts(page, 1);
    assert_eq!(page.shown().toasts.len(), 2, "{:#?}", page.shown().toasts);
}

fn the_count_is_marked_stale_in_an_outage(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    let wait_for_label = |label: &str, is_stale: bool| {
        wait_for(&format!("the count to be {label}"), || {
            let script = "return document.querySelector('.count').classList.contains('stale')";
            let now = (page.text("count-label"), page.session().run(script) == true);
            match &now {
                (Some(text), stale) if text == label && *stale == is_stale => Ok(()),
                _ => Err(format!("{now:?}")),
            }
        });
    };
    wait_for_label("人在忙碌着", false);
    let count = page.count();
    server.kill(page);
    wait_for_label("断线前的人数", true);
    assert_eq!(page.count(), count, "the last count is still shown");
    server.launch(environment);
    wait_for_label("人在忙碌着", false);
}

fn new_players_are_welcomed_by_name(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    for (data, text) in [
        (
            json!({ "count": 7, "sid": "p1", "nickname": "阿桃" }),
            welcome("阿桃", 7),
        ),
        (
            json!({ "count": 7, "sid": "p2", "nickname": " " }),
            welcome("p2", 7),
        ),
        (
            json!({ "sid": "p3", "nickname": null }),
            "欢迎p3来到种植园~".into(),
        ),
    ] {
        let event = json!({ "event": "server_response", "data": data });
        server.control("emit", &event);
        page.wait_for_toast(&text);
    }
}

fn chat_off_requests_no_counts(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage {
        page,
        server,
        backend,
        ..
    } = stage;
    if *backend == Backend::Flask {
        // Events of one socket stay in order: once this event has arrived, everything that followed
        // the login has, too.
        server.control(
            "emit",
            &json!({ "event": "server_response", "data": { "count": 4711 } }),
        );
        wait_for("the count 4711", || match page.count() {
            Some(text) if text == "4711" => Ok(()),
            text => Err(format!("{text:?}")),
        });
    }
    let wire = page.wire();
    assert_eq!(wire.sent("login").len(), 1);
    assert!(wire.sent("chat").is_empty(), "the page requested counts");
}

/// Counts may arrive faster than the page is drawn. It may skip counts, but shows the last one.
fn the_last_count_of_a_burst_is_shown(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    for count in 5001..=5020 {
        let event = json!({ "event": "server_response", "data": { "count": count } });
        server.control("emit", &event);
    }
    wait_for("the count 5020", || match page.count() {
        Some(text) if text == "5020" => Ok(()),
        text => Err(format!("{text:?}")),
    });
}

fn reconnects_after_a_crash_of_the_server(stage: &mut Stage<'_>) {
    go_live(stage, AS_BUILT);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    page.wait_for_counts(1);

    for connections in 2..=3 {
        server.kill(page);
        page.wait_for_state("reconnecting");
        server.launch(environment);
        page.wait_for_state("live");
        // By the time of these counts, any duplicate has arrived; once no toast is left, it was
        // shown.
        page.wait_for_counts(3);
        page.dismiss_toasts();
        assert_toasts(page, connections);
        let wire = page.wire();
        assert_eq!(
            wire.sent("login").len(),
            connections,
            "one login per connection"
        );
        assert_eq!(
            wire.sent("chat").len(),
            connections,
            "one chat per connection"
        );
    }
    let states = page.shown().states;
    let from_live = states
        .iter()
        .skip_while(|state| *state != "live")
        .map(String::as_str);
    let expected = ["live", "reconnecting", "live", "reconnecting", "live"];
    assert_eq!(from_live.collect::<Vec<_>>(), expected, "{states:?}");
    assert!(page.text("sign-in").is_none(), "it asks to sign in again");
}

/// The browser's `offline` event does not affect a server on this machine, so the server is killed
/// as well.
fn reconnects_when_the_browser_is_online_again(stage: &mut Stage<'_>) {
    go_live(stage, AS_BUILT);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;

    server.kill(page);
    page.wait_for_state("reconnecting");
    page.session().set_offline(true);
    page.wait_for_state("offline");
    server.launch(environment);
    page.session().set_offline(false);
    page.wait_for_state("live");
    page.wait_for_counts(2);
    page.dismiss_toasts();
    assert_toasts(page, page.wire().ids().len());
}

fn unknown_namespace_is_refused(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(UNKNOWN_NAMESPACE));
    page.sign_in(&server.user, true);
    page.wait_for_state("refused");
    assert!(
        page.wire().sent("login").is_empty(),
        "an event was sent to a namespace that refused"
    );
}

fn one_user_in_two_windows(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    // The same user in another window: both windows receive both events.
    let here = page.session().tab();
    page.session().new_tab();
    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    page.session().switch_to(&here);
    wait_for("two logins and two welcomes", || {
        page.dismiss_toasts();
        let toasts = page.shown().toasts;
        let logins = toasts
            .iter()
            .filter(|toast| toast.contains(SIGNED_IN))
            .count();
        let welcomes = toasts.iter().filter(|toast| toast.contains("欢迎")).count();
        if (logins, welcomes) == (2, 2) {
            Ok(())
        } else {
            Err(format!("{toasts:#?}"))
        }
    });
}

fn a_refusal_with_data(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    server.control(
        "settings",
        &json!({ "refuse": ["closed for the harvest", { "code": 7 }] }),
    );
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("refused");
}

fn disconnected_by_the_server(stage: &mut Stage<'_>) {
    go_live(stage, AS_BUILT);
    let Stage { page, server, .. } = stage;
    let sids = page.wire().ids();
    server.control("disconnect", &json!({ "sid": sids[0] }));
    // A DISCONNECT is deliberate: the socket must not reconnect by itself, and the page must show
    // this.
    wait_for("another state than live", || match page.state().as_str() {
        "live" => Err("live".into()),
        _ => Ok(()),
    });
}

fn unexpected_payloads_are_ignored(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let payloads = [
        (
            "login_response",
            json!({ "errno": 1000, "errmsg": "ok", "user_tree": [] }),
        ),
        ("login_response", json!(null)),
        ("server_response", json!({})),
        ("server_response", json!({ "count": "many" })),
        ("server_response", json!([1, 2, 3])),
        ("a_new_event", json!({ "x": 1 })),
        ("broadcast_response", json!("to all")),
        ("server_response", json!({ "count": 12, "more": [true] })),
    ];
    for (event, data) in payloads {
        server.control("emit", &json!({ "event": event, "data": data }));
    }
    wait_for("the count 12", || match page.count() {
        Some(text) if text == "12" => Ok(()),
        text => Err(format!("{text:?}")),
    });
    assert_eq!(page.state(), "live");
    page.dismiss_toasts();
    assert_toasts(page, 1);
}
