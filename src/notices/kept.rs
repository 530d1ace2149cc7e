//! The notices that a device keeps, so that a reload shows them.

use serde::{Deserialize, Serialize};
use socketio_proto::json;

use super::board::{Board, Notice};
use crate::host::{Host, Store};

/// The device's key.
const KEY: &str = "orchard_notices";

/// How many are kept, and how many bytes what is read may have: a device's store has little room,
/// and it is read when the page starts.
const KEPT: usize = 50;
const BYTES: usize = 256 * 1024;

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Whose board it is: another player does not get to see which notices were this one's own.
    uid: String,
    /// Newest first.
    notices: Vec<Notice>,
}

/// The board of the player `uid`; empty where there is none.
pub(super) fn load(host: &dyn Host, uid: &str) -> Board {
    let text = host.read(Store::Device, KEY);
    let kept = text
        .filter(|text| text.len() <= BYTES)
        .and_then(|text| json::from_str::<Kept>(&text).ok());
    match kept {
        Some(kept) if kept.uid == uid => Board::of(kept.notices),
        _ => Board::default(),
    }
}

/// Keeps the last notices of `board`, and nothing of an empty one.
pub(super) fn save(host: &dyn Host, uid: &str, board: &Board) {
    let mut notices = board.notices();
    notices.truncate(KEPT);
    if notices.is_empty() {
        return forget(host);
    }
    let uid = uid.to_owned();
    if let Ok(text) = json::to_string(&Kept { uid, notices }) {
        host.save(Store::Device, KEY, &text);
    }
}

pub(super) fn forget(host: &dyn Host) {
    host.remove(Store::Device, KEY);
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::notices::Kind;

    #[derive(Default)]
    struct Device(RefCell<Option<String>>);

    impl Host for Device {
        fn read(&self, _: Store, _: &str) -> Option<String> {
            self.0.borrow().clone()
        }

        fn save(&self, store: Store, _: &str, value: &str) {
            assert_eq!(store, Store::Device);
            *self.0.borrow_mut() = Some(value.into());
        }

        fn remove(&self, _: Store, _: &str) {
            *self.0.borrow_mut() = None;
        }

        fn keeps(&self, _: Store) -> bool {
            true
        }

        fn name(&self) -> &'static str {
            "device"
        }

        fn back(&self, _: &str) {}

        fn open_window(&self, _: &str, _: &str) -> bool {
            false
        }

        fn toast(&self, _: &str) -> bool {
            false
        }
    }

    fn board(many: u64) -> Board {
        let mut board = Board::default();
        for at in 0..many {
            let name = at.is_multiple_of(2).then(|| "阿桃 \"<b>".to_owned());
            let kind = if name.is_some() {
                Kind::Others
            } else {
                Kind::Own
            };
            board.put(Notice::new(kind, name, at.to_string(), at), true);
        }
        board
    }

    fn contents(board: &Board) -> Vec<(Kind, Option<String>, String, u64)> {
        let notices = board.notices().into_iter();
        notices
            .map(|it| (it.kind, it.name, it.text, it.at))
            .collect()
    }

    #[test]
    fn what_is_kept_comes_back_read() {
        let (device, board) = (Device::default(), board(5));
        save(&device, "7", &board);
        let loaded = load(&device, "7");
        assert_eq!(contents(&loaded), contents(&board));
        assert_eq!(loaded.unread(), 0);
    }

    #[test]
    fn another_player_finds_nothing() {
        let device = Device::default();
        save(&device, "7", &board(5));
        assert!(load(&device, "8").is_empty());
    }

    #[test]
    fn only_the_last_are_kept_and_nothing_of_an_empty_board() {
        let device = Device::default();
        save(&device, "7", &board(90));
        let texts: Vec<_> = contents(&load(&device, "7"))
            .into_iter()
            .map(|it| it.2)
            .collect();
        assert_eq!(texts.len(), KEPT);
        assert_eq!(texts.first().map(String::as_str), Some("89"));
        save(&device, "7", &Board::default());
        assert_eq!(device.0.take(), None);
    }

    #[test]
    fn what_is_damaged_or_huge_is_let_be() {
        for text in [
            "",
            "{",
            "null",
            r#"{"uid":"7"}"#,
            r#"{"uid":"7","notices":[{"kind":"Nobody"}]}"#,
            &"x".repeat(BYTES + 1),
        ] {
            let device = Device(RefCell::new(Some(text.into())));
            assert!(load(&device, "7").is_empty());
        }
    }
}
