//! Browser APIs that the page uses and no library covers.

pub(crate) mod announce;
pub(crate) mod frame_throttle;
pub(crate) mod pause;
pub(crate) mod window_events;
