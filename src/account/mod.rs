//! The player's account: the session, the profile, and the calls to the game's API.

pub(crate) mod profile;
pub(crate) mod rpc;
pub(crate) mod session;
pub(crate) mod sign_in_form;
pub(crate) mod turns;
