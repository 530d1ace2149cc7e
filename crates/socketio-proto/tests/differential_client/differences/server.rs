//! What the server or the network does at the wrong time.

use super::{Found, REACTION, parted};
use crate::script::Input;
use crate::trace::{At, Told};
use crate::view::View;

/// A message before the handshake is let pass by the reference.
pub(super) fn early_message(view: &mut View<'_>) -> Found {
    let is_message = |input: &Input| match input {
        Input::Frame(text) => !text.starts_with('0'),
        Input::Bytes(_) => true,
        _ => false,
    };
    let met = view.before().1.manager == "opening"
        && view.inputs().iter().any(is_message)
        && view.theirs.state.manager == "opening"
        && view.ours.state.manager != "opening";
    parted(met)
}

/// A handshake that can't be read throws at the reference, and is noticed at the end of `timeout` only.
pub(super) fn bad_handshake(view: &mut View<'_>) -> Found {
    let is_handshake = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with('0'));
    let threw = |told: &At<Told>| matches!(told.item, Told::Uncaught { .. });
    let met = view.inputs().iter().any(is_handshake)
        && view.theirs.told.iter().any(threw)
        && view.ours.state.manager != view.theirs.state.manager;
    parted(met)
}

/// A packet without its payload is let pass by the reference, or throws in a microtask.
pub(super) fn missing_payload(view: &mut View<'_>) -> Found {
    let lacks = |input: &Input| {
        matches!(input, Input::Frame(text) if text.starts_with("42") | text.starts_with("43")
            && text[2..].chars().all(|char| char.is_ascii_digit()))
    };
    let is_told =
        |told: &At<Told>| matches!(&told.item, Told::Close { reason } if reason == "parse error");
    parted(view.inputs().iter().any(lacks) && view.ours.told.iter().any(is_told))
}

/// A refusal that nobody asked for ends the socket at the reference.
pub(super) fn stray_refusal(view: &mut View<'_>) -> Found {
    let is_told = |told: &At<Told>| matches!(told.item, Told::ConnectError { .. });
    parted(view.gets_stray('4') && view.theirs.told.iter().any(is_told))
}

/// A CONNECT that nobody asked for connects the socket at the reference.
pub(super) fn stray_connect(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.told();
    let is_told = matches!(
        theirs,
        Some(Told::ConnectError { .. } | Told::Connect { .. })
    );
    parted(view.gets_stray('0') && is_told)
}

/// Events that were held for a connection that was lost are told at the next one by the reference.
pub(super) fn held_for_another_session(view: &mut View<'_>) -> Found {
    let (ours, theirs) = view.told();
    let met = matches!(
        (ours, theirs),
        (Some(Told::Connect { socket, .. }), Some(Told::Event { socket: of, .. })) if socket == of
    );
    parted(met)
}

/// A second handshake changes the heartbeat of the reference, or throws if it can't be read.
pub(super) fn second_handshake(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.told();
    let met = match theirs {
        Some(Told::Close { reason }) => reason == "ping timeout",
        Some(Told::Uncaught { .. }) => true,
        _ => false,
    };
    parted(met && view.was_handshaken_again())
}

/// A server of version 2 is asked no more by ours, and stays asked by the reference.
pub(super) fn version_2(view: &mut View<'_>) -> Found {
    let is_told = |told: &At<Told>| matches!(&told.item, Told::ConnectError { kind, .. } if kind == "incompatible");
    parted(view.ours.told.iter().any(is_told) && view.theirs.told.iter().any(is_told))
}

/// A CONNECT without an answer is waited for by the reference for ever.
pub(super) fn not_answered(view: &mut View<'_>) -> Found {
    let is_told = |told: &At<Told>| matches!(&told.item, Told::ConnectError { kind, .. } if kind == "not answered");
    let told = |told: &[At<Told>]| told.iter().any(is_told);
    parted(told(&view.ours.told) && !told(&view.theirs.told))
}

/// A DISCONNECT that may be meant for the session before is let pass by ours.
pub(super) fn stale_disconnect(view: &mut View<'_>) -> Found {
    let kicks = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with("41"));
    let (ours, theirs) = view.told();
    let met = view.inputs().iter().any(kicks)
        && ours.is_none()
        && matches!(theirs, Some(Told::ConnectError { kind, .. }) if kind.is_empty());
    parted(met && view.has_left())
}

/// Over a WebSocket, the close of the engine means nothing to the reference.
pub(super) fn engine_close(view: &mut View<'_>) -> Found {
    let (ours, _) = view.told();
    let closes = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with('1'));
    let met = view.inputs().iter().any(closes)
        && matches!(ours, Some(Told::Close { .. } | Told::ConnectError { .. }));
    parted(met)
}

/// A transport that goes before the handshake is noticed by the reference at the end of `timeout` only.
pub(super) fn drop_before_handshake(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.before();
    let drops = |input: &Input| matches!(input, Input::Close(_) | Input::Offline);
    let met = theirs.manager == "opening"
        && view.inputs().iter().any(drops)
        && matches!(
            view.told(),
            (Some(Told::ConnectError { .. } | Told::ReconnectError), None)
        );
    parted(met)
}

/// The back-off starts over at the reference when the transport opens, at ours when a namespace is connected.
pub(super) fn back_off_kept(view: &mut View<'_>) -> Found {
    let attempt = |told: Option<&Told>| match told {
        Some(Told::ReconnectAttempt { attempt } | Told::Reconnect { attempt }) => Some(*attempt),
        _ => None,
    };
    let (ours, theirs) = view.told();
    let counts_on = match (attempt(ours), attempt(theirs)) {
        (Some(ours), Some(theirs)) => ours >= theirs,
        // It comes later, or never.
        (None, Some(theirs)) => theirs == 1,
        _ => false,
    };
    let never = view.was_opened_for_nothing() || view.has_connected_upon_failure(REACTION);
    parted(counts_on && never)
}

/// Where an event has no argument, the reference takes its name for the offset of recovery.
pub(super) fn name_as_offset(view: &mut View<'_>) -> Found {
    let (Some(ours), Some(theirs)) = view.wire() else {
        return Found::Nothing;
    };
    let (Some(ours), Some(theirs)) = (&ours.text, &theirs.text) else {
        return Found::Nothing;
    };
    let is_name = |input: &Input| match input {
        Input::Frame(text) if text.starts_with("42") => {
            let name = text
                .split_once("[\"")
                .and_then(|(_, rest)| rest.strip_suffix("\"]"));
            name.is_some_and(|name| theirs.contains(&format!("\"offset\":\"{name}\"")))
        }
        _ => false,
    };
    let offers = ours.starts_with("40") && ours.contains("\"pid\"");
    parted(offers && theirs.starts_with("40") && view.all_inputs().any(is_name))
}
