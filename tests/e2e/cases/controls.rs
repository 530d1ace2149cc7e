//! The two buttons of the page.

use serde_json::json;

use super::{Case, everywhere, on_flask};
use crate::runner::Stage;
use crate::site::{AS_BUILT, HOME, WITH_HOME};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere("music_plays_and_stops", music_plays_and_stops),
    everywhere("back_goes_back", back_goes_back),
    everywhere(
        "back_goes_home_without_a_history",
        back_goes_home_without_a_history,
    ),
    on_flask(
        "leaving_closes_the_connection",
        leaving_closes_the_connection,
    ),
];

/// The music is wanted from the start, and browsers let it begin with the first touch. The record
/// turns while it plays.
fn music_plays_and_stops(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(AS_BUILT));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    let wait_until = |plays: bool| {
        wait_for(&format!("music: {plays}"), || {
            let now = page.session().run(MUSIC);
            if now == json!([plays.to_string(), plays]) {
                Ok(())
            } else {
                Err(now.to_string())
            }
        });
    };
    wait_until(true);
    page.click("music");
    wait_until(false);
    page.click("music");
    wait_until(true);
}

/// What the button tells, and whether its picture turns.
const MUSIC: &str = r#"
const button = document.querySelector('[data-testid="music"]');
const turns = button.getAnimations({ subtree: true }).some((it) => it.playState === "running");
return [button.getAttribute("aria-pressed"), turns];
"#;

fn back_goes_back(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let before = server.url("/home.html?before");
    page.visit(&before);
    page.visit(&server.url(AS_BUILT));
    page.click("back");
    page.wait_for_url(&before);
}

fn back_goes_home_without_a_history(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url("/home.html?before"));
    page.session().open_in_new_tab(&server.url(WITH_HOME));
    page.click("back");
    page.wait_for_url(&server.url(HOME));
}

/// Else the browser may keep it open behind a page that nobody sees, for as long as one could still
/// come back to it.
fn leaving_closes_the_connection(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let connections = || server.state()["connections"].as_array().map_or(0, Vec::len);
    page.visit(&server.url(AS_BUILT));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    assert_eq!(connections(), 1);
    page.visit(&server.url(HOME));
    wait_for("the server to see nobody", || match connections() {
        0 => Ok(()),
        many => Err(format!("{many} connections")),
    });
    page.session().back();
    page.wait_for_state("live");
}
