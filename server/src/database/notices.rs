//! Queries about stored notices.

use orchard_contract::events::BroadcastResponse;

use super::handle::{Database, DatabaseError};

/// A stored notice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    /// The sequence number, which grows from each notice to the next.
    pub(crate) number: i64,
    pub(crate) notice: BroadcastResponse,
}

impl Database {
    /// Returns the last notices, at most `most` of them, oldest first.
    pub(crate) async fn last_notices(&self, most: usize) -> Result<Vec<Kept>, DatabaseError> {
        self.call(move |connection| {
            let mut query = connection.prepare(
                "SELECT number, text, id, nickname, at FROM
                    (SELECT * FROM notices ORDER BY number DESC LIMIT ?1)
                 ORDER BY number",
            )?;
            let kept = query.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
                Ok(Kept {
                    number: row.get("number")?,
                    notice: BroadcastResponse {
                        text: row.get("text")?,
                        id: row.get("id")?,
                        nickname: row.get("nickname")?,
                        at: Some(row.get::<_, i64>("at")?.unsigned_abs()),
                    },
                })
            })?;
            kept.collect()
        })
        .await
    }

    /// Stores these notices and deletes all but the last `most`.
    pub(crate) async fn keep_notices(
        &self,
        new: Vec<Kept>,
        most: usize,
    ) -> Result<(), DatabaseError> {
        self.call(move |connection| {
            let transaction = connection.transaction()?;
            {
                let mut insert = transaction.prepare(
                    "INSERT OR REPLACE INTO notices (number, text, id, nickname, at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?;
                for Kept { number, notice } in new {
                    let at = i64::try_from(notice.at.unwrap_or_default()).unwrap_or(i64::MAX);
                    insert.execute((number, notice.text, notice.id, notice.nickname, at))?;
                }
            }
            transaction.execute(
                "DELETE FROM notices WHERE number NOT IN
                    (SELECT number FROM notices ORDER BY number DESC LIMIT ?1)",
                [i64::try_from(most).unwrap_or(i64::MAX)],
            )?;
            transaction.commit()
        })
        .await
    }
}
