use orchard_contract::events::{Broadcast, BroadcastResponse};

/// How many characters a notice may have.
pub(crate) const MAX_LENGTH: usize = 200;

/// What became of the last text that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It came back, so everybody has it.
    Arrived,
    /// There was nothing in it.
    Blank,
    /// It did not come back.
    Lost,
    /// There was no connection to send it over.
    Offline,
}

/// One's own text on its way: one at a time, and kept until it has come back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outbox {
    sending: Option<Broadcast>,
    outcome: Option<Outcome>,
}

impl Outbox {
    /// What is to be emitted for `draft`, if it is to be; `mark` is to be another each time.
    pub(crate) fn send(&mut self, draft: &str, live: bool, mark: String) -> Option<Broadcast> {
        if self.sending.is_some() {
            return None;
        }
        let text: String = draft.trim().chars().take(MAX_LENGTH).collect();
        self.outcome = match (text.is_empty(), live) {
            (true, _) => Some(Outcome::Blank),
            (false, false) => Some(Outcome::Offline),
            (false, true) => None,
        };
        if self.outcome.is_none() {
            self.sending = Some(Broadcast {
                text,
                id: Some(mark),
            });
        }
        self.sending.clone()
    }

    /// Something was broadcast: whether it is what is being sent.
    ///
    /// A server that lets the mark pass is taken at its mark, so that the same words of somebody else are theirs.
    pub(crate) fn comes_back(&mut self, response: &BroadcastResponse) -> bool {
        let own = self.sending.as_ref().is_some_and(|sending| {
            if response.id.is_some() {
                response.id == sending.id
            } else {
                response.text.as_ref() == Some(&sending.text)
            }
        });
        if own {
            self.sending = None;
            self.outcome = Some(Outcome::Arrived);
        }
        own
    }

    /// What was being sent will not come back any more.
    pub(crate) fn lose(&mut self) {
        if self.sending.take().is_some() {
            self.outcome = Some(Outcome::Lost);
        }
    }

    /// There is a connection again, or another text: what was said of the last one is no use now.
    pub(crate) fn begin_anew(&mut self) {
        self.outcome = None;
    }

    pub(crate) fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(text: &str, id: Option<&str>) -> BroadcastResponse {
        BroadcastResponse {
            text: Some(text.into()),
            id: id.map(Into::into),
            ..BroadcastResponse::default()
        }
    }

    #[test]
    fn it_has_arrived_only_when_it_came_back() {
        let mut outbox = Outbox::default();
        let sent = outbox.send(" hello ", true, "m1".into()).unwrap();
        assert_eq!(
            (sent.text.as_str(), sent.id.as_deref()),
            ("hello", Some("m1"))
        );
        assert_eq!((outbox.is_sending(), outbox.outcome()), (true, None));

        assert!(!outbox.comes_back(&back("hello", Some("of another"))));
        assert!(outbox.is_sending());
        assert!(outbox.comes_back(&back("hello", Some("m1"))));
        assert_eq!(
            (outbox.is_sending(), outbox.outcome()),
            (false, Some(Outcome::Arrived))
        );
        assert!(!outbox.comes_back(&back("hello", Some("m1"))));
    }

    #[test]
    fn a_server_that_drops_the_mark_is_taken_at_its_words() {
        let mut outbox = Outbox::default();
        outbox.send("hello", true, "m1".into());
        assert!(!outbox.comes_back(&back("hello there", None)));
        assert!(outbox.comes_back(&back("hello", None)));
    }

    #[test]
    fn nothing_is_sent_offline_or_blank_or_twice() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.send("hello", false, "m1".into()), None);
        assert_eq!(outbox.outcome(), Some(Outcome::Offline));
        assert_eq!(outbox.send(" \n", true, "m2".into()), None);
        assert_eq!(outbox.outcome(), Some(Outcome::Blank));
        assert!(outbox.send("hello", true, "m3".into()).is_some());
        assert_eq!(outbox.send("hello", true, "m4".into()), None);
    }

    #[test]
    fn what_is_lost_is_told_and_can_be_sent_again() {
        let mut outbox = Outbox::default();
        outbox.lose();
        assert_eq!(outbox.outcome(), None);
        outbox.send("hello", true, "m1".into());
        outbox.lose();
        assert_eq!(outbox.outcome(), Some(Outcome::Lost));
        assert!(outbox.send("hello", true, "m2".into()).is_some());
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let mut outbox = Outbox::default();
        let sent = outbox.send(&"果".repeat(300), true, "m".into()).unwrap();
        assert_eq!(sent.text, "果".repeat(MAX_LENGTH));
    }
}
