use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The maximum number of notices. Beyond it, the oldest is removed.
const KEPT: usize = 100;

/// The sender of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Another player.
    Others,
    /// The player.
    Own,
    /// The server.
    System,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// The id, unique on its board until the page is reloaded.
    #[serde(skip)]
    pub(crate) id: u32,
    pub(crate) kind: Kind,
    /// The sender's name, if a server has verified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) text: String,
    /// When the notice was sent, in milliseconds since 1970, by the server's clock; when it
    /// arrived, if the server sends no time.
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

    /// Returns whether both are the same notice, received twice: as a broadcast, and among the last
    /// notices.
    fn is(&self, other: &Self) -> bool {
        self.at == other.at && self.text == other.text
    }
}

/// The notices, newest first, and the number of unread ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Board {
    next: u32,
    notices: VecDeque<Notice>,
    unread: usize,
}

impl Board {
    /// Creates a board with these notices, newest first, all of them read.
    pub(crate) fn of(notices: Vec<Notice>) -> Self {
        let mut board = Self::default();
        for notice in notices.into_iter().take(KEPT).rev() {
            board.put(notice, true);
        }
        board
    }

    /// Adds a notice. `seen` says whether the board is open.
    pub(crate) fn put(&mut self, notice: Notice, seen: bool) {
        // Only a notice with the server's name and time can be recognised.
        if notice.name.is_some() && self.has(&notice) {
            return;
        }
        let kind = notice.kind;
        self.next = self.next.wrapping_add(1);
        let id = self.next;
        self.notices.push_front(Notice { id, ..notice });
        self.notices.truncate(KEPT);
        // Notices of the server and the player's own are never unread.
        if kind == Kind::Others && !seen {
            self.unread = (self.unread + 1).min(KEPT);
        }
    }

    /// Adds the last notices that the server has stored. Notices that are newer than every known
    /// one count as unread. On an empty board none does.
    pub(crate) fn merge(&mut self, last: Vec<Notice>, seen: bool) {
        let known = self.notices.iter().filter(|it| it.kind != Kind::System);
        let newest = known.map(|it| it.at).max();
        for notice in last {
            if !self.has(&notice) {
                let missed = newest.is_some_and(|newest| notice.at > newest);
                self.put(notice, seen || !missed);
            }
        }
        // The sort is stable, so that notices of the same millisecond keep their order.
        self.notices
            .make_contiguous()
            .sort_by_key(|notice| std::cmp::Reverse(notice.at));
    }

    fn has(&self, notice: &Notice) -> bool {
        self.notices.iter().any(|it| it.is(notice))
    }

    /// Marks all notices as read.
    pub(crate) fn read(&mut self) {
        self.unread = 0;
    }

    /// Returns the number of unread notices of other players.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.notices.is_empty()
    }

    /// Returns the notices, newest first.
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
    fn the_newest_is_first_and_the_oldest_is_dropped() {
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
    fn only_notices_of_others_on_a_closed_board_are_unread() {
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
    fn the_last_notices_are_merged_without_duplicates() {
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
        // One of them is received again, as a broadcast.
        board.put(stamped("e", 50), false);
        assert_eq!((board.notices().len(), board.unread()), (5, 1));
        let ids: std::collections::HashSet<_> = board.notices().iter().map(|it| it.id).collect();
        assert_eq!(ids.len(), 5, "each has an id of its own");
    }

    #[test]
    fn on_an_empty_board_the_last_notices_are_not_unread() {
        let mut board = Board::default();
        let many = (0..200).map(|at| stamped(&at.to_string(), at)).collect();
        board.merge(many, false);
        assert_eq!((board.notices().len(), board.unread()), (KEPT, 0));
        assert_eq!(texts(&board).first().map(String::as_str), Some("199"));
    }

    #[test]
    fn equal_unstamped_texts_at_the_same_time_are_two_notices() {
        let mut board = Board::default();
        for _ in 0..2 {
            board.put(notice(Kind::Others, "hello", 1), false);
        }
        assert_eq!(board.unread(), 2);
    }
}
