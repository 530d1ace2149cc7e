//! What a socket in the namespace sends.

use std::fmt::Display;
use std::sync::Arc;

use orchard_contract::Errno;
use orchard_contract::endpoints::NAMESPACE;
use orchard_contract::events::{
    Broadcast, BroadcastResponse, Chat, Login, LoginResponse, Message, SomeEvent,
};
use serde::de::DeserializeOwned;
use socketio_proto::Event;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{self, AckSender, TryData};
use socketioxide::handler::{FromMessageParts, MessageHandler, Value};
use socketioxide::socket::Socket;

use super::anything::Anything;
use super::hall::Ending;
use super::member::Member;
use super::object::Object;
use super::{Orchard, wire};
use crate::logging::Outside;
use crate::session::Session;

/// One socket may be in this many rooms: each uid that it signs in with is one.
const MAX_ROOMS: usize = 16;

/// What handles the events of one socket.
///
/// Each is done, answer and all, before the next is looked at: socketioxide's own handlers are a task for each event,
/// and tasks overtake each other.
pub(super) struct Events {
    orchard: Arc<Orchard>,
    member: Arc<Member>,
}

impl Events {
    pub(super) fn new(orchard: Arc<Orchard>, member: Arc<Member>) -> Self {
        Self { orchard, member }
    }

    /// Whether the socket may send this event. One that sends too many is ended, once.
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

    /// Flask-SocketIO acknowledges an event that it knows with nothing once the handler is done; so does this.
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
            Chat::NAME => self.chat(),
            Broadcast::NAME => self.broadcast(&mut received),
            _ => {
                tracing::debug!(sid = %self.member.id, event = %Outside(name), "an event that nobody knows");
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

    /// Joins the room named by the uid: "1" and 1 are the same room here.
    fn login(&self, received: &mut Received) {
        let room = match received.data() {
            Ok(Object(Login { uid })) => Ok(uid.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let room = room.and_then(|room| self.check_room(&received.socket, room));
        match room {
            Ok(room) => {
                tracing::info!(sid = %self.member.id, uid = %Outside(&room), "signed in");
                received.socket.join(room.clone());
                let welcome = LoginResponse {
                    data: Some("登录成功".into()),
                    ..Default::default()
                };
                for socket in self.orchard.hall.in_room(&room) {
                    self.orchard.hall.emit_to(&socket, &welcome);
                }
            }
            Err(error) => {
                self.ignored::<Login>(error);
                let refusal = LoginResponse {
                    errno: Some(Errno::INVALID_INPUT),
                    errmsg: Errno::INVALID_INPUT.meaning_zh().map(str::to_owned),
                    ..Default::default()
                };
                self.orchard.hall.emit_to(&received.socket, &refusal);
            }
        }
    }

    fn check_room(&self, socket: &Socket, room: String) -> Result<String, String> {
        let max_bytes = self.orchard.max_uid_bytes;
        if room.trim().is_empty() {
            return Err("the uid is empty".into());
        }
        if room.len() > max_bytes {
            return Err(format!("the uid has more than {max_bytes} bytes"));
        }
        let rooms = socket.rooms();
        if rooms.len() >= MAX_ROOMS && !rooms.iter().any(|known| *known == room) {
            return Err(format!("the socket is in {MAX_ROOMS} rooms already"));
        }
        Ok(room)
    }

    /// Starts the push. Whatever the argument is: the chapter's server doesn't look at it either.
    fn chat(&self) {
        if self.orchard.push.start() {
            tracing::info!(sid = %self.member.id, "the push starts");
        }
    }

    /// Passes on whatever it is, and emits `some event` to `/`.
    fn broadcast(&self, received: &mut Received) {
        match received.data::<Anything>() {
            Ok(data) => {
                tracing::debug!(sid = %self.member.id, "broadcast");
                let name = BroadcastResponse::NAME;
                let size = wire::size_of_anything(NAMESPACE, name, &data);
                self.orchard.hall.emit_sized(name, &data, size);
                self.orchard.bystanders.emit(&SomeEvent { data: Some(42) });
            }
            Err(error) => self.ignored::<Broadcast>(error),
        }
    }

    /// With nothing, if an acknowledgement is asked for.
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
        tracing::info!(%sid, event = E::NAME, %error, "an event that can't be used");
    }
}

impl MessageHandler<LocalAdapter, Events> for Events {
    fn call(&self, socket: Arc<Socket>, value: Value, ack: Option<i64>) {
        self.handle(Received { socket, value, ack });
    }
}

/// One event, as socketioxide has read it.
struct Received {
    socket: Arc<Socket>,
    value: Value,
    ack: Option<i64>,
}

impl Received {
    fn extract<T: FromMessageParts<LocalAdapter>>(&mut self) -> Result<T, T::Error> {
        T::from_message_parts(&self.socket, &mut self.value, &self.ack)
    }

    /// Its argument. To be asked for once: attachments are taken out.
    fn data<T: DeserializeOwned>(&mut self) -> Result<T, socketioxide::ParserError> {
        let Ok(TryData(data)) = self.extract();
        data
    }

    /// As it came, with its attachments.
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
