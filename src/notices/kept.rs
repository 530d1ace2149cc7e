//! Storage of the board, so that it survives a reload: the notices on the device, and the draft in
//! the window's memory.

use orchard_contract::events::Broadcast;
use serde::{Deserialize, Serialize};
use socketio_proto::json;

use super::board::{Board, Notice};
use crate::host::{Host, Store};

/// The key of the notices on the device.
const KEY: &str = "orchard_notices";

/// The key of the draft in memory, because a draft belongs to its window.
const DRAFT: &str = "orchard_draft";

/// The maximum number of stored notices, and the maximum size of a stored text in bytes. A device's
/// store is small, and the page reads it at its start.
const KEPT: usize = 50;
const BYTES: usize = 256 * 1024;

/// The stored board.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The player who owns the board. Another player must not see which notices were this one's.
    uid: String,
    /// Newest first.
    notices: Vec<Notice>,
}

/// The stored draft.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The player who owns the draft.
    pub(super) uid: String,
    pub(super) text: String,
    /// The notice that was sent and whose broadcast was not received. It may have arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sent: Option<Broadcast>,
}

/// Returns the draft of the player `uid`, or an empty one.
pub(super) fn load_draft(host: &dyn Host, uid: &str) -> Draft {
    let text = host.read(Store::Memory, DRAFT);
    let draft = text
        .filter(|text| text.len() <= BYTES)
        .and_then(|text| json::from_str::<Draft>(&text).ok());
    draft.filter(|draft| draft.uid == uid).unwrap_or_default()
}

/// Saves the draft, or removes the stored one if `draft` is empty.
pub(super) fn save_draft(host: &dyn Host, draft: &Draft) {
    let is_empty = draft.text.trim().is_empty() && draft.sent.is_none();
    match json::to_string(draft) {
        Ok(text) if !is_empty => host.save(Store::Memory, DRAFT, &text),
        _ => host.remove(Store::Memory, DRAFT),
    }
}

/// Returns the board of the player `uid`, or an empty one.
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

/// Saves the last notices of `board`, or removes the stored ones if `board` is empty.
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

/// Removes the stored notices and the draft.
pub(super) fn forget_all(host: &dyn Host) {
    forget(host);
    host.remove(Store::Memory, DRAFT);
}

fn forget(host: &dyn Host) {
    host.remove(Store::Device, KEY);
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::notices::Kind;

    #[derive(Default)]
    struct Stores(RefCell<Vec<(Store, String, String)>>);

    impl Stores {
        fn with(store: Store, key: &str, value: &str) -> Self {
            Self(RefCell::new(vec![(store, key.into(), value.into())]))
        }
    }

    impl Host for Stores {
        fn read(&self, store: Store, key: &str) -> Option<String> {
            let kept = self.0.borrow();
            let found = kept.iter().find(|it| it.0 == store && it.1 == key);
            found.map(|it| it.2.clone())
        }

        fn save(&self, store: Store, key: &str, value: &str) {
            self.remove(store, key);
            self.0.borrow_mut().push((store, key.into(), value.into()));
        }

        fn remove(&self, store: Store, key: &str) {
            self.0
                .borrow_mut()
                .retain(|it| it.0 != store || it.1 != key);
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
    fn stored_notices_are_restored_as_read() {
        let (device, board) = (Stores::default(), board(5));
        save(&device, "7", &board);
        let loaded = load(&device, "7");
        assert_eq!(contents(&loaded), contents(&board));
        assert_eq!(loaded.unread(), 0);
    }

    #[test]
    fn another_player_finds_nothing() {
        let device = Stores::default();
        save(&device, "7", &board(5));
        assert!(load(&device, "8").is_empty());
    }

    #[test]
    fn only_the_last_notices_are_stored_and_nothing_for_an_empty_board() {
        let device = Stores::default();
        save(&device, "7", &board(90));
        let texts: Vec<_> = contents(&load(&device, "7"))
            .into_iter()
            .map(|it| it.2)
            .collect();
        assert_eq!(texts.len(), KEPT);
        assert_eq!(texts.first().map(String::as_str), Some("89"));
        save(&device, "7", &Board::default());
        assert_eq!(device.0.take(), []);
    }

    #[test]
    fn damaged_or_huge_data_is_ignored() {
        for text in [
            "",
            "{",
            "null",
            r#"{"uid":"7"}"#,
            r#"{"uid":"7","notices":[{"kind":"Nobody"}]}"#,
            &"x".repeat(BYTES + 1),
        ] {
            let device = Stores::with(Store::Device, KEY, text);
            assert!(load(&device, "7").is_empty());
            let window = Stores::with(Store::Memory, DRAFT, text);
            assert_eq!(load_draft(&window, "7"), Draft::default());
        }
    }

    #[test]
    fn a_draft_is_kept_in_the_window_for_its_player() {
        let window = Stores::default();
        let draft = Draft {
            uid: "7".into(),
            text: " half a \n\"sentence\"".into(),
            sent: Some(Broadcast {
                text: "hello".into(),
                id: Some("m1".into()),
            }),
        };
        save_draft(&window, &draft);
        assert_eq!(load_draft(&window, "7"), draft);
        assert_eq!(load_draft(&window, "8"), Draft::default());
        assert!(
            window.read(Store::Device, DRAFT).is_none(),
            "another window would show it"
        );
        let empty = Draft {
            text: " ".into(),
            sent: None,
            ..draft
        };
        save_draft(&window, &empty);
        assert_eq!(window.0.take(), []);
    }

    #[test]
    fn nothing_is_left_behind() {
        let stores = Stores::default();
        save(&stores, "7", &board(5));
        let draft = Draft {
            uid: "7".into(),
            text: "a".into(),
            sent: None,
        };
        save_draft(&stores, &draft);
        forget_all(&stores);
        assert_eq!(stores.0.take(), []);
    }
}
