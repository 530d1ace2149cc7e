use orchard_contract::events::{Broadcast, BroadcastResponse};

/// The maximum length of a notice, in characters.
pub(crate) const MAX_LENGTH: usize = 200;

/// The outcome of sending the last notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Its broadcast was received, so all players have it.
    Arrived,
    /// The text was blank.
    Blank,
    /// Its broadcast was not received.
    Lost,
    /// The page was not connected.
    Offline,
}

/// The player's own notice while it is sent: one at a time, kept until its broadcast is received.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outbox {
    sending: Option<Broadcast>,
    /// The last notice whose broadcast was not received. The server may still have received it.
    lost: Option<Broadcast>,
    outcome: Option<Delivery>,
}

impl Outbox {
    /// Returns the event to emit for `draft`, if it can be sent now. `mark` must be unique.
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

    /// Handles a broadcast. Returns the player's own notice, if the broadcast is of that.
    ///
    /// If the broadcast has a mark, only the mark is compared, so that the same text of another
    /// player is not taken for the player's own.
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

    /// Marks the notice that is being sent as lost.
    pub(crate) fn lose(&mut self) {
        if let Some(sending) = self.sending.take() {
            self.lost = Some(sending);
            self.outcome = Some(Delivery::Lost);
        }
    }

    /// Creates an outbox with a notice that was sent before a reload and not broadcast by then.
    pub(crate) fn of_lost(letter: Broadcast) -> Self {
        Self {
            lost: Some(letter),
            outcome: Some(Delivery::Lost),
            ..Self::default()
        }
    }

    /// Returns the notice that was sent and whose broadcast was not received.
    pub(crate) fn unanswered(&self) -> Option<&Broadcast> {
        self.sending.as_ref().or(self.lost.as_ref())
    }

    /// Clears the outcome, which is stale after a reconnect.
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

/// Returns the text that is sent for a draft.
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

    /// Returns the text of the outbox's notice, if the broadcast is of that.
    fn own(outbox: &mut Outbox, text: &str, id: Option<&str>) -> Option<String> {
        outbox.comes_back(&back(text, id)).map(|letter| letter.text)
    }

    #[test]
    fn it_has_arrived_only_when_the_server_sent_it_back() {
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
    fn without_an_id_equal_text_counts_as_arrived() {
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
    fn a_lost_notice_is_reported_and_can_be_sent_again() {
        let mut outbox = Outbox::default();
        outbox.lose();
        assert_eq!(outbox.outcome(), None);
        outbox.send("hello", true, "m1".into());
        outbox.lose();
        assert_eq!(outbox.outcome(), Some(Delivery::Lost));
        assert!(outbox.send("hello", true, "m2".into()).is_some());
    }

    #[test]
    fn a_notice_reported_lost_may_have_arrived() {
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
        // After another send, a broadcast of the older notice is ignored.
        outbox.send("hello", true, "m2".into());
        outbox.lose();
        outbox.send("hello", true, "m3".into());
        assert_eq!(own(&mut outbox, "hello", Some("m2")), None);
    }

    #[test]
    fn a_notice_sent_before_the_page_was_left_may_arrive_later() {
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
    fn a_text_is_truncated_between_characters() {
        let mut outbox = Outbox::default();
        let sent = outbox.send(&"果".repeat(300), true, "m".into()).unwrap();
        assert_eq!(sent.text, "果".repeat(MAX_LENGTH));
    }
}
