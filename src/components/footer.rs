use leptos::either::Either;
use leptos::ev;
use leptos::prelude::*;
use orchard_contract::settings::{BAG, FRIENDS, SHOP, Setting};

use crate::host::here;
use crate::host::links::Destination;
use crate::i18n::context::Texts;
use crate::settings::Settings;

/// The destinations of the three buttons for other parts of the game. `None` is not open yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Menu {
    pub(crate) bag: Option<Destination>,
    pub(crate) friends: Option<Destination>,
    pub(crate) shop: Option<Destination>,
}

impl Menu {
    pub(crate) fn of(settings: &Settings) -> Self {
        let destination = |setting: Setting<Option<&'static str>>, value: &Option<String>| {
            Destination::of_setting(setting.key, value.as_deref()?)
        };
        Self {
            bag: destination(BAG, &settings.bag),
            friends: destination(FRIENDS, &settings.friends),
            shop: destination(SHOP, &settings.shop),
        }
    }
}

/// The footer with its five buttons.
#[component]
pub(crate) fn Footer(
    menu: Menu,
    #[prop(into)] on_help: Callback<()>,
    #[prop(into)] on_notices: Callback<()>,
    /// The number of unread notices.
    unread: Signal<usize>,
    /// Called with the name of a part that is not open yet, when its button is clicked.
    #[prop(into)]
    on_closed: Callback<&'static str>,
) -> impl IntoView {
    let text = Texts::from_context();
    let Menu { bag, friends, shop } = menu;
    let panel = |class, id, icon, label: Label, on_click: Callback<()>, badge: Option<AnyView>| {
        view! {
            <button type="button" class=class data-testid=id aria-haspopup="dialog" on:click=move |_| on_click.run(())>
                <Face icon label />
                {badge}
            </button>
        }
    };
    let badge = view! {
        <Show when=move || unread.get() != 0>
            <span class="unread" data-testid="unread">
                <span aria-hidden="true">{move || text.language().number(unread.get().try_into().unwrap_or(u64::MAX))}</span>
                <span class="unseen">{move || text.unread(unread.get())}</span>
            </span>
        </Show>
    };
    let place = |class, id, icon, label: Label, place: Option<Destination>| match place {
        Some(place) => Either::Left(view! { <Way class id icon label place /> }),
        None => Either::Right(view! { <Shut class id icon label on_closed /> }),
    };
    view! {
        <nav class="footer" data-testid="footer" aria-label=move || text.menu>
            <div class="menu-list">
                {panel("menu", "menu-help", "assets/menu_new.svg", Signal::derive(move || text.menu_help), on_help, None)}
                {place("menu", "menu-bag", "assets/menu_bag.svg", Signal::derive(move || text.menu_bag), bag)}
                {place("menu-center", "menu-shop", "assets/menu_shop.svg", Signal::derive(move || text.menu_shop), shop)}
                {panel("menu", "menu-news", "assets/menu_news.svg", Signal::derive(move || text.menu_news), on_notices, Some(badge.into_any()))}
                {place(
                    "menu",
                    "menu-friends",
                    "assets/menu_friends.svg",
                    Signal::derive(move || text.menu_friends),
                    friends,
                )}
            </div>
        </nav>
    }
}

type Label = Signal<&'static str>;

#[component]
fn Face(icon: &'static str, label: Label) -> impl IntoView {
    view! {
        <img src=icon alt="" width="96" height="96" />
        <span class="label">{label}</span>
    }
}

/// A link, which a host with windows of its own opens in a window.
#[component]
fn Way(
    class: &'static str,
    id: &'static str,
    icon: &'static str,
    label: Label,
    place: Destination,
) -> impl IntoView {
    let href = place.url.clone();
    let go = move |event: ev::MouseEvent| {
        if here().open_window(&place.window, &place.url) {
            event.prevent_default();
        }
    };
    view! {
        <a class=class data-testid=id href=href on:click=go>
            <Face icon label />
        </a>
    }
}

/// A button for a part that is not open yet. It looks disabled, and reports a click to `on_closed`.
#[component]
fn Shut(
    class: &'static str,
    id: &'static str,
    icon: &'static str,
    label: Label,
    on_closed: Callback<&'static str>,
) -> impl IntoView {
    let text = Texts::from_context();
    view! {
        <button
            type="button"
            class=class
            data-testid=id
            aria-disabled="true"
            on:click=move |_| on_closed.run(label.get_untracked())
        >
            <Face icon label />
            <span class="soon">{move || text.not_open}</span>
        </button>
    }
}
