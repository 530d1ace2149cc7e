//! The default server counts players, each once, and announces them by name.

use super::{Case, on_default};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::AS_BUILT;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[on_default(
    "the_count_is_of_players",
    the_count_is_of_players,
)];

fn the_count_is_of_players(stage: &mut Stage<'_>) {
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    server.kill(page);
    server.count_players();
    server.launch(environment);
    let other = server.add_user(environment, "peach", "阿桃");

    page.visit(&server.url(AS_BUILT));
    page.sign_in(&server.user, false);
    wait_for_count(page, "1");
    let here = page.session().tab();
    // A session that is not remembered belongs to one tab, so this tab can have another player.
    page.session().new_tab();
    page.visit(&server.url(AS_BUILT));
    page.sign_in(&other, false);
    wait_for_count(page, "2");
    let there = page.session().tab();
    page.session().switch_to(&here);
    wait_for_count(page, "2");
    page.session().switch_to(&there);
    page.visit("about:blank");
    page.session().switch_to(&here);
    wait_for_count(page, "1");
}

#[track_caller]
fn wait_for_count(page: &Page, count: &str) {
    wait_for(&format!("the count {count}"), || match page.count() {
        Some(shown) if shown == count => Ok(()),
        shown => Err(format!("{shown:?}")),
    });
}
