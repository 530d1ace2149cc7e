//! The report of a failed case: the message, the place in the tests, and the folder of the
//! evidence.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::path::PathBuf;

use libtest_mimic::Failed;

thread_local! {
    /// Whether this thread runs a case. This module reports the panics of such a thread.
    static RUNS: Cell<bool> = const { Cell::new(false) };
    /// The source location of the last panic.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
    /// Further lines for the report of the current case.
    static NOTES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Installs a panic hook that prints nothing for a case: a backtrace would show the harness and
/// hide the fault.
pub(crate) fn install_panic_hook() {
    let default_hook = take_hook();
    set_hook(Box::new(move |panic| {
        if RUNS.get() {
            let place = panic
                .location()
                .map(|at| format!("{}:{}", at.file(), at.line()));
            PLACE.set(place.unwrap_or_default());
        } else {
            default_hook(panic);
        }
    }));
}

/// Runs a case. If it panics, the failure has the message, the location and the notes of the case.
pub(crate) fn of(case: impl FnOnce()) -> Result<(), Failed> {
    NOTES.take();
    let outcome = catch(case);
    let notes = NOTES.take();
    outcome.map_err(|mut report| {
        for note in notes {
            report += "\n";
            report += &note;
        }
        report.into()
    })
}

/// Adds a line to the report, should the case of this thread fail.
pub(crate) fn note(line: String) {
    NOTES.with_borrow_mut(|notes| notes.push(line));
}

/// Runs a part of a case. If it panics, `save` saves the evidence in a folder, and the report names
/// the folder.
pub(crate) fn with_evidence<T>(run: impl FnOnce() -> T, save: impl FnOnce() -> PathBuf) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let place = PLACE.take();
        // The panic of the case is reported, even if the evidence can't be saved.
        note(match catch(save) {
            Ok(folder) => format!("the evidence is in {}", folder.display()),
            Err(why) => format!("the evidence could not be saved: {why}"),
        });
        PLACE.set(place);
        resume_unwind(panic)
    })
}

/// Returns the result of `run`, or the message and the location of its panic.
fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    let ran = RUNS.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    RUNS.set(ran);
    outcome.map_err(|panic| format!("{}\nat {}", message(panic.as_ref()), PLACE.take()))
}

/// Returns the message: the payload of `panic!` is always text.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message")
}
