//! Limits updates of a signal to one per animation frame.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;

/// Returns a function that sets `signal` immediately, and then at most once per frame, to the
/// latest value.
///
/// A hidden page has no frames, so the latest value waits until the page is visible.
pub(crate) fn paced<T>(signal: WriteSignal<T>) -> impl Fn(T) + Clone
where
    T: Send + Sync + 'static,
{
    let pace = Rc::new(Pace {
        latest: Cell::new(None),
        resting: Cell::new(false),
    });
    move |value| {
        if pace.resting.get() {
            pace.latest.set(Some(value));
        } else {
            set(signal, value, pace.clone());
        }
    }
}

struct Pace<T> {
    /// The latest value since the signal was set.
    latest: Cell<Option<T>>,
    /// Whether the signal was set in this frame.
    resting: Cell<bool>,
}

fn set<T>(signal: WriteSignal<T>, value: T, pace: Rc<Pace<T>>)
where
    T: Send + Sync + 'static,
{
    signal.try_set(value);
    pace.resting.set(true);
    request_animation_frame(move || match pace.latest.take() {
        Some(value) => set(signal, value, pace),
        None => pace.resting.set(false),
    });
}
