//! The states of all components.

use leptos::prelude::*;

use crate::account::profile::Player;
use crate::account::rpc::CallError;
use crate::account::sign_in_form::Complaint;
use crate::components::{
    Advice, Back, Connection, ConnectionFigures, Count, Footer, Header, Help, LanguageSwitch, Menu,
    Music, NoticeBoard, OfflineBar, Panel, SignIn, SignInElsewhere, Title, ToastList, Unreachable,
    Waiting, Wallet,
};
use crate::connection::diagnosis::{Diagnosis, Finding};
use crate::connection::failure::Failure;
use crate::connection::reason::{Awaited, Reason};
use crate::connection::refusal::ServerMessage;
use crate::connection::state::LinkState;
use crate::connection::view::ConnectionView;
use crate::host::links::Destination;
use crate::i18n::context::Texts;
use crate::i18n::shown;
use crate::notices::{Board, Kind, Notice, Outbox};
use crate::state::gate::SignedOut;
use crate::state::toasts::Toasts;

/// One component in one state.
#[derive(Clone, Copy)]
pub(super) struct State {
    /// The file name of the component, and the name of the state: `count-large`.
    pub(super) id: &'static str,
    /// The selector of the element for the screenshot.
    pub(super) crop: &'static str,
    /// The time of day, if the scene is shown.
    pub(super) sky: Option<&'static str>,
    pub(super) view: fn() -> AnyView,
}

const fn state(id: &'static str, crop: &'static str, view: fn() -> AnyView) -> State {
    State {
        id,
        crop,
        sky: None,
        view,
    }
}

const fn scene(id: &'static str, sky: &'static str) -> State {
    State {
        id,
        crop: ".app",
        sky: Some(sky),
        view: || ().into_any(),
    }
}

/// Returns every state of every component.
pub(super) fn all() -> Vec<State> {
    [
        SCENES, BOARD, CONNECTION, LINK, NOTICES, CARDS, ADVICE, TOASTS, PANELS,
    ]
    .concat()
}

const SCENES: &[State] = &[
    scene("scene-dawn", "dawn"),
    scene("scene-day", "day"),
    scene("scene-dusk", "dusk"),
    scene("scene-night", "night"),
];

const BOARD: &[State] = &[
    state("back-plain", ".back", || {
        view! { <Back on_leave=|()| () /> }.into_any()
    }),
    state("music-plain", ".music", || view! { <Music /> }.into_any()),
    state("title-plain", ".title", || {
        view! { <Title unseen=Signal::stored(false) /> }.into_any()
    }),
    state("header-long_values", ".header", || header(long_values())),
    state("header-empty", ".header", || header(Player::default())),
    state("footer-unconfigured", ".footer", || {
        footer(Menu::default(), 3)
    }),
    state("footer-configured", ".footer", || {
        let place = || Destination::of_setting("bag", "bag.html");
        footer(
            Menu {
                bag: place(),
                friends: place(),
                shop: place(),
            },
            0,
        )
    }),
    state("language_switch-plain", ".language", || {
        view! { <LanguageSwitch /> }.into_any()
    }),
    state("count-one", ".count", || count(1, false)),
    state("count-large", ".count", || count(1_234_567, false)),
    state("count-huge", ".count", || count(u64::MAX, false)),
    state("count-stale", ".count", || count(1_234, true)),
];

const CONNECTION: &[State] = &[
    state("connection-idle", ".connection", || {
        connection(LinkState::Idle)
    }),
    state("connection-connecting", ".connection", || {
        connection(LinkState::Connecting)
    }),
    state("connection-ended", ".connection", || {
        connection(LinkState::Ended)
    }),
    state("connection-live", ".connection", || {
        connection(LinkState::Live)
    }),
    state("connection-reconnecting", ".connection", || {
        connection(LinkState::Reconnecting)
    }),
    state("connection-offline", ".connection", || {
        connection(LinkState::Offline)
    }),
    state("connection-refused", ".connection", || {
        connection(LinkState::Refused)
    }),
];

const LINK: &[State] = &[
    state("connection_figures-live", ".sheet", || {
        figures(LinkState::Live, None, None)
    }),
    state("connection_figures-reconnecting", ".sheet", || {
        figures(LinkState::Reconnecting, Some(Failure::Unreachable), None)
    }),
    state("connection_figures-waiting", ".sheet", || {
        figures(
            LinkState::Reconnecting,
            Some(Failure::NotAnswered),
            Some(Awaited::Admission),
        )
    }),
    state("connection_figures-ended", ".sheet", || {
        figures(LinkState::Ended, Some(Failure::Ended(long_message())), None)
    }),
    state("offline_bar-connecting", ".bar", || {
        bar(LinkState::Connecting, Reason::Awaited(Awaited::Server))
    }),
    state("offline_bar-reconnecting", ".bar", || {
        bar(
            LinkState::Reconnecting,
            Reason::Failure(Failure::Unreachable),
        )
    }),
    state("offline_bar-refused", ".bar", || {
        bar(
            LinkState::Refused,
            Reason::Failure(Failure::Refused(ServerMessage::default())),
        )
    }),
    state("offline_bar-ended", ".bar", || {
        bar(
            LinkState::Ended,
            Reason::Failure(Failure::Ended(long_message())),
        )
    }),
];

const NOTICES: &[State] = &[
    state("notice_board-empty", ".sheet", || notices(&[], None)),
    state("notice_board-full", ".sheet", || {
        let texts = &[
            (
                Kind::Others,
                Some("阿桃"),
                "今天的苹果特别甜！ Today's apples are sweet.",
            ),
            (Kind::Others, None, "Hello! 大家好"),
            (Kind::System, None, "42"),
            (Kind::Own, None, "<b>text</b> is text"),
        ];
        notices(texts, None)
    }),
    state("notice_board-sending", ".sheet", || {
        notices(&[], Some(true))
    }),
    state("notice_board-offline", ".sheet", || {
        notices(&[], Some(false))
    }),
];

const CARDS: &[State] = &[
    state("waiting-plain", ".waiting", || {
        view! { <Waiting /> }.into_any()
    }),
    state("sign_in-plain", ".card", || sign_in(None)),
    state("sign_in-expired", ".card", || {
        sign_in(Some(Complaint::SignedOut(SignedOut::Ended)))
    }),
    state("sign_in-incomplete", ".card", || {
        sign_in(Some(Complaint::PasswordMissing))
    }),
    state("sign_in-pending", ".card", || form(true, None)),
    state("sign_in_elsewhere-expired", ".card", || {
        view! {
            <SignInElsewhere
                complaint=Signal::derive(|| Texts::from_context().signed_out.to_owned())
                on_open=|()| ()
                on_here=|()| ()
            />
        }
        .into_any()
    }),
    state("unreachable-network", ".card", || {
        unreachable(CallError::Network)
    }),
    state("unreachable-timeout", ".card", || {
        unreachable(CallError::TimedOut)
    }),
];

const ADVICE: &[State] = &[
    state("advice-blocked_by_cors", ".sheet", || {
        advice(Finding::Unreadable)
    }),
    state("advice-policy", ".sheet", || advice(Finding::Policy)),
];

const TOASTS: &[State] = &[
    state("toast_list-one", ".toasts", || {
        toasts(&["有人来到种植园，欢迎！ Welcome!"])
    }),
    state("toast_list-three_and_one_queued", ".toasts", || {
        toasts(&[
            "登录成功",
            "The text of a toast is text: <b>not bold</b> &amp; not more.",
            "A toast can be as long as a server likes, and then it has several lines, up to what the screen takes. 很长的提示会换行。",
            "It waits for its turn",
        ])
    }),
];

const PANELS: &[State] = &[
    state("panel-short", ".sheet", || {
        panel(|| view! { <p>"…"</p> }.into_any())
    }),
    state("panel-long", ".sheet", || {
        let lines = || (1..=60).map(|line| view! { <p>{line}</p> }.into_any());
        panel(move || lines().collect_view().into_any())
    }),
    state("help-plain", ".sheet", || {
        panel(|| view! { <Help /> }.into_any())
    }),
    state("wallet-long_values", ".sheet", || {
        wallet(long_values(), false)
    }),
    state("wallet-stale", ".sheet", || wallet(Player::default(), true)),
];

fn panel(content: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    view! { <Panel title=Texts::from_context().help on_close=|| ()>{content()}</Panel> }.into_any()
}

/// Returns a server's message that is too long to be shown in full.
fn long_message() -> ServerMessage {
    ServerMessage {
        errno: None,
        words: shown::words(&"服务器正在维护，请稍后再来。Closed for the harvest. ".repeat(9)),
    }
}

fn bar(state: LinkState, reason: Reason) -> AnyView {
    view! {
        <OfflineBar
            overdue=Signal::stored(true)
            state=Signal::stored(state)
            reason=Signal::stored(Some(reason))
            on_retry=Callback::new(|()| ())
        />
    }
    .into_any()
}

fn figures(state: LinkState, failure: Option<Failure>, awaited: Option<Awaited>) -> AnyView {
    let live = state == LinkState::Live;
    let link = ConnectionView {
        state: Signal::stored(state),
        server: Signal::stored("https://game.example".into()),
        namespace: Signal::stored("/mofang".into()),
        id: Signal::stored(live.then(|| "6p1pJ2Tz0HqJb3o9AAAB".into())),
        round_trip: Signal::stored(Some(48)),
        attempt: Signal::stored((state == LinkState::Reconnecting).then_some(4)),
        next: Signal::stored(None),
        awaited: Signal::stored(awaited),
        reason: Signal::stored(None),
        failure: Signal::stored(failure),
        advice: Signal::stored(None),
        overdue: Signal::stored(!live),
        retry: Callback::new(|()| ()),
    };
    panel(move || view! { <ConnectionFigures link /> }.into_any())
}

fn advice(finding: Finding) -> AnyView {
    let diagnosis = Diagnosis {
        finding,
        at: "https://game.example:5000/socket.io/".into(),
        page: "https://cdn.example".into(),
    };
    panel(move || view! { <Advice diagnosis=Signal::stored(Some(diagnosis)) /> }.into_any())
}

/// Returns the board with `texts`. With `Some(live)`, the player's own notice was sent, while the
/// page was connected or not.
fn notices(
    texts: &'static [(Kind, Option<&'static str>, &'static str)],
    sent: Option<bool>,
) -> AnyView {
    const DRAFT: &str = "明天见！ See you tomorrow!";
    let mut outbox = Outbox::default();
    if let Some(live) = sent {
        outbox.send(DRAFT, live, "1".into());
    }
    let mut board = Board::default();
    for (kind, name, text) in texts {
        // The screenshot must not depend on the time zone, so the time is noon, local time, of a
        // fixed day.
        let name = name.map(str::to_owned);
        board.put(Notice::new(*kind, name, (*text).into(), noon()), true);
    }
    panel(move || {
        view! {
            <NoticeBoard
                board=Signal::stored(board.clone())
                draft=RwSignal::new(sent.map_or("", |_| DRAFT).into())
                outbox=Signal::stored(outbox.clone())
                on_send=Callback::new(|()| ())
            />
        }
        .into_any()
    })
}

/// Returns noon of a fixed day, in local time.
fn noon() -> u64 {
    js_sys::Date::new_with_year_month_day_hr(2024, 4, 1, 12).get_time() as u64
}

fn wallet(player: Player, stale: bool) -> AnyView {
    panel(move || {
        view! {
            <Wallet player=Signal::stored(player) stale=Signal::stored(stale) on_sign_out=|()| ()>
                <LanguageSwitch />
            </Wallet>
        }
        .into_any()
    })
}

fn header(player: Player) -> AnyView {
    view! { <Header player=Signal::stored(player) portrait=Signal::stored(None) on_more=|()| () /> }
        .into_any()
}

fn footer(menu: Menu, unread: usize) -> AnyView {
    view! { <Footer menu on_help=|()| () on_notices=|()| () unread=Signal::stored(unread) on_closed=|_| () /> }.into_any()
}

/// Returns a player whose values are all too long for their elements.
fn long_values() -> Player {
    Player {
        avatar: None,
        credit: Some(1_234_567),
        mobile: Some("13800138000".into()),
        money: "98765432.10".parse().ok(),
        nickname: Some("一位名字特别特别长的果农 Appleseed".into()),
    }
}

fn count(count: u64, stale: bool) -> AnyView {
    view! { <Count count=Signal::stored(Some(count)) stale=Signal::stored(stale) /> }.into_any()
}

fn connection(state: LinkState) -> AnyView {
    view! { <Connection state=Signal::stored(state) /> }.into_any()
}

fn sign_in(complaint: Option<Complaint>) -> AnyView {
    form(false, complaint)
}

fn form(busy: bool, complaint: Option<Complaint>) -> AnyView {
    view! {
        <SignIn
            busy=Signal::stored(busy)
            complaint=Signal::stored(complaint)
            advice=Signal::stored(None)
            on_submit=Callback::new(|_| ())
        />
    }
    .into_any()
}

fn unreachable(error: CallError) -> AnyView {
    view! { <Unreachable error advice=Signal::stored(None) retry=Callback::new(|()| ()) /> }
        .into_any()
}

fn toasts(texts: &[&str]) -> AnyView {
    for text in texts {
        Toasts::from_context().keep((*text).to_owned());
    }
    view! { <ToastList /> }.into_any()
}
