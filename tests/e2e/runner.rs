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
    failure::install_panic_hook();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);

    if engines::requested() {
        // Each case starts three programs, and there is one case per engine.
        arguments.test_threads = Some(1);
        let trials = engines::trials(arguments.list);
        return libtest_mimic::run(&arguments, trials).exit_code();
    }
    #[cfg(target_os = "linux")]
    if crate::window::requested() {
        let trials = crate::window::trials(arguments.list);
        return libtest_mimic::run(&arguments, trials).exit_code();
    }
    let shared = Arc::new(Shared::prepare(arguments.list));
    let trials = match gallery::Mode::requested() {
        Some(mode) => of_gallery(mode, &shared),
        None => of_cases(&shared),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn of_cases(shared: &Arc<Shared>) -> Vec<Trial> {
    cases::all()
        .into_iter()
        .flat_map(|case| case.backends.iter().map(move |&backend| (case, backend)))
        .map(|(case, backend)| {
            let shared = Arc::clone(shared);
            let name = format!("{backend}::{}", case.name);
            Trial::test(name, move || {
                shared.run(|environment, driver| run(case, backend, environment, driver))
            })
        })
        .collect()
}

/// The cases of the gallery: its pictures, after the cases that check that no picture is taken too
/// early.
fn of_gallery(mode: gallery::Mode, shared: &Arc<Shared>) -> Vec<Trial> {
    let settled = settled::ALL.iter().map(|&(name, run)| {
        let shared = Arc::clone(shared);
        Trial::test(format!("settled::{name}"), move || shared.run(run))
    });
    let tours = gallery::tours().map(|tour| {
        let shared = Arc::clone(shared);
        Trial::test(tour.name(), move || {
            shared.run(|environment, driver| tour.run(mode, environment, driver))
        })
    });
    settled.chain(tours).collect()
}

/// What all cases share, or the reason why it is missing.
#[allow(clippy::large_enum_variant, reason = "there is one of them")]
enum Shared {
    Ready {
        environment: Environment,
        driver: Driver,
    },
    Missing(String),
}

impl Shared {
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
    // Both preferences are tested, one with each server. Drawing the animations takes a quarter of
    // a case's time.
    if backend == Backend::Flask && !case.animated {
        page.session().reduce_motion();
    }
    let stage = Stage {
        environment,
        backend,
        server,
        page,
    };

    // The case and the function that saves the evidence share it.
    let stage = RefCell::new(stage);
    failure::with_evidence(
        || {
            let stage = &mut *stage.borrow_mut();
            (case.run)(stage);
            stage.page.with_console(|console| {
                let violations = console.violations();
                assert!(
                    violations.is_empty(),
                    "violations of the content security policy: {violations:#?}"
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
        fs::create_dir_all(&folder).expect("a folder for the evidence");
        let save = |name: &str, content: &[u8]| {
            fs::write(folder.join(name), content).expect("a file for the evidence");
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
