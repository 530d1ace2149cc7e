//! Connecting to a namespace, and leaving it.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;

use socketioxide::adapter::LocalAdapter;
use socketioxide::handler::{ConnectHandler, DisconnectHandler, Value};
use socketioxide::socket::{DisconnectReason, Socket};

use super::events::Events;
use super::hall::Hall;
use super::identity::{Refused, identify};
use super::member::{Member, Player};
use super::state::Orchard;
use crate::session::Session;

type Refusal = Box<dyn Display + Send>;

/// The handler of CONNECT.
#[derive(Clone)]
pub(super) struct Admission {
    orchard: Arc<Orchard>,
}

impl Admission {
    pub(super) fn new(orchard: Arc<Orchard>) -> Self {
        Self { orchard }
    }

    /// Registers the socket's handlers before the answer to CONNECT is sent: a fast client's
    /// `login` could otherwise arrive before them.
    fn admit(&self, socket: &Socket, player: Option<Player>) -> Result<(), Refused> {
        let Some(session) = Session::of(socket) else {
            tracing::error!("a session has been opened past the endpoint");
            return Err(Refused::Failed);
        };
        let member = Arc::new(Member::new(player).map_err(|error| {
            tracing::error!(%error, "a client can't be admitted");
            Refused::Failed
        })?);
        session.set_member(Arc::clone(&member));
        socket.on_fallback(Events::new(Arc::clone(&self.orchard), Arc::clone(&member)));
        let orchard = Arc::clone(&self.orchard);
        socket.on_disconnect(Leaving {
            hall: Arc::clone(&orchard.hall),
            member: Some((member, orchard)),
        });
        Ok(())
    }
}

impl ConnectHandler<LocalAdapter, Admission> for Admission {
    fn call_middleware<'a>(
        &'a self,
        socket: Arc<Socket>,
        auth: &'a Option<Value>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>> {
        Box::pin(async move {
            let Orchard { app, guests, .. } = &*self.orchard;
            let identified = identify(app, *guests, &socket, auth).await;
            let admitted = identified.and_then(|player| self.admit(&socket, player));
            admitted.map_err(|refused| {
                let address = Session::of(&socket).map(|session| session.address);
                tracing::info!(?address, %refused, "CONNECT refused");
                Box::new(refused) as Refusal
            })
        })
    }

    /// Announces the new socket to everyone. Flask-SocketIO does this before the answer to CONNECT;
    /// here it comes after, since socketioxide sends nothing to a socket before that answer.
    fn call(&self, socket: Arc<Socket>, _auth: Option<Value>) {
        let Some(member) = Session::of(&socket).and_then(|session| session.member()) else {
            return;
        };
        let user = member.player.as_ref().map(|player| player.id);
        tracing::info!(sid = %member.id, user, "joined");
        self.orchard.hall.add(Arc::clone(&socket));
        self.orchard.count.welcome(&member, &socket);
        // The socket may have left before it was added.
        if member.stay.has_left() {
            self.orchard.hall.remove(&socket);
        }
    }
}

/// The handler of CONNECT to `/`, where sockets only receive.
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

/// The handler of a disconnect.
struct Leaving {
    hall: Arc<Hall>,
    /// The member that leaves the orchard, if the socket was in its namespace.
    member: Option<(Arc<Member>, Arc<Orchard>)>,
}

impl DisconnectHandler<LocalAdapter, Leaving> for Leaving {
    fn call_with_defer(
        &self,
        socket: Arc<Socket>,
        reason: DisconnectReason,
        defer: fn(Arc<Socket>),
    ) {
        if let Some((member, orchard)) = &self.member {
            orchard.count.farewell(member);
            if let Some(session) = Session::of(&socket) {
                session.remove_member(member);
            }
            tracing::info!(sid = %member.id, %reason, "left");
        }
        self.hall.remove(&socket);
        defer(socket);
    }
}
