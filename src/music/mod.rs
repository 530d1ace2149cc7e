//! The orchard's music: the tune, when it plays, and the device's media keys.

mod file;
mod media_session;
mod record;
mod tune;

pub(crate) use media_session::MediaKeys;
pub(crate) use record::{Record, Step};
pub(crate) use tune::{Heard, Tune};
