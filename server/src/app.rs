use std::sync::Arc;

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
    pub(crate) counters: Arc<Counters>,
}
