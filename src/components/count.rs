use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::prelude::*;

use crate::dom::announce::{Throttle, When};
use crate::i18n::context::Texts;

/// The number of players. Hidden until the first count arrives, and marked as old while the page is
/// disconnected.
///
/// A change rolls the number over, up or down. A separate element announces it to screen readers at
/// a lower rate, because the number may change each second.
#[component]
pub(crate) fn Count(
    count: Signal<Option<u64>>,
    /// Whether the page is disconnected, so that the count may be out of date.
    stale: Signal<bool>,
) -> impl IntoView {
    let text = Texts::from_context();
    let roll = Memo::new(move |before: Option<&Roll>| Roll::next(before, count.get()));
    let written = move |count: Option<u64>| count.map(|count| text.crowd(count));
    let said = now_and_then(count);
    view! {
        <p class="count" class:stale=stale hidden=move || count.get().is_none()>
            <strong
                class="num"
                data-testid="user-count"
                data-roll=move || roll.get().name()
            >
                {move || written(roll.get().now)}
            </strong>
            <span class="label" data-testid="count-label">
                {move || if stale.get() { text.busy_before } else { text.busy }}
            </span>
        </p>
        <p class="unseen" role="status" data-testid="count-said">
            {move || said.get().map(|count| text.busy_now(count))}
        </p>
    }
}

/// The animation from one number to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Roll {
    now: Option<u64>,
    was: Option<u64>,
    /// Alternates with each roll, because an animation restarts only if its name changes.
    odd: bool,
}

impl Roll {
    fn next(before: Option<&Self>, now: Option<u64>) -> Self {
        let before = before.copied().unwrap_or_default();
        if before.now == now {
            return before;
        }
        Self {
            now,
            was: before.now,
            odd: !before.odd,
        }
    }

    /// Returns the name that the style sheet uses.
    fn name(self) -> Option<&'static str> {
        Some(match (self.now? > self.was?, self.odd) {
            (true, true) => "up odd",
            (true, false) => "up even",
            (false, true) => "down odd",
            (false, false) => "down even",
        })
    }
}

/// Returns the count, throttled for screen readers.
fn now_and_then(count: Signal<Option<u64>>) -> RwSignal<Option<u64>> {
    let said = RwSignal::new(None);
    let throttle = StoredValue::new(Throttle::default());
    let later = StoredValue::new_local(None::<Timeout>);
    let say = move || {
        said.try_set(count.try_get_untracked().flatten());
    };
    Effect::new(move || {
        if count.get().is_none() {
            return;
        }
        let when = throttle.try_update_value(|throttle| throttle.change(Date::now()));
        match when {
            Some(When::Now) => say(),
            Some(When::In(wait)) => later.set_value(Some(Timeout::new(wait as u32, move || {
                throttle.try_update_value(|throttle| throttle.announced(Date::now()));
                say();
            }))),
            Some(When::Arranged) | None => {}
        }
    });
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_does_not_roll_and_later_ones_have_a_new_name_each() {
        let first = Roll::next(None, Some(5));
        assert_eq!(first.name(), None);
        let up = Roll::next(Some(&first), Some(9));
        assert_eq!((up.was, up.name()), (Some(5), Some("up even")));
        let again = Roll::next(Some(&up), Some(10));
        assert_eq!(again.name(), Some("up odd"));
        let down = Roll::next(Some(&again), Some(1));
        assert_eq!(down.name(), Some("down even"));
    }

    #[test]
    fn the_same_number_again_does_not_move() {
        let first = Roll::next(None, Some(5));
        let up = Roll::next(Some(&first), Some(9));
        assert_eq!(Roll::next(Some(&up), Some(9)), up);
    }
}
