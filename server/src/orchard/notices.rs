use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use orchard_contract::events::{self, BroadcastResponse};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::database::{Database, DatabaseError, Kept};

/// The maximum length of a sender's mark that is stored with a notice, in bytes.
const MARK_BYTES: usize = 64;

/// The delay before a retry after the database has failed.
const RETRY: Duration = Duration::from_secs(5);

/// The minimum time between two writes to the database. Each write is a transaction, which costs as
/// much as sending a notice to dozens of players. A crash loses at most the notices of one such
/// interval.
const SAVE_INTERVAL: Duration = Duration::from_millis(200);

/// The last notices, for players who join. They are held in memory, and written to the database
/// shortly after.
#[derive(Debug)]
pub(crate) struct Notices {
    database: Database,
    limits: Limits,
    state: Mutex<State>,
    changed: Notify,
}

/// Limits on the notices that are stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The maximum number of notices.
    pub(crate) most: usize,
    /// The maximum length of a text, in bytes.
    pub(crate) text_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    /// The notices, oldest first.
    last: VecDeque<Kept>,
    /// The highest number assigned so far, and the highest that is in the database.
    given: i64,
    saved: i64,
}

impl Notices {
    /// Loads the notices from the database.
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

    /// Stores a notice that is being broadcast, unless its text is too long.
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

    /// Returns the last notices, or `None` if there are none.
    pub(super) fn last(&self) -> Option<events::Notices> {
        let state = self.lock();
        let notices = state.last.iter().rev().take(self.limits.most).rev();
        let notices: Vec<_> = notices.map(|kept| kept.notice.clone()).collect();
        (!notices.is_empty()).then_some(events::Notices { notices })
    }

    /// Writes new notices to the database: the first at once, then those of each [`SAVE_INTERVAL`]
    /// together. Of a burst, only those still among the last are written.
    pub(super) async fn save_all(&self) -> Infallible {
        loop {
            self.changed.notified().await;
            while let Err(error) = self.save().await {
                tracing::error!(%error, "notices are not saved yet");
                sleep(RETRY).await;
            }
            sleep(SAVE_INTERVAL).await;
        }
    }

    /// Writes the notices that are not in the database yet.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use orchard_contract::events::BroadcastResponse;
    use rusqlite::Connection;
    use tempfile::TempDir;
    use tokio::time::{sleep, timeout};

    use super::{Limits, Notices, SAVE_INTERVAL};
    use crate::database::Database;

    /// Returns a number that changes with each transaction of another connection
    /// (<https://sqlite.org/pragma.html#pragma_data_version>).
    fn version(connection: &Connection) -> i64 {
        let query = "PRAGMA data_version";
        connection.query_row(query, (), |row| row.get(0)).unwrap()
    }

    fn saved(connection: &Connection) -> i64 {
        let query = "SELECT coalesce(max(number), 0) FROM notices";
        connection.query_row(query, (), |row| row.get(0)).unwrap()
    }

    #[tokio::test]
    async fn many_notices_take_few_transactions() {
        const NOTICES: i64 = 50;
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("db");
        let database = Database::open(&path, Duration::ZERO).unwrap();
        let looks = Connection::open(&path).unwrap();
        let limits = Limits {
            most: 10,
            text_bytes: 10,
        };
        let notices = Arc::new(Notices::load(database, limits).await.unwrap());
        let saving = Arc::clone(&notices);
        tokio::spawn(async move { saving.save_all().await });

        let (start, mut last, mut changes) = (Instant::now(), version(&looks), 0);
        let all = async {
            for number in 1.. {
                if number <= NOTICES {
                    notices.add(BroadcastResponse {
                        text: Some("hello".into()),
                        nickname: Some("peach".into()),
                        ..Default::default()
                    });
                }
                sleep(Duration::from_millis(10)).await;
                let now = version(&looks);
                changes += u64::from(now != last);
                last = now;
                if saved(&looks) == NOTICES {
                    return;
                }
            }
        };
        timeout(Duration::from_secs(30), all).await.unwrap();
        let most = 1 + start.elapsed().as_millis() / SAVE_INTERVAL.as_millis();
        assert!(
            (1..=most).contains(&u128::from(changes)),
            "{changes} transactions"
        );
    }
}
