//! What a player sees when the page's code can't be loaded.

use super::{Case, go_live, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask(
        "the_page_module_is_requested_until_it_loads",
        the_page_module_is_requested_until_it_loads,
    ),
    on_flask(
        "a_missing_early_module_shows_a_message",
        a_missing_early_module_shows_a_message,
    ),
    on_flask(
        "a_missing_script_shows_a_message",
        a_missing_script_shows_a_message,
    ),
];

/// The count that the Flask server sends to each new socket.
const COUNT: &str = "1000";

/// The early module continues to run: the count stays, no message of the server is lost, and the
/// page's module is requested again.
fn the_page_module_is_requested_until_it_loads(stage: &mut Stage<'_>) {
    const MODULE: &str = "page-";
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    // The messages of the browser and of the module loader.
    page.expect_console(MODULE);
    page.expect_console("Failed to fetch");
    page.session().block(MODULE);
    page.reload();
    wait_for("the early count", || match page.count() {
        Some(count) if count == COUNT => Ok(()),
        count => Err(format!("{count:?}")),
    });
    wait_for("three attempts", || match requests(page, MODULE) {
        many @ 0..3 => Err(many.to_string()),
        _ => Ok(()),
    });
    wait_for_message(page);
    assert_eq!(page.count().as_deref(), Some(COUNT));
    page.wait_for_presence("footer", false);

    page.session().unblock();
    page.wait_for_presence("footer", true);
    page.wait_for_state("live");
    page.wait_for_toast("登录成功");
    assert_eq!(page.count().as_deref(), Some(COUNT));
    assert_eq!(page.wire().sockets, 1, "it opened another connection");
    assert_eq!(message(page), None, "the message is still shown");
}

fn a_missing_early_module_shows_a_message(stage: &mut Stage<'_>) {
    stage.page.expect_console("Failed to fetch");
    reload_opens_the_page(stage, "early-");
}

fn a_missing_script_shows_a_message(stage: &mut Stage<'_>) {
    reload_opens_the_page(stage, "start-");
}

/// None of the page's code runs, so only the player can load it again.
fn reload_opens_the_page(stage: &mut Stage<'_>, part: &'static str) {
    let Stage { page, server, .. } = stage;
    page.expect_console(part);
    page.session().block(part);
    page.visit(&server.url(QUIET));
    wait_for_message(page);
    page.session().unblock();
    page.session()
        .find(".late a")
        .and_then(|link| link.click())
        .expect("a link that loads the page again");
    page.wait_for_form();
    page.wait_for_url(&server.url(QUIET));
    assert_eq!(message(page), None, "the message is still shown");
}

#[track_caller]
fn wait_for_message(page: &Page) {
    wait_for("the message in both languages", || match message(page) {
        Some(text) if text.contains("重新加载") && text.contains("Reload") => Ok(()),
        text => Err(format!("{text:?}")),
    });
}

/// Returns the message for a page that does not load, if it is visible.
fn message(page: &Page) -> Option<String> {
    let script = r#"
        const message = document.querySelector(".late");
        return message?.checkVisibility({ visibilityProperty: true }) ? message.innerText : null;
    "#;
    page.session().run(script).as_str().map(str::to_owned)
}

fn requests(page: &Page, part: &str) -> u64 {
    let script = format!(
        "return performance.getEntriesByType('resource').filter((it) => it.name.includes('{part}')).length"
    );
    page.session().run(&script).as_u64().unwrap_or_default()
}
