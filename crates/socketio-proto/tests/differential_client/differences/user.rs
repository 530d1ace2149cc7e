//! What the user does, and both take differently.

use super::{Found, REACTION, parted};
use crate::frames::{is_connect, is_of};
use crate::ours::Done;
use crate::script::Action;
use crate::trace::{At, State, Told, Wire};
use crate::view::View;

/// To the reference, a transport is not writable until the next microtask: a volatile event right behind another is
/// dropped.
pub(super) fn volatile_same_tick(view: &mut View<'_>) -> Found {
    let met = view.outcomes().any(|(emit, ours, theirs)| {
        view.is_volatile(emit) && ours != "dropped" && theirs == "dropped"
    });
    parted(
        met && view
            .their_wire()
            .iter()
            .any(|wire| wire.item.text.is_some()),
    )
}

/// The reference keeps a volatile event for a socket that is not connected, where the transport is writable.
pub(super) fn volatile_kept(view: &mut View<'_>) -> Found {
    let met = view.outcomes().any(|(emit, ours, theirs)| {
        view.is_volatile(emit) && ours == "dropped" && theirs == "buffered"
    });
    parted(met)
}

/// Auth that is never given is waited for by the reference for ever.
pub(super) fn auth_timeout(view: &mut View<'_>) -> Found {
    let is_told =
        |told: &At<Told>| matches!(&told.item, Told::ConnectError { kind, .. } if kind == "auth");
    let told = |told: &[At<Told>]| told.iter().any(is_told);
    parted(told(&view.ours.told) && !told(&view.theirs.told))
}

/// The reference looks at the clock only when a socket emits that is connected.
pub(super) fn overdue_unconnected(view: &mut View<'_>) -> Found {
    let (before, _) = view.before();
    let emits = |done: &Done| matches!(&done.action, Action::Emit(emit) if !before.sockets[emit.socket].connected);
    let (ours, _) = view.told();
    let met = view.actions().iter().any(emits)
        && matches!(ours, Some(Told::Close { reason }) if reason == "ping timeout")
        && view.theirs.state.manager == "open";
    parted(met)
}

/// Switching reconnection off ends a back-off at ours; the reference waits for it, and never connects again.
pub(super) fn reconnection_off(view: &mut View<'_>) -> Found {
    let (_, before) = view.before();
    let off = view
        .actions()
        .iter()
        .any(|done| done.action == Action::Reconnection(false));
    let ends = off && before.manager == "waiting" && view.ours.state.manager == "closed";
    // Nor does it come back to the reference when it is switched on.
    let was_off = view.has_done(|action| *action == Action::Reconnection(false));
    let stays =
        was_off && view.ours.state.manager == "waiting" && view.theirs.state.manager == "closed";
    parted(ends || stays)
}

/// A namespace that was left before the server answered is asked for again once it has, by ours.
pub(super) fn connect_behind_taken_back(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.wire();
    let Some(text) = theirs.and_then(|wire| wire.text.as_deref()) else {
        return Found::Nothing;
    };
    let met = (0..view.script.sockets.len()).any(|socket| {
        let connects = view
            .actions()
            .iter()
            .any(|done| done.action == Action::Connect(socket));
        let leaves = |done: &Done| done.action == Action::Disconnect(socket);
        let left = !view.before().0.sockets[socket].active || view.actions().iter().any(leaves);
        connects
            && left
            && view.open_requests(socket, ['0', '4']) > 0
            && is_of(text, &view.connect_frame(socket))
    });
    parted(met)
}

/// What is written to a transport that is opening keeps the reference from closing it when its time is over.
pub(super) fn written_while_opening(view: &mut View<'_>) -> Found {
    let closes = |wires: &[At<Wire>]| wires.iter().filter(|wire| wire.item.close).count();
    let stays = closes(&view.ours.wire) > closes(&view.theirs.wire);
    // What was written goes out first once it is open.
    let (ours, theirs) = view.wire();
    let goes = ours.is_none() && theirs.is_some_and(is_connect);
    parted((stays || goes) && view.was_written_while_opening())
}

/// An answer to an old question for auth sends a CONNECT at the reference, whatever is open by then.
pub(super) fn late_auth(view: &mut View<'_>) -> Found {
    parted(view.is_authorized_late())
}

/// `connect()` makes an attempt anew at ours that hangs, and a request that has no answer.
pub(super) fn connect_anew(view: &mut View<'_>) -> Found {
    let (before, _) = view.before();
    let waits = |done: &Done| match done.action {
        Action::Connect(socket) => {
            before.sockets[socket].active && !before.sockets[socket].connected
        }
        _ => false,
    };
    let (ours, theirs) = view.wire();
    let is_anew = ours.is_some_and(|ours| ours.close || is_connect(ours));
    let met = matches!(&*before.manager, "opening" | "open") && is_anew && theirs.is_none();
    parted(met && view.actions().iter().any(waits))
}

/// Auth that is set while it is being asked for is taken by ours at once.
pub(super) fn set_auth_while_asked(view: &mut View<'_>) -> Found {
    let sets = |done: &Done| matches!(done.action, Action::SetAuth { .. }) && done.is_asked;
    parted(view.actions().iter().any(sets))
}

/// A session that the user left, or the server, is offered for recovery by the reference all the same.
pub(super) fn session_after_disconnect(view: &mut View<'_>) -> Found {
    let pid = |wire: Option<&Wire>| {
        let text = wire.and_then(|wire| wire.text.as_deref());
        text.map(|text| text.starts_with("40") && text.contains("\"pid\""))
    };
    let (ours, theirs) = view.wire();
    parted((pid(ours), pid(theirs)) == (Some(false), Some(true)) && view.has_left())
}

/// `connect()` right behind a failure is made at once by ours the first time only.
pub(super) fn connect_paced(view: &mut View<'_>) -> Found {
    let (ours, theirs) = view.wire();
    let met = ours.is_none()
        && theirs.is_some_and(|wire| wire.open || is_connect(wire))
        && view.connects_upon_failure(REACTION);
    parted(met)
}

/// While there is no network, attempts are not counted by ours.
pub(super) fn offline_attempts(view: &mut View<'_>) -> Found {
    let failed = |told: &At<Told>| told.item == Told::ReconnectFailed;
    let count = |told: &[At<Told>]| told.iter().filter(|told| failed(told)).count();
    parted(view.was_offline() && count(&view.ours.told) < count(&view.theirs.told))
}

/// Auth that differs is another user's to ours, unless an option says otherwise: nothing of the user before is sent.
pub(super) fn another_user(view: &mut View<'_>) -> Found {
    let sets = |socket: usize| {
        let authorizes = |action: &Action| matches!(action, Action::SetAuth { socket: of, .. } | Action::Authorize { socket: of, .. } if *of == socket);
        !view.script.sockets[socket].one_user && view.has_done(authorizes)
    };
    let keeps_less = |socket: usize| {
        let kept = |state: &State| state.sockets[socket].buffered;
        kept(&view.ours.state) < kept(&view.theirs.state)
    };
    let pid = |wire: Option<&Wire>| {
        let text = wire
            .and_then(|wire| wire.text.as_deref())
            .unwrap_or_default();
        text.starts_with("40") && text.contains("\"pid\"")
    };
    let (ours, theirs) = view.wire();
    let offers_less = pid(theirs) && !pid(ours);
    let mut sockets = 0..view.script.sockets.len();
    parted(sockets.any(|socket| sets(socket) && (offers_less || keeps_less(socket))))
}

/// `connect()` while a back-off waits does nothing at the reference, and tries at once at ours.
pub(super) fn connect_in_back_off(view: &mut View<'_>) -> Found {
    let connects = view
        .actions()
        .iter()
        .any(|done| matches!(done.action, Action::Connect(_)));
    let (ours, theirs) = view.wire();
    let met = connects
        && view.before().1.manager == "waiting"
        && theirs.is_none()
        && ours.is_some_and(|wire| wire.open);
    parted(met)
}
