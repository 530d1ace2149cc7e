//! Differences in what the user does.

use super::{Found, REACTION, parted};
use crate::frames::{is_connect, is_of};
use crate::ours::Done;
use crate::script::Action;
use crate::trace::{At, Notice, State, Wire};
use crate::view::View;

/// `volatile-same-tick`. Reference: drops a volatile event right after another packet. Ours: sends
/// it.
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

/// `volatile-kept`. Reference: buffers a volatile event for a socket that is not connected if the
/// last transport was writable. Ours: drops it.
pub(super) fn volatile_kept(view: &mut View<'_>) -> Found {
    let met = view.outcomes().any(|(emit, ours, theirs)| {
        view.is_volatile(emit) && ours == "dropped" && theirs == "buffered"
    });
    parted(met)
}

/// `auth-timeout`. Reference: waits for auth without a bound. Ours: ends the wait after `timeout`.
pub(super) fn auth_timeout(view: &mut View<'_>) -> Found {
    let is_reported = |notice: &At<Notice>| matches!(&notice.item, Notice::ConnectError { kind, .. } if kind == "auth");
    let reported = |notices: &[At<Notice>]| notices.iter().any(is_reported);
    parted(reported(&view.ours.notices) && !reported(&view.theirs.notices))
}

/// `overdue-unconnected`. Reference: only an emit of a connected socket checks the heartbeat's
/// deadline. Ours: every emit does.
pub(super) fn overdue_unconnected(view: &mut View<'_>) -> Found {
    let (before, _) = view.before();
    let emits = |done: &Done| matches!(&done.action, Action::Emit(emit) if !before.sockets[emit.socket].connected);
    let (ours, _) = view.notice();
    let met = view.actions().iter().any(emits)
        && matches!(ours, Some(Notice::Close { reason }) if reason == "ping timeout")
        && view.theirs.state.manager == "open";
    parted(met)
}

/// `reconnection-off`. Reference: disabling reconnection during a back-off leaves the manager stuck
/// in it. Ours: ends the back-off; a later `connect()` works.
pub(super) fn reconnection_off(view: &mut View<'_>) -> Found {
    let (_, before) = view.before();
    let off = view
        .actions()
        .iter()
        .any(|done| done.action == Action::Reconnection(false));
    let ends = off && before.manager == "waiting" && view.ours.state.manager == "closed";
    // The reference does not resume when it is switched on again, either.
    let was_off = view.has_done(|action| *action == Action::Reconnection(false));
    let stays =
        was_off && view.ours.state.manager == "waiting" && view.theirs.state.manager == "closed";
    parted(ends || stays)
}

/// `connect-behind-taken-back`. Reference: sends CONNECT again although the withdrawn one
/// has no answer yet. Ours: waits for that answer.
pub(super) fn connect_behind_taken_back(view: &mut View<'_>) -> Found {
    let (before, _) = view.before();
    let (_, theirs) = view.wire();
    let (_, notice) = view.notice();
    let met = (0..view.script.sockets.len()).any(|socket| {
        let does = |action: Action| view.actions().iter().any(|done| done.action == action);
        let left = !before.sockets[socket].active || does(Action::Disconnect(socket));
        let connect = view.connect_frame(socket);
        let is_asked = theirs.is_some_and(|wire| {
            let text = wire.text.as_deref();
            text.is_some_and(|text| is_of(text, &connect))
        });
        // The reference takes the outstanding answer for that of its second request.
        let is_connected =
            matches!(notice, Some(Notice::Connect { socket: of, .. }) if *of == socket);
        let is_open = view.open_requests(socket, ['0', '4']) > 0;
        does(Action::Connect(socket)) && left && is_open && (is_asked || is_connected)
    });
    parted(met)
}

/// `written-while-opening`. Reference: a late answer is written to a transport that is opening, and
/// keeps it open past its timeout. Ours: the transport is closed.
pub(super) fn written_while_opening(view: &mut View<'_>) -> Found {
    let count = |wires: &[At<Wire>], is_it: fn(&Wire) -> bool| {
        wires.iter().filter(|wire| is_it(&wire.item)).count()
    };
    let (ours, theirs) = (&view.ours.wire, &view.theirs.wire);
    let stays = count(ours, |wire| wire.close) > count(theirs, |wire| wire.close);
    // The written frame is sent first once the transport is open.
    let is_missing = count(ours, is_connect) < count(theirs, is_connect);
    parted((stays || is_missing) && view.was_written_while_opening())
}

/// `late-auth`. Reference: a late answer to an old auth request sends CONNECT over whatever is
/// open. Ours: is ignored.
pub(super) fn late_auth(view: &mut View<'_>) -> Found {
    parted(view.is_authorized_late())
}

/// `connect-anew`. Reference: `connect()` does nothing while an attempt or a request hangs. Ours:
/// restarts it once it has had some time.
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

/// `set-auth-while-asked`. Reference: auth that is set while auth is being requested is used at the
/// next CONNECT. Ours: is used at once.
pub(super) fn set_auth_while_asked(view: &mut View<'_>) -> Found {
    let sets = |done: &Done| matches!(done.action, Action::SetAuth { .. }) && done.is_asked;
    parted(view.actions().iter().any(sets))
}

/// `session-after-disconnect`. Reference: offers a session for recovery that the user or the server
/// has ended. Ours: does not.
pub(super) fn session_after_disconnect(view: &mut View<'_>) -> Found {
    let pid = |wire: Option<&Wire>| {
        let text = wire.and_then(|wire| wire.text.as_deref());
        text.map(|text| text.starts_with("40") && text.contains("\"pid\""))
    };
    let (ours, theirs) = view.wire();
    parted((pid(ours), pid(theirs)) == (Some(false), Some(true)) && view.has_left())
}

/// `connect-paced`. Reference: `connect()` right after a failure makes an attempt at once, every
/// time. Ours: the first time; then the back-off applies.
pub(super) fn connect_paced(view: &mut View<'_>) -> Found {
    let (ours, theirs) = view.wire();
    let met = ours.is_none()
        && theirs.is_some_and(|wire| wire.open || is_connect(wire))
        && view.connects_upon_failure(REACTION);
    parted(met)
}

/// `offline-attempts`. Reference: counts attempts while there is no network. Ours: does not.
pub(super) fn offline_attempts(view: &mut View<'_>) -> Found {
    let failed = |notice: &At<Notice>| notice.item == Notice::ReconnectFailed;
    let count = |notices: &[At<Notice>]| notices.iter().filter(|notice| failed(notice)).count();
    parted(view.was_offline() && count(&view.ours.notices) < count(&view.theirs.notices))
}

/// `another-user`. Reference: sends what was emitted under other auth, and offers the session of
/// that user. Ours: drops both, unless the option `one_user` is set.
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

/// `connect-in-back-off`. Reference: `connect()` during a back-off does nothing. Ours: makes the
/// attempt at once.
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
