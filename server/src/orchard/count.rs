use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orchard_contract::events::ServerResponse;
use socketioxide::socket::Socket;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::hall::Hall;
use super::member::Member;
use super::presence::Presence;

/// What tells everybody how many players are connected.
pub(super) struct Count {
    hall: Arc<Hall>,
    presence: Presence,
    /// What was told last. It is held while a count is sent, so that the last that arrives is the last that was true.
    told: Mutex<Option<u64>>,
    changed: Notify,
    /// The least time between two pushes.
    interval: Duration,
}

impl Count {
    pub(super) fn new(hall: Arc<Hall>, interval: Duration) -> Self {
        Self {
            hall,
            presence: Presence::default(),
            told: Mutex::default(),
            changed: Notify::new(),
            interval,
        }
    }

    /// Announces a newcomer to everybody. A guest is nobody to the others, and is only told the count.
    pub(super) fn welcome(&self, member: &Member, socket: &Arc<Socket>) {
        let mut told = self.lock();
        self.presence.enter(member);
        let count = Some(self.presence.count());
        let welcome = ServerResponse {
            count,
            sid: Some(member.id.to_string()),
            nickname: member.player.as_ref().map(|it| it.nickname.clone()),
        };
        if member.player.is_some() {
            *told = count;
            self.hall.emit(&welcome);
        } else {
            self.hall.emit_to(socket, &welcome);
        }
    }

    /// It is not connected any more.
    pub(super) fn farewell(&self, member: &Member) {
        if self.presence.leave(member) {
            // Whatever ends a socket may be in the middle of telling a count.
            self.changed.notify_one();
        }
    }

    /// Tells one socket.
    pub(super) fn tell(&self, socket: &Arc<Socket>) {
        let _told = self.lock();
        let count = ServerResponse {
            count: Some(self.presence.count()),
            ..ServerResponse::default()
        };
        self.hall.emit_to(socket, &count);
    }

    /// Pushes the count whenever it is another than the one that was told.
    pub(super) async fn push(&self) -> Infallible {
        loop {
            self.changed.notified().await;
            if self.push_now() {
                sleep(self.interval).await;
            }
        }
    }

    /// Whether there was need to.
    fn push_now(&self) -> bool {
        let mut told = self.lock();
        let count = Some(self.presence.count());
        let has_changed = *told != count;
        if has_changed {
            *told = count;
            self.hall.emit(&ServerResponse {
                count,
                ..ServerResponse::default()
            });
        }
        has_changed
    }

    fn lock(&self) -> MutexGuard<'_, Option<u64>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
