use orchard_contract::events::{Broadcast, BroadcastResponse};

/// How many characters a notice may have.
pub(crate) const MAX_LENGTH: usize = 200;

/// What became of the last text that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
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
    /// The last text that did not come back: it may have arrived all the same.
    lost: Option<Broadcast>,
    outcome: Option<Delivery>,
}

impl Outbox {
    /// What is to be emitted for `draft`, if it is to be; `mark` is to be another each time.
    pub(crate) fn send(&mut self, draft: &str, live: bool, mark: String) -> Option<Broadcast> {
        if self.sending.is_some() {
            return None;
        }
        let text = written(draft);
        self.outcome = match (text.is_empty(), live) {
            (true, _) => Some(Delivery::Blank),
            (false, false) => Some(Delivery::Offline),
            (false, true) => None,
        };
        if self.outcome.is_none() {
            self.lost = None;
            self.sending = Some(Broadcast {
                text,
                id: Some(mark),
            });
        }
        self.sending.clone()
    }

    /// Something was broadcast: what was sent, if it is that.
    ///
    /// A server that lets the mark pass is taken at its mark, so that the same words of somebody else are theirs.
    pub(crate) fn comes_back(&mut self, response: &BroadcastResponse) -> Option<Broadcast> {
        let is_marked = |sent: &Broadcast| response.id.is_some() && response.id == sent.id;
        let arrived = if self.lost.as_ref().is_some_and(is_marked) {
            self.lost.take()
        } else {
            self.sending.take_if(|sending| match response.id {
                Some(_) => is_marked(sending),
                None => response.text.as_ref() == Some(&sending.text),
            })
        };
        if arrived.is_some() {
            self.outcome = Some(Delivery::Arrived);
        }
        arrived
    }

    /// What was being sent will not come back any more.
    pub(crate) fn lose(&mut self) {
        if let Some(sending) = self.sending.take() {
            self.lost = Some(sending);
            self.outcome = Some(Delivery::Lost);
        }
    }

    /// An outbox whose text was sent before the page was left, and has not come back.
    pub(crate) fn of_lost(letter: Broadcast) -> Self {
        Self {
            lost: Some(letter),
            outcome: Some(Delivery::Lost),
            ..Self::default()
        }
    }

    /// What was sent and has not come back.
    pub(crate) fn unanswered(&self) -> Option<&Broadcast> {
        self.sending.as_ref().or(self.lost.as_ref())
    }

    /// There is a connection again, or another text: what was said of the last one is no use now.
    pub(crate) fn begin_anew(&mut self) {
        self.outcome = None;
    }

    pub(crate) fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    pub(crate) fn outcome(&self) -> Option<Delivery> {
        self.outcome
    }
}

/// What is sent of a draft.
pub(super) fn written(draft: &str) -> String {
    draft.trim().chars().take(MAX_LENGTH).collect()
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

    /// The text of what came back, if it is the outbox's.
    fn own(outbox: &mut Outbox, text: &str, id: Option<&str>) -> Option<String> {
        outbox.comes_back(&back(text, id)).map(|letter| letter.text)
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

        assert_eq!(own(&mut outbox, "hello", Some("of another")), None);
        assert!(outbox.is_sending());
        assert_eq!(
            own(&mut outbox, "hello", Some("m1")).as_deref(),
            Some("hello")
        );
        assert_eq!(
            (outbox.is_sending(), outbox.outcome()),
            (false, Some(Delivery::Arrived))
        );
        assert_eq!(own(&mut outbox, "hello", Some("m1")), None);
    }

    #[test]
    fn a_server_that_drops_the_mark_is_taken_at_its_words() {
        let mut outbox = Outbox::default();
        outbox.send("hello", true, "m1".into());
        assert_eq!(own(&mut outbox, "hello there", None), None);
        assert_eq!(own(&mut outbox, "hello", None).as_deref(), Some("hello"));
    }

    #[test]
    fn nothing_is_sent_offline_or_blank_or_twice() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.send("hello", false, "m1".into()), None);
        assert_eq!(outbox.outcome(), Some(Delivery::Offline));
        assert_eq!(outbox.send(" \n", true, "m2".into()), None);
        assert_eq!(outbox.outcome(), Some(Delivery::Blank));
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
        assert_eq!(outbox.outcome(), Some(Delivery::Lost));
        assert!(outbox.send("hello", true, "m2".into()).is_some());
    }

    #[test]
    fn what_seemed_lost_may_have_arrived() {
        let mut outbox = Outbox::default();
        outbox.send("hello", true, "m1".into());
        outbox.lose();
        assert_eq!(own(&mut outbox, "hello", Some("of another")), None);
        assert_eq!(
            own(&mut outbox, "hello", Some("m1")).as_deref(),
            Some("hello")
        );
        assert_eq!(outbox.outcome(), Some(Delivery::Arrived));
        assert_eq!(own(&mut outbox, "hello", Some("m1")), None);
        // Sent once more, only the new one counts.
        outbox.send("hello", true, "m2".into());
        outbox.lose();
        outbox.send("hello", true, "m3".into());
        assert_eq!(own(&mut outbox, "hello", Some("m2")), None);
    }

    #[test]
    fn what_was_sent_before_the_page_was_left_may_come_back_later() {
        let mut before = Outbox::default();
        before.send("hello", true, "m1".into());
        let letter = before.unanswered().cloned().unwrap();
        before.lose();
        assert_eq!(before.unanswered(), Some(&letter), "it may have arrived");

        let mut outbox = Outbox::of_lost(letter);
        assert_eq!(outbox.outcome(), Some(Delivery::Lost));
        assert_eq!(
            own(&mut outbox, "hello", Some("m1")).as_deref(),
            Some("hello")
        );
        assert_eq!(
            (outbox.outcome(), outbox.unanswered()),
            (Some(Delivery::Arrived), None)
        );
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let mut outbox = Outbox::default();
        let sent = outbox.send(&"果".repeat(300), true, "m".into()).unwrap();
        assert_eq!(sent.text, "果".repeat(MAX_LENGTH));
    }
}
