use std::sync::Arc;

use tokio::sync::Notify;

use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::database::Database;
use crate::passwords::Passwords;
use crate::tokens::Tokens;

/// What every call needs.
pub(crate) struct App {
    pub(crate) database: Database,
    pub(crate) passwords: Passwords,
    pub(crate) tokens: Tokens,
    pub(crate) attempts: Attempts,
    pub(crate) clock: Clock,
    /// How many sign-ins of one user may last at a time.
    pub(crate) max_sign_ins: u32,
    /// For how many seconds a refresh token that was used may be used again in any case.
    pub(crate) refresh_grace: u64,
    /// Whether an unknown account is answered as a wrong password is.
    pub(crate) no_account_hints: bool,
    /// A sign-in was revoked: its sockets are to be ended.
    pub(crate) revoked: Notify,
    pub(crate) counters: Arc<Counters>,
}
