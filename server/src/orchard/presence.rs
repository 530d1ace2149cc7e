use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::member::Member;

/// The connected players, each counted once, however many devices they use.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// The number of sockets of each player, by user id.
    sockets: Mutex<HashMap<i64, usize>>,
}

impl Presence {
    /// Adds a member. Returns whether that changes the count; a guest does not.
    pub(super) fn enter(&self, member: &Member) -> bool {
        let mut sockets = self.lock();
        // The connection may be lost while it is still being set up.
        let enters = member.stay.enter();
        let Some(player) = member.player.as_ref().filter(|_| enters) else {
            return false;
        };
        let count = sockets.entry(player.id).or_default();
        *count += 1;
        *count == 1
    }

    /// Removes a member. Returns whether that changes the count.
    pub(super) fn leave(&self, member: &Member) -> bool {
        let mut sockets = self.lock();
        let leaves = member.stay.leave();
        let Some(player) = member.player.as_ref().filter(|_| leaves) else {
            return false;
        };
        match sockets.entry(player.id) {
            Entry::Occupied(mut entry) if *entry.get() > 1 => {
                *entry.get_mut() -= 1;
                false
            }
            Entry::Occupied(entry) => {
                entry.remove();
                true
            }
            Entry::Vacant(_) => false,
        }
    }

    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.lock().len()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, usize>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::member::{Member, Player};
    use super::Presence;

    fn member(player: i64) -> Member {
        let player = Player {
            id: player,
            nickname: "x".into(),
            sign_in: 0,
        };
        Member::new(Some(player)).unwrap()
    }

    #[test]
    fn a_player_is_counted_once() {
        let presence = Presence::default();
        let (phone, tablet, other) = (member(1), member(1), member(2));
        assert!(presence.enter(&phone));
        assert!(!presence.enter(&tablet));
        assert!(presence.enter(&other));
        assert_eq!(presence.count(), 2);
        assert!(!presence.leave(&phone));
        assert!(!presence.leave(&phone), "it has left already");
        assert_eq!(presence.count(), 2);
        assert!(presence.leave(&tablet));
        assert!(presence.leave(&other));
        assert_eq!(presence.count(), 0);
    }

    #[test]
    fn a_socket_that_has_left_is_not_added() {
        let presence = Presence::default();
        let member = member(1);
        assert!(!presence.leave(&member));
        assert!(!presence.enter(&member));
        assert_eq!(presence.count(), 0);
    }

    #[test]
    fn a_guest_is_not_counted() {
        let presence = Presence::default();
        let guest = Member::new(None).unwrap();
        assert!(!presence.enter(&guest));
        assert!(!presence.leave(&guest));
        assert!(guest.stay.has_left());
        assert_eq!(presence.count(), 0);
    }
}
