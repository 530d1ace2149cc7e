//! Toasts: at most three at a time, text only, and beside all controls.

use serde_json::json;

use super::{Case, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask(
        "at_most_three_toasts_are_shown",
        at_most_three_toasts_are_shown,
    ),
    on_flask("a_toast_is_text", a_toast_is_text),
    on_flask("a_focused_toast_stays", a_focused_toast_stays),
    on_flask("long_toasts_are_shortened", long_toasts_are_shortened),
    on_flask("huge_counts_fit", huge_counts_fit),
    on_flask("toasts_cover_no_control_zh", |stage| {
        toasts_cover_no_control(stage, "zh-CN");
    }),
    on_flask("toasts_cover_no_control_en", |stage| {
        toasts_cover_no_control(stage, "en-GB");
    }),
];

/// The id of a player that would be an element if it were inserted as HTML.
const MARKUP: &str = "<b>x</b>";

fn go_live(stage: &Stage<'_>) {
    super::go_live(stage, QUIET);
    stage.page.wait_for_toast("登录成功");
    stage.page.dismiss_toasts();
}

/// Has the server welcome these players.
fn welcome(stage: &Stage<'_>, sids: &[&str]) {
    for sid in sids {
        let event = json!({ "event": "server_response", "data": { "count": 7, "sid": sid } });
        stage.server.control("emit", &event);
    }
}

fn at_most_three_toasts_are_shown(stage: &mut Stage<'_>) {
    go_live(stage);
    // Otherwise the fifth could appear because the first has expired.
    stage.page.pause_toasts();
    welcome(stage, &["first", "second", "third", "fourth", "fifth"]);
    let Stage { page, .. } = stage;
    page.wait_for_toast("first");
    wait_for("three toasts", || match page.toasts() {
        3 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
    assert!(
        !page.shown().toasts.iter().any(|it| it.contains("fifth")),
        "more than three at once"
    );
    // Queued toasts are shown afterwards.
    page.dismiss_toasts();
    page.wait_for_toast("fifth");
}

fn a_toast_is_text(stage: &mut Stage<'_>) {
    go_live(stage);
    stage.page.pause_toasts();
    welcome(stage, &[MARKUP]);
    let Stage { page, .. } = stage;
    page.wait_for_toast(MARKUP);
    let inside = "return document.querySelector('[data-testid=toasts] b')";
    assert!(
        page.session().run(inside).is_null(),
        "the text was inserted as HTML"
    );
}

fn a_focused_toast_stays(stage: &mut Stage<'_>) {
    go_live(stage);
    // Neither expires before one of them has the focus.
    stage.page.pause_toasts();
    welcome(stage, &["focused", "other"]);
    let Stage { page, .. } = stage;
    page.wait_for_toast("other");
    let focus = r#"
        const toasts = [...document.querySelectorAll('[data-testid="toasts"] > *')];
        toasts.find((it) => it.textContent.includes("focused")).querySelector("button").focus();
    "#;
    page.session().run(focus);
    page.resume_toasts();
    wait_for("the end of the other toast", || match page.toasts() {
        1 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
    let text = page.text("toasts").unwrap_or_default();
    assert!(text.contains("focused"), "{text}");
    page.session().run("document.activeElement.blur()");
    wait_for("the end of the focused toast", || match page.toasts() {
        0 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
}

/// Texts from a server have no length limit. The page shortens them, and marks that it did.
fn long_toasts_are_shortened(stage: &mut Stage<'_>) {
    go_live(stage);
    let Stage { page, server, .. } = stage;
    let emit = |event: &str, data: serde_json::Value| {
        server.control("emit", &json!({ "event": event, "data": data }));
    };
    let digits = "9".repeat(600_000);
    emit("server_response", json!({ "count": 7, "sid": digits }));
    page.wait_for_toast("…来到种植园,当前有7人在忙碌着~");
    emit("login_response", json!({ "data": format!("长{digits}") }));
    page.wait_for_toast("长");
    emit("login_response", json!({ "errno": 1001, "errmsg": digits }));
    page.wait_for_toast("没能登录");
    for toast in page.shown().toasts {
        assert!(toast.chars().count() < 250, "{toast}");
    }
}

fn huge_counts_fit(stage: &mut Stage<'_>) {
    go_live(stage);
    let Stage { page, server, .. } = stage;
    let event = json!({ "event": "server_response", "data": { "count": u64::MAX } });
    server.control("emit", &event);
    page.wait_for_text("user-count", "9,999万亿+");
    for (width, height) in SIZES {
        page.session().resize(width, height);
        let fits = r#"
            const number = document.querySelector('[data-testid="user-count"]');
            const box = number.parentElement.getBoundingClientRect();
            return box.left >= 0 && box.right <= innerWidth && number.scrollWidth <= number.clientWidth + 1;
        "#;
        wait_for(
            &format!("the number within {width}×{height}"),
            || match page.session().run(fits) {
                fits if fits == true => Ok(()),
                other => Err(other.to_string()),
            },
        );
    }
}

/// The timers of the toasts are paused, so that all sizes show the same three.
fn toasts_cover_no_control(stage: &mut Stage<'_>, language: &str) {
    stage.page.session().prefer_language(language);
    super::go_live(stage, QUIET);
    let Stage { page, .. } = &*stage;
    page.wait_for_presence("user-count", true);
    page.dismiss_toasts();
    page.pause_toasts();
    welcome(stage, &["a-rather-long-id-1", "a-rather-long-id-2", "3"]);
    wait_for("three toasts", || match page.toasts() {
        3 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
    assert_apart(page, "in the orchard");
    page.session()
        .run("document.querySelector('[data-testid=wallet]').click()");
    page.wait_for_presence("sign-out", true);
    page.session()
        .run("document.querySelector('[data-testid=sign-out]').click()");
    page.wait_for_form();
    assert_eq!(page.toasts(), 3);
    assert_apart(page, "over the form");
}

fn assert_apart(page: &Page, place: &str) {
    for (width, height) in SIZES {
        page.session().resize(width, height);
        wait_for(
            &format!("toasts beside the controls, {place}, at {width}×{height}"),
            || match page.session().run(COVERED) {
                covered if covered == json!([]) => Ok(()),
                covered => Err(covered.to_string()),
            },
        );
    }
}

const SIZES: [(u32, u32); 8] = [
    (320, 568),
    (375, 667),
    (390, 844),
    (430, 932),
    (667, 375),
    (768, 1024),
    (844, 390),
    (1440, 900),
];

/// Returns the toasts that are not entirely in the window, and the controls that they cover. A
/// control outside of the window is scrolled into view first.
const COVERED: &str = r#"
const box = (it) => it.getBoundingClientRect();
const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
const whole = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
const cut = (a, b) => ({ left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) });
const statics = ["connection", "user-count", "footer"].map((id) => document.querySelector(`[data-testid="${id}"]`));
const controls = [...document.querySelectorAll("a[href], button, input, label"), ...statics.filter((it) => it?.matches("button, .num, nav"))];
const toasts = [...document.querySelectorAll(".toast")];
const faults = [];
for (const toast of toasts) {
    const at = box(toast);
    if (at.left < 0 || at.top < 0 || at.right > innerWidth || at.bottom > innerHeight)
        faults.push(["outside", at.left, at.top, at.right, at.bottom]);
}
for (const control of controls) {
    if (control.closest(".toast") || !control.checkVisibility({ visibilityProperty: true })) continue;
    control.scrollIntoView({ block: "nearest" });
    const at = cut(box(control), control.closest(".panel") ? box(control.closest(".panel")) : whole);
    const name = control.dataset.testid ?? control.className;
    if (at.bottom - at.top < Math.min(40, box(control).height)) faults.push([name, "can't be scrolled to", at.top, at.bottom]);
    for (const toast of toasts) if (!apart(box(toast), at)) faults.push([name, at.top, at.bottom, box(toast).top, box(toast).bottom]);
}
return faults;
"#;
