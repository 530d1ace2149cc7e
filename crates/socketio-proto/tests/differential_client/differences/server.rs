//! Differences in what the server or the network does at the wrong time.

use super::{Found, REACTION, parted};
use crate::script::Input;
use crate::trace::{At, Notice};
use crate::view::View;

/// `early-message`. Reference: ignores a message before the handshake. Ours: the attempt fails.
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

/// `bad-handshake`. Reference: an invalid handshake throws, and the attempt ends at its timeout.
/// Ours: the attempt fails at once, with an error that names the field.
pub(super) fn bad_handshake(view: &mut View<'_>) -> Found {
    let is_handshake = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with('0'));
    let threw = |notice: &At<Notice>| matches!(notice.item, Notice::Uncaught { .. });
    let met = view.inputs().iter().any(is_handshake)
        && view.theirs.notices.iter().any(threw)
        && view.ours.state.manager != view.theirs.state.manager;
    parted(met)
}

/// `missing-payload`. Reference: a packet without a payload is ignored, or throws later. Ours: is a
/// parse error.
pub(super) fn missing_payload(view: &mut View<'_>) -> Found {
    let lacks = |input: &Input| {
        matches!(input, Input::Frame(text) if text.starts_with("42") | text.starts_with("43")
            && text[2..].chars().all(|char| char.is_ascii_digit()))
    };
    let is_reported = |notice: &At<Notice>| matches!(&notice.item, Notice::Close { reason } if reason == "parse error");
    parted(view.inputs().iter().any(lacks) && view.ours.notices.iter().any(is_reported))
}

/// `packet-between-attachments`. Reference: a text packet before the attachments that are due is a
/// parse error. Ours: is a packet of its own.
pub(super) fn packet_between_attachments(view: &mut View<'_>) -> Found {
    let announces = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with("45") | text.starts_with("46"));
    let is_reported = |notice: &At<Notice>| matches!(&notice.item, Notice::Close { reason } if reason == "parse error");
    let is_text = |input: &Input| match input {
        Input::Frame(text) => text.starts_with('4'),
        Input::Acknowledge { .. } => true,
        _ => false,
    };
    let was_announced = view.all_inputs().any(announces);
    let arrives = view.inputs().iter().any(is_text);
    let reported = |notices: &[At<Notice>]| notices.iter().any(is_reported);
    parted(
        was_announced && arrives && reported(&view.theirs.notices) && !reported(&view.ours.notices),
    )
}

/// `stray-refusal`. Reference: a CONNECT_ERROR without a request ends the socket. Ours: is ignored.
pub(super) fn stray_refusal(view: &mut View<'_>) -> Found {
    let is_reported = |notice: &At<Notice>| matches!(notice.item, Notice::ConnectError { .. });
    parted(view.gets_stray('4') && view.theirs.notices.iter().any(is_reported))
}

/// `stray-connect`. Reference: a CONNECT without a request connects the socket again; without a
/// `sid` it is an error. Ours: is ignored.
pub(super) fn stray_connect(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.notice();
    let is_reported = matches!(
        theirs,
        Some(Notice::ConnectError { .. } | Notice::Connect { .. })
    );
    parted(view.gets_stray('0') && is_reported)
}

/// `held-for-another-session`. Reference: events held for a connection that was lost are delivered
/// at the next one. Ours: are dropped with their connection.
pub(super) fn held_for_another_session(view: &mut View<'_>) -> Found {
    let (ours, theirs) = view.notice();
    let met = matches!(
        (ours, theirs),
        (Some(Notice::Connect { socket, .. }), Some(Notice::Event { socket: of, .. })) if socket == of
    );
    parted(met)
}

/// `second-handshake`. Reference: a second handshake changes the heartbeat, or throws. Ours: is
/// ignored.
pub(super) fn second_handshake(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.notice();
    let met = match theirs {
        Some(Notice::Close { reason }) => reason == "ping timeout",
        Some(Notice::Uncaught { .. }) => true,
        _ => false,
    };
    parted(met && view.was_handshaken_again())
}

/// `version-2`. Reference: a socket that a version 2 server answered stays active. Ours: the error
/// is final.
pub(super) fn version_2(view: &mut View<'_>) -> Found {
    let is_reported = |notice: &At<Notice>| matches!(&notice.item, Notice::ConnectError { kind, .. } if kind == "incompatible");
    parted(view.ours.notices.iter().any(is_reported) && view.theirs.notices.iter().any(is_reported))
}

/// `not-answered`. Reference: waits for the answer to CONNECT without a bound. Ours: ends the wait
/// after `connect_timeout`, and sends CONNECT again.
pub(super) fn not_answered(view: &mut View<'_>) -> Found {
    let is_reported = |notice: &At<Notice>| matches!(&notice.item, Notice::ConnectError { kind, .. } if kind == "not answered");
    let reported = |notices: &[At<Notice>]| notices.iter().any(is_reported);
    parted(reported(&view.ours.notices) && !reported(&view.theirs.notices))
}

/// `stale-disconnect`. Reference: a DISCONNECT that was sent for the previous session ends the next
/// one. Ours: is ignored until the server must have read what ended that session.
pub(super) fn stale_disconnect(view: &mut View<'_>) -> Found {
    let kicks = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with("41"));
    let (ours, theirs) = view.notice();
    let met = view.inputs().iter().any(kicks)
        && ours.is_none()
        && matches!(theirs, Some(Notice::ConnectError { kind, .. }) if kind.is_empty());
    parted(met && view.has_left())
}

/// `engine-close`. Reference: ignores a close packet of the engine. Ours: closes the connection.
pub(super) fn engine_close(view: &mut View<'_>) -> Found {
    let (ours, _) = view.notice();
    let closes = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with('1'));
    let met = view.inputs().iter().any(closes)
        && matches!(
            ours,
            Some(Notice::Close { .. } | Notice::ConnectError { .. })
        );
    parted(met)
}

/// `drop-before-handshake`. Reference: notices a transport that closes before the handshake at the
/// end of `timeout`. Ours: notices it at once.
pub(super) fn drop_before_handshake(view: &mut View<'_>) -> Found {
    let (_, theirs) = view.before();
    let drops = |input: &Input| matches!(input, Input::Close(_) | Input::Offline);
    let met = theirs.manager == "opening"
        && view.inputs().iter().any(drops)
        && matches!(
            view.notice(),
            (
                Some(Notice::ConnectError { .. } | Notice::ReconnectError),
                None
            )
        );
    parted(met)
}

/// `back-off-kept`. Reference: resets the back-off when the transport opens. Ours: resets it when a
/// namespace has stayed connected for `stable_after`.
pub(super) fn back_off_kept(view: &mut View<'_>) -> Found {
    let attempt = |notice: Option<&Notice>| match notice {
        Some(Notice::ReconnectAttempt { attempt } | Notice::Reconnect { attempt }) => {
            Some(*attempt)
        }
        _ => None,
    };
    let (ours, theirs) = view.notice();
    let counts_on = match (attempt(ours), attempt(theirs)) {
        (Some(ours), Some(theirs)) => ours >= theirs,
        // The event is reported later, or never.
        (None, Some(theirs)) => theirs == 1,
        _ => false,
    };
    let never = view.was_opened_for_nothing() || view.has_connected_upon_failure(REACTION);
    parted(counts_on && never)
}

/// `name-as-offset`. Reference: takes the name of an event without arguments for its offset. Ours:
/// takes no offset.
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
