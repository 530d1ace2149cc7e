use std::sync::Arc;

use tokio::sync::Notify;

use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::database::Database;
use crate::passwords::Passwords;
use crate::tokens::Tokens;

/// The state that every JSON-RPC call and every handler shares.
pub(crate) struct App {
    pub(crate) database: Database,
    pub(crate) passwords: Passwords,
    pub(crate) tokens: Tokens,
    pub(crate) attempts: Attempts,
    pub(crate) clock: Clock,
    /// The maximum number of concurrent sign-ins of one user.
    pub(crate) max_sign_ins: u32,
    /// The time, in seconds, in which a replaced refresh token may be used again unconditionally.
    pub(crate) refresh_grace: u64,
    /// Whether an unknown account gets the same answer as a wrong password.
    pub(crate) no_account_hints: bool,
    /// Notified when a sign-in is revoked and its sockets have to be disconnected.
    pub(crate) revoked: Notify,
    pub(crate) counters: Arc<Counters>,
}
