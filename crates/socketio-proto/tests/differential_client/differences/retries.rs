//! Differences in the retry queue.

use super::{Found, parted};
use crate::frames::EventFrame;
use crate::ours::Done;
use crate::script::{Action, Input, On};
use crate::trace::{At, Notice, State, Wire};
use crate::view::View;

/// `retry-late-ack`. Reference: ignores an ack of an earlier sending. Ours: accepts it.
pub(super) fn retry_late_ack(view: &mut View<'_>) -> Found {
    let kept = |state: &State| -> usize { state.sockets.iter().map(|one| one.buffered).sum() };
    let is_done = kept(&view.ours.state) < kept(&view.theirs.state)
        || matches!(view.notice(), (Some(Notice::Ack { args: Some(_), .. }), _));
    parted(is_done && view.is_earlier_sending_acknowledged())
}

/// `retry-next-first`. Reference: calls the ack callback of an event, then sends the next one.
/// Ours: sends the next one first.
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

/// `retry-flags`. Reference: the timeout of an emit that waits in the retry queue applies to the
/// next emit too. Ours: each emit has its own.
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

/// `retry-without-timeout`. Reference: takes an ack for an error if no timeout is set, and sends
/// the event again. Ours: the event is done.
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

/// `retry-sent-twice`. Reference: sends an event twice that a listener emits while the namespace is
/// being connected. Ours: sends it once.
pub(super) fn retry_sent_twice(view: &mut View<'_>) -> Found {
    let emits = |done: &Done| match (&done.action, done.by) {
        (Action::Emit(emit), Some((_, On::Event))) => {
            view.script.sockets[emit.socket].retries.is_some()
        }
        _ => false,
    };
    let connects = |notice: &At<Notice>| matches!(notice.item, Notice::Connect { .. });
    let (ours, theirs) = view.wire();
    let is_more = ours.is_none() && theirs.is_some_and(|wire| wire.text.is_some());
    let met = is_more && view.ours.notices.iter().any(connects);
    parted(met && view.actions().iter().any(emits))
}

/// `retry-unbounded`. Reference: without a timeout, an event is sent again at each reconnect
/// without a bound. Ours: gives up after the given number of retries.
pub(super) fn retry_unbounded(view: &mut View<'_>) -> Found {
    let mut sockets = view.script.sockets.iter().enumerate();
    parted(sockets.any(|(socket, options)| {
        let kept = |state: &State| state.sockets[socket].buffered;
        options.retries.is_some()
            && options.ack_timeout.is_none()
            && kept(&view.ours.state) < kept(&view.theirs.state)
            && view.ours.notices.iter().any(|notice| {
                matches!(&notice.item, Notice::Disconnect { socket: of, .. } if *of == socket)
            })
    }))
}
