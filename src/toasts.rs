//! Short messages to the player: few at once, the rest waits its turn.

use std::collections::VecDeque;

use leptos::prelude::*;

use crate::host::{Here, Host};

/// How many are shown at once.
pub(crate) const SHOWN: usize = 3;

/// How many may wait. Beyond that the oldest waiting one is dropped: it is stale.
const WAITING: usize = 12;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) text: String,
    /// Whether it goes by itself.
    pub(crate) timed: bool,
}

/// The messages that are shown and those that wait, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    next: u32,
    toasts: VecDeque<Toast>,
}

impl Queue {
    fn push(&mut self, text: String, timed: bool) {
        if self.toasts.len() >= SHOWN + WAITING {
            self.toasts.remove(SHOWN);
        }
        self.next = self.next.wrapping_add(1);
        self.toasts.push_back(Toast {
            id: self.next,
            text,
            timed,
        });
    }

    fn dismiss(&mut self, id: u32) {
        self.toasts.retain(|toast| toast.id != id);
    }

    /// Those that are shown, oldest first.
    pub(crate) fn shown(&self) -> Vec<Toast> {
        self.toasts.iter().take(SHOWN).cloned().collect()
    }
}

/// The page's messages, from context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toasts(RwSignal<Queue>);

impl Toasts {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(Queue::default()))
    }

    /// Those of the page that this component belongs to.
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Says `text` for a while, by the host's means if it has its own.
    pub(crate) fn say(self, text: String) {
        if !Here.toast(&text) {
            self.0.try_update(|queue| queue.push(text, true));
        }
    }

    /// Says `text` until it is dismissed.
    pub(crate) fn keep(self, text: String) {
        self.0.try_update(|queue| queue.push(text, false));
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
            queue.push(text.into(), true);
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
            queue.push(number.to_string(), true);
        }
        assert_eq!(queue.toasts.len(), SHOWN + WAITING);
        assert_eq!(texts(&queue), ["0", "1", "2"]);
        assert_eq!(queue.toasts.back().unwrap().text, "99");
    }

    #[test]
    fn dismissing_twice_takes_no_other() {
        let mut queue = Queue::default();
        queue.push("a".into(), true);
        queue.push("b".into(), true);
        let first = queue.shown()[0].id;
        queue.dismiss(first);
        queue.dismiss(first);
        assert_eq!(texts(&queue), ["b"]);
    }
}
