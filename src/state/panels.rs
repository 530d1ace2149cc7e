//! What is open over the orchard: one panel at a time.

use leptos::prelude::*;

/// A panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    /// State and figures of the connection.
    Connection,
    /// A short help for newcomers.
    Help,
    /// The notice board.
    Notices,
    /// The player's balances, and what belongs to the account.
    Wallet,
}

/// The one place that knows which panel is open, from context.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened(RwSignal<Option<Open>>);

impl Opened {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// That of the page which this component belongs to.
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Opens `panel`, in place of any other.
    pub(crate) fn show(self, panel: Open) {
        self.0.try_set(Some(panel));
    }

    /// Whether `panel` is open; tracked.
    pub(crate) fn shows(self, panel: Open) -> bool {
        self.0.get() == Some(panel)
    }

    /// Closes `panel`, and no other that has taken its place.
    pub(crate) fn close(self, panel: Open) {
        if self.0.try_get_untracked() == Some(Some(panel)) {
            self.0.try_set(None);
        }
    }

    /// Closes whatever is open, and tells what it was.
    pub(crate) fn take(self) -> Option<Open> {
        let open = self.0.try_get_untracked().flatten();
        self.close_any();
        open
    }

    /// Closes whatever is open; whether anything was.
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
    fn only_what_was_open_is_told_to_have_been_closed() {
        Owner::new().with(|| {
            let opened = Opened::new();
            assert!(!opened.close_any());
            opened.show(Open::Wallet);
            assert!(opened.close_any());
            assert!(!opened.close_any());
        });
    }
}
