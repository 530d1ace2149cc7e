//! The sky: right for the player's hour from the first frame on.

use serde_json::{Value, json};

use super::{Case, on_default};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[on_default(
    "sky_is_there_at_once_and_turns_gently",
    sky_is_there_at_once_and_turns_gently,
)];

/// Records the elements that start a transition from one hour's colours to another's.
const WATCH: &str = r#"
window.turned = [];
addEventListener("transitionrun", ({ propertyName, target }) => {
    if (propertyName === "--sky-top") window.turned.push(target === document.body ? "body" : target.className);
});
"#;

/// Returns the recorded elements after two more frames.
const TURNED: &str = r#"
const [done] = arguments;
requestAnimationFrame(() => requestAnimationFrame(() => done(window.turned.sort())));
"#;

fn sky_is_there_at_once_and_turns_gently(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.session().run_first(WATCH);
    page.session().set_hour(22);
    page.visit(&server.url(QUIET));
    wait_for_sky(page, "night");
    assert_eq!(page.session().run_async(TURNED, &[]), json!([]));

    // The page reads its clock again when it becomes visible.
    page.session().set_hour(12);
    page.session()
        .run("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
    wait_for_sky(page, "day");
    let turned = page.session().run_async(TURNED, &[]);
    assert_eq!(turned, json!(["body", "scene"]));
}

#[track_caller]
fn wait_for_sky(page: &Page, name: &str) {
    wait_for(&format!("the sky of {name}"), || {
        let sky = page
            .session()
            .run("return document.querySelector('main')?.dataset.sky ?? null");
        if sky == name {
            Ok(())
        } else {
            Err(Value::to_string(&sky))
        }
    });
}
