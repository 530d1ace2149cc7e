//! The page object: the actions of a person and what the page shows, by the `data-testid`s of the
//! elements.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::backend::User;
use crate::console::Console;
use crate::wait::wait_for;
use crate::webdriver::{Element, Session};
use crate::wire::Wire;

/// A store in which the page keeps values, named after a property of `window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// `sessionStorage`: until the tab is closed.
    Memory,
    /// `localStorage`: permanent.
    Device,
}

impl Store {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Memory => "sessionStorage",
            Self::Device => "localStorage",
        }
    }
}

/// Everything that the page showed since it was loaded, each list in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) toasts: Vec<String>,
    pub(crate) counts: Vec<String>,
    pub(crate) states: Vec<String>,
}

/// The page in a browser.
#[derive(Debug)]
pub(crate) struct Page {
    session: Session,
    wire: RefCell<Wire>,
    console: RefCell<Console>,
}

impl Page {
    pub(crate) fn new(session: Session) -> Self {
        session.run_first(include_str!("recorder.js"));
        Self::unrecorded(session)
    }

    /// Creates a page without a record of what it shows, its console and its WebSockets: only
    /// Chromium's driver reports these.
    pub(crate) fn unrecorded(session: Session) -> Self {
        Self {
            session,
            wire: RefCell::default(),
            console: RefCell::default(),
        }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn visit(&self, url: &str) {
        self.session.visit(url);
    }

    /// Reloads the page, and clears the record of its WebSockets.
    pub(crate) fn reload(&self) {
        self.wire();
        self.wire.borrow_mut().clear();
        self.session.reload();
    }

    pub(crate) fn find(&self, id: &str) -> Result<Element<'_>, String> {
        self.session.find(&format!("[data-testid=\"{id}\"]"))
    }

    pub(crate) fn click(&self, id: &str) {
        wait_for(&format!("a click on {id}"), || self.find(id)?.click());
    }

    /// Waits for the form, fills it in and submits it.
    pub(crate) fn sign_in(&self, user: &User, remember: bool) {
        for (id, text) in [("account", &user.account), ("password", &user.password)] {
            wait_for(&format!("the field {id}"), || self.find(id)?.fill(text));
        }
        let selector = "[data-testid=\"sign-in\"] input[type=\"checkbox\"]";
        let script = format!("return document.querySelector('{selector}').checked");
        if self.session.run(&script) != json!(remember) {
            self.session
                .find(selector)
                .and_then(|it| it.click())
                .expect("remember me");
        }
        self.click("submit");
    }

    /// Returns the text of an element; `None` if there is no such element.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        let script = format!(
            "return document.querySelector('[data-testid=\"{id}\"]')?.innerText.trim() ?? null"
        );
        self.session.run(&script).as_str().map(str::to_owned)
    }

    /// Returns the digits of the count, without the language's grouping.
    pub(crate) fn count(&self) -> Option<String> {
        let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect();
        self.text("user-count").map(digits)
    }

    /// Waits until the text of an element is `text`.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, id: &str, text: &str) {
        wait_for(&format!("{text:?} in {id}"), || match self.text(id) {
            Some(now) if now == text => Ok(()),
            now => Err(format!("{now:?}")),
        });
    }

    /// Waits until an element exists, or no longer exists.
    #[track_caller]
    pub(crate) fn wait_for_presence(&self, id: &str, present: bool) {
        wait_for(&format!("{id} to be present: {present}"), || {
            let now = self.text(id);
            if now.is_some() == present {
                Ok(())
            } else {
                Err(format!("{now:?}"))
            }
        });
    }

    /// Returns the `data-testid` of the focused element.
    pub(crate) fn focused(&self) -> String {
        let script = "return document.activeElement?.dataset.testid ?? ''";
        self.session
            .run(script)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns the state of the connection that the page shows.
    pub(crate) fn state(&self) -> String {
        let script = "return document.querySelector('[data-testid=\"connection\"]')?.dataset.state";
        self.session
            .run(script)
            .as_str()
            .unwrap_or("none")
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn wait_for_state(&self, state: &str) {
        wait_for(&format!("the connection to be {state}"), || {
            let now = self.state();
            if now == state { Ok(()) } else { Err(now) }
        });
    }

    #[track_caller]
    pub(crate) fn wait_for_url(&self, url: &str) {
        wait_for(&format!("the address {url}"), || {
            let now = self.session.url();
            if now == url { Ok(()) } else { Err(now) }
        });
    }

    #[track_caller]
    pub(crate) fn wait_for_form(&self) {
        wait_for("the form to sign in", || match self.text("sign-in") {
            Some(_) => Ok(()),
            None => Err(format!("no form; the connection is {}", self.state())),
        });
    }

    /// Waits until a toast with `text` in it has been shown.
    #[track_caller]
    pub(crate) fn wait_for_toast(&self, text: &str) {
        wait_for(&format!("a toast with {text}"), || {
            let toasts = self.shown().toasts;
            if toasts.iter().any(|toast| toast.contains(text)) {
                Ok(())
            } else {
                Err(format!("{toasts:?}"))
            }
        });
    }

    /// Returns the number of visible toasts.
    pub(crate) fn toasts(&self) -> usize {
        let script = r#"return document.querySelector('[data-testid="toasts"]').children.length"#;
        let many = self.session.run(script).as_u64().expect("a number");
        usize::try_from(many).expect("few")
    }

    /// Pauses the timers of the toasts: they wait while the page is hidden.
    pub(crate) fn pause_toasts(&self) {
        self.set_hidden(true);
    }

    /// Resumes the timers of the toasts.
    pub(crate) fn resume_toasts(&self) {
        self.set_hidden(false);
    }

    /// Simulates that the page is hidden, or visible.
    pub(crate) fn set_hidden(&self, hidden: bool) {
        self.session.run(&format!(
            "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});
             document.dispatchEvent(new Event('visibilitychange', {{ bubbles: true }}))"
        ));
    }

    /// Closes toasts until none is visible and none is queued.
    pub(crate) fn dismiss_toasts(&self) {
        const DISMISS: &str = r#"
            const toasts = document.querySelector('[data-testid="toasts"]');
            for (const button of toasts.querySelectorAll("button")) button.click();
            return toasts.children.length;
        "#;
        wait_for("the end of the last toast", || {
            match self.session.run(DISMISS) {
                none if none == 0 => Ok(()),
                some => Err(format!("{some} toasts")),
            }
        });
    }

    /// Waits until `many` more counts have been received and the page shows the last of them or a
    /// later one: a slow page skips counts. By then the page has processed everything that the
    /// server sent before them.
    #[track_caller]
    pub(crate) fn wait_for_counts(&self, many: usize) {
        let before = self.wire().received("server_response").len();
        wait_for(&format!("{many} counts"), || {
            let counts = self.wire().received("server_response");
            let late = counts.iter().skip(before + many.saturating_sub(1));
            let late: Vec<_> = late.map(|it| it["count"].to_string()).collect();
            match self.shown().counts.last() {
                Some(shown) if late.contains(shown) => Ok(()),
                shown => Err(format!("{shown:?} is shown, expected one of {late:?}")),
            }
        });
    }

    /// Returns everything that was shown since the page was loaded.
    pub(crate) fn shown(&self) -> Shown {
        let recorded = self.session.run("return window.recorded ?? {}");
        let list = |name: &str| {
            let texts = recorded[name].as_array().into_iter().flatten();
            texts
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        };
        Shown {
            toasts: list("toasts"),
            counts: list("counts"),
            states: list("states"),
        }
    }

    /// Returns everything that was sent and received over WebSockets so far.
    pub(crate) fn wire(&self) -> Wire {
        let mut wire = self.wire.borrow_mut();
        wire.read(&self.session.log("performance"));
        wire.clone()
    }

    /// Waits until every request of the page has ended.
    #[track_caller]
    pub(crate) fn wait_for_requests(&self) {
        wait_for("the page's requests to end", || {
            let wire = self.wire();
            let open: Vec<_> = wire.open().collect();
            if open.is_empty() {
                Ok(())
            } else {
                Err(format!("{open:?}"))
            }
        });
    }

    /// Returns a value that the page has stored.
    pub(crate) fn stored(&self, store: Store, key: &str) -> Option<String> {
        let script = format!("return {}.getItem('{key}')", store.name());
        self.session.run(&script).as_str().map(str::to_owned)
    }

    /// Stores a value where the page reads it.
    pub(crate) fn store(&self, store: Store, key: &str, value: &str) {
        let value = Value::from(value);
        self.session
            .run(&format!("{}.setItem('{key}', {value})", store.name()));
    }

    /// Expects errors in the console that contain this text: the case causes them.
    pub(crate) fn expect_console(&self, text: &'static str) {
        self.console.borrow_mut().expect(text);
    }

    /// Expects violations of the content security policy that contain this text: the case causes
    /// them.
    pub(crate) fn expect_violation(&self, text: &'static str) {
        self.console.borrow_mut().expect_violation(text);
    }

    /// Reads the rest of the console and passes all of it to `read`.
    pub(crate) fn with_console<T>(&self, read: impl FnOnce(&Console) -> T) -> T {
        let entries = self.session.log("browser");
        let mut console = self.console.borrow_mut();
        console.read(entries);
        read(&console)
    }
}
