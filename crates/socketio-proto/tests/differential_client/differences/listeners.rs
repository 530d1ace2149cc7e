//! Differences in what happens while listeners run.

use super::{Found, parted};
use crate::ours::Done;
use crate::script::{Action, On};
use crate::trace::{At, Notice};
use crate::view::View;

/// `connect-in-failure-handler`. Reference: `connect()` in a listener for a failure opens a
/// connection beside the back-off that starts then. Ours: makes the next attempt.
pub(super) fn connect_in_failure_handler(view: &mut View<'_>) -> Found {
    let is_attempt = |notice: &Notice| {
        matches!(
            notice,
            Notice::Close { .. }
                | Notice::ConnectError { .. }
                | Notice::Open
                | Notice::Reconnect { .. }
                | Notice::ReconnectAttempt { .. }
                | Notice::ReconnectError
                | Notice::ReconnectFailed
        )
    };
    let (ours, theirs) = view.notice();
    let attempts = [ours, theirs].into_iter().flatten().any(is_attempt);
    let (ours, theirs) = view.wire();
    let opens = [ours, theirs]
        .into_iter()
        .flatten()
        .any(|wire| wire.open || wire.close);
    let differs = view.ours.state.manager != view.theirs.state.manager;
    parted((attempts || opens || differs) && view.was_connected_on_failure())
}

/// `event-after-listener`. Reference: events that a listener causes by its calls are emitted within
/// those calls. Ours: are reported after the listener has returned.
pub(super) fn event_after_listener(view: &mut View<'_>) -> Found {
    let handled = |socket: usize| view.handles(socket, &[On::Disconnect, On::Ack]);
    let leads = |done: &Done| {
        matches!(done.action, Action::Disconnect(socket) if handled(socket)) && done.by.is_some()
    };
    let emits = |notices: &[At<Notice>]| -> Vec<At<Notice>> {
        let is_emit = |notice: &&At<Notice>| matches!(notice.item, Notice::Emitted { .. });
        notices.iter().filter(is_emit).cloned().collect()
    };
    let differs = emits(&view.ours.notices) != emits(&view.theirs.notices);
    parted(view.actions().iter().any(leads) && differs)
}

/// `error-before-close`. Reference: emits `connect_error` for a transport error while the
/// connection still counts as open. Ours: closes the connection before it reports the error.
pub(super) fn error_before_close(view: &mut View<'_>) -> Found {
    let acts = |done: &Done| matches!(done.by, Some((_, On::ConnectError)));
    let met = matches!(
        view.notice(),
        (Some(Notice::Close { reason }), Some(Notice::ConnectError { .. })) if reason == "transport error"
    );
    parted(met && view.actions().iter().any(acts))
}

/// `loss-in-turn`. Reference: while one socket is notified of a lost connection, the next one still
/// counts as connected, and loses what it emits. Ours: it is buffered.
pub(super) fn loss_in_turn(view: &mut View<'_>) -> Found {
    let on = [On::Ack, On::ConnectError, On::Disconnect];
    let loses = view.outcomes().any(|(emit, ours, theirs)| {
        ours == "buffered" && theirs == "sent" && view.is_emitted_on(emit, &on)
    });
    // Or that listener disconnects it, and it is still notified of the loss.
    let leaves = view.actions().iter().any(|done| {
        let Action::Disconnect(socket) = done.action else {
            return false;
        };
        let is_left = |notice: &At<Notice>| {
            matches!(&notice.item, Notice::Disconnect { socket: of, reason }
                if *of == socket && reason == "io client disconnect")
        };
        done.by.is_some_and(|(_, of)| on.contains(&of))
            && view.theirs.notices.iter().any(is_left)
            && !view.ours.notices.iter().any(is_left)
    });
    parted(loses || leaves)
}

/// `overdue-in-listener`. Reference: an emit in a listener that finds the heartbeat overdue closes
/// the connection after the listener. Ours: closes it at once.
pub(super) fn overdue_in_listener(view: &mut View<'_>) -> Found {
    let emits = |done: &Done| matches!(done.action, Action::Emit(_)) && done.by.is_some();
    let is_it = |notice: &At<Notice>| matches!(&notice.item, Notice::Close { reason } if reason == "ping timeout");
    let met = view.ours.notices.iter().any(is_it) && !view.theirs.notices.iter().any(is_it);
    parted(met && view.woke().is_some() && view.actions().iter().any(emits))
}

/// `listener-throws`. Reference: a listener that throws stops whatever the client was doing: other
/// sockets are not notified, nothing reconnects. Ours: costs that one call.
pub(super) fn listener_throws(view: &mut View<'_>) -> Found {
    parted(
        view.actions()
            .iter()
            .any(|done| done.action == Action::Throw),
    )
}
