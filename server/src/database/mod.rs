//! The SQLite database. Queries run one after the other, on a thread of their own.

mod accounts;
mod check;
mod handle;
mod migrations;
mod notices;
mod owner;
mod sign_ins;
mod users;

pub(crate) use accounts::Listed;
pub(crate) use handle::{Database, DatabaseError};
pub(crate) use notices::Kept;
pub(crate) use owner::Owner;
pub(crate) use sign_ins::{NewSignIn, Refresh, Refreshed, Standing};
pub(crate) use users::{NewUser, User};
