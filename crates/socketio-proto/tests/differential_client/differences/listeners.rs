//! What happens while listeners are called.

use super::{Found, parted};
use crate::ours::Done;
use crate::script::{Action, On};
use crate::trace::{At, Told};
use crate::view::View;

/// `connect()` in a listener that hears of a failure opens a second connection at the reference, beside the back-off.
pub(super) fn connect_in_failure_handler(view: &mut View<'_>) -> Found {
    parted(view.was_connected_on_failure())
}

/// What a listener's own call leads to is told within that call by the reference, and behind the listener by ours.
pub(super) fn told_after_listener(view: &mut View<'_>) -> Found {
    let handled = |socket: usize| view.handles(socket, &[On::Disconnect, On::Ack]);
    let leads = |done: &Done| {
        matches!(done.action, Action::Disconnect(socket) if handled(socket)) && done.by.is_some()
    };
    let emits = |told: &[At<Told>]| -> Vec<At<Told>> {
        let is_emit = |told: &&At<Told>| matches!(told.item, Told::Emitted { .. });
        told.iter().filter(is_emit).cloned().collect()
    };
    let differs = emits(&view.ours.told) != emits(&view.theirs.told);
    parted(view.actions().iter().any(leads) && differs)
}

/// An error of the transport is told by the reference before the connection is given up.
pub(super) fn error_before_close(view: &mut View<'_>) -> Found {
    let acts = |done: &Done| matches!(done.by, Some((_, On::ConnectError)));
    let met = matches!(
        view.told(),
        (Some(Told::Close { reason }), Some(Told::ConnectError { .. })) if reason == "transport error"
    );
    parted(met && view.actions().iter().any(acts))
}

/// While a loss is told to one socket, another one that will be told counts as connected at the reference.
pub(super) fn told_in_turn(view: &mut View<'_>) -> Found {
    let met = view.outcomes().any(|(emit, ours, theirs)| {
        let on = [On::Ack, On::ConnectError, On::Disconnect];
        ours == "buffered" && theirs == "sent" && view.is_emitted_on(emit, &on)
    });
    parted(met)
}

/// An emit of a listener that notices an overdue heartbeat ends the connection at once at ours, and at the reference
/// once the listener is done.
pub(super) fn overdue_in_listener(view: &mut View<'_>) -> Found {
    let emits = |done: &Done| matches!(done.action, Action::Emit(_)) && done.by.is_some();
    let is_it =
        |told: &At<Told>| matches!(&told.item, Told::Close { reason } if reason == "ping timeout");
    let met = view.ours.told.iter().any(is_it) && !view.theirs.told.iter().any(is_it);
    parted(met && view.woke().is_some() && view.actions().iter().any(emits))
}

/// A listener that throws ends whatever the reference was about.
pub(super) fn listener_throws(view: &mut View<'_>) -> Found {
    parted(
        view.actions()
            .iter()
            .any(|done| done.action == Action::Throw),
    )
}
