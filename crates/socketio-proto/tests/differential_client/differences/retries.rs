//! Events that are sent until they are acknowledged.

use super::{Found, parted};
use crate::frames::EventFrame;
use crate::ours::Done;
use crate::script::{Action, Input, On};
use crate::trace::{At, State, Told, Wire};
use crate::view::View;

/// With retries, an acknowledgement of an earlier sending will do for ours.
pub(super) fn retry_late_ack(view: &mut View<'_>) -> Found {
    let kept = |state: &State| -> usize { state.sockets.iter().map(|one| one.buffered).sum() };
    let is_done = kept(&view.ours.state) < kept(&view.theirs.state)
        || matches!(view.told(), (Some(Told::Ack { args: Some(_), .. }), _));
    parted(is_done && view.is_earlier_sending_acknowledged())
}

/// With retries, the next event goes out before the end of the one before is told by ours.
pub(super) fn retry_next_first(view: &mut View<'_>) -> Found {
    let acts = |done: &Done| matches!(done.by, Some((socket, On::Ack)) if view.script.sockets[socket].retries.is_some());
    let (ours, theirs) = view.wire();
    let is_event = |wire: Option<&Wire>| {
        let text = wire
            .and_then(|wire| wire.text.as_deref())
            .unwrap_or_default();
        text.starts_with("42") || text.starts_with("45")
    };
    parted((is_event(ours) || is_event(theirs)) && view.actions().iter().any(acts))
}

/// With retries, the flags of an emit that waits fall to the next one at the reference.
pub(super) fn retry_flags(view: &mut View<'_>) -> Found {
    let (ours, theirs) = view.wire();
    let is_retried = |wire: Option<&Wire>| {
        let text = wire.and_then(|wire| wire.text.as_deref());
        text.and_then(EventFrame::of).is_some_and(|event| {
            let mut sockets = view.script.sockets.iter();
            sockets.any(|socket| socket.retries.is_some() && socket.namespace == event.namespace)
        })
    };
    parted((is_retried(ours) || is_retried(theirs)) && view.flags_fell())
}

/// With retries and no timeout, the reference takes an acknowledgement for an error.
pub(super) fn retry_without_timeout(view: &mut View<'_>) -> Found {
    let met = view.inputs().iter().any(|input| {
        let Input::Acknowledge { namespace, .. } = input else {
            return false;
        };
        let mut sockets = view.script.sockets.iter();
        sockets.any(|socket| {
            socket.namespace == *namespace
                && socket.retries.is_some()
                && socket.ack_timeout.is_none()
        })
    });
    parted(met)
}

/// An event that a listener emits while the namespace is being connected is sent twice by the reference.
pub(super) fn retry_sent_twice(view: &mut View<'_>) -> Found {
    let emits = |done: &Done| match (&done.action, done.by) {
        (Action::Emit(emit), Some((_, On::Event))) => {
            view.script.sockets[emit.socket].retries.is_some()
        }
        _ => false,
    };
    let connects = |told: &At<Told>| matches!(told.item, Told::Connect { .. });
    let (ours, theirs) = view.wire();
    let is_more = ours.is_none() && theirs.is_some_and(|wire| wire.text.is_some());
    let met = is_more && view.ours.told.iter().any(connects);
    parted(met && view.actions().iter().any(emits))
}
