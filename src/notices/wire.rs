use gloo_timers::callback::Timeout;
use js_sys::{Date, Math};
use leptos::ev;
use leptos::prelude::*;
use leptos_socketio::{Message, Socket, Status, Subscription, use_connect_of};
use orchard_contract::endpoints::DEFAULT_NAMESPACE;
use orchard_contract::events::{self, BroadcastResponse, SomeEvent};
use socketio_proto::Event as _;

use super::kept::{self, Draft};
use super::{Board, Delivery, Kind, Notice, Outbox, outbox, read};
use crate::account::session::Session;
use crate::dom::window_events::until_cleanup;
use crate::host::here;
use crate::i18n::shown;
use crate::settings::Settings;
use crate::state::panels::{Open, Opened};

/// How long to wait for the broadcast of the player's own notice, in milliseconds.
const PATIENCE: u32 = 10_000;

/// How long changes are collected before the board is written to the device, in milliseconds. One
/// write for each change of a burst would be slow.
const SAVE_AFTER: u32 = 1_000;

/// The latest time that a JavaScript `Date` can represent, in milliseconds since 1970.
const LAST_MOMENT: u64 = 8_640_000_000_000_000;

/// The page's notice board, shared through context. It outlives the connection, and its draft
/// outlives the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notices {
    pub(crate) board: RwSignal<Board>,
    pub(crate) draft: RwSignal<String>,
    pub(crate) outbox: RwSignal<Outbox>,
    /// The orchard's socket, while the orchard is mounted.
    socket: StoredValue<Option<Socket>>,
    deadline: StoredValue<Option<Timeout>, LocalStorage>,
    /// The id of the player who owns the board.
    uid: StoredValue<String>,
    /// Whether the server sets a verified name and the time on each broadcast. If not, both are
    /// unverified values from the sender.
    verified: StoredValue<bool>,
    saving: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Notices {
    pub(crate) fn new() -> Self {
        Self {
            board: RwSignal::default(),
            draft: RwSignal::default(),
            outbox: RwSignal::default(),
            socket: StoredValue::new(None),
            deadline: StoredValue::new_local(None),
            uid: StoredValue::new(String::new()),
            verified: StoredValue::new(false),
            saving: StoredValue::new_local(None),
        }
    }

    /// Returns the value that the page has put into context, or a new one if there is none.
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Returns the number of unread notices of other players. Tracks the signal.
    pub(crate) fn unread(self) -> usize {
        self.board.with(Board::unread)
    }

    /// Sends the draft, and keeps it until the server has broadcast it.
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
        // The page may be closed before the broadcast arrives.
        self.keep_draft();
        let deadline = Timeout::new(PATIENCE, move || self.lose());
        self.deadline.try_set_value(Some(deadline));
    }

    /// Clears the board, in the page and on the device, so that the next player does not see it.
    pub(crate) fn clear(self) {
        self.saving.try_set_value(None);
        kept::forget_all(here());
        self.board.set(Board::default());
        self.draft.set(String::new());
        self.outbox.set(Outbox::default());
    }

    /// Sets whether the server verifies who sends a notice.
    pub(crate) fn trust(self, verified: bool) {
        self.verified.try_set_value(verified);
    }

    /// Listens to `socket`, and on the same connection to namespace `/`, until the current owner is
    /// cleaned up.
    pub(crate) fn listen(self, socket: Socket, session: &Session, settings: &Settings) {
        let opened = Opened::from_context();
        self.start(&session.uid.to_string());
        self.socket.set_value(Some(socket));
        on_cleanup(move || {
            self.socket.try_set_value(None);
            self.lose();
        });
        let is_read = move || untrack(|| opened.shows(Open::Notices));
        hold(socket.on_named(BroadcastResponse::NAME, move |message| {
            let (response, text) = words(message);
            let kind = self.kind_of(&response);
            let (name, at) = match self.verified.try_get_value() {
                Some(true) => stamp(&response),
                _ => (None, now()),
            };
            self.put(Notice::new(kind, name, text, at), is_read());
        }));
        hold(socket.on(move |last: events::Notices| self.merge(last, is_read())));
        hold(socket.on_status(move |status| match status {
            Status::Connected => self.forget_outcome(Delivery::Offline),
            _ => self.lose(),
        }));
        // Opening the board marks its notices as read.
        Effect::new(move || {
            if opened.shows(Open::Notices) {
                self.board.update(Board::read);
            }
        });
        self.keep();
        self.listen_to_all(socket, settings);
    }

    /// Loads the stored board and draft of the player `uid`, unless they are loaded already.
    fn start(self, uid: &str) {
        self.verified.set_value(false);
        let is_same = self.uid.with_value(|before| before == uid);
        if is_same {
            return;
        }
        self.uid.set_value(uid.into());
        self.board.set(kept::load(here(), uid));
        let Draft { text, sent, .. } = kept::load_draft(here(), uid);
        self.draft.set(text);
        self.outbox
            .set(sent.map(Outbox::of_lost).unwrap_or_default());
    }

    /// Saves the draft in the window's memory, so that it survives a reload.
    fn keep_draft(self) {
        let sent = self
            .outbox
            .try_with_untracked(|outbox| outbox.unanswered().cloned());
        if let (Some(uid), Some(text), Some(sent)) = (
            self.uid.try_get_value(),
            self.draft.try_get_untracked(),
            sent,
        ) {
            kept::save_draft(here(), &Draft { uid, text, sent });
        }
    }

    /// Saves the board on the device, some time after a change, and when the page is hidden or
    /// left. A browser may discard a hidden page without an event.
    fn keep(self) {
        let save = move || {
            if self
                .saving
                .try_update_value(Option::take)
                .flatten()
                .is_none()
            {
                return;
            }
            if let (Some(uid), Some(board)) =
                (self.uid.try_get_value(), self.board.try_get_untracked())
            {
                kept::save(here(), &uid, &board);
            }
        };
        Effect::new(move |before: Option<()>| {
            self.board.track();
            // The first run is the board as it was loaded.
            if before.is_some() && self.saving.with_value(Option::is_none) {
                self.saving.set_value(Some(Timeout::new(SAVE_AFTER, save)));
            }
        });
        let save_all = move || {
            save();
            self.keep_draft();
        };
        until_cleanup(window_event_listener_untyped("pagehide", move |_| {
            save_all()
        }));
        until_cleanup(window_event_listener(ev::visibilitychange, move |_| {
            if document().hidden() {
                save_all();
            }
        }));
        on_cleanup(save_all);
    }

    fn kind_of(self, response: &BroadcastResponse) -> Kind {
        let arrived = self
            .outbox
            .try_update(|outbox| outbox.comes_back(response))
            .flatten();
        let Some(arrived) = arrived else {
            return Kind::Others;
        };
        // The player may have begun another text meanwhile.
        self.draft.try_update(|draft| {
            if outbox::written(draft) == arrived.text {
                draft.clear();
            }
        });
        self.deadline.try_set_value(None);
        self.keep_draft();
        Kind::Own
    }

    /// Adds the last notices. Only a server that sets name and time sends them.
    fn merge(self, last: events::Notices, seen: bool) {
        let notices = last.notices.into_iter().filter_map(|response| {
            let text = response.text.as_deref().map(str::trim).unwrap_or_default();
            if text.is_empty() {
                return None;
            }
            let text = read::text(&response, None);
            let (name, at) = stamp(&response);
            Some(Notice::new(self.kind_of(&response), name, text, at))
        });
        let notices = notices.collect();
        self.board.try_update(|board| board.merge(notices, seen));
    }

    /// Listens to the events of namespace `/`, with a socket of its own. It connects after the
    /// orchard's socket, because nothing waits for it.
    fn listen_to_all(self, socket: Socket, settings: &Settings) {
        let put = move |message: &Message<'_>| {
            self.put(
                Notice::new(Kind::System, None, words(message).1, now()),
                true,
            );
        };
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

    fn put(self, notice: Notice, seen: bool) {
        self.board.try_update(|board| board.put(notice, seen));
    }

    fn lose(self) {
        self.deadline.try_set_value(None);
        if self.outbox.try_with_untracked(Outbox::is_sending) == Some(true) {
            self.outbox.try_update(Outbox::lose);
        }
    }

    fn forget_outcome(self, outcome: Delivery) {
        if self.outbox.try_with_untracked(Outbox::outcome) == Some(Some(outcome)) {
            self.outbox.try_update(Outbox::begin_anew);
        }
    }
}

/// Returns the payload as a type of the contract, and as text to show.
fn words(message: &Message<'_>) -> (BroadcastResponse, String) {
    let response = message.arg::<BroadcastResponse>(0).unwrap_or_default();
    let text = read::text(&response, message.packet().data());
    (response, text)
}

/// Returns the name and the time that the server has set.
fn stamp(response: &BroadcastResponse) -> (Option<String>, u64) {
    let name = response.nickname.as_deref().map(shown::name);
    let at = response.at.map_or_else(now, |at| at.min(LAST_MOMENT));
    (name.filter(|name| !name.is_empty()), at)
}

fn now() -> u64 {
    Date::now() as u64
}

/// Keeps a subscription until the current owner is cleaned up.
fn hold(subscription: Subscription) {
    StoredValue::new_local(subscription);
}
