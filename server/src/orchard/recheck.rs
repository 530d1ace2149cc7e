use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use socketioxide::socket::Socket;
use tokio::time::timeout;

use super::hall::Ending;
use super::state::Orchard;
use crate::session::Session;

/// Disconnects the sockets whose sign-in has ended: at once if this process ended it, and within
/// `interval` if `orchard-server user` did.
pub(super) async fn recheck(orchard: Arc<Orchard>, interval: Duration) -> Infallible {
    loop {
        // Check in both cases, after the notification and after the interval.
        let _ = timeout(interval, orchard.app.revoked.notified()).await;
        let mut sockets = by_sign_in(&orchard);
        let sign_ins = sockets.keys().copied().collect();
        match orchard.app.database.ended(sign_ins).await {
            Ok(ended) => {
                let ended = ended.iter().filter_map(|id| sockets.remove(id));
                for socket in ended.flatten() {
                    orchard.hall.end(&socket, Ending::SignedOut);
                }
            }
            Err(error) => tracing::error!(%error, "can't determine which sign-ins have ended"),
        }
    }
}

fn by_sign_in(orchard: &Orchard) -> HashMap<i64, Vec<Arc<Socket>>> {
    let mut sockets = HashMap::<_, Vec<_>>::new();
    for socket in orchard.hall.all() {
        let member = Session::of(&socket).and_then(|session| session.member());
        if let Some(player) = member.as_ref().and_then(|member| member.player.as_ref()) {
            sockets.entry(player.sign_in).or_default().push(socket);
        }
    }
    sockets
}
