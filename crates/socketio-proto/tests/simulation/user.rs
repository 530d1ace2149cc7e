//! The user: a person, and the program whose handlers run between two outputs of the core.

use std::time::Duration;

use socketio_proto::Binary;
use socketio_proto::manager::{ConnectionState, EmitOptions, Outcome};
use socketio_proto::packet::Arguments;

use crate::client::{Client, Kind, NAMESPACES, Tracked, millis};
use crate::ledger::Emit;
use crate::log::Log;
use crate::names::{self, NAMES, NO_USER, Set};
use crate::random::Random;
use crate::server::Session;

/// The behaviour of a program in its handlers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Program {
    /// Reacts to the failure of one namespace by connecting another.
    Crossing,
    /// Reacts to each failure with `connect`.
    Eager,
    /// Emits, then leaves, in its handler of `Connected`.
    Leaving,
    Idle,
    /// Reacts to each failure with a new socket.
    Remaking,
    /// Does anything in any handler.
    Wild,
}

pub(crate) const PROGRAMS: [Program; 6] = [
    Program::Crossing,
    Program::Eager,
    Program::Leaving,
    Program::Idle,
    Program::Remaking,
    Program::Wild,
];

/// Why a handler runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Occasion {
    Connected,
    Failure,
    Other,
}

/// The context of an act.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) log: &'a mut Log,
    pub(crate) sessions: &'a [Session],
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Acknowledge,
    Cancel,
    Clear,
    Close,
    Configure,
    Connect,
    Create,
    Disconnect,
    Emit,
    Remove,
    Switch,
}

/// How a person leaves and comes back.
pub(crate) const RETURNS: [&[Act]; 4] = [
    &[Act::Disconnect, Act::Connect],
    &[Act::Disconnect, Act::Switch, Act::Connect],
    &[Act::Switch, Act::Disconnect, Act::Connect],
    &[
        Act::Remove,
        Act::Switch,
        Act::Create,
        Act::Connect,
        Act::Emit,
    ],
];

impl Client {
    /// Runs a handler, which may throw after each of its acts.
    pub(crate) fn handler(
        &mut self,
        program: Program,
        index: usize,
        occasion: Occasion,
        scene: &mut Scene<'_>,
    ) -> u64 {
        let mut acts: Vec<(Act, usize)> = Vec::new();
        match (program, occasion) {
            (Program::Idle, _) => return 0,
            (Program::Eager, Occasion::Failure) => acts.push((Act::Connect, index)),
            (Program::Crossing, Occasion::Failure) => {
                acts.push((Act::Connect, (index + 1) % NAMESPACES.len()));
            }
            (Program::Remaking, Occasion::Failure) => {
                acts.extend([Act::Remove, Act::Create, Act::Connect].map(|act| (act, index)));
            }
            (Program::Leaving, Occasion::Connected) => {
                acts.extend([(Act::Emit, index), (Act::Emit, index)]);
                let leave = [Act::Disconnect, Act::Remove, Act::Close, Act::Emit];
                acts.push((scene.random.pick(&leave), index));
            }
            _ if scene
                .random
                .chance(if program == Program::Wild { 20 } else { 2 }) =>
            {
                for _ in 0..scene.random.range(1, 5) {
                    let of = match scene.random.chance(60) {
                        true => index,
                        false => scene.random.range(0, NAMESPACES.len() as u64) as usize,
                    };
                    acts.push((any(scene.random), of));
                }
            }
            _ => {}
        }
        // A handler that throws stops there.
        let throws = scene.random.chance(10);
        let count = match throws {
            true => scene.random.range(0, acts.len() as u64 + 1) as usize,
            false => acts.len(),
        };
        acts.truncate(count);
        for (act, of) in &acts {
            scene.log.note(|| "  in its handler:".into());
            self.act(*act, *of, scene);
        }
        acts.len() as u64
    }

    pub(crate) fn act(&mut self, act: Act, index: usize, scene: &mut Scene<'_>) {
        let name = NAMESPACES[index];
        match act {
            Act::Acknowledge => self.acknowledge(index, scene),
            Act::Cancel => self.cancel(index, scene),
            Act::Clear => self.clear(index, scene),
            Act::Close => {
                scene.log.note(|| "user: close".into());
                (0..NAMESPACES.len()).for_each(|index| self.leave(index));
                self.manager.close();
            }
            Act::Configure => self.configure(scene),
            Act::Connect => self.connect(index, scene.log),
            Act::Create => self.create(index, scene.log),
            Act::Disconnect => {
                scene.log.note(|| format!("user: disconnect {name}"));
                self.leave(index);
                if let Some(tracked) = &self.namespaces[index].tracked {
                    self.manager.disconnect(tracked.id, self.instant());
                }
            }
            Act::Emit => self.emit(index, scene),
            Act::Remove => self.remove(index, scene.log),
            Act::Switch => self.switch(index, scene.random.pick(&NAMES), scene.log),
        }
    }

    /// Switches reconnection on or off, or changes whether the transport is writable.
    fn configure(&mut self, scene: &mut Scene<'_>) {
        let is_on = scene.random.chance(70);
        if scene.random.chance(50) {
            scene.log.note(|| format!("transport: writable {is_on}"));
            return self.manager.set_writable(is_on);
        }
        scene.log.note(|| format!("user: reconnection {is_on}"));
        if !is_on {
            self.switched_off = Some(self.now);
        }
        self.config.reconnection = is_on;
        self.manager.configure(|config| config.reconnection = is_on);
    }

    pub(crate) fn connect(&mut self, index: usize, log: &mut Log) {
        let (now, awake, is_reaction) = (self.now, self.awake, self.is_reaction());
        let namespace = &mut self.namespaces[index];
        let Some(tracked) = &mut namespace.tracked else {
            return;
        };
        let id = tracked.id;
        if !self.manager.is_active(id) {
            tracked.is_explained = false;
            tracked.progress = awake;
        }
        log.note(|| format!("user: connect {} {is_reaction}", NAMESPACES[index]));
        match is_reaction {
            true => {
                self.attempts.react(now);
            }
            false => {
                self.attempts.request(now);
                namespace.requests.request(now);
            }
        }
        let waits = self.manager.next_request(id).is_some() || !self.manager.is_active(id);
        self.manager.connect(id, self.instant());
        match self.manager.next_request(id) {
            None if is_reaction && waits => self.namespaces[index].requests.react(now),
            None => {}
            Some(_) => self.namespaces[index].delayed_at = now,
        }
    }

    pub(crate) fn create(&mut self, index: usize, log: &mut Log) {
        let failed = self.failed;
        let namespace = &mut self.namespaces[index];
        if namespace.tracked.is_some() {
            return;
        }
        // A socket that is created right after the failure after which its predecessor was removed
        // takes over the delays.
        if namespace.removed_at.is_none() || namespace.removed_at != failed {
            namespace.requests.start_over();
        }
        let name = NAMESPACES[index];
        log.note(|| format!("user: create {name} of {:?}", namespace.user));
        let mut options = namespace.options.clone();
        let mut users = Set::default();
        if namespace.kind == Kind::Plain {
            options.auth = names::auth(namespace.user);
            users = Set::of(namespace.user);
        }
        let id = self.manager.socket(name, options).expect("it is free");
        namespace.tracked = Some(Tracked::new(id, users));
    }

    /// The user leaves the session of a namespace: updates the model.
    fn leave(&mut self, index: usize) {
        let now = self.now;
        let namespace = &mut self.namespaces[index];
        namespace.withdrawn_at = now;
        namespace.pending = None;
        let users = match namespace.kind {
            Kind::Plain => Set::of(namespace.user),
            Kind::Asked => Set::default(),
        };
        if let Some(tracked) = &mut namespace.tracked {
            if tracked.requested_as != Some(namespace.user) {
                namespace.promised.clear();
            }
            tracked.leave(users);
        }
    }

    pub(crate) fn remove(&mut self, index: usize, log: &mut Log) {
        log.note(|| format!("user: remove {}", NAMESPACES[index]));
        self.leave(index);
        let failed = self.failed.filter(|_| self.is_reaction());
        let namespace = &mut self.namespaces[index];
        let Some(tracked) = namespace.tracked.take() else {
            return;
        };
        namespace.removed_at = failed;
        namespace.promised.clear();
        self.manager.remove(tracked.id, self.instant());
        self.removed.push((index, tracked));
    }

    /// Another user signs in, or the user signs out.
    fn switch(&mut self, index: usize, user: names::Name, log: &mut Log) {
        let now = self.instant();
        let namespace = &mut self.namespaces[index];
        if namespace.user == user {
            return;
        }
        log.note(|| format!("user: {} is {user:?}", NAMESPACES[index]));
        namespace.user = user;
        // Waiting events are no longer promised to arrive.
        namespace.promised.clear();
        if let (Some(tracked), Kind::Plain) = (&mut namespace.tracked, namespace.kind) {
            // Without a pending request or a session, no answer for the earlier user can be
            // accepted any more.
            match namespace.pending.is_some() || self.manager.is_connected(tracked.id) {
                true => tracked.users.add(user),
                false => tracked.users = Set::of(user),
            }
            namespace.switched_at = self.now;
            // A CONNECT that was sent ahead is useless now.
            if self.manager.state() == ConnectionState::Opening {
                self.attempts.renew(self.now);
            }
            self.manager.set_auth(tracked.id, names::auth(user), now);
        }
        self.totals.switched += 1;
    }

    fn clear(&mut self, index: usize, scene: &mut Scene<'_>) {
        let namespace = &mut self.namespaces[index];
        let Some(tracked) = &namespace.tracked else {
            return;
        };
        let dropped = self.manager.clear_buffer(tracked.id);
        // Only the queue knows which events were dropped, so none is promised any more.
        if dropped > 0 {
            namespace.promised.clear();
        }
        self.ledger.cleared(index);
        let name = NAMESPACES[index];
        scene.log.note(|| format!("user: clear {name}: {dropped}"));
    }

    fn cancel(&mut self, index: usize, scene: &mut Scene<'_>) {
        let Some(tracked) = &mut self.namespaces[index].tracked else {
            return;
        };
        let number = scene.random.range(0, tracked.waiting.len() as u64);
        let nth = tracked.waiting.iter().nth(number as usize);
        let Some((ack, number)) = nth.map(|(ack, number)| (*ack, *number)) else {
            return;
        };
        tracked.waiting.remove(&ack);
        // Its end may be queued already.
        tracked.cancelled.insert(ack, number);
        // Without a wait it has no deadline.
        self.ledger.no_deadline(number);
        self.manager.cancel_ack(tracked.id, ack);
        scene.log.note(|| format!("user: cancel {ack}"));
    }

    fn acknowledge(&mut self, index: usize, scene: &mut Scene<'_>) {
        let connected = self.session(index);
        let Some(tracked) = &mut self.namespaces[index].tracked else {
            return;
        };
        let Some((token, of)) = tracked.tokens.pop() else {
            return;
        };
        let connected = connected.map(|session| (session, scene.sessions[session].granted));
        let answered = self
            .manager
            .acknowledge(tracked.id, token, Arguments::ack());
        assert_eq!(answered.is_ok(), connected == Some(of), "a stale answer");
        scene
            .log
            .note(|| format!("user: answer {}: {answered:?}", token.id()));
    }

    fn emit(&mut self, index: usize, scene: &mut Scene<'_>) {
        let (session, instant) = (self.session(index), self.instant());
        let (now, number) = (self.now, self.ledger.next());
        let namespace = &mut self.namespaces[index];
        let Some(tracked) = &mut namespace.tracked else {
            return;
        };
        let random = &mut *scene.random;
        let mut event = Arguments::event("e").expect("a name");
        if random.chance(10) {
            event.push(&Binary(vec![1, 2, 3])).expect("bytes");
        }
        event.push(&number).expect("a number");
        let options = EmitOptions {
            ack: random.chance(60),
            timeout: random
                .chance(30)
                .then(|| Duration::from_millis(random.range(1, 60_000))),
            volatile: random.chance(10),
        };
        let id = tracked.id;
        let emitted = self.manager.emit(id, event, options, instant);
        let name = NAMESPACES[index];
        scene
            .log
            .note(|| format!("user: emit {number} in {name}: {emitted:?}"));
        let Ok(emitted) = emitted else {
            return;
        };
        let is_sent = emitted.outcome == Outcome::Sent;
        assert!(
            !is_sent || now < self.heartbeat_due || self.is_bent,
            "sent on a connection that is dead (H5)"
        );
        let mut emit = Emit::new(index, id, now);
        emit.leaves = tracked.left_as.len();
        (emit.retried, emit.volatile) = (namespace.options.retries.is_some(), options.volatile);
        let timeout = options.timeout.or(namespace.options.ack_timeout);
        emit.deadline = timeout.filter(|_| options.ack).map(|at| now + millis(at));
        if emitted.outcome == Outcome::Buffered {
            let live = namespace.options.send_buffer.time_to_live;
            emit.expires = live.map(|live| now + millis(live));
        }
        // The emit may just have detected a missing heartbeat.
        let session = session.filter(|_| is_sent || self.manager.is_connected(id));
        if !emit.retried || emit.volatile {
            emit.session = session.filter(|_| is_sent);
        }
        for user in session
            .map(|session| scene.sessions[session].user)
            .into_iter()
            .chain(namespace.pending)
        {
            emit.users.add(user);
        }
        match namespace.kind {
            Kind::Plain if namespace.user == NO_USER => {
                emit.users.add(NO_USER);
                emit.any_user = true;
            }
            Kind::Plain => emit.users.add(namespace.user),
            // No user, or a user that is not known yet.
            Kind::Asked => {
                emit.any_user = [Set::default(), Set::of(NO_USER)].contains(&emit.users);
            }
        }
        if namespace.options.one_user {
            emit.users = Set::all();
        }
        if let Some(ack) = emitted.ack {
            let before = tracked.waiting.insert(ack, number);
            assert!(before.is_none(), "the id {ack} is awaited twice");
        }
        if emit.retried && !emit.volatile && emitted.outcome != Outcome::Dropped {
            namespace.promised.insert(number);
        }
        self.ledger.emits.push(emit);
        if is_sent {
            self.ledger.owe(number);
        }
    }
}

/// Picks an act of a person, by its frequency.
pub(crate) fn any(random: &mut Random) -> Act {
    match random.range(0, 40) {
        0 if random.chance(50) => Act::Configure,
        0 => Act::Close,
        1 => Act::Remove,
        2 | 3 => Act::Disconnect,
        4..=8 => Act::Connect,
        9..=11 => Act::Create,
        12 => Act::Clear,
        13 => Act::Cancel,
        14 | 15 => Act::Acknowledge,
        16 | 17 => Act::Switch,
        _ => Act::Emit,
    }
}
