//! Browsers that are too old for the page.

use super::{Case, on_flask};
use crate::runner::Stage;
use crate::site::AS_BUILT;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask(
        "missing_webassembly_is_reported",
        missing_webassembly_is_reported,
    ),
    on_flask(
        "outdated_webassembly_is_reported",
        outdated_webassembly_is_reported,
    ),
];

fn missing_webassembly_is_reported(stage: &mut Stage<'_>) {
    stage.page.expect_console("WebAssembly");
    stage.page.session().run_first("delete window.WebAssembly");
    assert_reported(stage);
}

/// As in a browser without reference types, which the page's module uses.
fn outdated_webassembly_is_reported(stage: &mut Stage<'_>) {
    const OLD: &str = r#"
        const refuse = () => Promise.reject(new WebAssembly.CompileError("an unknown type"));
        WebAssembly.instantiateStreaming = refuse;
        WebAssembly.instantiate = refuse;
        WebAssembly.validate = () => false;
    "#;
    stage.page.expect_console("an unknown type");
    stage.page.session().run_first(OLD);
    assert_reported(stage);
}

fn assert_reported(stage: &Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(AS_BUILT));
    wait_for("the notice", || {
        let alert = "return document.querySelector('#page [role=alert]')?.innerText ?? ''";
        let text = page.session().run(alert);
        match text.as_str() {
            Some(text) if text.contains("太旧") && text.contains("too old") => Ok(()),
            text => Err(format!("{text:?}")),
        }
    });
}
