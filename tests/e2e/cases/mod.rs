//! The guarantees of the page, one function each.

mod accessible;
mod apicloud;
mod back;
mod connection;
mod development;
mod footer;
mod header;
mod hidden;
mod keyboard;
mod language;
mod leaving;
mod link;
mod loading;
mod music;
mod notices;
mod old;
mod outages;
mod players;
mod policy;
mod settings;
mod sign_in;
mod sky;
mod toasts;
mod tokens;
mod touch;

use crate::backend::Backend;
use crate::runner::Stage;

/// Longer than any case, so that no token expires.
const HOUR: u32 = 3600;

/// A case, and the servers that it runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) backends: &'static [Backend],
    /// Seconds until an access token expires.
    pub(crate) access_lifetime: u32,
    /// Whether the case is about animations, so that every server's page shows them.
    pub(crate) animated: bool,
    pub(crate) run: fn(&mut Stage<'_>),
}

/// Opens the page at `path`, signs in, and waits until it is live.
fn go_live(stage: &Stage<'_>, path: &str) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(path));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

/// A case that runs on every server.
const fn everywhere(name: &'static str, run: fn(&mut Stage<'_>)) -> Case {
    Case {
        name,
        backends: &Backend::ALL,
        access_lifetime: HOUR,
        animated: false,
        run,
    }
}

/// A case that controls its server, which only the Flask server allows.
const fn on_flask(name: &'static str, run: fn(&mut Stage<'_>)) -> Case {
    Case {
        name,
        backends: &[Backend::Flask],
        access_lifetime: HOUR,
        animated: false,
        run,
    }
}

/// A case about other servers than the page's own. Its policy must allow them, and only the default
/// server takes a list of them.
const fn on_default(name: &'static str, run: fn(&mut Stage<'_>)) -> Case {
    Case {
        name,
        backends: &[Backend::Default],
        access_lifetime: HOUR,
        animated: false,
        run,
    }
}

/// A case in which access tokens expire after a few seconds. Not one second: the page loads the
/// player right after sign-in, which may take longer on a busy machine.
const fn short_lived(case: Case) -> Case {
    Case {
        access_lifetime: 5,
        ..case
    }
}

/// A case about animations.
const fn animated(case: Case) -> Case {
    Case {
        animated: true,
        ..case
    }
}

pub(crate) fn all() -> Vec<Case> {
    [
        sign_in::CASES,
        connection::CASES,
        tokens::CASES,
        language::CASES,
        leaving::CASES,
        link::CASES,
        loading::CASES,
        notices::CASES,
        settings::CASES,
        toasts::CASES,
        sky::CASES,
        header::CASES,
        footer::CASES,
        music::CASES,
        back::CASES,
        policy::CASES,
        accessible::CASES,
        keyboard::CASES,
        touch::CASES,
        apicloud::CASES,
        old::CASES,
        outages::CASES,
        hidden::CASES,
        development::CASES,
        players::CASES,
    ]
    .concat()
}
