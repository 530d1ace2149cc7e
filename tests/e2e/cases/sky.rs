//! The sky: it shows the player's hour from the first frame on, and changes with a transition.

use serde_json::{Value, json};

use super::{Case, on_default};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_default(
        "the_sky_starts_without_a_transition",
        the_sky_starts_without_a_transition,
    ),
    on_default(
        "the_sky_changes_with_a_transition",
        the_sky_changes_with_a_transition,
    ),
];

/// Records the elements that start a transition from one hour's colours to another's.
const RECORD: &str = r#"
window.transitions = [];
addEventListener("transitionrun", ({ propertyName, target }) => {
    if (propertyName === "--sky-top") window.transitions.push(target === document.body ? "body" : target.className);
});
"#;

/// Returns the recorded elements after two more frames.
const TRANSITIONS: &str = r#"
const [done] = arguments;
requestAnimationFrame(() => requestAnimationFrame(() => done(window.transitions.sort())));
"#;

/// Opens the page at night.
fn visit_at_night(stage: &Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.session().run_first(RECORD);
    page.session().set_hour(22);
    page.visit(&server.url(QUIET));
    wait_for_sky(page, "night");
}

fn the_sky_starts_without_a_transition(stage: &mut Stage<'_>) {
    visit_at_night(stage);
    let transitions = stage.page.session().run_async(TRANSITIONS, &[]);
    assert_eq!(transitions, json!([]));
}

fn the_sky_changes_with_a_transition(stage: &mut Stage<'_>) {
    visit_at_night(stage);
    let Stage { page, .. } = stage;
    // After two frames, the change is not part of the start.
    page.session().run_async(TRANSITIONS, &[]);

    // The page reads its clock again when it becomes visible.
    page.session().set_hour(12);
    page.session()
        .run("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
    wait_for_sky(page, "day");
    let transitions = page.session().run_async(TRANSITIONS, &[]);
    assert_eq!(transitions, json!(["body", "scene"]));
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
