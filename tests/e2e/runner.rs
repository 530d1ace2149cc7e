//! Runs each case with its own server, browser and profile.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::backend::{Backend, Options, Server};
use crate::cases::{self, Case};
use crate::engines;
use crate::environment::Environment;
use crate::failure;
use crate::gallery;
use crate::page::Page;
use crate::settled;
use crate::webdriver::Driver;

/// The number of cases at a time. Each browser is several processes.
const AT_ONCE: usize = 2;

/// The environment, the server and the page of a case.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) backend: Backend,
    pub(crate) server: Server,
    pub(crate) page: Page,
}

pub(crate) fn main() -> ExitCode {
    failure::take_over_panics();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);

    if engines::wanted() {
        // Each case starts three programs, and there is one case per engine.
        arguments.test_threads = Some(1);
        let trials = engines::trials(arguments.list);
        return libtest_mimic::run(&arguments, trials).exit_code();
    }
    #[cfg(target_os = "linux")]
    if crate::window::wanted() {
        let trials = crate::window::trials(arguments.list);
        return libtest_mimic::run(&arguments, trials).exit_code();
    }
    let surroundings = Arc::new(Surroundings::prepare(arguments.list));
    let trials = match gallery::Mode::wanted() {
        Some(mode) => of_gallery(mode, &surroundings),
        None => of_cases(&surroundings),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn of_cases(surroundings: &Arc<Surroundings>) -> Vec<Trial> {
    cases::all()
        .into_iter()
        .flat_map(|case| case.backends.iter().map(move |&backend| (case, backend)))
        .map(|(case, backend)| {
            let surroundings = Arc::clone(surroundings);
            let name = format!("{backend}::{}", case.name);
            Trial::test(name, move || {
                surroundings.run(|environment, driver| run(case, backend, environment, driver))
            })
        })
        .collect()
}

/// The cases of the gallery: its pictures, preceded by the cases that show that no picture is taken
/// too early.
fn of_gallery(mode: gallery::Mode, surroundings: &Arc<Surroundings>) -> Vec<Trial> {
    let settled = settled::ALL.iter().map(|&(name, run)| {
        let surroundings = Arc::clone(surroundings);
        Trial::test(format!("settled::{name}"), move || surroundings.run(run))
    });
    let walks = gallery::walks().map(|walk| {
        let surroundings = Arc::clone(surroundings);
        Trial::test(walk.name(), move || {
            surroundings.run(|environment, driver| walk.run(mode, environment, driver))
        })
    });
    settled.chain(walks).collect()
}

/// What all cases share, or the reason why it is missing.
#[allow(clippy::large_enum_variant, reason = "there is one of them")]
enum Surroundings {
    Ready {
        environment: Environment,
        driver: Driver,
    },
    Missing(String),
}

impl Surroundings {
    fn prepare(only_list: bool) -> Self {
        if only_list {
            return Self::Missing("the cases are only listed".into());
        }
        match Environment::read() {
            Ok(environment) => Self::Ready {
                driver: Driver::start(&environment),
                environment,
            },
            Err(missing) => Self::Missing(missing),
        }
    }

    fn run(&self, test: impl FnOnce(&Environment, &Driver)) -> Result<(), Failed> {
        match self {
            Self::Missing(missing) => Err(missing.as_str().into()),
            Self::Ready {
                environment,
                driver,
            } => failure::of(|| test(environment, driver)),
        }
    }
}

fn run(case: Case, backend: Backend, environment: &Environment, driver: &Driver) {
    let options = Options {
        access_lifetime: case.access_lifetime,
    };
    let server = Server::start(backend, environment, options);
    let page = Page::new(driver.open(&environment.chromium));
    let stage = Stage {
        environment,
        backend,
        server,
        page,
    };

    // Shared by the case and by the function that saves the evidence.
    let stage = RefCell::new(stage);
    failure::watched(
        || {
            let stage = &mut *stage.borrow_mut();
            (case.run)(stage);
            stage.page.with_console(|console| {
                let breaches = console.breaches();
                assert!(
                    breaches.is_empty(),
                    "breaches of the content policy: {breaches:#?}"
                );
                let errors = console.errors();
                assert!(
                    errors.is_empty(),
                    "errors in the browser's console: {errors:#?}"
                );
            });
        },
        || stage.borrow().save_evidence(case.name),
    );
}

impl Stage<'_> {
    /// Saves a screenshot, the console, the WebSocket frames and the server's log, and returns
    /// their folder.
    fn save_evidence(&self, case: &str) -> PathBuf {
        let folder = Environment::evidence().join(format!("{}-{case}", self.backend));
        fs::create_dir_all(&folder).expect("a folder for what the failed case saw");
        let save = |name: &str, content: &[u8]| {
            fs::write(folder.join(name), content).expect("a file for what the failed case saw");
        };
        save("server.log", self.server.log().as_bytes());
        let picture = self.page.session().screenshot().expect("a screenshot");
        save(
            "page.png",
            &BASE64_STANDARD
                .decode(picture)
                .expect("a picture in base64"),
        );
        save(
            "console.log",
            self.page.with_console(|console| console.text()).as_bytes(),
        );
        save("shown.txt", format!("{:#?}", self.page.shown()).as_bytes());
        save("wire.txt", format!("{:#?}", self.page.wire()).as_bytes());
        folder
    }
}
