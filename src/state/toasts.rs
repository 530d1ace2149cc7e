//! Toasts: short messages to the player, a few at a time. The rest wait in a queue.

use std::collections::VecDeque;

use leptos::prelude::*;

use crate::host::here;
use crate::i18n::shown;

/// The maximum number of toasts that are shown at a time.
pub(crate) const SHOWN: usize = 3;

/// The maximum number of waiting toasts. Beyond it, the oldest waiting toast is dropped as stale.
const WAITING: usize = 12;

/// The maximum length of a text, in characters. Laying out half a million takes a browser a second.
const LONGEST: usize = 600;

/// How long a toast is shown, in milliseconds: the game's own time, and more for longer texts, up
/// to a maximum.
const STAY: u32 = 3_000;
const STAY_PER_CHARACTER: u32 = 40;
const STAY_MAX: u32 = 10_000;
/// The minimum time after a pause, so that a toast does not vanish when the pointer leaves it.
const STAY_AFTER_PAUSE: u32 = 1_000;

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Information, announced politely.
    Word,
    /// An error, announced immediately.
    Fault,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) text: String,
    /// Whether it is dismissed automatically.
    pub(crate) timed: bool,
    pub(crate) tone: Tone,
}

/// The remaining time of a toast. Times are in milliseconds of any one clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stay {
    left: u32,
    since: Option<f64>,
}

impl Stay {
    /// Returns the time to read `text`.
    pub(crate) fn of(text: &str) -> Self {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let left = STAY.saturating_add(length.saturating_mul(STAY_PER_CHARACTER));
        Self {
            left: left.min(STAY_MAX),
            since: None,
        }
    }

    /// Starts the time at `now`, and returns how much remains.
    pub(crate) fn go_on(&mut self, now: f64) -> u32 {
        self.since.get_or_insert(now);
        self.left
    }

    /// Pauses the time at `now`.
    pub(crate) fn pause(&mut self, now: f64) {
        if let Some(since) = self.since.take() {
            let gone = (now - since).max(0.0) as u32;
            self.left = self.left.saturating_sub(gone).max(STAY_AFTER_PAUSE);
        }
    }
}

/// The messages that are shown or waiting, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    next: u32,
    toasts: VecDeque<Toast>,
}

impl Queue {
    fn push(&mut self, text: String, timed: bool, tone: Tone) {
        if self.toasts.len() >= SHOWN + WAITING {
            self.toasts.remove(SHOWN);
        }
        self.next = self.next.wrapping_add(1);
        self.toasts.push_back(Toast {
            id: self.next,
            text,
            timed,
            tone,
        });
    }

    fn dismiss(&mut self, id: u32) {
        self.toasts.retain(|toast| toast.id != id);
    }

    /// Returns the messages that are shown, oldest first.
    pub(crate) fn shown(&self) -> Vec<Toast> {
        self.toasts.iter().take(SHOWN).cloned().collect()
    }
}

/// The page's messages, shared through context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toasts(RwSignal<Queue>);

impl Toasts {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(Queue::default()))
    }

    /// Returns the value that the page has put into context, or a new one if there is none.
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Shows `text` for a while, in the host's own toast if it has one.
    pub(crate) fn say(self, text: String) {
        let text = shown::block(text, LONGEST);
        if !here().toast(&text) {
            self.0
                .try_update(|queue| queue.push(text, true, Tone::Word));
        }
    }

    /// Shows an error until the player dismisses it.
    pub(crate) fn keep(self, text: String) {
        let text = shown::block(text, LONGEST);
        self.0
            .try_update(|queue| queue.push(text, false, Tone::Fault));
    }

    pub(crate) fn dismiss(self, id: u32) {
        self.0.try_update(|queue| queue.dismiss(id));
    }

    pub(crate) fn shown(self) -> Vec<Toast> {
        self.0.with(Queue::shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(queue: &Queue) -> Vec<String> {
        queue.shown().into_iter().map(|toast| toast.text).collect()
    }

    #[test]
    fn a_fourth_toast_waits_for_a_place() {
        let mut queue = Queue::default();
        for text in ["a", "b", "c", "d"] {
            queue.push(text.into(), true, Tone::Word);
        }
        assert_eq!(texts(&queue), ["a", "b", "c"]);
        let first = queue.shown()[0].id;
        queue.dismiss(first);
        assert_eq!(texts(&queue), ["b", "c", "d"]);
    }

    #[test]
    fn a_flood_drops_the_oldest_that_waits_and_never_one_that_is_shown() {
        let mut queue = Queue::default();
        for number in 0..100 {
            queue.push(number.to_string(), true, Tone::Word);
        }
        assert_eq!(queue.toasts.len(), SHOWN + WAITING);
        assert_eq!(texts(&queue), ["0", "1", "2"]);
        assert_eq!(queue.toasts.back().unwrap().text, "99");
    }

    #[test]
    fn a_paused_toast_keeps_the_time_it_had() {
        let mut stay = Stay::of("");
        assert_eq!(stay.go_on(0.0), 3_000);
        stay.pause(1_200.0);
        assert_eq!(stay.go_on(60_000.0), 1_800);
        // A second pause subtracts nothing.
        stay.pause(60_300.0);
        stay.pause(70_000.0);
        assert_eq!(stay.go_on(80_000.0), 1_500);
    }

    #[test]
    fn a_resumed_toast_stays_for_at_least_a_second() {
        let mut stay = Stay::of("");
        stay.go_on(0.0);
        stay.pause(2_999.0);
        assert_eq!(stay.go_on(5_000.0), 1_000);
    }

    #[test]
    fn long_texts_stay_longer_and_none_for_ever() {
        assert!(Stay::of("a long text").left > Stay::of("a").left);
        assert_eq!(Stay::of(&"x".repeat(10_000)).left, 10_000);
    }

    #[test]
    fn dismissing_twice_removes_no_other() {
        let mut queue = Queue::default();
        queue.push("a".into(), true, Tone::Word);
        queue.push("b".into(), true, Tone::Word);
        let first = queue.shown()[0].id;
        queue.dismiss(first);
        queue.dismiss(first);
        assert_eq!(texts(&queue), ["b"]);
    }
}
