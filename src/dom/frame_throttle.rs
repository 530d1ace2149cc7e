//! What changes faster than anybody can see it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;

/// Sets `signal` to the first value at once, and to those that follow once a frame: the latest of them.
///
/// In a page that is not shown there are no frames, and nobody who looks: the latest waits for both.
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
    /// What came since the signal was set.
    latest: Cell<Option<T>>,
    /// Whether it was set in this frame.
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
