//! Differences after which both are in the same state, unless a listener made something else of them.

use crate::frames::{EventFrame, is_of};
use crate::ours::Done;
use crate::script::{Action, Input, On};
use crate::trace::{At, State, Told, Wire};
use crate::view::View;

use super::{Found, found, parted};

/// The reference tells `close` whenever it gives a connection up, be it that there was none.
pub(super) fn close_without_open(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.before();
    let mut is_open = theirs.manager == "open";
    let before = view.theirs.told.len();
    view.theirs.told.retain(|told| match told.item {
        Told::Open => {
            is_open = true;
            true
        }
        Told::Close { .. } => std::mem::take(&mut is_open),
        _ => true,
    });
    found(view.theirs.told.len() < before)
}

/// The reference tells that it gave the connection up before it tells the socket that was its last one.
pub(super) fn forced_close_order(view: &mut View<'_>) -> Found {
    let is_forced =
        |told: &Told| matches!(told, Told::Close { reason } if reason == "forced close");
    let ours = move_to_end(&mut view.ours.told, is_forced);
    let theirs = move_to_end(&mut view.theirs.told, is_forced);
    found(ours || theirs)
}

/// The reference tells the sockets first that an attempt failed, then the manager's listeners.
pub(super) fn reconnect_error_order(view: &mut View<'_>) -> Found {
    let is_it = |told: &Told| matches!(told, Told::ReconnectError);
    let ours = move_to_end(&mut view.ours.told, is_it);
    let theirs = move_to_end(&mut view.theirs.told, is_it);
    let is_last = |told: &Told| matches!(told, Told::ReconnectFailed);
    let ours_last = move_to_end(&mut view.ours.told, is_last);
    let theirs_last = move_to_end(&mut view.theirs.told, is_last);
    found(ours || theirs || ours_last || theirs_last)
}

/// A socket that was not connected yet hears `disconnect` of the reference, and `connect_error` of ours.
pub(super) fn disconnect_without_connect(view: &mut View<'_>) -> Found {
    let (_, State { sockets, .. }) = view.before();
    let mut connected: Vec<bool> = sockets.iter().map(|socket| socket.connected).collect();
    let mut met = Vec::new();
    let told = std::mem::take(&mut view.theirs.told);
    for At { at, mut item } in told {
        match &item {
            Told::Connect { socket, .. } => connected[*socket] = true,
            Told::Disconnect { socket, reason } => {
                let socket = *socket;
                if !std::mem::take(&mut connected[socket]) {
                    met.push(socket);
                    // With an error of the transport it hears of both.
                    let is_told = |told: &At<Told>| {
                        told.at == at
                            && matches!(&told.item, Told::ConnectError { socket: of, .. } if *of == socket)
                    };
                    view.theirs.told.retain(|told| !is_told(told));
                    let kind = match &**reason {
                        "ping timeout" => "timeout",
                        // A refusal without words.
                        "io server disconnect" => "",
                        _ => "transport",
                    };
                    item = Told::ConnectError {
                        socket,
                        kind: kind.into(),
                        data: serde_json::Value::Null,
                    };
                }
            }
            _ => {}
        }
        view.theirs.told.push(At { at, item });
    }
    let handled = |socket: &usize| view.handles(*socket, &[On::ConnectError, On::Disconnect]);
    match met.iter().any(handled) {
        true => Found::Parted,
        false => found(!met.is_empty()),
    }
}

/// A refusal that is a bare string has no message at the reference.
pub(super) fn bare_refusal(view: &mut View<'_>) -> Found {
    let bare = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with("44") && text.ends_with('"'));
    if !view.inputs().iter().any(bare) {
        return Found::Nothing;
    }
    let mut met = false;
    for (ours, theirs) in view.ours.told.iter().zip(&mut view.theirs.told) {
        if let Told::ConnectError { kind, .. } = &mut theirs.item
            && kind.is_empty()
            && let Told::ConnectError { kind: said, .. } = &ours.item
        {
            met = true;
            kind.clone_from(said);
        }
    }
    found(met)
}

/// What goes to several sockets goes in the order of their `connect()` at the reference, of their making at ours.
pub(super) fn namespace_order(view: &mut View<'_>) -> Found {
    let mut met = false;
    for trace in [&mut view.ours, &mut view.theirs] {
        let before = trace.clone();
        for run in trace.told.chunk_by_mut(|a, b| {
            a.at == b.at && a.item.socket().is_some() && b.item.socket().is_some()
        }) {
            run.sort_by_key(|told| told.item.socket());
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

/// A namespace that was left before the server answered is left by ours once it does.
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
        let is_told = |told: &At<Told>| matches!(&told.item, Told::Connect { socket: of, .. } if *of == socket);
        // One that was connected is left by both.
        if view.before().0.sockets[socket].connected || view.ours.told.iter().any(is_told) {
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

/// The reference asks for auth before it tells that it is reconnected.
pub(super) fn reconnect_order(view: &mut View<'_>) -> Found {
    let is_asked = |told: &Told| matches!(told, Told::Authorize { .. });
    let ours = move_to_end(&mut view.ours.told, is_asked);
    let theirs = move_to_end(&mut view.theirs.told, is_asked);
    found(ours || theirs)
}

/// An event that is sent until it is acknowledged takes its first id when it is emitted at ours, when it is sent at the
/// reference.
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

/// Timers that are late ring in their order at the reference; ours takes them together.
pub(super) fn late_timers(view: &mut View<'_>) -> Found {
    let Some(woke) = view.woke() else {
        return Found::Nothing;
    };
    let mut met = false;
    for trace in [&mut view.ours, &mut view.theirs] {
        let before = trace.told.clone();
        for told in trace.told.iter_mut().filter(|told| told.at == woke) {
            // Both are due: what it ends by is a matter of order.
            if let Told::Ack {
                error: Some(error), ..
            } = &mut told.item
            {
                *error = "late".into();
            }
        }
        let text = |told: &At<Told>| (told.at == woke).then(|| format!("{:?}", told.item));
        trace.told.sort_by_key(|told| (told.at, text(told)));
        met |= trace.told != before;
    }
    found(met)
}

/// An answer to an event of another session goes out all the same at the reference.
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
        // Its attachments go with it.
        is_stale = match wire.item.text {
            Some(_) => is_ack(&wire.item) && !ours.contains(wire),
            None => is_stale && wire.item.bytes.is_some(),
        };
        !is_stale
    });
    found(view.theirs.wire.len() < before)
}

/// What a listener emits for an event that was held goes before what was kept at the reference, and behind it at ours.
pub(super) fn emit_for_held_event(view: &mut View<'_>) -> Found {
    let emits = |done: &Done| {
        matches!(done.action, Action::Emit(_)) && matches!(done.by, Some((_, On::Event)))
    };
    let connects = |told: &At<Told>| matches!(told.item, Told::Connect { .. });
    if !view.actions().iter().any(emits) || !view.ours.told.iter().any(connects) {
        return Found::Nothing;
    }
    let ours = by_text(&mut view.ours.wire);
    let theirs = by_text(&mut view.theirs.wire);
    found(ours || theirs)
}

/// Ours tells `connect` before the send buffer goes out: what a listener then does to other namespaces goes before it.
pub(super) fn connect_before_flush(view: &mut View<'_>) -> Found {
    let acts = |done: &Done| matches!(done.by, Some((_, On::Connect | On::Event)));
    if !view.actions().iter().any(acts) {
        return Found::Nothing;
    }
    let ours = by_namespace(&mut view.ours.wire);
    let theirs = by_namespace(&mut view.theirs.wire);
    found(ours || theirs)
}

/// A callback without a timeout is forgotten by the reference when the connection goes; ours tells it.
pub(super) fn plain_ack_lost(view: &mut View<'_>) -> Found {
    let mut met = Vec::new();
    let told = std::mem::take(&mut view.ours.told);
    for told in told {
        match &told.item {
            Told::Ack {
                socket,
                emit,
                error: Some(error),
                ..
            } if error == "socket has been disconnected" && view.is_plain(*emit) => {
                met.push(*socket);
            }
            _ => view.ours.told.push(told),
        }
    }
    match met.iter().any(|socket| view.handles(*socket, &[On::Ack])) {
        true => Found::Parted,
        false => found(!met.is_empty()),
    }
}

/// Whoever waits for the acknowledgement of a volatile event that was dropped hears that at once of ours, and later or
/// never of the reference.
pub(super) fn volatile_ack(view: &mut View<'_>) -> Found {
    let mut met = Vec::new();
    for ours in [true, false] {
        let trace = if ours {
            &mut view.ours
        } else {
            &mut view.theirs
        };
        let told = std::mem::take(&mut trace.told);
        for told in told {
            let socket = match &told.item {
                Told::Ack {
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
                None if ours => view.ours.told.push(told),
                None => view.theirs.told.push(told),
            }
        }
    }
    match met.iter().any(|socket| view.handles(*socket, &[On::Ack])) {
        true => Found::Parted,
        false => found(!met.is_empty()),
    }
}

/// A socket that is no longer tried for stays `active` at the reference, and comes back with whoever connects next.
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

/// `connect()` before the server answered asks once more at the reference.
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
        let asked = Told::Authorize { socket };
        let asks = |told: &[At<Told>]| told.iter().filter(|told| told.item == asked).count();
        if asks(&view.ours.told) < asks(&view.theirs.told) {
            return Found::Parted;
        }
    }
    met
}

/// Moves these behind all else that was told at the same time; whether that changed anything.
fn move_to_end(told: &mut Vec<At<Told>>, is_it: impl Fn(&Told) -> bool) -> bool {
    let before = told.clone();
    told.sort_by_key(|told| (told.at, is_it(&told.item)));
    *told != before
}

/// Puts the frames of each namespace together, in their order; whether that changed anything.
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
            // Nothing goes over the end of a transport.
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

/// Puts the events that were sent at one time in the order of their texts; whether that changed anything.
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
