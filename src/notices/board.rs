use std::collections::VecDeque;

/// How many notices are kept. Beyond that the oldest goes.
const KEPT: usize = 100;

/// Whose a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Somebody's.
    Others,
    /// The player's own, come back.
    Own,
    /// The server's.
    System,
}

/// One notice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    /// No other has it.
    pub(crate) id: u32,
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// When it came, in milliseconds since 1970.
    pub(crate) at: f64,
}

/// The notices, newest first, and how many of them nobody has seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Board {
    next: u32,
    notices: VecDeque<Notice>,
    unread: usize,
}

impl Board {
    /// Puts a notice up; `seen` says whether somebody is reading right now.
    pub(crate) fn put(&mut self, kind: Kind, text: String, at: f64, seen: bool) {
        self.next = self.next.wrapping_add(1);
        self.notices.push_front(Notice {
            id: self.next,
            kind,
            text,
            at,
        });
        self.notices.truncate(KEPT);
        // The server's are asides, and one's own are no news.
        if kind == Kind::Others && !seen {
            self.unread = (self.unread + 1).min(KEPT);
        }
    }

    /// Somebody has looked.
    pub(crate) fn read(&mut self) {
        self.unread = 0;
    }

    /// How many notices of others came since.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.notices.is_empty()
    }

    /// Newest first.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.notices.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(board: &Board) -> Vec<String> {
        board.notices().into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn the_newest_is_first_and_the_oldest_goes() {
        let mut board = Board::default();
        for number in 0..150 {
            board.put(Kind::Others, number.to_string(), 0.0, false);
        }
        let texts = texts(&board);
        assert_eq!(texts.len(), KEPT);
        assert_eq!(texts.first().map(String::as_str), Some("149"));
        assert_eq!(texts.last().map(String::as_str), Some("50"));
        assert_eq!(board.unread(), KEPT);
    }

    #[test]
    fn only_what_others_say_while_nobody_reads_is_unread() {
        let mut board = Board::default();
        board.put(Kind::Own, "mine".into(), 0.0, false);
        board.put(Kind::System, "42".into(), 0.0, false);
        board.put(Kind::Others, "seen".into(), 0.0, true);
        assert_eq!(board.unread(), 0);
        board.put(Kind::Others, "unseen".into(), 0.0, false);
        assert_eq!(board.unread(), 1);
        board.read();
        assert_eq!(board.unread(), 0);
    }
}
