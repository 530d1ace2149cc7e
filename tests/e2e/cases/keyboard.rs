//! Use without a pointer: every control can be reached, and the focus is visible.

use serde_json::{Value, json};

use super::{Case, go_live, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::{QUIET, WITH_TARGETS};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask(
        "tab_reaches_every_control_of_the_form",
        tab_reaches_every_control_of_the_form,
    ),
    on_flask("enter_submits_the_form", enter_submits_the_form),
    on_flask(
        "tab_reaches_every_control_of_the_orchard",
        tab_reaches_every_control_of_the_orchard,
    ),
    on_flask(
        "tab_reaches_the_toasts_and_the_bar",
        tab_reaches_the_toasts_and_the_bar,
    ),
    on_flask(
        "focus_stays_in_a_panel_and_returns",
        focus_stays_in_a_panel_and_returns,
    ),
];

/// WebDriver's codes for the keys.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// More than the number of controls.
const MAX_STEPS: usize = 40;

/// A phone in portrait and in landscape.
const SIZES: [(u32, u32); 2] = [(390, 844), (667, 375)];

fn tab_reaches_every_control_of_the_form(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.session().resize(390, 844);
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    reach_all(page, "the form");
}

fn enter_submits_the_form(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    for (id, text) in [
        ("account", &server.user.account),
        ("password", &server.user.password),
    ] {
        page.find(id).and_then(|field| field.fill(text)).expect(id);
    }
    page.session().press(ENTER);
    page.wait_for_state("live");
}

fn tab_reaches_every_control_of_the_orchard(stage: &mut Stage<'_>) {
    go_live(stage, WITH_TARGETS);
    let Stage { page, .. } = stage;
    for (width, height) in SIZES {
        page.session().resize(width, height);
        page.dismiss_toasts();
        reach_all(page, "the orchard");
    }
}

/// The server disconnects the socket, so that the page does not reconnect by itself.
fn tab_reaches_the_toasts_and_the_bar(stage: &mut Stage<'_>) {
    go_live(stage, WITH_TARGETS);
    let Stage { page, server, .. } = stage;
    for (width, height) in SIZES {
        page.session().resize(width, height);
        page.reload();
        page.wait_for_state("live");
        // One that appeared later would have the first button.
        for text in ["欢迎", "登录成功"] {
            page.wait_for_toast(text);
        }
        page.dismiss_toasts();
        page.pause_toasts();
        for text in ["first", "second"] {
            let event = json!({ "event": "server_response", "data": { "count": 7, "sid": text } });
            server.control("emit", &event);
        }
        page.wait_for_toast("second");
        // A key gives the window the focus. Without it, no element receives events of the focus.
        page.session().press(TAB);
        let focused = page.session().run(
            "document.querySelector('.toast button').focus();
             return document.hasFocus() && document.activeElement.closest('.toast') !== null",
        );
        assert_eq!(focused, true, "the toast's button does not have the focus");
        page.resume_toasts();
        let sids = page.wire().ids();
        server.control("disconnect", &json!({ "sid": sids.last() }));
        page.wait_for_presence("bar", true);
        wait_for("the end of the other toast", || match page.toasts() {
            1 => Ok(()),
            many => Err(many.to_string()),
        });
        reach_from(page, "the orchard in an outage", true);
    }
}

/// Moves the focus from the start of the page through all controls.
fn reach_all(page: &Page, what: &str) {
    page.session().run(
        "document.activeElement.blur();
         const range = document.createRange();
         range.setStart(document.body, 0);
         getSelection().removeAllRanges();
         getSelection().addRange(range);",
    );
    reach_from(page, what, false);
}

/// Moves the focus until it is where it was before, and asserts that it has reached every control.
/// `with_first` is whether the element counts that has the focus at the start.
fn reach_from(page: &Page, what: &str, with_first: bool) {
    let controls = names(&page.session().run(&script("return reachable().map(name)")));
    assert!(controls.len() > 3, "{what}: too few controls: {controls:?}");
    let mut reached = Vec::new();
    if with_first {
        reached.push(focus(page)["name"].as_str().unwrap_or_default().to_owned());
    }
    for _ in 0..MAX_STEPS {
        page.session().press(TAB);
        let now = focus(page);
        let Some(name) = now["name"].as_str() else {
            // Past the last control and back to the first.
            continue;
        };
        if reached.iter().any(|it| it == name) {
            break;
        }
        assert!(
            now["ring"] == true,
            "{what}: {name} does not show the focus: {now}"
        );
        assert!(
            now["visible"] == true,
            "{what}: {name} has the focus and is covered: {now}"
        );
        reached.push(name.to_owned());
    }
    let missed: Vec<_> = controls.iter().filter(|it| !reached.contains(it)).collect();
    assert!(
        missed.is_empty(),
        "{what}: Tab does not reach {missed:?}, only {reached:?}"
    );
}

fn focus_stays_in_a_panel_and_returns(stage: &mut Stage<'_>) {
    stage.page.session().resize(390, 844);
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    page.dismiss_toasts();
    for (opener, panel) in [
        ("menu-help", "help"),
        ("menu-news", "notices-panel"),
        ("wallet", "account-panel"),
        ("info", "account-panel"),
        ("connection", "connection-panel"),
    ] {
        let focus_it = format!("document.querySelector('[data-testid={opener}]').focus()");
        page.session().run(&focus_it);
        page.session().press(ENTER);
        page.wait_for_presence(panel, true);
        wait_for("the focus to be in the panel", || {
            let now = focus(page);
            if now["panel"] == panel {
                Ok(())
            } else {
                Err(now.to_string())
            }
        });
        let controls = names(&page.session().run(&script("return reachable().map(name)")));
        // Two rounds: the focus never reaches anything behind the panel.
        for _ in 0..2 * (controls.len() + 1) {
            page.session().press(TAB);
            let now = focus(page);
            let inside = now["panel"] == panel || now["name"].is_null();
            assert!(inside, "the focus left {panel} for {now}");
        }
        page.session().press(ESCAPE);
        page.wait_for_presence(panel, false);
        assert_eq!(page.focused(), opener, "after {panel}");
    }
}

/// Returns the focused element: its name and panel, whether its focus is visible, and whether it is
/// visible itself.
fn focus(page: &Page) -> Value {
    page.session().run(&script(FOCUS))
}

fn names(list: &Value) -> Vec<String> {
    let names = list.as_array().into_iter().flatten();
    names
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}

fn script(end: &str) -> String {
    format!("{COMMON}{end}")
}

/// The controls of the page, and their names.
const COMMON: &str = r#"
const all = () => [...document.querySelectorAll("a[href], button, input, textarea, select, [tabindex]")];
const reachable = () => {
    const modal = document.querySelector("dialog:modal");
    return all().filter((it) => !it.disabled && it.tabIndex >= 0 && it.checkVisibility({ visibilityProperty: true })
        && (!modal || modal.contains(it)));
};
const name = (it) => (it.dataset.testid ?? it.textContent.trim()) || it.closest(".toast")?.textContent.trim();
"#;

const FOCUS: &str = r#"
const it = document.activeElement;
if (!it || it === document.body) return { name: null, panel: null };
const style = getComputedStyle(it);
const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
const box = it.getBoundingClientRect();
const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
const visible = box.width > 0 && it.contains(hit);
return { name: name(it), panel: it.closest("dialog")?.dataset.testid ?? null, ring, visible, outline: style.outline,
    hit: hit?.outerHTML.slice(0, 120) };
"#;
