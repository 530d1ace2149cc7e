//! Differences after which both are in the same state, unless a listener acts on them.

use crate::frames::{EventFrame, is_of};
use crate::ours::Done;
use crate::script::{Action, Input, On};
use crate::trace::{At, Notice, State, Wire};
use crate::view::View;

use super::{Found, found, parted};

/// `close-without-open`. Reference: emits `close` whenever it gives up, even if no connection was
/// open. Ours: reports `close` once for each connection that was open.
pub(super) fn close_without_open(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.before();
    let mut is_open = theirs.manager == "open";
    let before = view.theirs.notices.len();
    view.theirs.notices.retain(|notice| match notice.item {
        Notice::Open => {
            is_open = true;
            true
        }
        Notice::Close { .. } => std::mem::take(&mut is_open),
        _ => true,
    });
    found(view.theirs.notices.len() < before)
}

/// `forced-close-order`. Reference: emits `close` before the last socket gets its `disconnect` or
/// `connect_error`. Ours: notifies the socket first.
pub(super) fn forced_close_order(view: &mut View<'_>) -> Found {
    let is_forced =
        |notice: &Notice| matches!(notice, Notice::Close { reason } if reason == "forced close");
    let ours = move_to_end(&mut view.ours.notices, is_forced);
    let theirs = move_to_end(&mut view.theirs.notices, is_forced);
    found(ours || theirs)
}

/// `reconnect-error-order`. Reference: emits `connect_error` on the sockets, then
/// `reconnect_failed`, then `reconnect_error`. Ours: reports `reconnect_error`, then the sockets'
/// errors, then `reconnect_failed`.
pub(super) fn reconnect_error_order(view: &mut View<'_>) -> Found {
    let is_it = |notice: &Notice| matches!(notice, Notice::ReconnectError);
    let ours = move_to_end(&mut view.ours.notices, is_it);
    let theirs = move_to_end(&mut view.theirs.notices, is_it);
    let is_last = |notice: &Notice| matches!(notice, Notice::ReconnectFailed);
    let ours_last = move_to_end(&mut view.ours.notices, is_last);
    let theirs_last = move_to_end(&mut view.theirs.notices, is_last);
    found(ours || theirs || ours_last || theirs_last)
}

/// `disconnect-without-connect`. Reference: emits `disconnect` on a socket that was not connected
/// yet, for some errors after a `connect_error`. Ours: reports one `connect_error`.
pub(super) fn disconnect_without_connect(view: &mut View<'_>) -> Found {
    let (_, State { sockets, .. }) = view.before();
    let mut connected: Vec<bool> = sockets.iter().map(|socket| socket.connected).collect();
    let mut met = Vec::new();
    let notices = std::mem::take(&mut view.theirs.notices);
    for At { at, mut item } in notices {
        match &item {
            Notice::Connect { socket, .. } => connected[*socket] = true,
            Notice::Disconnect { socket, reason } => {
                let socket = *socket;
                if !std::mem::take(&mut connected[socket]) {
                    met.push(socket);
                    // After an error of the transport, both are emitted.
                    let is_reported = |notice: &At<Notice>| {
                        notice.at == at
                            && matches!(&notice.item, Notice::ConnectError { socket: of, .. } if *of == socket)
                    };
                    view.theirs.notices.retain(|notice| !is_reported(notice));
                    let kind = match &**reason {
                        "ping timeout" => "timeout",
                        // A refusal without a message.
                        "io server disconnect" => "",
                        _ => "transport",
                    };
                    item = Notice::ConnectError {
                        socket,
                        kind: kind.into(),
                        data: serde_json::Value::Null,
                    };
                }
            }
            _ => {}
        }
        view.theirs.notices.push(At { at, item });
    }
    let handled = |socket: &usize| view.handles(*socket, &[On::ConnectError, On::Disconnect]);
    match met.iter().any(handled) {
        true => Found::Parted,
        false => found(!met.is_empty()),
    }
}

/// `bare-refusal`. Reference: a refusal that is a bare string has an empty message. Ours: the
/// string is the message.
pub(super) fn bare_refusal(view: &mut View<'_>) -> Found {
    let bare = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with("44") && text.ends_with('"'));
    if !view.inputs().iter().any(bare) {
        return Found::Nothing;
    }
    let mut met = false;
    for (ours, theirs) in view.ours.notices.iter().zip(&mut view.theirs.notices) {
        if let Notice::ConnectError { kind, .. } = &mut theirs.item
            && kind.is_empty()
            && let Notice::ConnectError { kind: own, .. } = &ours.item
        {
            met = true;
            kind.clone_from(own);
        }
    }
    found(met)
}

/// `namespace-order`. Reference: handles sockets in the order of their `connect()` calls. Ours:
/// handles them in the order in which they were created.
pub(super) fn namespace_order(view: &mut View<'_>) -> Found {
    let mut met = false;
    for trace in [&mut view.ours, &mut view.theirs] {
        let before = trace.clone();
        for run in trace.notices.chunk_by_mut(|a, b| {
            a.at == b.at && a.item.socket().is_some() && b.item.socket().is_some()
        }) {
            run.sort_by_key(|notice| notice.item.socket());
        }
        let is_connect = |wire: &Wire| {
            wire.text
                .as_ref()
                .is_some_and(|text| text.starts_with("40"))
        };
        for run in trace.wire.chunk_by_mut(|a, b| {
            a.at == b.at
                && a.item.transport == b.item.transport
                && is_connect(&a.item)
                && is_connect(&b.item)
        }) {
            run.sort_by(|a, b| a.item.text.cmp(&b.item.text));
        }
        met |= *trace != before;
    }
    found(met)
}

/// `taken-back-connect`. Reference: a namespace that is left before CONNECT is answered stays
/// connected on the server. Ours: sends DISCONNECT once the answer arrives.
pub(super) fn taken_back_connect(view: &mut View<'_>) -> Found {
    let before = view.ours.wire.len();
    for socket in 0..view.script.sockets.len() {
        let connect = view.connect_frame(socket);
        let answered = view
            .inputs()
            .iter()
            .any(|input| matches!(input, Input::Frame(text) if is_of(text, &connect)));
        let leaves = view
            .actions()
            .iter()
            .any(|done| done.action == Action::Disconnect(socket));
        let is_reported = |notice: &At<Notice>| matches!(&notice.item, Notice::Connect { socket: of, .. } if *of == socket);
        // A connected namespace is left by both.
        if view.before().0.sockets[socket].connected || view.ours.notices.iter().any(is_reported) {
            continue;
        }
        if answered && (leaves || !view.before().0.sockets[socket].active) {
            let leave = connect.replacen('0', "1", 1);
            view.ours
                .wire
                .retain(|wire| wire.item.text.as_ref() != Some(&leave));
        }
    }
    found(view.ours.wire.len() < before)
}

/// `reconnect-order`. Reference: requests auth before it emits `reconnect`. Ours: reports
/// `reconnect` first.
pub(super) fn reconnect_order(view: &mut View<'_>) -> Found {
    let is_asked = |notice: &Notice| matches!(notice, Notice::Authorize { .. });
    let ours = move_to_end(&mut view.ours.notices, is_asked);
    let theirs = move_to_end(&mut view.theirs.notices, is_asked);
    found(ours || theirs)
}

/// `retry-ids`. Reference: a retried event takes an ack id at each sending. Ours: takes the first
/// one at the emit.
pub(super) fn retry_ids(view: &mut View<'_>) -> Found {
    let mut met = false;
    for socket in view
        .script
        .sockets
        .iter()
        .filter(|socket| socket.retries.is_some())
    {
        let wires = view.ours.wire.iter_mut().chain(&mut view.theirs.wire);
        for text in wires.filter_map(|wire| wire.item.text.as_mut()) {
            let Some(event) =
                EventFrame::of(text).filter(|event| event.namespace == socket.namespace)
            else {
                continue;
            };
            let start = event.id.as_ptr() as usize - text.as_ptr() as usize;
            let end = start + event.id.len();
            text.replace_range(start..end, "#");
            met = true;
        }
    }
    found(met)
}

/// `late-timers`. Reference: timers that are late fire in the order of their deadlines, so an ack
/// may time out before the heartbeat. Ours: everything overdue is handled together, the connection
/// first.
pub(super) fn late_timers(view: &mut View<'_>) -> Found {
    let Some(woke) = view.woke() else {
        return Found::Nothing;
    };
    let mut met = false;
    for trace in [&mut view.ours, &mut view.theirs] {
        let before = trace.notices.clone();
        for notice in trace.notices.iter_mut().filter(|notice| notice.at == woke) {
            // Both are due: the order decides by which of them it ends.
            if let Notice::Ack {
                error: Some(error), ..
            } = &mut notice.item
            {
                *error = "late".into();
            }
        }
        let text = |notice: &At<Notice>| (notice.at == woke).then(|| format!("{:?}", notice.item));
        trace
            .notices
            .sort_by_key(|notice| (notice.at, text(notice)));
        met |= trace.notices != before;
    }
    found(met)
}

/// `stale-answer`. Reference: sends the answer to an event of an earlier session into the next one.
/// Ours: refuses it.
pub(super) fn stale_answer(view: &mut View<'_>) -> Found {
    let answers = |done: &Done| matches!(done.action, Action::Answer { .. } | Action::Reply { .. });
    if !view.actions().iter().any(answers) {
        return Found::Nothing;
    }
    let is_ack = |wire: &Wire| {
        let text = wire.text.as_deref().unwrap_or_default();
        text.starts_with("43") || text.starts_with("46")
    };
    let ours = view.ours.wire.clone();
    let before = view.theirs.wire.len();
    let mut is_stale = false;
    view.theirs.wire.retain(|wire| {
        // Its attachments are removed as well.
        is_stale = match wire.item.text {
            Some(_) => is_ack(&wire.item) && !ours.contains(wire),
            None => is_stale && wire.item.bytes.is_some(),
        };
        !is_stale
    });
    found(view.theirs.wire.len() < before)
}

/// `emit-for-held-event`. Reference: what a listener emits while held events are delivered is sent
/// before the send buffer. Ours: is sent after it.
pub(super) fn emit_for_held_event(view: &mut View<'_>) -> Found {
    let emits = |done: &Done| {
        matches!(done.action, Action::Emit(_)) && matches!(done.by, Some((_, On::Event)))
    };
    let connects = |notice: &At<Notice>| matches!(notice.item, Notice::Connect { .. });
    if !view.actions().iter().any(emits) || !view.ours.notices.iter().any(connects) {
        return Found::Nothing;
    }
    let ours = by_text(&mut view.ours.wire);
    let theirs = by_text(&mut view.theirs.wire);
    found(ours || theirs)
}

/// `connect-before-flush`. Reference: flushes the send buffer, then emits `connect`. Ours: reports
/// `connect` first, so what its listener does to other namespaces is sent first.
pub(super) fn connect_before_flush(view: &mut View<'_>) -> Found {
    let acts = |done: &Done| matches!(done.by, Some((_, On::Connect | On::Event)));
    if !view.actions().iter().any(acts) {
        return Found::Nothing;
    }
    let ours = by_namespace(&mut view.ours.wire);
    let theirs = by_namespace(&mut view.theirs.wire);
    found(ours || theirs)
}

/// `plain-ack-lost`. Reference: an ack callback without a timeout is dropped at a disconnect. Ours:
/// the wait ends with an error.
pub(super) fn plain_ack_lost(view: &mut View<'_>) -> Found {
    let mut met = Vec::new();
    let notices = std::mem::take(&mut view.ours.notices);
    for notice in notices {
        match &notice.item {
            Notice::Ack {
                socket,
                emit,
                error: Some(error),
                ..
            } if error == "socket has been disconnected" && view.is_plain(*emit) => {
                met.push(*socket);
            }
            _ => view.ours.notices.push(notice),
        }
    }
    match met.iter().any(|socket| view.handles(*socket, &[On::Ack])) {
        true => Found::Parted,
        false => found(!met.is_empty()),
    }
}

/// `volatile-ack`. Reference: the ack of a dropped volatile event times out, or never ends. Ours:
/// the wait ends at once.
pub(super) fn volatile_ack(view: &mut View<'_>) -> Found {
    let mut met = Vec::new();
    for ours in [true, false] {
        let trace = if ours {
            &mut view.ours
        } else {
            &mut view.theirs
        };
        let notices = std::mem::take(&mut trace.notices);
        for notice in notices {
            let socket = match &notice.item {
                Notice::Ack {
                    socket,
                    emit,
                    error: Some(error),
                    ..
                } if view.is_volatile(*emit)
                    && if ours {
                        error == "the packet was dropped"
                    } else {
                        error != "the packet was dropped"
                    }
                    && view.was_dropped(*emit) =>
                {
                    Some(*socket)
                }
                _ => None,
            };
            match socket {
                Some(socket) => met.push(socket),
                None if ours => view.ours.notices.push(notice),
                None => view.theirs.notices.push(notice),
            }
        }
    }
    match met.iter().any(|socket| view.handles(*socket, &[On::Ack])) {
        true => Found::Parted,
        false => found(!met.is_empty()),
    }
}

/// `given-up-active`. Reference: a socket that is no longer retried stays `active`, and connects
/// with the next `connect()` of another socket. Ours: is inactive until its own `connect()`.
pub(super) fn given_up_active(view: &mut View<'_>) -> Found {
    if !view.may_give_up() {
        return Found::Nothing;
    }
    let mut met = false;
    let mut theirs = view.theirs.state.clone();
    for (ours, theirs) in view.ours.state.sockets.iter().zip(&mut theirs.sockets) {
        if theirs.active && !ours.active && !theirs.connected {
            met = true;
            theirs.active = false;
        }
    }
    if met && view.ours.state.manager == "closed" && theirs.manager == "closed" {
        view.theirs.state = theirs;
        return Found::Same;
    }
    parted(met)
}

/// `connect-again`. Reference: `connect()` before the answer sends a second CONNECT. Ours: waits
/// for the answer.
pub(super) fn connect_again(view: &mut View<'_>) -> Found {
    let mut met = Found::Nothing;
    let (before, _) = view.before();
    for socket in 0..view.script.sockets.len() {
        let connects = view
            .actions()
            .iter()
            .any(|done| done.action == Action::Connect(socket));
        let count = |action: &Action| {
            let done = view.actions().iter().filter(|done| done.action == *action);
            done.count()
        };
        let state = &before.sockets[socket];
        let again = state.active || count(&Action::Connect(socket)) > 1;
        if !connects || !again || state.connected {
            continue;
        }
        let start = view.connect_frame(socket);
        let is_connect = |wire: &At<Wire>| {
            wire.item
                .text
                .as_ref()
                .is_some_and(|text| is_of(text, &start))
        };
        let ours = view
            .ours
            .wire
            .iter()
            .filter(|wire| is_connect(wire))
            .count();
        let mut further = 0;
        let before = view.theirs.wire.len();
        view.theirs.wire.retain(|wire| {
            further += usize::from(is_connect(wire));
            !is_connect(wire) || further <= ours
        });
        if view.theirs.wire.len() < before {
            met = Found::Same;
        }
        let request = Notice::Authorize { socket };
        let requests = |notices: &[At<Notice>]| {
            notices
                .iter()
                .filter(|notice| notice.item == request)
                .count()
        };
        if requests(&view.ours.notices) < requests(&view.theirs.notices) {
            return Found::Parted;
        }
    }
    met
}

/// Moves the matching items after all others of the same time. Returns whether that changed
/// anything.
fn move_to_end(notices: &mut Vec<At<Notice>>, is_it: impl Fn(&Notice) -> bool) -> bool {
    let before = notices.clone();
    notices.sort_by_key(|notice| (notice.at, is_it(&notice.item)));
    *notices != before
}

/// Groups the frames by namespace, in their order. Returns whether that changed anything.
fn by_namespace(wires: &mut Vec<At<Wire>>) -> bool {
    let before = wires.clone();
    let mut namespace = String::new();
    let mut keyed: Vec<(String, At<Wire>)> = Vec::new();
    for wire in wires.drain(..) {
        if let Some(text) = &wire.item.text {
            namespace = match text.find('/').zip(text.find(',')) {
                Some((slash, comma)) if slash < comma && !text[..slash].contains(['[', '{']) => {
                    text[slash..comma].into()
                }
                _ => "/".into(),
            };
        } else if wire.item.bytes.is_none() {
            // No frame is moved past the end of a transport.
            namespace = format!("{}", char::MAX);
        }
        keyed.push((namespace.clone(), wire));
    }
    keyed.sort_by(|(a, left), (b, right)| {
        let key = |wire: &At<Wire>| {
            (
                wire.item.transport,
                wire.at,
                !wire.item.open,
                wire.item.close,
            )
        };
        key(left).cmp(&key(right)).then(a.cmp(b))
    });
    wires.extend(keyed.into_iter().map(|(_, wire)| wire));
    *wires != before
}

/// Sorts the events that were sent at one time by text. Returns whether that changed anything.
fn by_text(wires: &mut [At<Wire>]) -> bool {
    let before = wires.to_vec();
    let is_event = |wire: &At<Wire>| {
        let text = wire.item.text.as_deref().unwrap_or("4b");
        wire.item.bytes.is_some() || text.starts_with("42") || text.starts_with("45")
    };
    for run in wires.chunk_by_mut(|a, b| a.at == b.at && is_event(a) && is_event(b)) {
        run.sort_by_key(|wire| (wire.item.text.clone(), wire.item.bytes.clone()));
    }
    wires != before
}
