//! The frame around the orchard: header and footer, with the player's data and the panels that they
//! open.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Url;

use crate::account::profile::{Player, ProfileError};
use crate::components::{Footer, Header, Help, LanguageSwitch, Menu, Panel, Wallet};
use crate::host::here;
use crate::host::links;
use crate::i18n::context::Texts;
use crate::notices::Notices;
use crate::settings::Settings;
use crate::state::panels::{Open, Opened};
use crate::state::toasts::Toasts;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The tokens are no longer valid.
    Expired,
    /// The player signed out.
    SignedOut,
}

/// The header and footer for a player who is signed in.
#[component]
pub(crate) fn Shell(#[prop(into)] on_end: Callback<End>) -> impl IntoView {
    let text = Texts::from_context();
    let toasts = Toasts::from_context();
    let opened = Opened::from_context();
    let notices = Notices::from_context();
    let settings = use_context::<Arc<Settings>>().unwrap_or_default();
    let menu = Menu::of(&settings);
    let account = Account::follow(settings.api.clone(), on_end);

    let portrait = Signal::derive(move || {
        let avatar = account.player.with(|player| player.avatar.clone());
        avatar.and_then(|avatar| address_of(&avatar, &settings.api))
    });
    let close = move |panel| move || opened.close(panel);
    view! {
        <Header
            player=account.player.into()
            portrait
            on_more=move |()| {
                account.ask();
                opened.show(Open::Wallet);
            }
        />
        <Footer
            menu
            on_help=move |()| opened.show(Open::Help)
            on_notices=move |()| opened.show(Open::Notices)
            unread=Signal::derive(move || notices.unread())
            on_closed=move |what| toasts.say(text.not_open_yet(what))
        />
        <Show when=move || opened.shows(Open::Help)>
            <Panel name="help" title=move || text.help on_close=close(Open::Help)>
                <Help />
            </Panel>
        </Show>
        <Show when=move || opened.shows(Open::Wallet)>
            <Panel name="account-panel" title=move || text.my_account on_close=close(Open::Wallet)>
                <Wallet
                    player=account.player.into()
                    stale=account.stale.into()
                    on_sign_out=move |()| on_end.run(End::SignedOut)
                >
                    <LanguageSwitch />
                </Wallet>
            </Panel>
        </Show>
    }
}

/// The data of the player, and whether it is current.
#[derive(Clone, Copy)]
struct Account {
    api: StoredValue<String>,
    on_end: Callback<End>,
    player: RwSignal<Player>,
    /// Whether the last request failed.
    stale: RwSignal<bool>,
}

impl Account {
    /// Shows the stored data, and requests it from the server.
    fn follow(api: String, on_end: Callback<End>) -> Self {
        let account = Self {
            api: StoredValue::new(api),
            on_end,
            player: RwSignal::new(Player::kept(here())),
            stale: RwSignal::new(false),
        };
        account.ask();
        account
    }

    fn ask(self) {
        let api = self.api.get_value();
        spawn_local(async move {
            match Player::ask(here(), &api).await {
                Ok(profile) => {
                    self.player.try_update(|player| player.update(profile));
                    self.stale.try_set(false);
                }
                // A player who has left meanwhile must not be notified again.
                Err(ProfileError::Expired) if !self.player.is_disposed() => {
                    _ = self.on_end.try_run(End::Expired);
                }
                Err(_) => _ = self.stale.try_set(true),
            }
        });
    }
}

/// Returns the portrait's absolute URL. The server's address is relative to the server.
fn address_of(avatar: &str, api: &str) -> Option<String> {
    if !links::is_followed(avatar) {
        return None;
    }
    let page = document().base_uri().ok().flatten()?;
    let api = Url::new_with_base(api, &page).ok()?;
    Url::new_with_base(avatar, &api.href())
        .ok()
        .map(|url| url.href())
}
