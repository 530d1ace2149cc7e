//! One step of both clients, as the differences see it.

use crate::frames::{EventFrame, is_of};
use crate::ours::{Done, Played};
use crate::script::{Ack, Action, Emit, Input, On, Script};
use crate::trace::{At, Notice, SocketState, State, Trace, Wire};

/// One step, without the parts that known differences have removed.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) script: &'a Script,
    pub(crate) step: usize,
    pub(crate) ours: Trace,
    pub(crate) theirs: Trace,
    pub(crate) played: &'a Played,
    pub(crate) their_traces: &'a [Trace],
}

impl View<'_> {
    pub(crate) fn is_same(&self) -> bool {
        self.ours == self.theirs
    }

    pub(crate) fn inputs(&self) -> &[Input] {
        &self.played.inputs[self.step]
    }

    /// Returns all inputs so far.
    pub(crate) fn all_inputs(&self) -> impl Iterator<Item = &Input> {
        self.played.inputs[..=self.step].iter().flatten()
    }

    /// What the user did at this step, in the run of our client.
    pub(crate) fn actions(&self) -> &[Done] {
        &self.played.actions[self.step]
    }

    pub(crate) fn is_volatile(&self, emit: usize) -> bool {
        let emit = self.played.emits.get(emit);
        emit.is_some_and(|(emit, _)| emit.volatile)
    }

    /// Returns whether the emit was made by a listener to one of these.
    pub(crate) fn is_emitted_on(&self, emit: usize, on: &[On]) -> bool {
        let by = self.played.emits.get(emit).and_then(|(_, by)| *by);
        by.is_some_and(|(_, of)| on.contains(&of))
    }

    /// Whether a callback waits for the acknowledgement without a timeout.
    pub(crate) fn is_plain(&self, emit: usize) -> bool {
        let is_plain = |(emit, _): &&(Emit, _)| {
            emit.ack == Ack::Plain && self.script.sockets[emit.socket].ack_timeout.is_none()
        };
        self.played.emits.get(emit).filter(is_plain).is_some()
    }

    /// Whether this emit was dropped, by our client and by the reference.
    pub(crate) fn was_dropped(&self, number: usize) -> bool {
        let dropped = |traces: &[Trace]| {
            let mut notices = traces.iter().flat_map(|trace| &trace.notices);
            notices.any(|notice| {
                matches!(&notice.item, Notice::Emitted { emit, outcome, .. }
                    if *emit == number && outcome == "dropped")
            })
        };
        dropped(&self.played.traces) && dropped(self.their_traces)
    }

    /// Returns the beginning of a CONNECT of this socket.
    pub(crate) fn connect_frame(&self, socket: usize) -> String {
        match &*self.script.sockets[socket].namespace {
            "/" => "40".into(),
            name => format!("40{name},"),
        }
    }

    /// The emits of this step with different results: in our client, and in the reference.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let of = |notice: &'_ At<Notice>| match &notice.item {
            Notice::Emitted { emit, .. } => Some(*emit),
            _ => None,
        };
        self.ours.notices.iter().filter_map(move |ours| {
            let theirs = self
                .theirs
                .notices
                .iter()
                .find(|theirs| of(theirs) == of(ours))?;
            match (&ours.item, &theirs.item) {
                (
                    Notice::Emitted { emit, outcome, .. },
                    Notice::Emitted {
                        outcome: their_outcome,
                        ..
                    },
                ) if outcome != their_outcome => Some((*emit, &**outcome, &**their_outcome)),
                _ => None,
            }
        })
    }

    /// Whether our client received a packet of this kind for a namespace that waits for none.
    pub(crate) fn gets_stray(&self, kind: char) -> bool {
        let (before, _) = self.before();
        (0..self.script.sockets.len()).any(|socket| {
            let frame = self
                .connect_frame(socket)
                .replacen('0', &kind.to_string(), 1);
            let arrives =
                |input: &Input| matches!(input, Input::Frame(text) if is_of(text, &frame));
            let state = &before.sockets[socket];
            let waits = state.active && !state.connected && self.is_requested(socket);
            self.inputs().iter().any(arrives) && !waits
        })
    }

    /// Whether our client sent a CONNECT for the namespace, and has no answer.
    fn is_requested(&self, socket: usize) -> bool {
        self.unanswered(socket) > 0
    }

    /// Returns how many CONNECTs of this namespace were not answered before this step, on its
    /// transport.
    pub(crate) fn unanswered(&self, socket: usize) -> usize {
        self.open_requests(socket, ['0', '1', '4'])
    }

    /// Like [`unanswered`](Self::unanswered), if only packets of these kinds are answers.
    pub(crate) fn open_requests<const N: usize>(&self, socket: usize, kinds: [char; N]) -> usize {
        let connect = self.connect_frame(socket);
        let answers = kinds.map(|kind| connect.replacen('0', &kind.to_string(), 1));
        let mut count = 0_usize;
        for step in 0..self.step {
            // Frames of a step are sent after those received at it.
            for input in &self.played.inputs[step] {
                if let Input::Frame(text) = input
                    && answers.iter().any(|answer| is_of(text, answer))
                {
                    count = count.saturating_sub(1);
                }
            }
            for wire in &self.played.traces[step].wire {
                if wire.item.open || wire.item.close {
                    count = 0;
                }
                let text = wire.item.text.as_deref().unwrap_or_default();
                count += usize::from(is_of(text, &connect));
            }
        }
        count
    }

    /// Whether there are circumstances under which a socket is no longer retried.
    pub(crate) fn may_give_up(&self) -> bool {
        let options = &self.script.manager;
        let off = |done: &Done| done.action == Action::Reconnection(false);
        !options.reconnection
            || options.reconnection_attempts > 0
            || self.has_done(|action| matches!(action, Action::ReconnectionAttempts(1..)))
            || self.played.actions[..=self.step].iter().flatten().any(off)
    }

    /// Whether a request for auth was answered late, at this step.
    pub(crate) fn is_authorized_late(&self) -> bool {
        self.actions().iter().any(|done| done.is_late)
    }

    /// Returns whether the reference wrote while its transport was opening, at any step so far.
    pub(crate) fn was_written_while_opening(&self) -> bool {
        (0..=self.step).any(|step| {
            let mut done = self.played.actions[step].iter();
            let writes = |action: &Action| {
                matches!(
                    action,
                    Action::Answer { .. } | Action::Authorize { .. } | Action::Reply { .. }
                )
            };
            let is_opening = self.their_traces[step].state.manager == "opening";
            is_opening && done.any(|done| writes(&done.action))
        })
    }

    /// Everything that the reference sent at this step.
    pub(crate) fn their_wire(&self) -> &[At<Wire>] {
        &self.their_traces[self.step].wire
    }

    /// Returns whether the user carried out such an action at any step so far.
    pub(crate) fn has_done(&self, is_it: impl Fn(&Action) -> bool) -> bool {
        let mut done = self.played.actions[..=self.step].iter().flatten();
        done.any(|done| is_it(&done.action))
    }

    /// Returns whether a session was ended so far, by the user or by the server.
    pub(crate) fn has_left(&self) -> bool {
        let kicks = |input: &Input| matches!(input, Input::Frame(text) if text.starts_with("41"));
        let kicked = self.all_inputs().any(kicks);
        kicked || self.has_done(|action| matches!(action, Action::Disconnect(_)))
    }

    /// Whether the network was lost, at any step so far.
    pub(crate) fn was_offline(&self) -> bool {
        let is_offline = |input: &Input| matches!(input, Input::Offline);
        self.all_inputs().any(is_offline)
    }

    /// Returns whether the user called `connect()` within this time after a failure, at this step.
    pub(crate) fn connects_upon_failure(&self, reaction: u64) -> bool {
        self.reacts(self.step, reaction)
    }

    /// Like [`connects_upon_failure`](Self::connects_upon_failure), at any step so far.
    pub(crate) fn has_connected_upon_failure(&self, reaction: u64) -> bool {
        (0..=self.step).any(|step| self.reacts(step, reaction))
    }

    fn reacts(&self, step: usize, reaction: u64) -> bool {
        let notices = self.played.traces[..=step]
            .iter()
            .flat_map(|trace| &trace.notices);
        let failures: Vec<u64> = notices
            .filter(|notice| {
                matches!(
                    notice.item,
                    Notice::ConnectError { .. } | Notice::Disconnect { .. }
                )
            })
            .map(|notice| notice.at)
            .collect();
        self.played.actions[step].iter().any(|done| {
            let since = |failed: &u64| (*failed..*failed + reaction).contains(&done.at);
            matches!(done.action, Action::Connect(_)) && failures.iter().any(since)
        })
    }

    /// Returns whether a listener for a failure called `connect()`, at any step so far.
    pub(crate) fn was_connected_on_failure(&self) -> bool {
        (0..=self.step).any(|step| {
            let failed =
                |notice: &At<Notice>| matches!(notice.item, Notice::Ack { error: Some(_), .. });
            let acks_failed = self.played.traces[step].notices.iter().any(failed);
            self.played.actions[step].iter().any(|done| {
                matches!(done.action, Action::Connect(_))
                    && match done.by {
                        Some((_, On::ConnectError | On::Disconnect)) => true,
                        Some((_, On::Ack)) => acks_failed,
                        _ => false,
                    }
            })
        })
    }

    /// Whether an event is acknowledged at this step with an id other than that of its last
    /// transmission.
    pub(crate) fn is_earlier_sending_acknowledged(&self) -> bool {
        self.inputs().iter().any(|input| {
            let Input::Acknowledge { namespace, nth, .. } = input else {
                return false;
            };
            let wires = self.played.traces.iter().flat_map(|trace| &trace.wire);
            let texts = wires.filter_map(|wire| wire.item.text.as_deref());
            let sent: Vec<&str> = texts
                .filter_map(|text| EventFrame::of(text).filter(|one| one.namespace == namespace))
                .map(|event| event.payload)
                .collect();
            let of = sent.get(*nth);
            sent.iter().skip(nth + 1).any(|later| Some(later) == of)
        })
    }

    /// When the device woke, if it did at this step.
    pub(crate) fn woke(&self) -> Option<u64> {
        let (mut now, mut slept) = (0, false);
        for input in self.played.inputs[..self.step].iter().flatten() {
            match input {
                Input::Sleep(ms) => (now, slept) = (now + ms, true),
                Input::Wait(ms) => (now, slept) = (now + ms, false),
                _ => {}
            }
        }
        slept.then_some(now)
    }

    /// Returns whether, since a namespace was last connected, a connection opened and was lost
    /// before a namespace was connected.
    pub(crate) fn was_opened_for_nothing(&self) -> bool {
        let (mut is_open, mut was) = (false, false);
        for notice in self.played.traces[..=self.step]
            .iter()
            .flat_map(|trace| &trace.notices)
        {
            match notice.item {
                Notice::Open => is_open = true,
                Notice::Connect { .. } => (is_open, was) = (false, false),
                Notice::Close { .. } => was |= std::mem::take(&mut is_open),
                _ => {}
            }
        }
        was
    }

    /// Whether a handshake was received on an open connection.
    pub(crate) fn was_handshaken_again(&self) -> bool {
        (0..=self.step).any(|step| {
            let was_open = step > 0 && self.played.traces[step - 1].state.manager == "open";
            let handshake =
                |input: &Input| matches!(input, Input::Frame(text) if text.starts_with('0'));
            was_open && self.played.inputs[step].iter().any(handshake)
        })
    }

    /// Returns whether an emit with a timeout and retries was followed by one without a timeout.
    pub(crate) fn flags_fell(&self) -> bool {
        let of_retries = |emit: &&Emit| self.script.sockets[emit.socket].retries.is_some();
        let timed = |emit: &Emit| matches!(emit.ack, Ack::Timeout(_));
        let emits = self.played.emits.iter().map(|(emit, _)| emit);
        let emits: Vec<&Emit> = emits.filter(of_retries).collect();
        emits
            .windows(2)
            .any(|pair| timed(pair[0]) && !timed(pair[1]))
    }

    /// The states of our client and of the reference before this step.
    pub(crate) fn before(&self) -> (State, State) {
        let state = |traces: &[Trace]| match self.step.checked_sub(1) {
            Some(before) => traces[before].state.clone(),
            None => State {
                manager: "closed".into(),
                sockets: vec![SocketState::default(); self.script.sockets.len()],
            },
        };
        (state(&self.played.traces), state(self.their_traces))
    }

    /// Returns whether the script has a listener of this socket to one of these.
    pub(crate) fn handles(&self, socket: usize, on: &[On]) -> bool {
        let mut handlers = self.script.handlers.iter();
        handlers.any(|handler| handler.socket == socket && on.contains(&handler.on))
    }

    /// Returns the first events that differ: ours, and the reference's.
    pub(crate) fn notice(&self) -> (Option<&Notice>, Option<&Notice>) {
        first(&self.ours.notices, &self.theirs.notices)
    }

    /// Returns the first items on the wire that differ: ours, and the reference's.
    pub(crate) fn wire(&self) -> (Option<&Wire>, Option<&Wire>) {
        first(&self.ours.wire, &self.theirs.wire)
    }
}

fn first<'a, T: PartialEq>(
    ours: &'a [At<T>],
    theirs: &'a [At<T>],
) -> (Option<&'a T>, Option<&'a T>) {
    let same = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let item = |list: &'a [At<T>]| list.get(same).map(|at| &at.item);
    (item(ours), item(theirs))
}
