//! Touch targets: every control has at least 44 px in both directions.

use serde_json::{Value, json};

use super::{Case, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::{QUIET, WITH_TARGETS};

pub(super) const CASES: &[Case] = &[
    on_flask("touch_targets_are_large_enough_zh", |stage| {
        touch_targets_are_large_enough(stage, "zh-CN")
    }),
    on_flask("touch_targets_are_large_enough_en", |stage| {
        touch_targets_are_large_enough(stage, "en-GB")
    }),
];

/// Small phones in portrait and landscape.
const SIZES: [(u32, u32); 3] = [(320, 568), (390, 844), (667, 375)];

fn touch_targets_are_large_enough(stage: &mut Stage<'_>, language: &str) {
    let Stage { page, server, .. } = stage;
    page.session().prefer_language(language);
    page.session().reduce_motion();
    let mut faults = Vec::new();
    let mut measure = |state: &str| {
        for (width, height) in SIZES {
            page.session().resize(width, height);
            for found in too_small(page, state) {
                faults.push(format!("{width}×{height}, {state}: {found}"));
            }
        }
    };
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    measure("the form");
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    page.dismiss_toasts();
    measure("the orchard");
    for (opener, panel) in [
        ("menu-help", "help"),
        ("menu-news", "notices-panel"),
        ("wallet", "account-panel"),
    ] {
        page.click(opener);
        page.wait_for_presence(panel, true);
        measure(panel);
        page.click("close");
        page.wait_for_presence(panel, false);
    }

    page.visit(&server.url(WITH_TARGETS));
    page.wait_for_state("live");
    page.dismiss_toasts();
    page.pause_toasts();
    let event = json!({ "event": "server_response", "data": { "count": 7, "sid": "short" } });
    server.control("emit", &event);
    page.wait_for_toast("short");
    let sids = page.wire().ids();
    server.control("disconnect", &json!({ "sid": sids.last() }));
    page.wait_for_presence("bar", true);
    measure("an outage");
    page.click("connection");
    page.wait_for_presence("link-retry", true);
    measure("the figures of an outage");
    assert!(faults.is_empty(), "too small:\n{}", faults.join("\n"));
}

/// Returns the controls without a large enough place to touch.
fn too_small(page: &Page, state: &str) -> Vec<String> {
    let result = page.session().run(TOO_SMALL);
    let many = result["many"].as_u64().unwrap_or_default();
    assert!(many > 0, "{state}: there are no controls");
    let small = result["small"].as_array().into_iter().flatten();
    small.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Searches each control for a place where a disc of 44 px, less the rounding to pixels, touches
/// nothing else.
const TOO_SMALL: &str = r#"
const RADIUS = 21.5;
const STEP = 2;
const disc = [[0, 0]];
for (let turn = 0; turn < 8; turn++) {
    const angle = turn * Math.PI / 4;
    for (const part of [0.5, 1]) disc.push([part * RADIUS * Math.cos(angle), part * RADIUS * Math.sin(angle)]);
}
const modal = document.querySelector("dialog:modal");
const controls = [...document.querySelectorAll("a[href], button, input, textarea, select")].filter(
    (it) => it.checkVisibility({ visibilityProperty: true }) && (!modal || modal.contains(it)));
const small = [];
for (const control of controls) {
    control.scrollIntoView({ block: "center" });
    const labels = [...(control.labels ?? [])];
    const own = (hit) => hit && (control.contains(hit) || labels.some((label) => label.contains(hit)));
    const fits = (x, y) => disc.every(([dx, dy]) => own(document.elementFromPoint(x + dx, y + dy)));
    const boxes = [control, ...control.querySelectorAll("*"), ...labels].map((it) => it.getBoundingClientRect());
    const [left, top] = [Math.min(...boxes.map((it) => it.left)), Math.min(...boxes.map((it) => it.top))];
    const [right, bottom] = [Math.max(...boxes.map((it) => it.right)), Math.max(...boxes.map((it) => it.bottom))];
    const found = () => {
        for (let y = top - RADIUS; y <= bottom + RADIUS; y += STEP)
            for (let x = left - RADIUS; x <= right + RADIUS; x += STEP) if (fits(x, y)) return true;
        return false;
    };
    if (!fits((left + right) / 2, (top + bottom) / 2) && !found()) {
        const box = control.getBoundingClientRect();
        const name = control.dataset.testid ?? control.closest(".toast, form")?.className;
        small.push(`${name}, ${box.width.toFixed(1)}×${box.height.toFixed(1)}`);
    }
}
return { many: controls.length, small };
"#;
