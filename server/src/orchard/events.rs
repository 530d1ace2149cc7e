//! The handlers of the events that clients send.

use std::fmt::Display;
use std::sync::Arc;

use orchard_contract::Errno;
use orchard_contract::endpoints::NAMESPACE;
use orchard_contract::events::{
    Broadcast, BroadcastResponse, Chat, ErrorResponse, Login, LoginResponse, Message, SomeEvent,
};
use serde::de::DeserializeOwned;
use socketio_proto::Event;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{self, AckSender, TryData};
use socketioxide::handler::{FromMessageParts, MessageHandler, Value};
use socketioxide::socket::Socket;

use super::anything::Anything;
use super::hall::Ending;
use super::member::{Member, Player};
use super::object::Object;
use super::stamp::stamp;
use super::state::Orchard;
use super::wire;
use crate::logging::Outside;
use crate::session::Session;

/// The handler of all events of one socket.
///
/// Each event is handled, acknowledgement included, before the next is read. socketioxide's own
/// handlers run one task per event, and tasks overtake each other.
pub(super) struct Events {
    orchard: Arc<Orchard>,
    member: Arc<Member>,
}

impl Events {
    pub(super) fn new(orchard: Arc<Orchard>, member: Arc<Member>) -> Self {
        Self { orchard, member }
    }

    /// Returns whether the socket may send this event. A socket that sends too many is
    /// disconnected, once.
    fn may_send(&self, received: &Received) -> bool {
        let Some(session) = Session::of(&received.socket) else {
            return false;
        };
        if session.has_ended() {
            return false;
        }
        let now = self.orchard.app.clock.passed();
        let may_send = session.may_send(received.bytes(), now);
        if !may_send {
            self.orchard.hall.end(&received.socket, Ending::TooFast);
        }
        may_send
    }

    /// Handles an event and acknowledges a known one with no arguments, as Flask-SocketIO does.
    fn handle(&self, mut received: Received) {
        if !self.may_send(&received) {
            return;
        }
        let Ok(extract::Event(name)) = received.extract() else {
            return;
        };
        match name.as_str() {
            Message::NAME => self.message(&mut received),
            Login::NAME => self.login(&mut received),
            Chat::NAME => self.chat(&received.socket),
            Broadcast::NAME => {
                if !self.broadcast(&mut received) {
                    return;
                }
            }
            _ => {
                tracing::debug!(sid = %self.member.id, event = %Outside(name), "unknown event");
                return;
            }
        }
        self.acknowledge(received);
    }

    fn message(&self, received: &mut Received) {
        match received.data() {
            Ok(Object(Message { uid })) => {
                tracing::debug!(sid = %self.member.id, uid = %Outside(uid), "message")
            }
            Err(error) => self.ignored::<Message>(error),
        }
    }

    /// Joins the room of the verified player and emits the answer to all sockets in it. The uids
    /// `"1"` and `1` name the same room.
    fn login(&self, received: &mut Received) {
        let uid = match received.data() {
            Ok(Object(Login { uid })) => self.check_uid(uid.to_string()),
            Err(error) => {
                self.ignored::<Login>(error);
                Err(Errno::INVALID_INPUT)
            }
        };
        let hall = &self.orchard.hall;
        match uid.and_then(|uid| self.player(&uid)) {
            Ok(player) => self.join(&received.socket, &player.room()),
            Err(errno) => {
                tracing::info!(sid = %self.member.id, %errno, "not signed in");
                let refusal = LoginResponse {
                    errno: Some(errno),
                    errmsg: errno.meaning_zh().map(str::to_owned),
                    ..Default::default()
                };
                hall.emit_to(&received.socket, &refusal);
            }
        }
    }

    fn check_uid(&self, uid: String) -> Result<String, Errno> {
        if uid.trim().is_empty() || uid.len() > self.orchard.max_uid_bytes {
            return Err(Errno::INVALID_INPUT);
        }
        Ok(uid)
    }

    /// Returns the player of this socket, if `uid` names that player.
    fn player(&self, uid: &str) -> Result<&Player, Errno> {
        let player = self.member.player.as_ref();
        let player = player.ok_or(Errno::NO_AUTHORIZATION)?;
        if player.room() == uid {
            Ok(player)
        } else {
            Err(Errno::TOKEN_INVALID)
        }
    }

    fn join(&self, socket: &Arc<Socket>, room: &str) {
        tracing::info!(sid = %self.member.id, user = room, "signed in");
        let hall = &self.orchard.hall;
        let welcome = LoginResponse {
            data: Some("登录成功".into()),
            sid: Some(self.member.id.to_string()),
            ..Default::default()
        };
        // This socket gets its answer before it joins the room: then nothing sent to the room
        // arrives first.
        hall.emit_to(socket, &welcome);
        socket.join(room.to_owned());
        for other in hall.in_room(room) {
            if other.id != socket.id {
                hall.emit_to(&other, &welcome);
            }
        }
        if self.member.takes_notices()
            && let Some(last) = self.orchard.notices.last()
        {
            hall.emit_to(socket, &last);
        }
    }

    /// Sends the count, or starts the push of random ones. The argument is ignored, as in the
    /// chapter's server.
    fn chat(&self, socket: &Arc<Socket>) {
        match &self.orchard.demo_count {
            None => self.orchard.count.tell(socket),
            Some(push) => {
                if push.start() {
                    tracing::info!(sid = %self.member.id, "the push starts");
                }
            }
        }
    }

    /// Forwards the payload unchanged but for the stamp, and emits `some event` to `/`. Returns
    /// `false` for a guest, who may not broadcast.
    fn broadcast(&self, received: &mut Received) -> bool {
        let Some(player) = &self.member.player else {
            let errno = Errno::NO_AUTHORIZATION;
            tracing::info!(sid = %self.member.id, %errno, "not broadcast");
            let refusal = ErrorResponse {
                errno: Some(errno),
                errmsg: errno.meaning_zh().map(str::to_owned),
            };
            self.orchard.hall.emit_to(&received.socket, &refusal);
            return false;
        };
        match received.data::<Anything>() {
            Ok(mut data) => {
                tracing::debug!(sid = %self.member.id, "broadcast");
                let notice = stamp(&mut data, &player.nickname, self.orchard.app.clock.now_ms());
                let name = BroadcastResponse::NAME;
                let size = wire::size_of_anything(NAMESPACE, name, &data);
                self.orchard.hall.emit_sized(name, &data, size);
                self.orchard.bystanders.emit(&SomeEvent { data: Some(42) });
                if let Some(notice) = notice {
                    self.orchard.notices.add(notice);
                }
            }
            Err(error) => self.ignored::<Broadcast>(error),
        }
        true
    }

    /// Acknowledges with no arguments, if the client asked for an acknowledgement.
    fn acknowledge(&self, mut received: Received) {
        let Some(id) = received.ack else {
            return;
        };
        let Ok(ack) = received.extract::<AckSender>();
        let nothing: [(); 0] = [];
        let size = wire::size_of_ack(NAMESPACE, id);
        let hall = &self.orchard.hall;
        hall.send(&received.socket, size, || ack.send(&nothing));
    }

    fn ignored<E: Event>(&self, error: impl Display) {
        let sid = &self.member.id;
        let error = Outside(error);
        tracing::info!(%sid, event = E::NAME, %error, "invalid event");
    }
}

impl MessageHandler<LocalAdapter, Events> for Events {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        self.handle(Received { socket, value, ack });
    }
}

/// A received event, as socketioxide has parsed it.
struct Received {
    socket: Arc<Socket>,
    value: Value,
    ack: Option<i64>,
}

impl Received {
    fn extract<T: FromMessageParts<LocalAdapter>>(&mut self) -> Result<T, T::Error> {
        T::from_message_parts(&self.socket, &mut self.value, &self.ack)
    }

    /// Decodes the argument. Call it once: it takes out the attachments.
    fn data<T: DeserializeOwned>(&mut self) -> Result<T, socketioxide::ParserError> {
        let Ok(TryData(data)) = self.extract();
        data
    }

    /// Returns the size as received, attachments included, in bytes.
    fn bytes(&self) -> usize {
        match &self.value {
            Value::Str(text, attachments) => {
                let attachments = attachments.iter().flatten().map(|bytes| bytes.len());
                text.len() + attachments.sum::<usize>()
            }
            Value::Bytes(bytes) => bytes.len(),
        }
    }
}
