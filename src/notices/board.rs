use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How many notices are kept. Beyond that the oldest goes.
const KEPT: usize = 100;

/// Whose a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Somebody's.
    Others,
    /// The player's own, come back.
    Own,
    /// The server's.
    System,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Unique on its board, for as long as that lives.
    #[serde(skip)]
    pub(crate) id: u32,
    pub(crate) kind: Kind,
    /// The sender's name, as a server has verified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) text: String,
    /// When it was sent, in milliseconds since 1970: by the server's clock where that stamps it,
    /// else when it arrived.
    pub(crate) at: u64,
}

impl Notice {
    pub(crate) fn new(kind: Kind, name: Option<String>, text: String, at: u64) -> Self {
        Self {
            id: 0,
            kind,
            name,
            text,
            at,
        }
    }

    /// Whether both are the same notice, which arrived twice: as it was sent, and among the last
    /// ones.
    fn is(&self, other: &Self) -> bool {
        self.at == other.at && self.text == other.text
    }
}

/// The notices, newest first, and how many of them nobody has seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Board {
    next: u32,
    notices: VecDeque<Notice>,
    unread: usize,
}

impl Board {
    /// A board with these notices, newest first, which have been read.
    pub(crate) fn of(notices: Vec<Notice>) -> Self {
        let mut board = Self::default();
        for notice in notices.into_iter().take(KEPT).rev() {
            board.put(notice, true);
        }
        board
    }

    /// Puts a notice up; `seen` says whether somebody is reading right now.
    pub(crate) fn put(&mut self, notice: Notice, seen: bool) {
        // Only what a server has stamped can be recognised.
        if notice.name.is_some() && self.has(&notice) {
            return;
        }
        let kind = notice.kind;
        self.next = self.next.wrapping_add(1);
        let id = self.next;
        self.notices.push_front(Notice { id, ..notice });
        self.notices.truncate(KEPT);
        // The server's are asides, and one's own are known.
        if kind == Kind::Others && !seen {
            self.unread = (self.unread + 1).min(KEPT);
        }
    }

    /// Adds the last notices, as the server keeps them. Those newer than every known notice count
    /// as unread. On an empty board none does: the player has missed nothing.
    pub(crate) fn merge(&mut self, last: Vec<Notice>, seen: bool) {
        let known = self.notices.iter().filter(|it| it.kind != Kind::System);
        let newest = known.map(|it| it.at).max();
        for notice in last {
            if !self.has(&notice) {
                let missed = newest.is_some_and(|newest| notice.at > newest);
                self.put(notice, seen || !missed);
            }
        }
        // Stable, so that what arrived in one millisecond keeps its order.
        self.notices
            .make_contiguous()
            .sort_by_key(|notice| std::cmp::Reverse(notice.at));
    }

    fn has(&self, notice: &Notice) -> bool {
        self.notices.iter().any(|it| it.is(notice))
    }

    /// Somebody has looked.
    pub(crate) fn read(&mut self) {
        self.unread = 0;
    }

    /// How many notices of others arrived since.
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

    fn notice(kind: Kind, text: &str, at: u64) -> Notice {
        Notice::new(kind, None, text.into(), at)
    }

    fn stamped(text: &str, at: u64) -> Notice {
        Notice::new(Kind::Others, Some("阿桃".into()), text.into(), at)
    }

    #[test]
    fn the_newest_is_first_and_the_oldest_goes() {
        let mut board = Board::default();
        for number in 0..150 {
            board.put(notice(Kind::Others, &number.to_string(), 0), false);
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
        board.put(notice(Kind::Own, "mine", 0), false);
        board.put(notice(Kind::System, "42", 0), false);
        board.put(notice(Kind::Others, "seen", 0), true);
        assert_eq!(board.unread(), 0);
        board.put(notice(Kind::Others, "unseen", 0), false);
        assert_eq!(board.unread(), 1);
        board.read();
        assert_eq!(board.unread(), 0);
    }

    #[test]
    fn the_last_ones_are_put_between_those_that_are_there_and_none_twice() {
        let mut board = Board::default();
        board.put(stamped("b", 20), true);
        board.put(stamped("d", 40), true);
        board.merge(
            vec![stamped("a", 10), stamped("b", 20), stamped("c", 30)],
            false,
        );
        assert_eq!(texts(&board), ["d", "c", "b", "a"]);
        assert_eq!(board.unread(), 0, "none is newer than what was known");
        board.merge(vec![stamped("d", 40), stamped("e", 50)], false);
        assert_eq!(texts(&board), ["e", "d", "c", "b", "a"]);
        assert_eq!(board.unread(), 1);
        // One of them arrives once more, as it was sent.
        board.put(stamped("e", 50), false);
        assert_eq!((board.notices().len(), board.unread()), (5, 1));
        let ids: std::collections::HashSet<_> = board.notices().iter().map(|it| it.id).collect();
        assert_eq!(ids.len(), 5, "each has an id of its own");
    }

    #[test]
    fn on_an_empty_board_the_last_ones_are_not_unread() {
        let mut board = Board::default();
        let many = (0..200).map(|at| stamped(&at.to_string(), at)).collect();
        board.merge(many, false);
        assert_eq!((board.notices().len(), board.unread()), (KEPT, 0));
        assert_eq!(texts(&board).first().map(String::as_str), Some("199"));
    }

    #[test]
    fn the_same_words_at_the_same_time_are_two_notices_where_they_are_not_stamped() {
        let mut board = Board::default();
        for _ in 0..2 {
            board.put(notice(Kind::Others, "hello", 1), false);
        }
        assert_eq!(board.unread(), 2);
    }
}
