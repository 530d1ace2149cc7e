//! Toasts: few at once, as text, and in nobody's way.

use serde_json::json;

use super::{Case, on_flask};
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask("toasts_are_few_and_text", toasts_are_few_and_text),
    on_flask("a_toast_that_is_held_stays", a_toast_that_is_held_stays),
    on_flask("toasts_cover_no_control", toasts_cover_no_control),
];

/// As a newcomer's id: markup, were it taken for that.
const MARKUP: &str = "<b>x</b>";

fn go_live(stage: &Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    page.wait_for_toast("登录成功");
    page.tap_toasts_away();
}

fn newcomers(stage: &Stage<'_>, sids: &[&str]) {
    for sid in sids {
        let event = json!({ "event": "server_response", "data": { "count": 7, "sid": sid } });
        stage.server.control("emit", &event);
    }
}

fn toasts_are_few_and_text(stage: &mut Stage<'_>) {
    go_live(stage);
    newcomers(stage, &[MARKUP, "second", "third", "fourth", "fifth"]);
    let Stage { page, .. } = stage;
    page.wait_for_toast(MARKUP);
    wait_for("three toasts", || match page.toasts() {
        3 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
    let inside = "return document.querySelector('[data-testid=toasts] b')";
    assert!(
        page.session().run(inside).is_null(),
        "a text became an element"
    );
    assert!(
        !page.shown().toasts.iter().any(|it| it.contains("fifth")),
        "more than three at once"
    );
    // Those that wait get their turn.
    page.tap_toasts_away();
    page.wait_for_toast("fifth");
}

fn a_toast_that_is_held_stays(stage: &mut Stage<'_>) {
    go_live(stage);
    newcomers(stage, &["held", "let go"]);
    let Stage { page, .. } = stage;
    page.wait_for_toast("let go");
    let focus = r#"
        const toasts = [...document.querySelectorAll('[data-testid="toasts"] > *')];
        toasts.find((it) => it.textContent.includes("held")).querySelector("button").focus();
    "#;
    page.session().run(focus);
    wait_for("the other toast to go", || match page.toasts() {
        1 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
    let text = page.text("toasts").unwrap_or_default();
    assert!(text.contains("held"), "{text}");
    page.session().run("document.activeElement.blur()");
    wait_for("the held toast to go as well", || match page.toasts() {
        0 => Ok(()),
        many => Err(format!("{many} toasts")),
    });
}

fn toasts_cover_no_control(stage: &mut Stage<'_>) {
    go_live(stage);
    let Stage { page, .. } = &*stage;
    for (width, height) in [
        (320, 568),
        (375, 667),
        (430, 932),
        (768, 1024),
        (1440, 900),
        (667, 375),
    ] {
        page.session().resize(width, height);
        newcomers(stage, &["a-rather-long-id-1", "a-rather-long-id-2", "3"]);
        wait_for("three toasts", || match page.toasts() {
            3 => Ok(()),
            many => Err(format!("{many} toasts")),
        });
        let script = r#"
            const box = (it) => it.getBoundingClientRect();
            const apart = (a, b) =>
                a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            const window_ = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
            const wrong = [];
            for (const toast of document.querySelectorAll(".toast")) {
                const at = box(toast);
                if (at.left < 0 || at.top < 0 || at.right > innerWidth || at.bottom > innerHeight)
                    wrong.push(["outside", at.left, at.top, at.right, at.bottom]);
                for (const id of ["back", "music", "connection", "user-count", "info", "wallet", "footer"]) {
                    const control = document.querySelector(`[data-testid="${id}"]`);
                    if (control && !apart(at, box(control))) wrong.push([id, at.top, at.bottom, box(control).top, box(control).bottom]);
                }
            }
            return wrong;
        "#;
        wait_for(
            &format!("toasts beside the controls at {width}x{height}"),
            || {
                let covered = page.session().run(script);
                if covered == json!([]) {
                    Ok(())
                } else {
                    Err(covered.to_string())
                }
            },
        );
        page.tap_toasts_away();
    }
}
