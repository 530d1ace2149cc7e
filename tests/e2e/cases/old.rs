//! Browsers that are too old for the page.

use super::{Case, on_flask};
use crate::runner::Stage;
use crate::site::AS_BUILT;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    on_flask("no_webassembly_is_told", no_webassembly_is_told),
    on_flask("webassembly_of_old_is_told", webassembly_of_old_is_told),
];

fn no_webassembly_is_told(stage: &mut Stage<'_>) {
    stage.page.expect_console("WebAssembly");
    stage.page.session().run_first("delete window.WebAssembly");
    told(stage);
}

/// As in a browser without reference types, which the page's module uses.
fn webassembly_of_old_is_told(stage: &mut Stage<'_>) {
    const OLD: &str = r#"
        const refuse = () => Promise.reject(new WebAssembly.CompileError("a type of another time"));
        WebAssembly.instantiateStreaming = refuse;
        WebAssembly.instantiate = refuse;
        WebAssembly.validate = () => false;
    "#;
    stage.page.expect_console("a type of another time");
    stage.page.session().run_first(OLD);
    told(stage);
}

fn told(stage: &Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(AS_BUILT));
    wait_for("the notice", || {
        let alert = "return document.querySelector('#page [role=alert]')?.innerText ?? ''";
        let said = page.session().run(alert);
        match said.as_str() {
            Some(said) if said.contains("太旧") && said.contains("too old") => Ok(()),
            said => Err(format!("{said:?}")),
        }
    });
}
