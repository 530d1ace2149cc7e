use gloo_timers::callback::Timeout;
use js_sys::{Date, Math};
use leptos::prelude::*;
use leptos_socketio::{Message, Socket, Status, Subscription, use_connect_of};
use orchard_contract::endpoints::DEFAULT_NAMESPACE;
use orchard_contract::events::{BroadcastResponse, SomeEvent};
use socketio_proto::Event as _;

use super::{Board, Kind, Outbox, Outcome, read};
use crate::open::{Open, Opened};
use crate::settings::Settings;

/// How long a text may take to come back, in milliseconds.
const PATIENCE: u32 = 10_000;

/// The notice board of the page, from context. It outlives the connection, and what was being written outlives the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notices {
    pub(crate) board: RwSignal<Board>,
    pub(crate) draft: RwSignal<String>,
    pub(crate) outbox: RwSignal<Outbox>,
    /// That of the orchard, while there is one.
    socket: StoredValue<Option<Socket>>,
    deadline: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Notices {
    pub(crate) fn new() -> Self {
        Self {
            board: RwSignal::default(),
            draft: RwSignal::default(),
            outbox: RwSignal::default(),
            socket: StoredValue::new(None),
            deadline: StoredValue::new_local(None),
        }
    }

    /// Those of the page that this component belongs to.
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// How many notices of others nobody has read; tracked.
    pub(crate) fn unread(self) -> usize {
        self.board.with(Board::unread)
    }

    /// Sends the draft, and keeps it until it has come back.
    pub(crate) fn send(self) {
        let socket = self.socket.try_get_value().flatten();
        let live = socket.is_some_and(Socket::is_connected);
        let draft = self.draft.get_untracked();
        let mark = ((Math::random() * f64::from(u32::MAX)) as u32).to_string();
        let letter = self
            .outbox
            .try_update(|outbox| outbox.send(&draft, live, mark))
            .flatten();
        let (Some(socket), Some(letter)) = (socket, letter) else {
            return;
        };
        if socket.emit(&letter).is_err() {
            return self.lose();
        }
        let deadline = Timeout::new(PATIENCE, move || self.lose());
        self.deadline.try_set_value(Some(deadline));
    }

    /// Another player's are none of the next one's business.
    pub(crate) fn clear(self) {
        self.board.set(Board::default());
        self.draft.set(String::new());
        self.outbox.set(Outbox::default());
    }

    /// Listens to `socket`, and on the same connection to what the server says to all, until the current owner goes.
    pub(crate) fn listen(self, socket: Socket, settings: &Settings) {
        let opened = Opened::from_context();
        self.socket.set_value(Some(socket));
        on_cleanup(move || {
            self.socket.try_set_value(None);
            self.lose();
        });
        hold(socket.on_named(BroadcastResponse::NAME, move |message| {
            let (response, text) = words(message);
            let own = self
                .outbox
                .try_update(|outbox| outbox.comes_back(&response))
                .unwrap_or(false);
            if own {
                self.draft.try_set(String::new());
                self.deadline.try_set_value(None);
            }
            let kind = if own { Kind::Own } else { Kind::Others };
            let seen = untrack(|| opened.shows(Open::Notices));
            self.put(kind, text, seen);
        }));
        hold(socket.on_status(move |status| match status {
            Status::Connected => self.forget_outcome(Outcome::Offline),
            _ => self.lose(),
        }));
        // Whoever opens the board has read it.
        Effect::new(move || {
            if opened.shows(Open::Notices) {
                self.board.update(Board::read);
            }
        });
        self.listen_to_all(socket, settings);
    }

    /// What the server says in `/` is heard there only, so that namespace has a socket of its own. It is opened once the
    /// orchard's is: nothing waits for it.
    fn listen_to_all(self, socket: Socket, settings: &Settings) {
        let put = move |message: &Message<'_>| self.put(Kind::System, words(message).1, true);
        if socket.namespace().as_deref() == Some(DEFAULT_NAMESPACE) {
            return hold(socket.on_named(SomeEvent::NAME, put));
        }
        let builder = Socket::builder(&settings.socket_server)
            .namespace(DEFAULT_NAMESPACE)
            .path(&settings.socket_path)
            .build();
        let Ok(root) = builder else {
            return;
        };
        on_cleanup(move || root.remove());
        hold(root.on_named(SomeEvent::NAME, put));
        use_connect_of(socket, move || {
            _ = root.connect();
        });
    }

    fn put(self, kind: Kind, text: String, seen: bool) {
        self.board
            .try_update(|board| board.put(kind, text, Date::now(), seen));
    }

    fn lose(self) {
        self.deadline.try_set_value(None);
        if self.outbox.try_with_untracked(Outbox::is_sending) == Some(true) {
            self.outbox.try_update(Outbox::lose);
        }
    }

    fn forget_outcome(self, outcome: Outcome) {
        if self.outbox.try_with_untracked(Outbox::outcome) == Some(Some(outcome)) {
            self.outbox.try_update(Outbox::begin_anew);
        }
    }
}

/// The payload as the contract reads it, and as a person does.
fn words(message: &Message<'_>) -> (BroadcastResponse, String) {
    let response = message.arg::<BroadcastResponse>(0).unwrap_or_default();
    let text = read::text(&response, message.packet().data());
    (response, text)
}

/// Keeps a subscription for as long as the current owner lives.
fn hold(subscription: Subscription) {
    StoredValue::new_local(subscription);
}
