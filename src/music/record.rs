//! Decides when the music plays, without any browser API.

/// The player's choice, and whether the music sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    wanted: bool,
    sounds: bool,
    /// Whether the page is visible. Music pauses while it is hidden.
    visible: bool,
}

/// The action that follows from a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Pause,
    Play,
    /// Do nothing.
    Rest,
}

impl Record {
    pub(crate) fn new(wanted: bool, visible: bool) -> Self {
        Self {
            wanted,
            sounds: false,
            visible,
        }
    }

    /// Returns whether the music sounds, so that the record turns.
    pub(crate) fn sounds(self) -> bool {
        self.sounds
    }

    /// Returns whether the player wants music, which is stored on the device.
    pub(crate) fn wanted(self) -> bool {
        self.wanted
    }

    /// Returns the step after the page was loaded or touched. Browsers allow sound only after
    /// a first touch.
    pub(crate) fn try_to_start(self) -> Step {
        if self.wanted && self.visible && !self.sounds {
            Step::Play
        } else {
            Step::Rest
        }
    }

    /// Handles a tap on the record: turns the music off if it sounds, and on otherwise.
    pub(crate) fn tapped(&mut self) -> Step {
        self.asked(!self.sounds)
    }

    /// Handles the player's explicit choice, by the record or by a media key.
    pub(crate) fn asked(&mut self, on: bool) -> Step {
        self.wanted = on;
        if on { Step::Play } else { Step::Pause }
    }

    /// Handles a change of the page's visibility.
    pub(crate) fn seen(&mut self, visible: bool) -> Step {
        self.visible = visible;
        if visible {
            self.try_to_start()
        } else {
            Step::Pause
        }
    }

    /// Handles a start or stop of the sound, for any reason.
    pub(crate) fn heard(&mut self, sounds: bool) {
        self.sounds = sounds;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sounding() -> Record {
        let mut record = Record::new(true, true);
        record.heard(true);
        record
    }

    #[test]
    fn it_starts_by_itself_only_if_enabled_and_visible() {
        assert_eq!(Record::new(true, true).try_to_start(), Step::Play);
        assert_eq!(Record::new(false, true).try_to_start(), Step::Rest);
        assert_eq!(Record::new(true, false).try_to_start(), Step::Rest);
        assert_eq!(sounding().try_to_start(), Step::Rest);
    }

    #[test]
    fn enabled_music_is_not_yet_audible() {
        let mut record = Record::new(true, true);
        record.asked(true);
        assert!(!record.sounds());
        record.heard(true);
        assert!(record.sounds());
    }

    #[test]
    fn a_tap_toggles_audible_music() {
        let mut record = Record::new(true, true);
        // The music is wanted but still blocked. The tap allows it, and does not turn it off.
        assert_eq!(record.tapped(), Step::Play);
        record.heard(true);
        assert_eq!(record.tapped(), Step::Pause);
        assert!(!record.wanted());
        record.heard(false);
        assert_eq!(record.tapped(), Step::Play);
        assert!(record.wanted());
    }

    #[test]
    fn it_pauses_while_hidden_and_resumes_with_the_page() {
        let mut record = sounding();
        assert_eq!(record.seen(false), Step::Pause);
        record.heard(false);
        assert_eq!(record.try_to_start(), Step::Rest);
        assert_eq!(record.seen(true), Step::Play);
    }

    #[test]
    fn turned_off_it_stays_off_after_any_event() {
        let mut record = sounding();
        assert_eq!(record.asked(false), Step::Pause);
        record.heard(false);
        assert_eq!(record.seen(false), Step::Pause);
        assert_eq!(record.seen(true), Step::Rest);
        assert_eq!(record.try_to_start(), Step::Rest);
    }
}
