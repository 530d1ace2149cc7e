use std::sync::Arc;

use super::count::Count;
use super::demo_count::DemoCount;
use super::hall::Hall;
use super::notices::Notices;
use crate::app::App;

/// The state that the handlers share.
pub(super) struct Orchard {
    pub(super) app: Arc<App>,
    pub(super) count: Arc<Count>,
    /// Pushes random counts instead, if that is enabled.
    pub(super) demo_count: Option<DemoCount>,
    pub(super) notices: Arc<Notices>,
    /// Whether clients without a token may connect and watch.
    pub(super) guests: bool,
    pub(super) max_uid_bytes: usize,
    /// The sockets of the orchard's namespace.
    pub(super) hall: Arc<Hall>,
    /// The sockets of the namespace `/`.
    pub(super) bystanders: Arc<Hall>,
}
