//! What is played to the servers.

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
    /// Its heading in the file.
    pub(crate) name: String,
    /// Which servers it is for.
    pub(crate) on: On,
    /// What the server is started with, where it is one for this scenario only.
    pub(crate) own: Option<Options>,
    pub(crate) play: Box<Play>,
}

type On = fn(Kind) -> bool;
type Play = dyn Fn(&mut Stage<'_>) -> Result<()> + Send + Sync;

/// All of them, in the order of the files.
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
    /// On a server that others use as well.
    fn new(
        name: &str,
        play: impl Fn(&mut Stage<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            // Those that take any namespace differ in nothing else.
            on: |kind| !kind.accepts_any_namespace(),
            own: None,
            play: Box::new(play),
        }
    }

    fn on(self, on: On) -> Self {
        Self { on, ..self }
    }

    /// On a server of its own.
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

/// Those on python-socketio that differ in more than the namespaces that they take.
fn is_python(kind: Kind) -> bool {
    kind.is_python() && !kind.accepts_any_namespace()
}
