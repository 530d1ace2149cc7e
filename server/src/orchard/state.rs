use std::sync::Arc;

use super::count::Count;
use super::demo_count::DemoCount;
use super::hall::Hall;
use super::notices::Notices;
use crate::app::App;

/// What the handlers need.
pub(super) struct Orchard {
    pub(super) app: Arc<App>,
    pub(super) count: Arc<Count>,
    /// What tells random numbers in its place, if that is wanted.
    pub(super) demo_count: Option<DemoCount>,
    pub(super) notices: Arc<Notices>,
    /// Whether whoever has no token may come in and watch.
    pub(super) guests: bool,
    pub(super) max_uid_bytes: usize,
    /// The sockets of the orchard's namespace.
    pub(super) hall: Arc<Hall>,
    /// Those of `/`.
    pub(super) bystanders: Arc<Hall>,
}
