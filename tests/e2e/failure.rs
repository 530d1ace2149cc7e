//! What a case that failed says: what was wrong, where in the tests, and where what it saw is kept.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::path::PathBuf;

use libtest_mimic::Failed;

thread_local! {
    /// Whether a case runs in this thread, whose panics are its own affair.
    static RUNS: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic was.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
    /// What else is to be said of the case that runs.
    static NOTES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// From now on the panic of a case prints nothing by itself: a backtrace would show the harness, and hide what was wrong.
pub(crate) fn take_over_panics() {
    let usual = take_hook();
    set_hook(Box::new(move |panic| {
        if RUNS.get() {
            let place = panic
                .location()
                .map(|at| format!("{}:{}", at.file(), at.line()));
            PLACE.set(place.unwrap_or_default());
        } else {
            usual(panic);
        }
    }));
}

/// Runs a case. If it panics, the failure says with what, where, and what was noted meanwhile.
pub(crate) fn of(case: impl FnOnce()) -> Result<(), Failed> {
    NOTES.take();
    let outcome = catching(case);
    let notes = NOTES.take();
    outcome.map_err(|mut told| {
        for note in notes {
            told += "\n";
            told += &note;
        }
        told.into()
    })
}

/// Adds a line to what is said should the case of this thread fail.
pub(crate) fn note(line: String) {
    NOTES.with_borrow_mut(|notes| notes.push(line));
}

/// Runs a part of a case. Should it panic, `keep` leaves what was to be seen in a folder, which is noted.
pub(crate) fn watched<T>(run: impl FnOnce() -> T, keep: impl FnOnce() -> PathBuf) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let place = PLACE.take();
        // Whatever is wrong with the browser, the first fault is the one to tell.
        note(match catching(keep) {
            Ok(folder) => format!("what it saw is in {}", folder.display()),
            Err(why) => format!("what it saw could not be kept: {why}"),
        });
        PLACE.set(place);
        resume_unwind(panic)
    })
}

/// What `run` returns, or else the words and the place of its panic.
fn catching<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    let ran = RUNS.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    RUNS.set(ran);
    outcome.map_err(|panic| format!("{}\nat {}", words(panic.as_ref()), PLACE.take()))
}

/// `panic!` has words only.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}
