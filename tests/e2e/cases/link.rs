//! How the page shows its connection: the panel with the figures, and the announcement of the
//! count.

use serde_json::json;

use super::{Case, everywhere, go_live, on_flask};
use crate::runner::Stage;
use crate::site::{AS_BUILT, QUIET};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "the_connection_panel_follows_an_outage",
        the_connection_panel_follows_an_outage,
    ),
    everywhere(
        "the_count_is_announced_by_its_own_live_region",
        the_count_is_announced_by_its_own_live_region,
    ),
    on_flask(
        "retry_after_a_disconnect_by_the_server",
        retry_after_a_disconnect_by_the_server,
    ),
];

fn the_connection_panel_follows_an_outage(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    stage.page.expect_console("WebSocket connection to");
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    page.click("connection");
    let wait_for_figure = |id: &str, found: &dyn Fn(&str) -> bool| {
        wait_for(&format!("the figure {id}"), || match page.text(id) {
            Some(text) if found(&text) => Ok(()),
            text => Err(format!("{text:?}")),
        });
    };
    let first = page.wire().ids().pop().expect("an id");
    wait_for_figure("link-id", &|id| id == first);
    wait_for_figure("link-server", &|url| server.url("").starts_with(url));
    wait_for_figure("link-state", &|state| state.contains("已连接"));

    server.kill(page);
    wait_for_figure("link-attempt", &|attempt| {
        attempt.starts_with(|it: char| it.is_ascii_digit())
    });
    wait_for_figure("link-trouble", &|why| why.contains("连不上服务器"));
    wait_for_figure("link-id", &|id| id == "–");
    // The bar appears by itself, behind the panel.
    wait_for_figure("bar", &|bar| !bar.is_empty());

    server.launch(environment);
    // The page may have reconnected before the click.
    _ = page.find("link-retry").and_then(|button| button.click());
    page.wait_for_state("live");
    let second = page.wire().ids().pop().expect("an id");
    assert_ne!(first, second);
    wait_for_figure("link-id", &|id| id == second);
    wait_for("the bar to disappear", || match page.text("bar") {
        None => Ok(()),
        text => Err(format!("{text:?}")),
    });
}

/// The server disconnects the namespace deliberately, so the page reconnects only by the button.
fn retry_after_a_disconnect_by_the_server(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    assert_eq!(page.text("bar"), None);
    let sids = page.wire().ids();
    server.control("disconnect", &json!({ "sid": sids[0] }));
    page.wait_for_state("ended");
    page.click("bar-retry");
    page.wait_for_state("live");
    page.click("connection");
    wait_for("the reason of the disconnect", || {
        match page.text("link-trouble") {
            Some(why) if why.contains("服务器结束了连接") => Ok(()),
            why => Err(format!("{why:?}")),
        }
    });
}

/// A number that changes every second must not be a live region; one of the counts is announced.
fn the_count_is_announced_by_its_own_live_region(stage: &mut Stage<'_>) {
    go_live(stage, AS_BUILT);
    let Stage { page, .. } = stage;
    page.wait_for_counts(3);
    let announced = page.text("count-said").expect("the announcement");
    let digits: String = announced.chars().filter(char::is_ascii_digit).collect();
    let shown = page.shown().counts;
    assert!(shown.contains(&digits), "{announced} is none of {shown:?}");
    let script = r#"
        const live = "[aria-live], [role=status], [role=log], [role=alert], output";
        const find = (id) => document.querySelector(`[data-testid="${id}"]`).closest(live);
        return [find("user-count") === null, find("count-said") !== null];
    "#;
    assert_eq!(page.session().run(script), json!([true, true]));
}
