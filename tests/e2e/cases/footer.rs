//! The five buttons of the footer.

use serde_json::json;

use super::{Case, everywhere, go_live, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::{QUIET, WITH_TARGETS};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "unconfigured_buttons_show_a_toast",
        unconfigured_buttons_show_a_toast,
    ),
    everywhere(
        "configured_buttons_open_their_targets",
        configured_buttons_open_their_targets,
    ),
    on_flask("labels_fit_their_buttons_zh", |stage| {
        labels_fit_their_buttons(stage, "zh-CN");
    }),
    on_flask("labels_fit_their_buttons_en", |stage| {
        labels_fit_their_buttons(stage, "en-GB");
    }),
    everywhere(
        "help_closes_by_button_backdrop_and_back_key",
        help_closes_by_button_backdrop_and_back_key,
    ),
];

fn unconfigured_buttons_show_a_toast(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    for (id, name) in [
        ("menu-bag", "背包"),
        ("menu-shop", "商店"),
        ("menu-friends", "好友"),
    ] {
        assert!(is_disabled(page, id), "{id} is not marked as disabled");
        page.dismiss_toasts();
        page.click(id);
        page.wait_for_toast(&format!("{name}还没有开放"));
    }
}

fn configured_buttons_open_their_targets(stage: &mut Stage<'_>) {
    go_live(stage, WITH_TARGETS);
    let Stage { page, server, .. } = stage;
    let window = "return document.querySelector('[data-testid=menu-bag]').getAttribute('href')";
    assert_eq!(page.session().run(window), "bag.html");
    assert!(is_disabled(page, "menu-friends"), "a script is a target");
    page.dismiss_toasts();
    page.click("menu-shop");
    page.wait_for_url(&server.url("/home.html?shop"));
}

fn is_disabled(page: &Page, id: &str) -> bool {
    let script = format!(
        "return document.querySelector('[data-testid={id}]').getAttribute('aria-disabled')"
    );
    page.session().run(&script) == json!("true")
}

/// On the narrowest phones.
fn labels_fit_their_buttons(stage: &mut Stage<'_>, language: &str) {
    stage.page.session().prefer_language(language);
    stage.page.session().resize(320, 568);
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    let script = r#"
        return [...document.querySelectorAll(".footer .label")].map((label) => {
            const range = document.createRange();
            range.selectNodeContents(label);
            const [needed, given] = [range, label.parentElement].map((it) => it.getBoundingClientRect().width);
            return [label.textContent, needed <= given - 1, needed, given];
        });
    "#;
    let labels = page.session().run(script);
    let labels = labels.as_array().expect("a list");
    assert_eq!(labels.len(), 5);
    for label in labels {
        assert_eq!(label[1], true, "{label}");
    }
}

fn help_closes_by_button_backdrop_and_back_key(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    let backdrop = r#"
        const dialog = document.querySelector("dialog");
        for (const [kind, of] of [["pointerdown", PointerEvent], ["click", MouseEvent]])
            dialog.dispatchEvent(new of(kind, { bubbles: true }));
    "#;
    let back_key = r#"
        const cancel = new Event("cancel", { cancelable: true });
        document.querySelector("dialog").dispatchEvent(cancel);
    "#;
    let close: [(&str, &dyn Fn()); 3] = [
        ("its button", &|| page.click("close")),
        ("the backdrop", &|| _ = page.session().run(backdrop)),
        ("a phone's back", &|| _ = page.session().run(back_key)),
    ];
    for (by, close) in close {
        page.click("menu-help");
        page.wait_for_presence("help", true);
        wait_for("the focus to be in the dialog", || {
            match page.focused().as_str() {
                "close" => Ok(()),
                other => Err(other.to_owned()),
            }
        });
        close();
        page.wait_for_presence("help", false);
        assert_eq!(page.focused(), "menu-help", "closed by {by}");
    }
}
