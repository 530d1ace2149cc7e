//! What axe-core says of a page, and what it leaves open.
//!
//! Whether text stands out from a picture, a gradient or a shadow, axe can't tell: it calls that incomplete. Here such text
//! is looked at as it is drawn, see [`crate::contrast`]. Nothing else that axe leaves open is let pass.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::contrast::{self, Seen};
use crate::settled::settle;
use crate::webdriver::Session;

/// The rule about how far text stands out.
const CONTRAST: &str = "color-contrast";

/// WCAG 2.2 AA with all that came before it, and what else axe knows to be good.
const RULES: [&str; 7] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22a",
    "wcag22aa",
    "best-practice",
];

/// What is wrong with the states of a page that were looked at.
#[derive(Debug)]
pub(crate) struct Audit<'a> {
    axe: &'a str,
    faults: Vec<String>,
    /// How many states were looked at.
    states: usize,
    /// The texts that were judged as they are drawn. One that is found again is not judged again: pictures take their time.
    judged: HashSet<String>,
}

impl<'a> Audit<'a> {
    /// `axe` is the source of axe-core.
    pub(crate) fn new(axe: &'a str) -> Self {
        Self {
            axe,
            faults: Vec::new(),
            states: 0,
            judged: HashSet::new(),
        }
    }

    /// Looks at the page as it is now.
    pub(crate) fn look(&mut self, state: &str, session: &Session) {
        self.look_at(state, session, &Value::Null, true);
    }

    /// Looks at a part of a page, which `scope` selects. `on_ground`: whether what it stands on in the page is there, too.
    pub(crate) fn look_at(
        &mut self,
        state: &str,
        session: &Session,
        scope: &Value,
        on_ground: bool,
    ) {
        self.states += 1;
        settle(session, state);
        if session.run("return typeof axe") != "object" {
            session.run(self.axe);
        }
        let tags = json!({ "type": "tag", "values": RULES });
        let rules = json!({ CONTRAST: { "enabled": on_ground } });
        let report = session.run_async(RUN, &[scope.clone(), tags, rules]);
        let Some(findings) = report.as_array() else {
            panic!("axe, at {state}: {report}");
        };
        for finding in findings {
            let text = |name: &str| finding[name].as_str().unwrap_or_default();
            let (rule, target, words) = (text("rule"), text("target"), text("words"));
            if finding["open"] == true && rule == CONTRAST {
                if !self.judged.insert([target, words].concat()) {
                    continue;
                }
                match contrast::of(session, target) {
                    Seen::Enough => continue,
                    Seen::Poor(ratio, wanted) => self.faults.push(format!(
                        "{state}: {rule}, {target}: {ratio:.2} as it is drawn, and {wanted} is wanted ({words})"
                    )),
                    Seen::Nothing => self.faults.push(format!(
                        "{state}: {rule}, {target}: nothing of its text is drawn ({words})"
                    )),
                }
            } else {
                self.faults
                    .push(format!("{state}: {rule}, {target}: {words}"));
            }
        }
    }

    /// What is behind the texts has changed.
    pub(crate) fn judge_anew(&mut self) {
        self.judged.clear();
    }

    /// # Panics
    ///
    /// With all that was found.
    pub(crate) fn assert_clean(self) {
        let Self { faults, states, .. } = self;
        assert!(states > 0, "nothing was looked at");
        assert!(
            faults.is_empty(),
            "{} faults in {states} states:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

/// Violations, and what axe left open.
const RUN: &str = r##"
const [scope, runOnly, rules, done] = arguments;
const finding = (open) => (result) => result.nodes.map((node) => ({
    open,
    rule: result.id,
    target: node.target.flat().join(" "),
    words: [...node.any, ...node.all, ...node.none].map((it) => it.message).join("; ") + " " + node.html.slice(0, 160),
}));
axe.run(scope ?? document, { runOnly, rules, preload: false, resultTypes: ["violations", "incomplete"] }).then(
    (it) => done([...it.violations.flatMap(finding(false)), ...it.incomplete.flatMap(finding(true))]),
    (error) => done(String(error)),
);
"##;
