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
    told: Mutex<Told>,
    changed: Notify,
    /// The least time between two pushes.
    interval: Duration,
}

/// What everybody was told.
///
/// Two that tell at once may overtake each other, and then the older count arrives last. That is seen by the turns, and is
/// mended by the next push; to keep others waiting while thousands are told would take longer.
#[derive(Debug, Default)]
struct Told {
    /// The last count; none if it is not known which one that was.
    count: Option<u64>,
    turn: u64,
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

    /// It is not connected any more.
    pub(super) fn farewell(&self, member: &Member) {
        if self.presence.leave(member) {
            self.changed.notify_one();
        }
    }

    /// Tells one socket.
    pub(super) fn tell(&self, socket: &Arc<Socket>) {
        self.tell_one(socket, ServerResponse::default());
    }

    /// Pushes the count whenever it is another than the one that was told.
    pub(super) async fn push(&self) -> Infallible {
        loop {
            self.changed.notified().await;
            let told = self.lock().count;
            if told != Some(self.presence.count()) {
                self.tell_all(ServerResponse::default());
                sleep(self.interval).await;
            }
        }
    }

    fn tell_all(&self, mut response: ServerResponse) {
        let turn = {
            let mut told = self.lock();
            response.count = Some(self.presence.count());
            told.count = response.count;
            told.turn = told.turn.wrapping_add(1);
            told.turn
        };
        self.hall.emit(&response);
        self.check(turn);
    }

    fn tell_one(&self, socket: &Arc<Socket>, mut response: ServerResponse) {
        let turn = {
            let told = self.lock();
            response.count = Some(self.presence.count());
            told.turn
        };
        self.hall.emit_to(socket, &response);
        self.check(turn);
    }

    /// Whether nobody else has told a count meanwhile.
    fn check(&self, turn: u64) {
        let mut told = self.lock();
        if told.turn != turn {
            told.count = None;
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
