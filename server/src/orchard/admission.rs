//! Who comes into the namespace, and who leaves it.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;

use orchard_contract::events::ServerResponse;
use socketioxide::adapter::LocalAdapter;
use socketioxide::handler::{ConnectHandler, DisconnectHandler, Value};
use socketioxide::socket::{DisconnectReason, Socket};

use super::Orchard;
use super::events::Events;
use super::hall::Hall;
use super::member::Member;
use crate::session::Session;

/// What CONNECT is refused with when it is the server's fault.
const FAILED: &str = "the server failed; its log says how";

type Refusal = Box<dyn Display + Send>;

/// What handles a CONNECT.
#[derive(Clone)]
pub(super) struct Admission {
    orchard: Arc<Orchard>,
}

impl Admission {
    pub(super) fn new(orchard: Arc<Orchard>) -> Self {
        Self { orchard }
    }

    /// Handlers are set before the answer to CONNECT goes out: a quick client's `login` could overtake them.
    fn admit(&self, socket: &Socket) -> Result<(), Refusal> {
        let Some(session) = Session::of(socket) else {
            tracing::error!("a session has been opened past the endpoint");
            return Err(Box::new(FAILED));
        };
        let member = Arc::new(Member::new().map_err(|error| {
            tracing::error!(%error, "nobody can be admitted");
            Box::new(FAILED) as Refusal
        })?);
        session.set_member(Arc::clone(&member));
        socket.on_fallback(Events::new(Arc::clone(&self.orchard), Arc::clone(&member)));
        socket.on_disconnect(Leaving {
            hall: Arc::clone(&self.orchard.hall),
            member: Some(member),
        });
        Ok(())
    }
}

impl ConnectHandler<LocalAdapter, Admission> for Admission {
    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket>,
        _auth: &'a Option<Value>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>> {
        Box::pin(async move { self.admit(&socket) })
    }

    /// Tells everybody of the newcomer. Unlike Flask-SocketIO's this comes after the answer to CONNECT: before it,
    /// socketioxide lets nothing be sent to the newcomer.
    fn call(&self, socket: Arc<Socket>, _auth: Option<Value>) {
        let Some(member) = Session::of(&socket).and_then(|session| session.member()) else {
            return;
        };
        self.orchard.hall.add(socket);
        let orchard = Arc::clone(&self.orchard);
        tracing::info!(sid = %member.id, "came");
        tokio::spawn(async move {
            match orchard.app.database.count_users().await {
                Ok(count) => orchard.hall.emit(&ServerResponse {
                    count: Some(count),
                    sid: Some(member.id.to_string()),
                    nickname: None,
                }),
                Err(error) => tracing::error!(%error, "a newcomer is not announced"),
            }
        });
    }
}

/// What handles a CONNECT to `/`, where nobody does anything but listen.
#[derive(Clone)]
pub(super) struct Bystanders {
    hall: Arc<Hall>,
}

impl Bystanders {
    pub(super) fn new(hall: Arc<Hall>) -> Self {
        Self { hall }
    }
}

impl ConnectHandler<LocalAdapter, Bystanders> for Bystanders {
    fn call(&self, socket: Arc<Socket>, _auth: Option<Value>) {
        socket.on_disconnect(Leaving {
            hall: Arc::clone(&self.hall),
            member: None,
        });
        self.hall.add(socket);
    }
}

/// What handles the end of a socket.
struct Leaving {
    hall: Arc<Hall>,
    member: Option<Arc<Member>>,
}

impl DisconnectHandler<LocalAdapter, Leaving> for Leaving {
    fn call_with_defer(
        &self,
        socket: Arc<Socket>,
        reason: DisconnectReason,
        defer: fn(Arc<Socket>),
    ) {
        self.hall.remove(&socket);
        if let Some(member) = &self.member {
            if let Some(session) = Session::of(&socket) {
                session.remove_member(member);
            }
            tracing::info!(sid = %member.id, %reason, "left");
        }
        defer(socket);
    }
}
