//! The scenarios that are played on the servers.

mod connects;
mod ends;
mod events;
mod leaves;
mod oddities;
mod refusals;

use std::fmt;

use anyhow::Result;

use crate::servers::{Kind, Options};
use crate::stage::Stage;

pub(crate) struct Scenario {
    /// The heading of the recording in its file.
    pub(crate) name: String,
    /// Returns whether a server plays this scenario.
    pub(crate) on: On,
    /// The options of a server for this scenario alone; `None` for a shared server.
    pub(crate) own: Option<Options>,
    pub(crate) play: Box<Play>,
}

type On = fn(Kind) -> bool;
type Play = dyn Fn(&mut Stage<'_>) -> Result<()> + Send + Sync;

/// Returns all scenarios, in the order of the recordings.
pub(crate) fn all() -> Vec<Scenario> {
    let groups = [
        connects::scenarios(),
        refusals::scenarios(),
        leaves::scenarios(),
        events::scenarios(),
        oddities::scenarios(),
        ends::scenarios(),
    ];
    groups.into_iter().flatten().collect()
}

impl Scenario {
    /// Creates a scenario for a shared server.
    fn new(
        name: &str,
        play: impl Fn(&mut Stage<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            // Configurations for any namespace differ in nothing else.
            on: |kind| !kind.accepts_any_namespace(),
            own: None,
            play: Box::new(play),
        }
    }

    fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    /// Runs the scenario on its own server.
    fn alone(self, options: Options) -> Self {
        Self {
            own: Some(options),
            ..self
        }
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scenario").field(&self.name).finish()
    }
}

fn is_node(kind: Kind) -> bool {
    kind == Kind::Node
}

/// Returns whether the server is a python-socketio whose behaviour differs in more than its
/// namespaces.
fn is_python(kind: Kind) -> bool {
    kind.is_python() && !kind.accepts_any_namespace()
}
