//! Who comes into the namespace, and who leaves it.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;

use orchard_contract::endpoints::NAMESPACE;
use orchard_contract::events::ServerResponse;
use socketioxide::SocketIo;
use socketioxide::adapter::LocalAdapter;
use socketioxide::handler::{ConnectHandler, DisconnectHandler, FromConnectParts, Value};
use socketioxide::socket::{DisconnectReason, Socket};

use super::events::Events;
use super::member::Member;
use super::{Orchard, emit};
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
        socket.on_disconnect(Leaving(member));
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
    fn call(&self, socket: Arc<Socket>, auth: Option<Value>) {
        let Some(member) = Session::of(&socket).and_then(|session| session.member()) else {
            return;
        };
        let Ok(io) = SocketIo::from_connect_parts(&socket, &auth);
        let app = Arc::clone(&self.orchard.app);
        tracing::info!(sid = %member.id, "came");
        tokio::spawn(async move {
            match app.database.count_users().await {
                Ok(count) => {
                    let welcome = ServerResponse {
                        count: Some(count),
                        sid: Some(member.id.to_string()),
                        ..Default::default()
                    };
                    emit(&io, NAMESPACE, None, &welcome);
                }
                Err(error) => tracing::error!(%error, "nobody is told of a newcomer"),
            }
        });
    }
}

/// What handles the end of a socket.
struct Leaving(Arc<Member>);

impl DisconnectHandler<LocalAdapter, Leaving> for Leaving {
    fn call_with_defer(
        &self,
        socket: Arc<Socket>,
        reason: DisconnectReason,
        defer: fn(Arc<Socket>),
    ) {
        if let Some(session) = Session::of(&socket) {
            session.remove_member(&self.0);
        }
        tracing::info!(sid = %self.0.id, %reason, "left");
        defer(socket);
    }
}
