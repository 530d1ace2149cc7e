//! What a player sees when the page's code can't be loaded.

use super::{Case, on_flask};
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

/// The early module keeps running: the count stays, no message of the server is lost, and the
/// page's module is requested again.
fn the_page_module_is_requested_until_it_loads(stage: &mut Stage<'_>) {
    const MODULE: &str = "page-";
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    // The messages of the browser and of the module loader.
    page.expect_console(MODULE);
    page.expect_console("Failed to fetch");
    page.session().block(MODULE);
    page.reload();
    wait_for("the early count", || match page.count() {
        Some(count) if count == COUNT => Ok(()),
        count => Err(format!("{count:?}")),
    });
    wait_for("three attempts", || match asked_for(page, MODULE) {
        many @ 0..3 => Err(many.to_string()),
        _ => Ok(()),
    });
    wait_for_words(page);
    assert_eq!(page.count().as_deref(), Some(COUNT));
    page.wait_for_presence("footer", false);

    page.session().unblock();
    page.wait_for_presence("footer", true);
    page.wait_for_state("live");
    page.wait_for_toast("登录成功");
    assert_eq!(page.count().as_deref(), Some(COUNT));
    assert_eq!(page.wire().sockets, 1, "it connected anew");
    assert_eq!(words(page), None, "the words stay");
}

fn a_missing_early_module_shows_a_message(stage: &mut Stage<'_>) {
    stage.page.expect_console("Failed to fetch");
    reload_brings_the_page(stage, "early-");
}

fn a_missing_script_shows_a_message(stage: &mut Stage<'_>) {
    reload_brings_the_page(stage, "start-");
}

/// None of the page's code runs, so only the player can reload it.
fn reload_brings_the_page(stage: &mut Stage<'_>, part: &'static str) {
    let Stage { page, server, .. } = stage;
    page.expect_console(part);
    page.session().block(part);
    page.visit(&server.url(QUIET));
    wait_for_words(page);
    page.session().unblock();
    page.session()
        .find(".late a")
        .and_then(|link| link.click())
        .expect("a link that loads the page again");
    page.wait_for_form();
    page.wait_for_url(&server.url(QUIET));
    assert_eq!(words(page), None, "the words stay");
}

#[track_caller]
fn wait_for_words(page: &Page) {
    wait_for("words in both languages", || match words(page) {
        Some(words) if words.contains("重新加载") && words.contains("Reload") => Ok(()),
        words => Err(format!("{words:?}")),
    });
}

/// Returns the message for a page that does not load, if it is visible.
fn words(page: &Page) -> Option<String> {
    let script = r#"
        const words = document.querySelector(".late");
        return words?.checkVisibility({ visibilityProperty: true }) ? words.innerText : null;
    "#;
    page.session().run(script).as_str().map(str::to_owned)
}

fn asked_for(page: &Page, part: &str) -> u64 {
    let script = format!(
        "return performance.getEntriesByType('resource').filter((it) => it.name.includes('{part}')).length"
    );
    page.session().run(&script).as_u64().unwrap_or_default()
}
