//! Plays every scenario on every server, and records or compares the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::scenarios::{self, Scenario};
use crate::server::Server;
use crate::servers::{Kind, Options, root};
use crate::stage::{Quiet, Stage};
use crate::transcript::{Recording, Transcript};

/// The number of scenarios at a time: each waits most of the time.
const AT_ONCE: usize = 8;

/// The silence after which a server is expected to send nothing more. Two recordings, with the
/// short and the long wait, must agree.
const QUIET: [Duration; 2] = [Duration::from_millis(400), Duration::from_millis(1200)];

/// The time to wait for further frames after the expected ones.
const MOMENT: Duration = Duration::from_millis(50);

/// Compares what the servers send with the recordings.
pub(crate) fn check(arguments: Arguments) -> ExitCode {
    run(arguments, |shared, kind, scenario| {
        let recorded = read(kind)?;
        let recorded = recorded.recordings.iter().find(|it| it.name == scenario.name);
        let recorded = recorded.context("it was not recorded: run `cargo xtask record`")?.wire();
        let now = shared.play(kind, scenario, Quiet::When(&recorded.lines, MOMENT))?;
        if now != recorded {
            bail!("recorded was\n{recorded}\nand now it is\n{now}\nIf that is right, run `cargo xtask record`.");
        }
        Ok(now)
    })
    .exit_code()
}

/// Replaces the recordings, except those that the filter excludes.
pub(crate) fn record(arguments: Arguments) -> ExitCode {
    let recordings = Arc::new(Mutex::new(BTreeMap::<Kind, Vec<Recording>>::new()));
    let made = Arc::clone(&recordings);
    let conclusion = run(arguments, move |shared, kind, scenario| {
        let [short, long] = QUIET.map(Quiet::After);
        let recording = shared.play(kind, scenario, short)?;
        let again = shared.play(kind, scenario, long)?;
        if recording != again {
            bail!("it was at first\n{recording}\nand then\n{again}");
        }
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(kind).or_default().push(recording.clone());
        Ok(recording)
    });
    let recordings = recordings.lock().unwrap_or_else(PoisonError::into_inner);
    for (kind, recordings) in &*recordings {
        if let Err(error) = write(*kind, recordings) {
            eprintln!("error: {}: {error:#}", kind.name());
            return ExitCode::FAILURE;
        }
    }
    conclusion.exit_code()
}

fn run(
    mut arguments: Arguments,
    judge: impl Fn(&Shared, Kind, &Scenario) -> Result<Recording> + Send + Sync + 'static,
) -> libtest_mimic::Conclusion {
    arguments.test_threads.get_or_insert(AT_ONCE);
    let shared = Arc::new(Shared::default());
    let judge = Arc::new(judge);
    let scenarios = scenarios::all().into_iter().map(Arc::new);
    let trials = scenarios.flat_map(|scenario| {
        let kinds = Kind::ALL.into_iter().filter(|kind| (scenario.on)(*kind));
        let trials: Vec<_> = kinds
            .map(|kind| {
                let (shared, judge) = (Arc::clone(&shared), Arc::clone(&judge));
                let scenario = Arc::clone(&scenario);
                let name = format!("{}::{}", kind.name(), scenario.name.replace(' ', "_"));
                Trial::test(name, move || {
                    let judged = judge(&shared, kind, &scenario);
                    judged
                        .map(drop)
                        .map_err(|error| Failed::from(format!("{error:#}")))
                })
            })
            .collect();
        trials
    });
    libtest_mimic::run(&arguments, trials.collect())
}

/// The servers that scenarios share, each started when it is first needed.
#[derive(Debug, Default)]
struct Shared(Mutex<BTreeMap<Kind, Arc<Mutex<Option<Server>>>>>);

impl Shared {
    fn play(&self, kind: Kind, scenario: &Scenario, quiet: Quiet<'_>) -> Result<Recording> {
        let lines = match scenario.own {
            Some(options) => play(&mut Server::start(kind, options)?, scenario, quiet)?,
            None => {
                let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let server = Arc::clone(servers.entry(kind).or_default());
                drop(servers);
                let mut server = server.lock().unwrap_or_else(PoisonError::into_inner);
                let server = match &mut *server {
                    Some(server) => server,
                    none => none.insert(Server::start(kind, Options::DEFAULT)?),
                };
                play(server, scenario, quiet)?
            }
        };
        Ok(Recording {
            name: scenario.name.clone(),
            lines,
        })
    }
}

fn play(
    server: &mut Server,
    scenario: &Scenario,
    quiet: Quiet<'_>,
) -> Result<Vec<crate::transcript::Line>> {
    let mut stage = Stage::open(server, quiet)?;
    let played = (scenario.play)(&mut stage);
    let lines = stage.lines;
    match played {
        Ok(()) => Ok(lines),
        Err(error) => {
            let name = scenario.name.clone();
            Err(error.context(format!("so far there is\n{}", Recording { name, lines })))
        }
    }
}

fn path(kind: Kind) -> Result<PathBuf> {
    let folder = root()?.join("crates/socketio-proto/tests/recordings");
    Ok(folder.join(kind.name()).with_extension("txt"))
}

fn read(kind: Kind) -> Result<Transcript> {
    let path = path(kind)?;
    let text = fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
    Transcript::parse(&text).map_err(|fault| anyhow::anyhow!("{}: {fault}", path.display()))
}

/// Replaces the old recordings by the new ones. The test of the core adds what the core reports.
fn write(kind: Kind, new: &[Recording]) -> Result<()> {
    let old = match path(kind)?.exists() {
        true => read(kind)?.recordings,
        false => Vec::new(),
    };
    let known = scenarios::all();
    let recordings = known
        .iter()
        .filter(|it| (it.on)(kind))
        .filter_map(|scenario| {
            let named = |recording: &&Recording| recording.name == scenario.name;
            new.iter().find(named).or_else(|| old.iter().find(named))
        });
    let transcript = Transcript {
        preamble: kind.preamble()?,
        recordings: recordings.cloned().collect(),
    };
    let path = path(kind)?;
    fs::write(&path, transcript.to_string())
        .with_context(|| format!("could not write {}", path.display()))
}
