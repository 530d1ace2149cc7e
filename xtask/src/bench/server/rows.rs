//! The rows of the table, and their budgets.

use std::collections::BTreeMap;

use anyhow::Result;

use super::case::Side;
use super::servers::Servers;
use crate::bench::{Budget, Figure};

/// Samples of one case, by server and name.
pub(super) type Samples = BTreeMap<(Side, String), Vec<f64>>;

/// One figure of a case, compared with every peer of the case.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) case: &'static str,
    /// The name of the sample in the driver's output.
    sample: &'static str,
    pub(super) id: &'static str,
    title: &'static str,
    unit: &'static str,
    budget: Option<Budget>,
}

pub(super) const ROWS: &[Row] = &[
    row(
        ("fan-out", "cpu-us"),
        "server-message",
        "CPU per delivered message, 200 clients",
        "µs",
    )
    .budget(Budget::ratio(0.7).held_to(0.82)),
    row(
        ("fan-out-polling", "cpu-us"),
        "server-message-polling",
        "CPU per delivered message, 200 polling clients",
        "µs",
    ),
    row(
        ("crowd", "connect-cpu-s"),
        "server-connect-cpu",
        "2,000 connects at 300/s, each announced to all: CPU",
        "s",
    ),
    row(
        ("crowd", "connect-wall-s"),
        "server-connect-wall",
        "2,000 connects at 300/s, each announced to all: until the last announcement",
        "s",
    ),
    row(
        ("crowd", "memory-kb"),
        "server-memory-player",
        "Memory per connection to `/mofang`, with 2,000",
        "kB",
    ),
    row(
        ("crowd", "push-p50-ms"),
        "server-push-p50",
        "A push to 2,000 clients, median",
        "ms",
    ),
    row(
        ("crowd", "push-p99-ms"),
        "server-push-p99",
        "A push to 2,000 clients, 99th percentile",
        "ms",
    )
    .budget(Budget::ratio(0.8).held_to(1.0)),
    row(
        ("idle", "memory-kb"),
        "server-memory-idle",
        "Memory per idle connection to `/`, with 10,000",
        "kB",
    )
    .budget(Budget::ratio(1.2).held_to(1.25)),
    row(
        ("stalled", "memory-kb"),
        "server-memory-stalled",
        "Memory per client that does not read 300 notices of 99 kB",
        "kB",
    )
    .budget(Budget::ratio(1.0)),
    row(
        ("stalled", "cut-s"),
        "server-stalled-cut",
        "Time until it is disconnected, ping interval and timeout 5 s",
        "s",
    )
    .budget(Budget::ours(12.0)),
    row(
        ("burst", "small-acks-missing"),
        "server-burst-500-acks",
        "A burst of 500 broadcasts: missing acknowledgements",
        "",
    )
    .budget(Budget::ours(0.0)),
    row(
        ("burst", "small-deliveries-missing"),
        "server-burst-500-deliveries",
        "A burst of 500 broadcasts: missing deliveries",
        "",
    )
    .budget(Budget::ours(0.0)),
    row(
        ("burst", "large-acks-missing"),
        "server-burst-2000-acks",
        "A burst of 2,000 broadcasts: missing acknowledgements",
        "",
    )
    .budget(Budget::ours(0.0)),
    row(
        ("burst", "large-deliveries-missing"),
        "server-burst-2000-deliveries",
        "A burst of 2,000 broadcasts: missing deliveries",
        "",
    )
    .budget(Budget::ours(0.0)),
    row(
        ("burst", "disordered"),
        "server-burst-order",
        "Both bursts: acknowledgements and deliveries out of order",
        "",
    )
    .budget(Budget::ours(0.0)),
    row(
        ("flooder", "missing-percent"),
        "server-flooder-missing",
        "A flooder among 20 clients: missing notices of the others",
        "%",
    )
    .budget(Budget::ours(0.0)),
    row(
        ("flooder", "peak-mb"),
        "server-flooder-peak",
        "A flooder among 20 clients: peak memory",
        "MB",
    )
    .budget(Budget::ours(150.0)),
    row(
        ("sign-in", "peak-mb"),
        "server-sign-in-peak",
        "3,000 wrong sign-ins from 40 addresses: peak memory",
        "MB",
    )
    .budget(Budget::ours(150.0)),
    row(
        ("sign-in", "left-mb"),
        "server-sign-in-left",
        "3,000 wrong sign-ins from 40 addresses: memory retained",
        "MB",
    )
    .budget(Budget::ours(20.0).held_to(27.0)),
    row(
        ("sign-in", "wait-s"),
        "server-sign-in-wait",
        "3,000 wrong sign-ins from 40 addresses: longest wait of a correct one",
        "s",
    )
    .budget(Budget::ours(2.0)),
    row(
        ("half-open", "healthz-ms"),
        "server-half-open",
        "1,100 half-open connections under 1,024 descriptors: longest `/healthz` request",
        "ms",
    )
    .budget(Budget::ours(2_000.0)),
];

const fn row(
    (case, sample): (&'static str, &'static str),
    id: &'static str,
    title: &'static str,
    unit: &'static str,
) -> Row {
    Row {
        case,
        sample,
        id,
        title,
        unit,
        budget: None,
    }
}

impl Row {
    /// Sets the budget of the comparison with Node's server.
    const fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Returns a figure for each peer, or one for ours alone.
    pub(super) fn figures(&self, samples: &Samples, servers: &Servers) -> Result<Vec<Figure>> {
        let of = |side| samples.get(&(side, self.sample.to_owned()));
        let ours = of(Side::Ours).cloned().unwrap_or_default();
        let figure = |id: &str| Figure::new(id, self.title, self.unit).ours(ours.clone());
        let mut first = match (of(Side::Node), servers.peer(Side::Node)?) {
            (Some(theirs), Some((name, version))) => {
                figure(&format!("{}-node", self.id)).theirs((&name, &version), theirs.clone())
            }
            _ => figure(self.id),
        };
        if let Some(budget) = self.budget {
            first = first.budget(budget);
        }
        let mut figures = vec![first];
        if let (Some(theirs), Some((name, version))) = (of(Side::Flask), servers.peer(Side::Flask)?)
        {
            let figure = figure(&format!("{}-flask", self.id));
            figures.push(figure.theirs((&name, &version), theirs.clone()));
        }
        Ok(figures)
    }
}
