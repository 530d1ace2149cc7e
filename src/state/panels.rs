//! The panel that is open over the orchard, at most one at a time.

use leptos::prelude::*;

/// A panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    /// The state and figures of the connection.
    Connection,
    /// A short help for newcomers.
    Help,
    /// The notice board.
    Notices,
    /// The player's balances and account settings.
    Wallet,
}

/// The open panel, shared through context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened(RwSignal<Option<Open>>);

impl Opened {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Returns the value that the page has put into context, or a new one if there is none.
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Opens `panel`, and closes any other.
    pub(crate) fn show(self, panel: Open) {
        self.0.try_set(Some(panel));
    }

    /// Returns whether `panel` is open. Tracks the signal.
    pub(crate) fn shows(self, panel: Open) -> bool {
        self.0.get() == Some(panel)
    }

    /// Closes `panel`, if it is still the open one.
    pub(crate) fn close(self, panel: Open) {
        if self.0.try_get_untracked() == Some(Some(panel)) {
            self.0.try_set(None);
        }
    }

    /// Closes the open panel, and returns it.
    pub(crate) fn take(self) -> Option<Open> {
        let open = self.0.try_get_untracked().flatten();
        self.close_any();
        open
    }

    /// Closes the open panel. Returns whether one was open.
    pub(crate) fn close_any(self) -> bool {
        let open = self.0.try_get_untracked().flatten();
        if open.is_some() {
            self.0.try_set(None);
        }
        open.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_closes_itself_and_not_its_successor() {
        Owner::new().with(|| {
            let opened = Opened::new();
            opened.show(Open::Help);
            opened.show(Open::Notices);
            opened.close(Open::Help);
            assert!(opened.shows(Open::Notices));
            opened.close(Open::Notices);
            assert!(!opened.shows(Open::Notices));
        });
    }

    #[test]
    fn only_an_open_panel_is_reported_as_closed() {
        Owner::new().with(|| {
            let opened = Opened::new();
            assert!(!opened.close_any());
            opened.show(Open::Wallet);
            assert!(opened.close_any());
            assert!(!opened.close_any());
        });
    }
}
