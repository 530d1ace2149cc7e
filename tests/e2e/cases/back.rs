//! Leaving the page: by its button, and by the Escape key.

use super::{Case, everywhere, go_live, on_flask};
use crate::runner::Stage;
use crate::site::{AS_BUILT, HOME, QUIET, WITH_HOME};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "back_returns_to_the_previous_page",
        back_returns_to_the_previous_page,
    ),
    everywhere(
        "back_opens_home_without_a_history",
        back_opens_home_without_a_history,
    ),
    everywhere(
        "escape_closes_the_panel_and_then_goes_back",
        escape_closes_the_panel_and_then_goes_back,
    ),
    everywhere(
        "escape_in_a_field_does_not_go_back",
        escape_in_a_field_does_not_go_back,
    ),
    on_flask(
        "leaving_the_page_closes_the_connection",
        leaving_the_page_closes_the_connection,
    ),
];

/// WebDriver's code for the key.
const ESCAPE: &str = "\u{e00c}";

fn back_returns_to_the_previous_page(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let before = server.url("/home.html?before");
    page.visit(&before);
    page.visit(&server.url(AS_BUILT));
    page.click("back");
    page.wait_for_url(&before);
}

fn back_opens_home_without_a_history(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url("/home.html?before"));
    page.session().open_in_new_tab(&server.url(WITH_HOME));
    page.click("back");
    page.wait_for_url(&server.url(HOME));
}

fn escape_closes_the_panel_and_then_goes_back(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = &*stage;
    let before = server.url("/home.html?before");
    page.visit(&before);
    go_live(stage, QUIET);

    page.click("menu-help");
    page.wait_for_presence("help", true);
    page.session().press(ESCAPE);
    page.wait_for_presence("help", false);
    assert_eq!(page.session().url(), server.url(QUIET));
    assert_eq!(page.focused(), "menu-help");

    page.session().press(ESCAPE);
    page.wait_for_url(&before);
}

fn escape_in_a_field_does_not_go_back(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let before = server.url("/home.html?before");
    page.visit(&before);
    page.visit(&server.url(QUIET));
    page.click("account");
    assert_eq!(page.focused(), "account");
    page.session().press(ESCAPE);
    // Signing in works only on this page.
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

/// Otherwise the browser may keep the connection open as long as the player can navigate back to
/// the page.
fn leaving_the_page_closes_the_connection(stage: &mut Stage<'_>) {
    go_live(stage, AS_BUILT);
    let Stage { page, server, .. } = stage;
    let connections = || server.state()["connections"].as_array().map_or(0, Vec::len);
    assert_eq!(connections(), 1);
    page.visit(&server.url(HOME));
    wait_for("the end of the connection", || match connections() {
        0 => Ok(()),
        many => Err(format!("{many} connections")),
    });
    page.session().back();
    page.wait_for_state("live");
}
