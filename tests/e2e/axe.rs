//! Checks a page with axe-core, and checks what axe-core leaves undecided.
//!
//! axe-core can't measure the contrast of text on a picture, a gradient or a shadow: it reports
//! such text as incomplete. This module measures that contrast from a screenshot, see
//! [`crate::contrast`]. Every other incomplete result is a fault.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::contrast::{self, Contrast};
use crate::settled::settle;
use crate::webdriver::Session;

/// The axe-core rule about the contrast of text.
const CONTRAST: &str = "color-contrast";

/// WCAG 2.2 AA, the levels and versions that it includes, and the best practices of axe-core.
const RULES: [&str; 7] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22a",
    "wcag22aa",
    "best-practice",
];

/// The faults in those states of a page that were checked.
#[derive(Debug)]
pub(crate) struct Audit<'a> {
    axe: &'a str,
    faults: Vec<String>,
    /// The number of states that were checked.
    states: usize,
    /// The texts whose contrast was measured from a screenshot. Each is measured once, because
    /// screenshots are slow.
    measured: HashSet<String>,
}

impl<'a> Audit<'a> {
    /// Creates an audit without faults. `axe` is the source of axe-core.
    pub(crate) fn new(axe: &'a str) -> Self {
        Self {
            axe,
            faults: Vec::new(),
            states: 0,
            measured: HashSet::new(),
        }
    }

    /// Checks the page in its present state.
    pub(crate) fn check(&mut self, state: &str, session: &Session) {
        self.check_part(state, session, &Value::Null, true);
    }

    /// Checks the part of a page that `scope` selects. `has_background` is whether the part has the
    /// same background as in the page; otherwise contrast is not checked.
    pub(crate) fn check_part(
        &mut self,
        state: &str,
        session: &Session,
        scope: &Value,
        has_background: bool,
    ) {
        self.states += 1;
        settle(session, state);
        if session.run("return typeof axe") != "object" {
            session.run(self.axe);
        }
        let tags = json!({ "type": "tag", "values": RULES });
        let rules = json!({ CONTRAST: { "enabled": has_background } });
        let report = session.run_async(RUN, &[scope.clone(), tags, rules]);
        let Some(findings) = report.as_array() else {
            panic!("axe, at {state}: {report}");
        };
        for finding in findings {
            let text = |name: &str| finding[name].as_str().unwrap_or_default();
            let (rule, target, message) = (text("rule"), text("target"), text("message"));
            if finding["open"] == true && rule == CONTRAST {
                if !self.measured.insert([target, message].concat()) {
                    continue;
                }
                match contrast::of(session, target) {
                    Contrast::Sufficient => continue,
                    Contrast::Low(ratio, required) => self.faults.push(format!(
                        "{state}: {rule}, {target}: {ratio:.2} in the screenshot, {required} is required ({message})"
                    )),
                    Contrast::Invisible => self.faults.push(format!(
                        "{state}: {rule}, {target}: its text is not visible ({message})"
                    )),
                }
            } else {
                self.faults
                    .push(format!("{state}: {rule}, {target}: {message}"));
            }
        }
    }

    /// Has every text measured again. Call it when the background of the texts has changed.
    pub(crate) fn measure_again(&mut self) {
        self.measured.clear();
    }

    /// Asserts that no fault was found.
    ///
    /// # Panics
    ///
    /// Panics with the list of faults if there are any.
    pub(crate) fn assert_clean(self) {
        let Self { faults, states, .. } = self;
        assert!(states > 0, "no state was checked");
        assert!(
            faults.is_empty(),
            "{} faults in {states} states:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

/// Returns the violations, and the results that axe-core leaves undecided.
const RUN: &str = r##"
const [scope, runOnly, rules, done] = arguments;
const finding = (open) => (result) => result.nodes.map((node) => ({
    open,
    rule: result.id,
    target: node.target.flat().join(" "),
    message: [...node.any, ...node.all, ...node.none].map((it) => it.message).join("; ") + " " + node.html.slice(0, 160),
}));
axe.run(scope ?? document, { runOnly, rules, preload: false, resultTypes: ["violations", "incomplete"] }).then(
    (it) => done([...it.violations.flatMap(finding(false)), ...it.incomplete.flatMap(finding(true))]),
    (error) => done(String(error)),
);
"##;
