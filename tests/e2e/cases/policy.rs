//! The content security policy: the runner fails every case that violates it; this case violates it
//! on purpose.

use serde_json::json;

use super::{Case, everywhere};
use crate::runner::Stage;
use crate::site::AS_BUILT;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[everywhere(
    "inline_code_is_blocked_and_reported",
    inline_code_is_blocked_and_reported,
)];

fn inline_code_is_blocked_and_reported(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(AS_BUILT));
    page.wait_for_form();
    assert_eq!(page.with_console(|console| console.violations().len()), 0);
    let inline = r#"
        const add = (name, text) => {
            const element = document.createElement(name);
            element.textContent = text;
            document.head.append(element);
        };
        add("script", "window.injected = true");
        add("style", "body { font-size: 77px }");
        return [window.injected ?? false, getComputedStyle(document.body).fontSize === "77px"];
    "#;
    assert_eq!(page.session().run(inline), json!([false, false]));
    // The messages of the recorder and of the browser.
    for report in [
        "content-policy: script-src-elem",
        "content-policy: style-src-elem",
        "script-src 'self'",
        "style-src 'self'",
    ] {
        let is_report = |text: &str| text.replace('"', "").contains(report);
        wait_for(&format!("the report {report}"), || {
            page.with_console(|console| {
                let violations = console.violations();
                if violations.iter().any(|it| is_report(it)) {
                    Ok(())
                } else {
                    Err(format!("{violations:#?}"))
                }
            })
        });
    }
    page.expect_violation("-src");
}
