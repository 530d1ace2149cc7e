use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orchard_contract::events::{self, BroadcastResponse};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::database::{Database, DatabaseError, Kept};

/// The longest mark of a sender that is kept with a notice, in bytes.
const MARK_BYTES: usize = 64;

/// How long it is waited after the database has failed.
const RETRY: Duration = Duration::from_secs(5);

/// The last notices, for whoever joins. They are kept in memory, and written to the database soon after.
#[derive(Debug)]
pub(crate) struct Notices {
    database: Database,
    limits: Limits,
    state: Mutex<State>,
    changed: Notify,
}

/// What is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many.
    pub(crate) most: usize,
    /// The longest text, in bytes.
    pub(crate) text_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Oldest first.
    last: VecDeque<Kept>,
    /// The greatest number that was given, and the greatest that the database has.
    given: i64,
    saved: i64,
}

impl Notices {
    /// Those that the database has.
    pub(crate) async fn load(database: Database, limits: Limits) -> Result<Self, DatabaseError> {
        let last = VecDeque::from(database.last_notices(limits.most.max(1)).await?);
        let saved = last.back().map_or(0, |kept| kept.number);
        let state = State {
            last,
            given: saved,
            saved,
        };
        Ok(Self {
            database,
            limits,
            state: state.into(),
            changed: Notify::new(),
        })
    }

    /// Keeps one that is broadcast now, unless its text is too long.
    pub(super) fn add(&self, mut notice: BroadcastResponse) {
        let bytes = notice.text.as_ref().map_or(0, String::len);
        if bytes > self.limits.text_bytes || self.limits.most == 0 {
            return;
        }
        notice.id = notice.id.filter(|id| id.len() <= MARK_BYTES);
        let mut state = self.lock();
        state.given = state.given.saturating_add(1);
        let number = state.given;
        if state.last.len() >= self.limits.most {
            state.last.pop_front();
        }
        state.last.push_back(Kept { number, notice });
        drop(state);
        self.changed.notify_one();
    }

    /// The last ones, if there are any.
    pub(super) fn last(&self) -> Option<events::Notices> {
        let state = self.lock();
        let notices = state.last.iter().rev().take(self.limits.most).rev();
        let notices: Vec<_> = notices.map(|kept| kept.notice.clone()).collect();
        (!notices.is_empty()).then_some(events::Notices { notices })
    }

    /// Writes whatever comes to the database. Of a burst only what is still among the last is written.
    pub(super) async fn save_all(&self) -> Infallible {
        loop {
            self.changed.notified().await;
            while let Err(error) = self.save().await {
                tracing::error!(%error, "notices are not saved yet");
                sleep(RETRY).await;
            }
        }
    }

    /// Writes what has not been written.
    pub(crate) async fn save(&self) -> Result<(), DatabaseError> {
        let new: Vec<_> = {
            let state = self.lock();
            let new = state.last.iter().filter(|kept| kept.number > state.saved);
            new.cloned().collect()
        };
        let Some(last) = new.last().map(|kept| kept.number) else {
            return Ok(());
        };
        self.database.keep_notices(new, self.limits.most).await?;
        let mut state = self.lock();
        state.saved = state.saved.max(last);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
