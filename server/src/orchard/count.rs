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

/// Sends the number of connected players.
pub(super) struct Count {
    hall: Arc<Hall>,
    presence: Presence,
    announced: Mutex<Announced>,
    changed: Notify,
    /// The minimum time between two pushes.
    interval: Duration,
}

/// The count that was last sent to all.
///
/// Two tasks that send at the same time may overtake each other, so that the older count arrives
/// last. The turn number detects this, and the next push corrects it. A lock held while the count
/// is sent to thousands of sockets would take longer.
#[derive(Debug, Default)]
struct Announced {
    /// The last count, or `None` if it is not known which of two was sent last.
    count: Option<u64>,
    turn: u64,
}

impl Count {
    pub(super) fn new(hall: Arc<Hall>, interval: Duration) -> Self {
        Self {
            hall,
            presence: Presence::default(),
            announced: Mutex::default(),
            changed: Notify::new(),
            interval,
        }
    }

    /// Announces a new player to all. A guest is not announced, and only receives the count.
    pub(super) fn welcome(&self, member: &Member, socket: &Arc<Socket>) {
        self.presence.enter(member);
        let welcome = ServerResponse {
            count: None,
            sid: Some(member.id.to_string()),
            nickname: member.player.as_ref().map(|it| it.nickname.clone()),
        };
        if member.player.is_some() {
            self.tell_all(welcome);
        } else {
            self.tell_one(socket, welcome);
        }
    }

    /// Removes a socket that has disconnected.
    pub(super) fn farewell(&self, member: &Member) {
        if self.presence.leave(member) {
            self.changed.notify_one();
        }
    }

    /// Sends the count to one socket.
    pub(super) fn tell(&self, socket: &Arc<Socket>) {
        self.tell_one(socket, ServerResponse::default());
    }

    /// Pushes the count whenever it differs from the one last sent.
    pub(super) async fn push(&self) -> Infallible {
        loop {
            self.changed.notified().await;
            let announced = self.lock().count;
            if announced != Some(self.presence.count()) {
                self.tell_all(ServerResponse::default());
                sleep(self.interval).await;
            }
        }
    }

    fn tell_all(&self, mut response: ServerResponse) {
        let turn = {
            let mut announced = self.lock();
            response.count = Some(self.presence.count());
            announced.count = response.count;
            announced.turn = announced.turn.wrapping_add(1);
            announced.turn
        };
        self.hall.emit(&response);
        self.check(turn);
    }

    fn tell_one(&self, socket: &Arc<Socket>, mut response: ServerResponse) {
        let turn = {
            let announced = self.lock();
            response.count = Some(self.presence.count());
            announced.turn
        };
        self.hall.emit_to(socket, &response);
        self.check(turn);
    }

    /// Marks the last count as unknown and requests a push if another one was sent since `turn`.
    fn check(&self, turn: u64) {
        let mut announced = self.lock();
        if announced.turn != turn {
            announced.count = None;
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Announced> {
        self.announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
